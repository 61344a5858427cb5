package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/view"
)

// effectsBlock is what a sweep tells of one response, the most important key
// first. It is empty where there is nothing to tell.
func effectsBlock(r *experiments.SweepResult, e experiments.Effects) block {
	b := block{title: "What " + e.Response.Name + " depends on", left: 1}
	switch {
	case e.Constant:
		return block{}
	case e.Levels != nil:
		b = gridBlock(b, r, e)
	case e.Sensitivities != nil:
		b = sampleBlock(b, r, e)
	case e.Screenings != nil:
		b = screeningBlock(b, r, e)
	case e.Differences != nil:
		b = differenceBlock(b, r, e)
	default:
		b.head, b.rows = []string{""}, [][]string{{fmt.Sprintf("too few points to tell: %d with a sample are needed", design.LeastSample)}}
	}
	if e.Missing > 0 {
		b.note = strings.TrimSpace(fmt.Sprintf("%s %s without a sample.", b.note, counted(e.Missing, "point")))
	}
	return b
}

// mostLevels is how many values of a key a table of effects shows: of more, the
// first, the last and those between at even distances.
const mostLevels = 6

// gridBlock has a row for each value of each key, and one for each interaction
// that explains a hundredth of the variance.
func gridBlock(b block, r *experiments.SweepResult, e experiments.Effects) block {
	names := keyNames(r)
	b.left = 2
	b.head = []string{"key", "value", "share", "mean", "effect"}
	shares := make([]string, len(r.Matrix.Factors))
	importance := func(int) float64 { return 0 }
	if e.Variance != nil {
		for i := range shares {
			shares[i] = units.Format(e.Variance.Shares[i].Share, "share")
		}
		importance = func(factor int) float64 { return e.Variance.Shares[factor].Share }
		b.note = varianceNote(e.Variance)
	}
	for _, factor := range byImportance(len(shares), importance) {
		f, name, share := r.Matrix.Factors[factor], names[factor], shares[factor]
		for _, l := range levelsShown(e.Levels, factor) {
			b.rows = append(b.rows, []string{name, f.Value(l.Level), share, interval(l.Mean, e.Response.Unit), view.Signed(l.Effect, e.Response.Unit)})
			name, share = "", ""
		}
	}
	if e.Variance != nil {
		b.rows = append(b.rows, interactionRows(r, e.Variance)...)
	}
	return b
}

// levelsShown are those of a factor that a table shows.
func levelsShown(all []design.LevelMean, factor int) []design.LevelMean {
	var own, shown []design.LevelMean
	for _, l := range all {
		if l.Factor == factor {
			own = append(own, l)
		}
	}
	n := min(len(own), mostLevels)
	for i := range n {
		shown = append(shown, own[i*(len(own)-1)/max(1, n-1)])
	}
	return shown
}

func interactionRows(r *experiments.SweepResult, v *design.Variance) [][]string {
	names := keyNames(r)
	pairs := v.Shares[len(r.Matrix.Factors):]
	var rows [][]string
	for _, i := range byImportance(len(pairs), func(i int) float64 { return pairs[i].Share }) {
		if pairs[i].Share >= 0.01 {
			name := names[pairs[i].Factors[0]] + " × " + names[pairs[i].Factors[1]]
			rows = append(rows, []string{name, "", units.Format(pairs[i].Share, "share"), "", ""})
		}
	}
	return rows
}

// varianceNote says what the shares do not name.
func varianceNote(v *design.Variance) string {
	parts := []string{"Share: of the variance between points. Effect: mean less that of all points, in the same replications."}
	if v.Higher >= 0.005 {
		parts = append(parts, fmt.Sprintf("Interactions of three keys and more explain %s.", units.Format(v.Higher, "share")))
	}
	if !math.IsNaN(v.Noise) {
		parts = append(parts, fmt.Sprintf("Chance makes %s of the variance, spread over all shares.", units.Format(math.Min(1, v.Noise), "share")))
	}
	return strings.Join(parts, " ")
}

