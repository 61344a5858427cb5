package site

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/internal/swarm"
	"github.com/headroom-sim/headroom/models/scenario"
)

// Metamorphic relations: what must stay the same when a scenario is written in
// another way, or has more in it, over random scenarios.

// outcomeOf runs a scenario of the swarm, in a variant of it.
func outcomeOf(text, variant string) (*Outcome, error) {
	file, problems := scenario.Parse("swarm.toml", []byte(text), swarm.Files)
	if problems != nil {
		return nil, problems
	}
	spec, problems := file.Spec(variant, nil)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	config := whole(spec)
	config.Events, config.Instant = swarm.MostEvents, swarm.MostAtOnce
	o, err := Build(spec, config).Run(onward)
	return o, swarm.Judge(spec, err)
}

// agree checks that another text, or a variant of it, is the same in some way.
func agree(text, other, variant string, same func(a, b *Outcome) error) error {
	a, err := outcomeOf(text, "")
	if err != nil {
		return err
	}
	b, err := outcomeOf(other, variant)
	if err == nil {
		err = same(a, b)
	}
	if err != nil {
		return fmt.Errorf("%w, with\n%s", err, other)
	}
	return nil
}

// relation checks that random scenarios that are changed stay the same in some way.
func relation(t *testing.T, same func(a, b *Outcome) error, changed func(doc swarm.Table) string) {
	swarm.Each(t, 8, func(text string) error {
		doc, err := swarm.Read(text)
		if err != nil {
			return err
		}
		return agree(text, changed(doc), "", same)
	})
}

// sameEvents checks that two runs are the same, event by event.
func sameEvents(a, b *Outcome) error {
	if a.Digest != b.Digest {
		return errors.New("other events")
	}
	return errors.Join(sameFigures(a, b), sameFigures(b, a), sameMinutes(a, b))
}

// sameMinutes checks the series but for what each server received.
func sameMinutes(a, b *Outcome) error {
	same := func(v, w float64) bool { return v == w || math.IsNaN(v) && math.IsNaN(w) }
	if !slices.Equal(a.Series.Columns, b.Series.Columns) ||
		!slices.EqualFunc(a.Series.Rows, b.Series.Rows, func(r, s []float64) bool { return slices.EqualFunc(r, s, same) }) {
		return errors.New("other minutes")
	}
	return nil
}

// sameFigures checks all metrics that the first run has.
func sameFigures(a, b *Outcome) error {
	return sameMetrics(a, b, func(string) bool { return true })
}

// sameParts checks the metrics of the clients and places of the first run.
func sameParts(a, b *Outcome) error {
	return sameMetrics(a, b, func(name string) bool {
		kind, _, _ := strings.Cut(name, ".")
		return slices.Contains([]string{"clients", "balancers", "fleets", "services", "cdns", "dns"}, kind)
	})
}

func sameMetrics(a, b *Outcome, asked func(name string) bool) error {
	for _, name := range slices.Sorted(maps.Keys(a.Windows[0].Metrics)) {
		was := a.Windows[0].Metrics[name]
		switch is, there := b.Windows[0].Metrics[name]; {
		case !asked(name):
		case !there:
			return fmt.Errorf("there is no %s", name)
		case was != is:
			return fmt.Errorf("%s is %g, not %g", name, is, was)
		}
	}
	return nil
}

// sameTimeline checks what the control plane did.
func sameTimeline(a, b *Outcome) error {
	if !reflect.DeepEqual(a.Log, b.Log) {
		return errors.New("another timeline")
	}
	return nil
}

func TestRelationOrderCommentsAndBlanks(t *testing.T) {
	relation(t, sameEvents, func(doc swarm.Table) string {
		blocks := strings.Split(swarm.Write(doc), "\n[")
		slices.Reverse(blocks[1:]) // the first one belongs to no table
		for i, block := range blocks {
			blocks[i] = strings.ReplaceAll(block, " = ", "   =\t") + " # a comment\n\n"
		}
		return "# " + strings.Repeat("long ", 100) + "\n" + strings.Join(blocks, "\n[")
	})
}

