package backend

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// An allowance is a quota that is refilled continuously, and of which no more is
// ever left than what one of its times gives [L-SCALE]. It is exact: a level in
// units times nanoseconds.
type allowance struct {
	quota quantity.Quota
	left  int64 // in parts of 1/quota.Per
	since engine.Time
}

// newAllowance returns a full one.
func newAllowance(q quantity.Quota) allowance {
	return allowance{quota: q, left: q.Count * int64(q.Per)}
}

// take takes one unit, if there is one left.
func (a *allowance) take(now engine.Time) bool {
	full := a.quota.Count * int64(a.quota.Per)
	passed := min(int64(now-a.since), int64(a.quota.Per))
	a.since = now
	a.left = min(full, a.left+passed*a.quota.Count)
	if a.left < int64(a.quota.Per) {
		return false
	}
	a.left -= int64(a.quota.Per)
	return true
}
