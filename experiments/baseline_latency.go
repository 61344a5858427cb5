package experiments

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// Distribution is how many requests of each replication had a latency in each
// cell: eight cells to the octave of nanoseconds, which is fine enough, as the
// shares up to a cell's end are exact.
type Distribution struct {
	First  int        `json:"first"`  // cell of the first count
	Counts [][]uint64 `json:"counts"` // of each replication, down to its last cell that has any
}

const cellsOfOctave = 8

// latencyCell is the cell of a latency in nanoseconds.
func latencyCell(ns int64) int {
	shift := max(0, bits.Len64(uint64(ns))-4)
	return cellsOfOctave*shift + int(ns>>shift)
}

// latencyEdge is where a cell begins, in nanoseconds.
func latencyEdge(cell int) int64 {
	shift := max(0, cell/cellsOfOctave-1)
	return int64(cell-cellsOfOctave*shift) << shift
}

// distribution is that of the measured runs.
func (t *Trial) distribution() *Distribution {
	d := &Distribution{First: math.MaxInt}
	for _, f := range t.Cells {
		if h := f.Windows[0].Latency; h.Count() > 0 {
			d.First = min(d.First, latencyCell(h.Min()))
		}
	}
	if d.First == math.MaxInt {
		d.First = 0
	}
	for _, f := range t.Cells {
		d.Counts = append(d.Counts, cellCounts(f.Windows[0].Latency, d.First))
	}
	return d
}

// cellCounts are the counts of a histogram from a cell on.
func cellCounts(h *tally.Histogram, first int) []uint64 {
	counts := []uint64{}
	for b := range h.Buckets() {
		cell := max(0, latencyCell(b.Low)-first) // a bucket may begin below its least value
		for len(counts) <= cell {
			counts = append(counts, 0)
		}
		counts[cell] += b.Count
	}
	return counts
}

// LatencyDrift is how the distribution of all latencies has changed since the
// baseline, in place, spread or tail, even where a mean or a median has not.
//
// What may grow is the share of requests above some latency, by the tolerance. It
// passes where that is shown of every latency, by the paired interval of the
// growth; what holds of each holds of all, whatever their number. It fails where
// it is shown that there is a change, by output.PairedShift, and at some latency
// the share has grown by more. Else it is inconclusive.
type LatencyDrift struct {
	output.Shift         // between the distributions, in either direction
	Slower       float64 // the most by which the share of requests above some latency has grown
	Above        float64 // that latency, seconds; NaN where it has not grown
	Allowed      float64 // the tolerance
	Verdict      output.Verdict
}

// latencyDrift compares two distributions; nil where there are too few pairs of
// replications for the level, or no number of them is enough.
func latencyDrift(past, now *Distribution, c Criteria) *LatencyDrift {
	first := min(past.First, now.First)
	before, after := past.from(first), now.from(first)
	if least, ok := output.PairsToShow(c.Level); !ok || min(len(before), len(after)) < least {
		return nil
	}
	d := &LatencyDrift{Shift: output.PairedShift(before, after, c.Level), Allowed: c.Tolerance, Above: math.NaN(), Verdict: output.Pass}
	if math.IsNaN(d.P) {
		return nil
	}
	for cell, g := range growth(before, after, c.Level) {
		d.Verdict = min(d.Verdict, max(output.Inconclusive, g.NotWorse(d.Allowed, output.LowerIsBetter)))
		if g.Mean > d.Slower {
			d.Slower, d.Above = g.Mean, float64(latencyEdge(first+cell+1))/1e9
		}
	}
	if d.P < 1-c.Level && d.Slower > d.Allowed {
		d.Verdict = output.Fail
	}
	return d
}

// from are the counts from a cell on, which is at or before the first.
func (d *Distribution) from(first int) [][]uint64 {
	counts := make([][]uint64, len(d.Counts))
	for r, list := range d.Counts {
		counts[r] = append(make([]uint64, d.First-first), list...)
	}
	return counts
}

// growth is by how much the share of requests beyond each cell has grown, over the
// pairs that both have requests.
func growth(before, after [][]uint64, level float64) []output.Difference {
	var was, is [][]float64
	n := 0
	for r := range min(len(before), len(after)) {
		a, b := beyond(before[r]), beyond(after[r])
		if a != nil && b != nil {
			was, is, n = append(was, a), append(is, b), max(n, len(a), len(b))
		}
	}
	list := make([]output.Difference, n)
	for i := range list {
		base, other := make([]float64, len(was)), make([]float64, len(was))
		for r := range was {
			base[r], other[r] = at(was[r], i), at(is[r], i)
		}
		list[i] = output.Compare(base, other, level)
	}
	return list
}

// beyond are the shares of requests beyond each cell; nil without requests.
func beyond(counts []uint64) []float64 {
	var all, sum uint64
	for _, n := range counts {
		all += n
	}
	if all == 0 {
		return nil
	}
	shares := make([]float64, len(counts))
	for i, n := range counts {
		sum += n
		shares[i] = float64(all-sum) / float64(all)
	}
	return shares
}

// at is a share, 0 after the last cell.
func at(shares []float64, i int) float64 {
	if i >= len(shares) {
		return 0
	}
	return shares[i]
}

// Text says how much slower requests are.
func (d *LatencyDrift) Text() string {
	if d.Slower == 0 {
		return "no latency is exceeded by more of the requests than before"
	}
	return fmt.Sprintf("share of requests that take over %s: +%s, allowed +%s (p = %.2g)",
		units.Format(d.Above, "s"), units.Format(100*d.Slower, "pp"), units.Format(100*d.Allowed, "pp"), d.P)
}

// expectsLatency returns the first expectation that names a latency; "" if none
// does.
func (r *Result) expectsLatency() string {
	for _, name := range slices.Sorted(maps.Keys(r.Expectations)) {
		if strings.Contains(r.Expectations[name].Metric, "latency.") {
			return name
		}
	}
	return ""
}
