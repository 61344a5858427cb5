package experiments

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/experiments/bounds"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/scenario"
)

// fixed are keys that all configurations of a plan have in common: with others
// they would be other questions.
var fixed = []string{"seed", "replications", "duration", "discard", "expectations", "variants", "plan", "title", "notes"}

// space lays the configurations out, and finds what each is without a run.
func (s *search) space(ctx context.Context, sets []string) error {
	m, err := s.grid(sets)
	if err != nil {
		return err
	}
	specs, err := s.layOut(ctx, m, sets)
	if err != nil {
		return err
	}
	s.price(specs)
	for i, spec := range specs {
		if spec != nil {
			s.assess(s.plan.Tried[i], spec)
		}
	}
	return nil
}

// grid is the space, or what is wrong with it before any configuration is read.
func (s *search) grid(sets []string) (*design.Matrix, error) {
	for _, f := range s.plan.Vary {
		for _, key := range fixed {
			if design.Within(f.Key, key) {
				return nil, wrongSpace("--vary %s: cannot be planned over: %s is the same for all configurations", f.Key, key)
			}
		}
		for _, set := range sets {
			if s.scenario.undoes(f, set) {
				return nil, wrongSpace("--vary %s: --set %s would have no effect", f.Key, set)
			}
		}
	}
	m, err := design.Design{Kind: design.Grid, Factors: s.plan.Vary}.Build()
	if err != nil {
		return nil, wrongSpace("%v", ofDesign(err))
	}
	if m.Len() > mostCandidates {
		return nil, wrongSpace("--vary: makes %d configurations, more than %d: take coarser steps", m.Len(), mostCandidates)
	}
	return m, nil
}

// layOut makes a candidate of each configuration. What they say is nil of those
// that the scenario refuses; all of them refused is an error.
func (s *search) layOut(ctx context.Context, m *design.Matrix, sets []string) ([]*scenario.Spec, error) {
	specs := make([]*scenario.Spec, m.Len())
	refused := &Refused{Of: m.Len()}
	for i := range specs {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		c := &Candidate{index: i, Sets: readSets(m.Sets(i)), Fate: untried}
		for factor := range m.Factors {
			level, _ := m.Level(i, factor)
			c.levels = append(c.levels, level)
		}
		s.plan.Tried = append(s.plan.Tried, c)
		study, err := s.fit(c, sets, m.Sets(i))
		if err == nil {
			specs[i] = study.Spec
		} else {
			c.Fate, c.Cause.Text = Rejected, reasonOf(err)
			if err := refused.add(m.Sets(i), err); err != nil {
				return nil, err
			}
		}
		if s.Tried != nil {
			s.Tried(i+1, m.Len())
		}
	}
	switch refused.Refused {
	case 0:
	case m.Len():
		return nil, refused
	default:
		if mistakes := s.mistyped(m, sets); mistakes.Refused > 0 {
			return nil, mistakes
		}
		s.doubt("%d of %d configurations are refused, the first is %s: %s", refused.Refused, refused.Of, refused.Point, refused.Reasons[0].Text)
	}
	return specs, nil
}

// mistyped are the values that the scenario refuses whatever they are combined with,
// and alone too, as a name that it does not know: to choose among the others would
// answer another question.
func (s *search) mistyped(m *design.Matrix, sets []string) *Refused {
	mistakes := &Refused{Of: m.Len()}
	points := 0
	for factor, f := range m.Factors {
		refused, taken := make(map[int]int), make(map[int]bool)
		for _, c := range s.plan.Tried {
			refused[c.levels[factor]]++
			taken[c.levels[factor]] = taken[c.levels[factor]] || c.Fate != Rejected
		}
		for _, level := range slices.Sorted(maps.Keys(refused)) {
			if value := f.Key + "=" + f.Text(level); !taken[level] && mistakes.addOwn(f.Key, value, s.alone(sets, value)) {
				points += refused[level]
			}
		}
	}
	mistakes.Refused = points
	return mistakes
}

// alone is what is wrong with a value where nothing else is varied.
func (s *search) alone(sets []string, value string) error {
	_, err := s.fit(&Candidate{Sets: readSets([]string{value})}, sets, []string{value})
	return err
}

