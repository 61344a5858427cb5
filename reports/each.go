package reports

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// mostEach is how many replications are told one by one.
const mostEach = 20

// each is a row for each replication: what the expectations judge, a cross
// where one does not hold, and the digest.
func each(r *experiments.Result) block {
	b := block{title: "Each replication", head: []string{"replication"}, left: 1}
	if r.Replications < 2 || len(r.Expectations) == 0 {
		return b
	}
	names := slices.Sorted(maps.Keys(r.Expectations))
	b.head = append(append(b.head, names...), "digest")
	shown := min(len(r.Digests), mostEach)
	for i, digest := range r.Digests[:shown] {
		row := []string{strconv.Itoa(i + 1)}
		for _, name := range names {
			row = append(row, one(r.Expectations[name], i))
		}
		b.rows = append(b.rows, append(row, digest))
	}
	if rest := len(r.Digests) - shown; rest > 0 {
		b.note = fmt.Sprintf("... and %d more", rest)
	}
	return b
}

// one is the value that an expectation has in the i-th replication.
func one(e experiments.Expectation, i int) string {
	v := e.Each[i]
	text := units.Format(v, e.Unit)
	if e.Bound.Judge([]float64{v}) != output.Pass {
		text = ticks[output.Fail] + " " + text
	}
	return text
}

// missed reports whether an expectation does not hold in some replication.
func missed(r *experiments.Result) bool {
	for _, e := range r.Expectations {
		if e.Met < r.Replications {
			return true
		}
	}
	return false
}