func TestRelationAVariantThatChangesNothing(t *testing.T) {
	swarm.Each(t, 8, func(text string) error {
		return agree(text, text+"\n[variants.same]\ntitle = \"the same\"\n[variants.same.routes]\n", "same", sameEvents)
	})
}

// Ties between zones go by their names: those that keep their order are as good.
func TestRelationZonesAreRenamed(t *testing.T) {
	var tied swarm.Share
	relation(t, sameEvents, func(doc swarm.Table) string {
		tied.Count(severalZones(doc))
		rename(doc)
		return swarm.Write(doc)
	})
	tied.Most(t)
}

// severalZones reports whether a fleet has more than one.
func severalZones(doc swarm.Table) bool {
	fleets, _ := doc["fleets"].(swarm.Table)
	for name := range fleets {
		if zones, ok := swarm.Get(fleets, name, "zones").([]any); ok && len(zones) > 1 {
			return true
		}
	}
	return false
}

// rename gives all zones within a table longer names.
func rename(t swarm.Table) {
	const prefix = "zone-"
	for key, value := range t {
		switch value := value.(type) {
		case swarm.Table:
			rename(value)
		case string:
			if key == "zone" {
				t[key] = prefix + value
			}
		case []any:
			for i := range value {
				if key == "zones" {
					value[i] = prefix + value[i].(string)
				}
			}
		}
	}
}

// What no request comes to costs nothing, and changes nobody's luck. It is in zones of its
// own: places that a fault on a zone strikes recover one after the other, so that one more
// changes when the others do.
func TestRelationAnUnusedComponent(t *testing.T) {
	relation(t, sameFigures, func(doc swarm.Table) string {
		return swarm.Write(doc) + `
[fleets.idle-fleet]
instance = "t3.small"
zones = ["idle-a", "idle-b"]
min = 2
max = 4
[services.idle-service]
kind = "station"
[balancers.idle-balancer]
kind = "application"
targets = ["idle-fleet"]
[cdns.idle-network]
origin = "idle-service"
hit_ratio = 0.5
`
	})
}

func TestRelationDefaultsAreWritten(t *testing.T) {
	var written swarm.Share
	relation(t, sameEvents, func(doc swarm.Table) string {
		doc, n := swarm.WithDefaults(doc)
		written.Count(n > 0)
		return swarm.Write(doc)
	})
	written.Most(t)
}

// What is left out of the statistics, and what is hoped for, happens all the same.
func TestRelationStatisticsAreAnotherMatter(t *testing.T) {
	var hoping swarm.Share
	relation(t, sameTimeline, func(doc swarm.Table) string {
		hoping.Count(doc["expectations"] != nil)
		doc["discard"] = "61s"
		delete(doc, "expectations")
		return swarm.Write(doc)
	})
	hoping.Most(t)
}

// A site beside the other one, with clients of its own, has its own luck: nothing
// changes for the clients and places of the other one.
func TestRelationAnotherSiteBeside(t *testing.T) {
	relation(t, sameParts, func(doc swarm.Table) string {
		route := slices.Sorted(maps.Keys(doc["routes"].(swarm.Table)))[0]
		swarm.Set(doc, []string{"routes", route, "demand", "beside"}, "exponential(20ms)")
		return swarm.Write(doc) + `
[clients.neighbours]
target = "beside"
rate = "20/s"
routes.` + route + ` = 1
[services.beside]
kind = "station"
`
	})
}

// A relation notices a metric that is gone, though it was zero, and a minute that is
// another.
func TestRelationsNotice(t *testing.T) {
	outcome := func(value float64, metrics map[string]float64) *Outcome {
		return &Outcome{Windows: []Window{{Metrics: metrics}}, Series: &Series{Columns: []Column{{Name: "x"}}, Rows: [][]float64{{value}}}}
	}
	some := outcome(math.NaN(), map[string]float64{"failed": 0})
	require.NoError(t, sameEvents(some, some))
	require.ErrorContains(t, sameEvents(some, outcome(math.NaN(), nil)), "there is no failed")
	require.ErrorContains(t, sameEvents(outcome(math.NaN(), nil), some), "there is no failed")
	require.ErrorContains(t, sameEvents(some, outcome(1, map[string]float64{"failed": 0})), "other minutes")
}