// reasonOf is the first problem of a configuration, without the flag that has it.
func reasonOf(err error) string {
	if problems, ok := err.(scenario.Problems); ok && len(problems) > 0 {
		return problems[0].Key + ": " + problems[0].Text
	}
	return err.Error()
}

// fit reads a configuration, with what gives way to the varied keys.
func (s *search) fit(c *Candidate, sets, varied []string) (*Study, error) {
	c.sets = slices.Concat(sets, varied)
	study, err := s.scenario.Study(Options{Sets: c.sets})
	if err == nil {
		return study, nil
	}
	follows := s.follow(c)
	if len(follows) == 0 {
		return nil, err
	}
	c.Follows = readSets(follows)
	c.sets = append(c.sets, follows...)
	return s.scenario.Study(Options{Sets: c.sets})
}

// follow are the overrides by which capacities that are not varied give way.
func (s *search) follow(c *Candidate) []string {
	var follows []string
	for _, name := range slices.Sorted(maps.Keys(s.base.Spec.Fleets)) {
		f := s.base.Spec.Fleets[name]
		key := "fleets." + name + "."
		least, variesMin := c.number(key+"min", f.Min)
		most, variesMax := c.number(key+"max", f.Max)
		desired, variesDesired := c.number(key+"desired", f.Start())
		if variesDesired {
			least = max(least, desired)
			variesMin = true
		}
		if variesMin && !variesMax && most < least {
			most = least
			follows = append(follows, fmt.Sprintf("%smax=%d", key, most))
		}
		if f.Desired == nil || variesDesired || !variesMin && !variesMax {
			continue
		}
		if fitting := min(max(desired, least), most); fitting != desired {
			follows = append(follows, fmt.Sprintf("%sdesired=%d", key, fitting))
		}
	}
	return follows
}

// number is the value of a varied key that is a whole number.
func (c *Candidate) number(key string, otherwise int) (n int, varied bool) {
	for _, set := range c.Sets {
		if n, err := strconv.Atoi(set.Value); set.Key == key && err == nil {
			return n, true
		}
	}
	return otherwise, false
}

// price finds out what costs are counted in: money as soon as some server in the
// space has a price.
func (s *search) price(specs []*scenario.Spec) {
	for _, spec := range specs {
		if spec == nil {
			continue
		}
		reached, unpriced := spec.Reached(), spec.Unpriced()
		for _, name := range slices.Concat(slices.Sorted(maps.Keys(spec.Fleets)), slices.Sorted(maps.Keys(spec.Services))) {
			s.plan.Money = s.plan.Money || reached[name] && !slices.Contains(unpriced, name)
		}
		for _, part := range s.counted(spec) {
			if !slices.Contains(s.plan.Counted, part.Name) {
				s.plan.Counted = append(s.plan.Counted, part.Name)
			}
		}
	}
}

// counted are the parts whose servers count one unit each.
func (s *search) counted(spec *scenario.Spec) []scenario.Part {
	return spec.Countable(func(service string) bool {
		return slices.ContainsFunc(s.plan.Vary, func(f design.Factor) bool { return strings.HasPrefix(f.Key, "services."+service+".") })
	})
}

// assess finds the least cost of a configuration, and whether bounds decide about
// expectations.
func (s *search) assess(c *Candidate, spec *scenario.Spec) {
	c.Floor = s.floor(spec)
	c.proven = make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(spec.Expectations)) {
		e := spec.Expectations[name]
		f, ok := bounds.Of(spec, e)
		if !ok {
			continue
		}
		if f.Steady && !slices.Contains(s.plan.Steady, name) {
			s.plan.Steady = append(s.plan.Steady, name)
		}
		b := bound(e)
		switch {
		case f.Lo > b.Hi || f.Hi < b.Lo:
			if c.Fate == untried {
				c.Fate, c.Cause = Excluded, Cause{Text: f.Reason, Expectation: name, Metric: e.Metric, Unit: s.unit(e.Metric), Bound: b, Known: f}
			}
		case f.Lo >= b.Lo && f.Hi <= b.Hi:
			c.proven[name] = true
		}
	}
}

// unit is that of a metric of the scenario.
func (s *search) unit(metric string) string {
	unit, _ := s.base.Spec.Unit(metric)
	return string(unit)
}

