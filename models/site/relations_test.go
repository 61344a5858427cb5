package site

import (
	"fmt"
	"maps"
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

// unchanged checks that another text means the same: event by event, or, with
// names that the first does not have, in all figures that both have.
func unchanged(text, other, variant string, byEvent bool) error {
	a, err := outcomeOf(text, "")
	if err != nil {
		return err
	}
	b, err := outcomeOf(other, variant)
	if err != nil {
		return fmt.Errorf("the other text: %w\n%s", err, other)
	}
	if byEvent && a.Digest != b.Digest {
		return fmt.Errorf("other events with\n%s", other)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Windows[0].Metrics)) {
		if was, is := a.Windows[0].Metrics[name], b.Windows[0].Metrics[name]; was != is {
			return fmt.Errorf("%s is %g, and %g with\n%s", name, was, is, other)
		}
	}
	return nil
}

// relation checks that random scenarios that are changed in some way stay the same.
func relation(t *testing.T, byEvent bool, changed func(doc swarm.Table) string) {
	swarm.Each(t, 8, func(text string) error {
		doc, err := swarm.Read(text)
		if err != nil {
			return err
		}
		return unchanged(text, changed(doc), "", byEvent)
	})
}

func TestOrderCommentsAndBlanksMeanNothing(t *testing.T) {
	relation(t, true, func(doc swarm.Table) string {
		blocks := strings.Split(swarm.Write(doc), "\n[")
		slices.Reverse(blocks[1:]) // the first one belongs to no table
		for i, block := range blocks {
			blocks[i] = strings.ReplaceAll(block, " = ", "   =\t") + " # a comment\n\n"
		}
		return "# " + strings.Repeat("long ", 100) + "\n" + strings.Join(blocks, "\n[")
	})
}

func TestAVariantThatChangesNothing(t *testing.T) {
	swarm.Each(t, 8, func(text string) error {
		return unchanged(text, text+"\n[variants.same]\ntitle = \"the same\"\n[variants.same.routes]\n", "same", true)
	})
}

// Ties between zones go by their names: those that keep their order are as good.
func TestZonesCanBeRenamed(t *testing.T) {
	relation(t, true, func(doc swarm.Table) string {
		rename(doc)
		return swarm.Write(doc)
	})
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

// What no request comes to costs nothing, and changes nobody's luck.
func TestAnUnusedComponentChangesNothing(t *testing.T) {
	relation(t, false, func(doc swarm.Table) string {
		return swarm.Write(doc) + `
[fleets.idle-fleet]
instance = "t3.small"
zones = ["a", "b", "c"]
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

func TestDefaultsCanBeWritten(t *testing.T) {
	written := 0
	relation(t, true, func(doc swarm.Table) string {
		n := 0
		doc, n = swarm.WithDefaults(doc)
		written += n
		return swarm.Write(doc)
	})
	require.NotZero(t, written)
}