// sampleBlock has a row for each key of a sampled design.
func sampleBlock(b block, r *experiments.SweepResult, e experiments.Effects) block {
	names := keyNames(r)
	b.head = []string{"key", "share", "95 % interval", "trend", "at its least", "at its greatest"}
	means := r.Response(r.ResponseNumber(e.Response.Name)).Means()
	for _, factor := range byImportance(len(r.Matrix.Factors), func(i int) float64 { return e.Sensitivities[i].Index.Mean }) {
		s := e.Sensitivities[factor]
		share := func(v float64) string { return units.Format(math.Min(1, math.Max(0, v)), "share") }
		trend := units.None
		if !math.IsNaN(s.Trend) {
			trend = fmt.Sprintf("%+.2f", s.Trend)
		}
		row := []string{names[factor], share(s.Index.Mean), share(s.Index.Lo) + " to " + share(s.Index.Hi), trend}
		classes := r.Matrix.Classes(means, factor)
		for _, c := range []design.Class{classes[0], classes[len(classes)-1]} {
			row = append(row, units.Format(c.Mean, e.Response.Unit))
		}
		b.rows = append(b.rows, row)
	}
	b.note = "Share: of the variance between points that the key explains alone; what all keys leave is their interactions and chance. Trend: rank correlation, from -1 (falls) to +1 (rises)."
	return b
}

// screeningBlock has a row for each key of a Morris design.
func screeningBlock(b block, r *experiments.SweepResult, e experiments.Effects) block {
	names := keyNames(r)
	b.head = []string{"key", "size of effect (mu*)", "effect (mu)", "spread (sigma)"}
	for _, factor := range byImportance(len(e.Screenings), func(i int) float64 { return e.Screenings[i].MuStar.Mean }) {
		s := e.Screenings[factor]
		b.rows = append(b.rows, []string{
			names[factor], view.Size(s.MuStar, e.Response.Unit), view.Signed(s.Mu, e.Response.Unit), view.Size(view.Only(s.Sigma), e.Response.Unit),
		})
	}
	b.note = "Effects are of a change over the whole range of the key. A spread as large as the size means that the effect is not linear, or depends on other keys."
	return b
}

// differenceBlock has a row for each point but the first, which is the scenario
// as it is.
func differenceBlock(b block, r *experiments.SweepResult, e experiments.Effects) block {
	names := keyNames(r)
	b.left = 2
	b.head = []string{"key", "value", e.Response.Name, "less that as it is"}
	base := output.Interval(r.Points[0].Values[r.ResponseNumber(e.Response.Name)], output.Level)
	b.rows = [][]string{{"as it is", "", interval(base, e.Response.Unit), ""}}
	last := -1
	for _, d := range e.Differences {
		name := ""
		if d.Factor != last {
			name = names[d.Factor]
		}
		last = d.Factor
		b.rows = append(b.rows, []string{name, r.Matrix.Factors[d.Factor].Value(d.Level), interval(d.Mean, e.Response.Unit), view.Signed(d.Difference, e.Response.Unit)})
	}
	return b
}

// keyNames are the keys' last parts, two at least, and as many as tell each
// from the others.
func keyNames(r *experiments.SweepResult) []string {
	names := make([]string, len(r.Matrix.Factors))
	for parts := 2; ; parts++ {
		seen := make(map[string]bool)
		for i, f := range r.Matrix.Factors {
			names[i] = lastParts(f.Key, parts)
			seen[names[i]] = true
		}
		if len(seen) == len(names) {
			return names
		}
	}
}

// lastParts are those of a dotted key; all of one with quotes.
func lastParts(key string, n int) string {
	parts := strings.Split(key, ".")
	if strings.Contains(key, `"`) || len(parts) <= n {
		return key
	}
	return strings.Join(parts[len(parts)-n:], ".")
}