// floor is the least cost of a configuration.
func (s *search) floor(spec *scenario.Spec) float64 {
	hours := (spec.Duration.Time() - spec.Discard.For.Time()).Seconds() / 3600
	var servers float64
	for _, part := range s.counted(spec) {
		if part.Fleet {
			servers += spec.LeastInstances(part.Name)
		} else {
			servers += float64(spec.Services[part.Name].Count())
		}
	}
	if !s.plan.Money {
		return servers
	}
	if spec.Discard.Auto {
		hours /= 2
	}
	return bounds.Cost(spec) + float64(servers*hours)
}

// costs are those of the trial's replications, in the plan's unit.
func (s *search) costs(t *Trial) []float64 {
	list := make([]float64, len(t.Cells))
	if s.plan.Money {
		copy(list, t.Values("cost.total"))
	}
	for _, part := range s.counted(t.Spec) {
		for i, servers := range s.servers(t, part) {
			if s.plan.Money {
				servers *= t.hours(i)
			}
			list[i] += servers
		}
	}
	return list
}

// servers are how many a part without a price has, one number a replication: of a
// fleet on average over the time for which its instances are billed.
func (s *search) servers(t *Trial, part scenario.Part) []float64 {
	if !part.Fleet {
		return slices.Repeat([]float64{float64(t.Spec.Services[part.Name].Count())}, len(t.Cells))
	}
	list := t.Values("fleets." + part.Name + ".instances.hours")
	for i := range list {
		list[i] /= t.hours(i)
	}
	return list
}

// hours is the length of the measured part of a replication.
func (t *Trial) hours(replication int) float64 {
	return (t.end() - t.Cells[replication].Discard).Seconds() / 3600
}

// certain tells whether the least cost is the cost: nothing depends on use.
func (s *search) certain(spec *scenario.Spec) bool {
	reached := spec.Reached()
	for name := range reached {
		if v := spec.Services[name]; v == nil || v.Kind() == "function" {
			return false
		}
	}
	for _, r := range spec.Routes {
		if s.plan.Money && r.Size > 0 {
			return false
		}
	}
	return !spec.Discard.Auto
}

// constraints are the expectations that are not proven, with their metrics.
func (s *search) constraints(t *Trial, proven map[string]bool) (list []output.Constraint, names []string) {
	for _, name := range t.expectationNames() {
		if !proven[name] {
			b := bound(t.Spec.Expectations[name])
			metric, _ := t.asked(name)
			list = append(list, output.Constraint{Bound: b, Tolerance: s.tolerance(b, t.unit(metric)), Step: t.step(t.window(t.Spec.Expectations[name]), metric)})
			names = append(names, name)
		}
	}
	return list, names
}

// tolerance is that of a bound: of a share, in terms of what is missing to one or
// to nothing, whichever is less.
func (s *search) tolerance(b output.Bound, unit string) float64 {
	limit := b.Hi
	if b.Relation == output.AtLeast {
		limit = b.Lo
	}
	size := max(limit, -limit)
	if unit == "share" && limit > 0.5 && limit < 1 {
		size = 1 - limit
	}
	if b.Relation == output.Between {
		size = b.Hi - b.Lo
	}
	return float64(s.Tolerance * size)
}

// step is the least by which a metric's values differ where they do, as
// output.Constraint wants it: a count's is one, a share's one request, a
// quantile's what its histogram resolves.
func (t *Trial) step(window int, metric string) float64 {
	size, requests := 0.0, math.Inf(1)
	for _, v := range t.values(window, metric) {
		if !math.IsNaN(v) {
			size = max(size, math.Abs(v))
		}
	}
	for _, n := range t.values(window, "requests.offered") {
		requests = min(requests, n)
	}
	switch {
	case isQuantile(metric):
		return float64(resolution * size)
	case t.unit(metric) == string(scenario.Count):
		return 1
	case t.unit(metric) == string(scenario.Share) && requests > 0:
		return 1 / requests
	}
	return 0
}

// certain tells whether nothing is left to chance: whatever happened in one
// replication happened in all.
func (t *Trial) certain() bool {
	for _, f := range t.Cells {
		if f.Digest != t.Cells[0].Digest {
			return false
		}
	}
	return true
}
