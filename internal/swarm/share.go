package swarm

import (
	"math"
	"sync/atomic"
	"testing"
)

// A Share counts the random scenarios that a check is about, of those that it was asked
// of: where most get out of it, it says less than it seems to.
type Share struct{ asked, about atomic.Int64 }

// Count counts a scenario, and returns whether the check is about it.
func (s *Share) Count(about bool) bool {
	s.asked.Add(1)
	if about {
		s.about.Add(1)
	}
	return about
}

// Most fails a test that is about too few scenarios.
func (s *Share) Most(t *testing.T) {
	t.Helper()
	if !s.most() {
		t.Errorf("the check is about %d of %d scenarios only", s.about.Load(), s.asked.Load())
	}
}

// most reports whether at least half of the scenarios count, or so few less that it is
// within two standard deviations of luck.
func (s *Share) most() bool {
	asked, about := float64(s.asked.Load()), float64(s.about.Load())
	return about+math.Sqrt(asked) >= asked/2
}
