package experiments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
)

// An Arm is one of the configurations that are compared.
type Arm struct {
	Name string // BaseArm, or that of the variant; of several scenarios, theirs
	*Trial
}

// Comparison is what several configurations gave that met the same random
// numbers, and by how much they differ from the first of them, the base.
type Comparison struct {
	Arms  []ArmResult // the base first
	Files bool        // the arms are bases of several scenarios, not variants of one
	// Shown are the metrics whose differences are shown, in the order of a report.
	// Where expectations judge a part of the run they are those of this part, as
	// "latency.p99 during 25m..1h", by which the results' Metrics and the Changes
	// have them.
	Shown []string
	// Comparisons is how many differences are shown that have an interval: the
	// simultaneous ones hold the truth all at once with the probability
	// output.Level.
	Comparisons int
	Changes     []Change // one for each arm but the base, in their order
	Frontier    Frontier
	Warnings    []string // about the comparison; the arms' results have their own
}

// ArmResult is what one of the configurations gave.
type ArmResult struct {
	Name string
	*Result
}

// Change is by how much an arm differs from the base.
type Change struct {
	Metrics map[string]Difference // those that both have
	// Metrics that only one of them has, sorted.
	OnlyBase, OnlyArm []string
}

// Compare simulates n replications of each arm, more as long as the precision of
// any asks for them, and compares them. What happened minute by minute is kept of
// each arm.
//
// When the context is cancelled, the error is its cause; the comparison is then
// that of the replications that all arms have, or nil.
func (r *Runner) Compare(ctx context.Context, n int, arms []Arm) (*Comparison, error) {
	trials := make([]*Trial, len(arms))
	for i, a := range arms {
		trials[i] = a.Trial
		trials[i].history = newHistory()
	}
	err := r.pursue(ctx, func() (int, []*Trial) {
		for _, t := range trials {
			n = max(n, t.next())
		}
		return n, trials
	})
	interrupted := ctx.Err() != nil && errors.Is(err, context.Cause(ctx))
	if err != nil && (!interrupted || slices.ContainsFunc(trials, func(t *Trial) bool { return len(t.Cells) == 0 })) {
		return nil, err
	}
	c := Compare(arms)
	if err != nil {
		c.Warnings = append(c.Warnings, fmt.Sprintf("interrupted: %d of %d replications", c.Replications(), n))
	}
	return c, err
}

// Compare sets the replications that all arms have, at least one, against those
// of the first arm.
func Compare(arms []Arm) *Comparison {
	arms = common(arms)
	c := &Comparison{}
	for _, a := range arms {
		c.Arms = append(c.Arms, ArmResult{a.Name, a.withParts(a.Result())})
	}
	c.Files = slices.ContainsFunc(arms, func(a Arm) bool { return a.Source != arms[0].Source })
	c.Shown = c.headline()
	for _, a := range arms[1:] {
		c.Changes = append(c.Changes, change(arms[0].Trial, a.Trial))
	}
	c.correct(arms)
	c.Frontier = frontier(c.objectives(), arms)
	for i := range c.Frontier.Standings {
		c.Frontier.Standings[i].Sure = c.sure(arms, i)
	}
	c.Warnings = slices.Concat(c.discards(), c.unpaired(), c.unpriced())
	return c
}

// common cuts the trials to the replications that all of them have.
func common(arms []Arm) []Arm {
	n := len(arms[0].Cells)
	for _, a := range arms {
		n = min(n, len(a.Cells))
	}
	cut := make([]Arm, len(arms))
	for i, a := range arms {
		t := *a.Trial
		t.Cells = t.Cells[:n]
		cut[i] = Arm{a.Name, &t}
	}
	return cut
}

// change compares all metrics of two trials.
func change(base, other *Trial) Change {
	c := Change{Metrics: make(map[string]Difference)}
	for _, name := range other.compared() {
		values, ofBase := other.sample(name), base.sample(name)
		if ofBase == nil {
			c.OnlyArm = append(c.OnlyArm, name)
			continue
		}
		none := output.Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
		c.Metrics[name] = Difference{
			Unit: other.unit(wholeName(name)), Difference: paired(base, other, name, output.Level), Base: meanOfPairs(ofBase, values),
			Simultaneous: none, Holm: math.NaN(),
		}
	}
	for _, name := range base.compared() {
		if other.sample(name) == nil {
			c.OnlyBase = append(c.OnlyBase, name)
		}
	}
	return c
}

