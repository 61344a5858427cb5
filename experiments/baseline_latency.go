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
	"github.com/headroom-sim/headroom/reports/units"
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
// It fails where it is shown that there is a change, by output.PairedShift, and
// more requests are slow than the tolerance allows: at some latency the share of
// requests above it has grown by more. Else it passes: the change is not shown,
// or too small to matter.
type LatencyDrift struct {
	output.Shift         // between the distributions, in either direction
	Slower       float64 // the most by which the share of requests above some latency has grown
	Above        float64 // that latency, seconds; NaN where it has not grown
	Allowed      float64 // the tolerance
	Verdict      output.Verdict
}

// pairsToShow is how many replications it takes to show a shift of latencies: of
// the ways to swap within n pairs, 2 in 2^n lie as far apart as they can. It is 6
// at 95 %.
func pairsToShow(level float64) int {
	n := 1
	for p := 1.0; p >= 1-level; p /= 2 {
		n++
	}
	return n
}

// latencyDrift compares two distributions; nil where there are too few pairs of
// replications.
func latencyDrift(past, now *Distribution, c Criteria) *LatencyDrift {
	first := min(past.First, now.First)
	before, after := past.from(first), now.from(first)
	if min(len(before), len(after)) < pairsToShow(c.Level) {
		return nil
	}
	d := &LatencyDrift{Shift: output.PairedShift(before, after), Allowed: c.Tolerance, Verdict: output.Pass}
	if math.IsNaN(d.P) {
		return nil
	}
	cell, slower := slowest(before, after)
	d.Slower, d.Above = slower, math.NaN()
	if slower > 0 {
		d.Above = float64(latencyEdge(first+cell+1)) / 1e9
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

// slowest finds the cell at whose end the mean share of requests beyond it has
// grown most, over the pairs that both have requests.
func slowest(before, after [][]uint64) (cell int, slower float64) {
	var grown []float64
	pairs := 0.0
	for r := range min(len(before), len(after)) {
		was, is := beyond(before[r]), beyond(after[r])
		if was == nil || is == nil {
			continue
		}
		pairs++
		for len(grown) < max(len(was), len(is)) {
			grown = append(grown, 0)
		}
		for i := range grown {
			grown[i] += at(is, i) - at(was, i)
		}
	}
	for i, sum := range grown {
		if sum/pairs > slower {
			cell, slower = i, sum/pairs
		}
	}
	return cell, slower
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
