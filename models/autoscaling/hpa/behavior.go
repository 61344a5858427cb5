package hpa

import (
	"math"

	"github.com/headroom-sim/headroom/engine"
)

// recommendation is what the metrics asked for at a sync.
type recommendation struct {
	at       engine.Time
	replicas int
}

// change is one of the number of replicas, positive in both directions.
type change struct {
	at   engine.Time
	pods int
}

// stabilize moves the current number no further than every recommendation of
// the windows allows: up to the least of the window for scaling up, down to the
// greatest of that for scaling down [hpa-code2]. It also tells until when a
// recommendation of a window that has not ended stands against the proposal.
func (a *Autoscaler) stabilize(now engine.Time, current, proposed int) (stable int, until engine.Time) {
	up, down := proposed, proposed
	for _, r := range a.recommended {
		if end := r.at + a.ScaleUp.Stabilization; end > now {
			up = min(up, r.replicas)
			if proposed > current && r.replicas < proposed {
				until = max(until, end)
			}
		}
		if end := r.at + a.ScaleDown.Stabilization; end > now {
			down = max(down, r.replicas)
			if proposed < current && r.replicas > proposed {
				until = max(until, end)
			}
		}
	}
	return min(max(current, up), down), until
}

// recommend remembers a recommendation, and forgets those that no window
// reaches back to any more.
func (a *Autoscaler) recommend(now engine.Time, replicas int) {
	longest := max(a.ScaleUp.Stabilization, a.ScaleDown.Stabilization)
	kept := a.recommended[:0]
	for _, r := range a.recommended {
		if r.at+longest > now {
			kept = append(kept, r)
		}
	}
	a.recommended = append(kept, recommendation{now, replicas})
}

// limitUp is the most replicas that the rate policies allow now, and the policy
// that does; that is nil where scaling up is disabled.
func (a *Autoscaler) limitUp(now engine.Time, current int) (limit int, by *Rate) {
	limit = current
	if a.ScaleUp.Select == Disabled {
		return limit, nil
	}
	for i := range a.ScaleUp.Rates {
		r := &a.ScaleUp.Rates[i]
		n := r.up(a.begin(now, current, r.Period))
		if by == nil || a.ScaleUp.Select == Max && n > limit || a.ScaleUp.Select == Min && n < limit {
			limit, by = n, r
		}
	}
	return max(limit, current), by
}

// limitDown is the fewest replicas that the rate policies allow now.
func (a *Autoscaler) limitDown(now engine.Time, current int) (limit int, by *Rate) {
	limit = current
	if a.ScaleDown.Select == Disabled {
		return limit, nil
	}
	for i := range a.ScaleDown.Rates {
		r := &a.ScaleDown.Rates[i]
		n := r.down(a.begin(now, current, r.Period))
		if by == nil || a.ScaleDown.Select == Max && n < limit || a.ScaleDown.Select == Min && n > limit {
			limit, by = n, r
		}
	}
	return min(limit, current), by
}

// up rounds percent up, so that they always allow one more.
func (r *Rate) up(start int) int {
	if !r.Percent {
		return start + r.Value
	}
	return int(math.Ceil(float64(float64(start) * (1 + float64(r.Value)/100))))
}

// down cuts what percent leave off, so that they always allow one less.
func (r *Rate) down(start int) int {
	if !r.Percent {
		return start - r.Value
	}
	return int(float64(float64(start) * (1 - float64(r.Value)/100)))
}

// begin is the number of replicas when the period that ends now began.
func (a *Autoscaler) begin(now engine.Time, current int, period engine.Time) int {
	return current - within(a.ups, now-period) + within(a.downs, now-period)
}

// within sums up the changes after an instant.
func within(changes []change, after engine.Time) int {
	n := 0
	for _, c := range changes {
		if c.at > after {
			n += c.pods
		}
	}
	return n
}

// scaled remembers a change, and forgets those before the longest period.
func (a *Autoscaler) scaled(now engine.Time, by int) {
	if by > 0 {
		a.ups = append(recent(a.ups, now-a.longest()), change{now, by})
	} else {
		a.downs = append(recent(a.downs, now-a.longest()), change{now, -by})
	}
}

func recent(changes []change, after engine.Time) []change {
	kept := changes[:0]
	for _, c := range changes {
		if c.at > after {
			kept = append(kept, c)
		}
	}
	return kept
}

// longest is the longest period of a rate policy.
func (a *Autoscaler) longest() engine.Time {
	var longest engine.Time
	for _, b := range []*Behavior{&a.ScaleUp, &a.ScaleDown} {
		for i := range b.Rates {
			longest = max(longest, b.Rates[i].Period)
		}
	}
	return longest
}