// correct gives the differences that are shown what they deserve for being
// several: wider intervals and greater p-values.
func (c *Comparison) correct(arms []Arm) {
	type place struct {
		change int
		metric string
	}
	var places []place
	var p []float64
	for i := range c.Changes {
		for _, name := range c.Shown {
			d, ok := c.Changes[i].Metrics[name]
			if !ok {
				continue
			}
			places, p = append(places, place{i, name}), append(p, d.P)
			if d.N > 1 {
				c.Comparisons++
			}
		}
	}
	level := output.Bonferroni(output.Level, c.Comparisons)
	holm := output.Holm(p)
	for i, at := range places {
		d := c.Changes[at.change].Metrics[at.metric]
		d.Simultaneous = paired(arms[0].Trial, arms[at.change+1].Trial, at.metric, level).Estimate
		d.Holm = holm[i]
		c.Changes[at.change].Metrics[at.metric] = d
	}
}

// discards tells of arms that leave out initial transients of different length,
// as "auto" may find them.
func (c *Comparison) discards() []string {
	var list []string
	for _, a := range c.Arms[1:] {
		if a.DiscardS != c.Arms[0].DiscardS {
			list = append(list, fmt.Sprintf("discard = \"auto\" leaves out %.0f s of %s and %.0f s of %s: counts and cost are over different times",
				c.Arms[0].DiscardS, c.Arms[0].Name, a.DiscardS, a.Name))
		}
	}
	return list
}

// unpaired tells of shown metrics without a value in some replications.
func (c *Comparison) unpaired() []string {
	var list []string
	for i, change := range c.Changes {
		lacking := make(map[int][]string) // metrics by how many pairs they have
		for _, name := range c.Shown {
			if d, ok := change.Metrics[name]; ok && d.N < c.Replications() {
				lacking[d.N] = append(lacking[d.N], name)
			}
		}
		for _, n := range slices.Sorted(maps.Keys(lacking)) {
			list = append(list, fmt.Sprintf("%d of %d replications have a value both in %s and in %s of %s",
				n, c.Replications(), c.Arms[0].Name, c.Arms[i+1].Name, strings.Join(lacking[n], ", ")))
		}
	}
	return list
}

// unpriced tells of arms whose cost leaves something out, where there is any cost.
func (c *Comparison) unpriced() []string {
	if !c.any("cost.total", nonzero) {
		return nil
	}
	var list []string
	for _, a := range c.Arms {
		if names := a.Detail.Unpriced; len(names) > 0 {
			list = append(list, fmt.Sprintf("the cost of %s leaves out what has no price: %s", a.Name, strings.Join(names, ", ")))
		}
	}
	return list
}

// Keeps reports whether the arm has expectations, and all of them hold.
func (a ArmResult) Keeps() bool { return len(a.Result.Expectations) > 0 && a.Holds() }

// Title is what the comparison is about.
func (c *Comparison) Title() string {
	base := c.Arms[0]
	if c.Files {
		var names []string
		for _, a := range c.Arms {
			names = append(names, a.Name)
		}
		return strings.Join(names, " or ")
	}
	return cmp.Or(base.Result.Title, base.Scenario)
}

// Replications is how many each arm has.
func (c *Comparison) Replications() int { return c.Arms[0].Result.Replications }

// Expectations are the names of those that any arm has, sorted.
func (c *Comparison) Expectations() []string {
	var list []string
	for _, a := range c.Arms {
		list = append(list, slices.Collect(maps.Keys(a.Result.Expectations))...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// expected are the metrics that expectations name, where they judge them, in the
// order of these.
func (c *Comparison) expected() []string {
	var list []string
	for _, name := range c.Expectations() {
		for _, a := range c.Arms {
			e, ok := a.Result.Expectations[name]
			if metric := partName(e.Metric, e.During); ok && !slices.Contains(list, metric) {
				list = append(list, metric)
			}
		}
	}
	return list
}
