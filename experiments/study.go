package experiments

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/site"
)

// Scenario is a scenario that was read: its base and its variants, from which
// studies are made. Not for several goroutines at once.
type Scenario struct {
	*scenario.File
	Name   string // that of the gallery, or of the file without its folder and ending
	Source string // as it was asked for
	// BuiltIn is whether it is the gallery's, and no file of that name.
	BuiltIn bool

	text  []byte
	named map[string][]byte // the files that it names, as far as they were asked for
}

// Options choose one configuration of a scenario.
type Options struct {
	Variant string   // "" is the base
	Sets    []string // "KEY=VALUE" over the file
	// Variants are those with which a Lineup compares the base; none: all.
	Variants []string
	// Replication is the one to simulate alone, from 1. 0 is all of them.
	Replication int
	// Precision, where it is above 0, is the share of their means to which the
	// replications, 10 or more, are to bring the 95 % intervals of what the
	// expectations name, of the mean latency where there are none; Most is where
	// they end even so.
	Precision float64
	Most      int
	// Batches, where it is above 0, cuts one run into as many parts that stand for
	// replications.
	Batches int
	// Record asks for the ways of requests through the site, in the first replication.
	Record site.Recording
}

// Study is one configuration of a scenario, ready to be simulated.
type Study struct {
	Name    string // the scenario's
	Source  string // as the scenario was asked for
	Variant string
	Sets    []Set // overrides that Spec holds already; but seed and replications, which a result tells anyway
	Spec    *scenario.Spec

	file    *scenario.File
	options Options
	metrics []string // their names, sorted
	units   map[string]scenario.Unit
}

// Study chooses a configuration. The error is scenario.Problems where it is
// wrong.
func (s *Scenario) Study(o Options) (*Study, error) {
	spec, problems := s.Spec(o.Variant, o.Sets)
	if err := s.ofVariant(o, problems).Err(); err != nil {
		return nil, err
	}
	units := spec.MetricUnits()
	return &Study{
		Name: s.Name, Source: s.Source, Variant: o.Variant, Sets: slices.DeleteFunc(o.Overrides(), told), Spec: spec,
		file: s.File, options: o, metrics: slices.Sorted(maps.Keys(units)), units: units,
	}, nil
}

// ofVariant names the variant before what overrides do wrong there alone.
func (s *Scenario) ofVariant(o Options, problems scenario.Problems) scenario.Problems {
	if o.Variant == "" || len(problems) == 0 {
		return problems
	}
	_, ofBase := s.Spec("", o.Sets)
	for i, p := range problems {
		if strings.HasPrefix(p.File, "--set ") && !slices.ContainsFunc(ofBase, func(known scenario.Problem) bool { return known.Error() == p.Error() }) {
			problems[i].Text = "in variant " + o.Variant + ": " + p.Text
		}
	}
	return problems
}

// first is the number of the first replication, from 0.
func (s *Study) first() int { return max(s.options.Replication-1, 0) }

// Open reads a scenario, a file or one of the gallery, and chooses a
// configuration of it.
func Open(name string, o Options) (*Study, error) {
	s, err := Load(name)
	if err != nil {
		return nil, err
	}
	return s.Study(o)
}

// Doubts are what is legal in the configuration, and almost surely a slip, and
// what its variant sets in vain.
func (s *Study) Doubts() scenario.Problems {
	return append(s.file.Doubts(s.options.Variant, s.options.Sets), s.overruled()...)
}

// overruled are the keys of the variant that overrides set too.
func (s *Study) overruled() scenario.Problems {
	return s.file.Overruled(s.options.Variant, s.options.Sets)
}

// Idle is what is accepted in the configuration, and without effect.
func (s *Study) Idle() scenario.Problems { return s.file.Idle(s.options.Variant, s.options.Sets) }

// Notes are expectations on latency that an outage meets.
func (s *Study) Notes() scenario.Problems { return s.file.Notes(s.options.Variant, s.options.Sets) }

// Unused are the places that requests come to in the base, and not in this
// variant.
func (s *Study) Unused() []string { return s.file.Unused(s.options.Variant, s.options.Sets) }

// Overrides are the sets, read.
func (o Options) Overrides() []Set { return readSets(o.Sets) }

// told reports whether a result tells of an override anyway.
func told(s Set) bool { return s.Key == "seed" || s.Key == "replications" }

func readSets(texts []string) []Set {
	var sets []Set
	for _, text := range texts {
		key, value, _ := strings.Cut(text, "=")
		s := Set{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value), Text: text}
		if plain, err := strconv.Unquote(s.Value); err == nil {
			s.Value = plain
		}
		sets = append(sets, s)
	}
	return sets
}

// Replications is how many the scenario asks for; without, the given number.
// Where more may be added for their precision, it is how many there are at first.
func (s *Study) Replications(otherwise int) int {
	if s.options.Replication > 0 || s.options.Batches > 0 {
		return 1
	}
	if s.Spec.Replications != nil {
		otherwise = *s.Spec.Replications
	}
	if s.options.Precision > 0 {
		return max(otherwise, min(fewestPrecise, s.options.Most))
	}
	return otherwise
}

// end of the simulated time.
func (s *Study) end() engine.Time { return s.Spec.Duration.Time() }
