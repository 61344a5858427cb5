package experiments

import (
	"context"
	"math"
	"slices"
	"strings"
)

// cellsInBlock is how many cells are simulated, and held with all that is known
// of them, before the figures of their points are taken: enough that no
// processor waits long at its end.
const cellsInBlock = 1000

// Extend simulates the points for which mine holds (nil: all), in blocks, and
// gives each point's trial to done, in the order of the points. Finished cells
// are in the runner's store, so that after an error, and when the context is
// cancelled, the same again goes on from there.
func (s *Sweep) Extend(ctx context.Context, r Runner, mine func(point int) bool, done func(point int, t *Trial) error) error {
	points, all := s.share(mine)
	var before float64
	progress := r.Progress
	for block := range slices.Chunk(points, max(1, cellsInBlock/s.Replications)) {
		trials, unlike, err := s.trials(block)
		if err != nil {
			return err
		}
		var work float64
		for _, t := range unlike {
			work += t.work()
		}
		if progress != nil {
			r.Progress = func(share float64) { progress(math.Min(1, (before+float64(share*work))/all)) }
		}
		if err := r.Extend(ctx, s.Replications, unlike...); err != nil {
			return err
		}
		before += work
		for k, i := range block {
			if err := done(i, trials[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// share are the points for which mine holds, and the work that they need; a
// point that is there again needs none.
func (s *Sweep) share(mine func(point int) bool) (points []int, work float64) {
	seen := make(map[string]bool)
	for i := range s.Matrix.Len() {
		if mine != nil && !mine(i) {
			continue
		}
		points = append(points, i)
		if name := strings.Join(s.Matrix.Sets(i), "\n"); !seen[name] {
			seen[name] = true
			work += s.work[i]
		}
	}
	return points, work
}

// trials are those of the points of a block, and those of them that are not
// alike: a sample of keys with few values has points more than once.
func (s *Sweep) trials(block []int) (trials, unlike []*Trial, err error) {
	known := make(map[string]*Trial)
	for _, i := range block {
		name := strings.Join(s.Matrix.Sets(i), "\n")
		if known[name] == nil {
			study, err := s.point(i)
			if err != nil {
				return nil, nil, err
			}
			known[name] = NewTrial(study)
			unlike = append(unlike, known[name])
		}
		trials = append(trials, known[name])
	}
	return trials, unlike, nil
}
