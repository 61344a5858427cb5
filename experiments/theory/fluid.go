package theory

// Fluid is a queue of a fluid: work flows in and is worked off at rates that are
// constant between points in time; what is not worked off at once waits. It is what
// a queue of many small requests without chance comes to (G.F. Newell,
// "Applications of Queueing Theory", 2nd ed. 1982, chapter 2).
type Fluid struct {
	Inflow, Capacity []RateAt // each holds until the next; the first one before too
}

// Backlog is what waits at a time, of a queue that is empty at time zero.
func (q Fluid) Backlog(t float64) float64 {
	backlog, _, _ := q.until(t)
	return backlog
}

// Area is the integral of what waits, from time zero to t: by Little's law the sum
// of the waits of all that came and has gone.
func (q Fluid) Area(t float64) float64 {
	_, area, _ := q.until(t)
	return area
}

// Greatest is the greatest backlog from time zero to t. It is where a rate changes,
// or at the end.
func (q Fluid) Greatest(t float64) float64 {
	_, _, greatest := q.until(t)
	return greatest
}

// Inflowed is what has flowed in from time zero to t.
func (q Fluid) Inflowed(t float64) float64 {
	var sum float64
	q.pieces(t, func(length, inflow, _ float64) { sum += float64(length * inflow) })
	return sum
}

// until follows the backlog to a time.
func (q Fluid) until(t float64) (backlog, area, greatest float64) {
	q.pieces(t, func(length, inflow, capacity float64) {
		growth := inflow - capacity
		if growth < 0 && float64(-growth*length) > backlog { // it is empty before the end
			area += backlog * backlog / (-2 * growth)
			backlog = 0
			return
		}
		area += float64(length * (backlog + float64(growth*length/2)))
		backlog += float64(growth * length)
		greatest = max(greatest, backlog)
	})
	return backlog, area, greatest
}

// pieces are the stretches up to a time on which nothing changes.
func (q Fluid) pieces(t float64, each func(length, inflow, capacity float64)) {
	for at := 0.0; at < t; {
		next := min(t, after(q.Inflow, at), after(q.Capacity, at))
		each(next-at, held(q.Inflow, at), held(q.Capacity, at))
		at = next
	}
}

// held is the rate at a time.
func held(course []RateAt, t float64) float64 {
	rate := course[0].Rate
	for _, p := range course {
		if p.At <= t {
			rate = p.Rate
		}
	}
	return rate
}

// after is the first point after a time; far away without any.
func after(course []RateAt, t float64) float64 {
	for _, p := range course {
		if p.At > t {
			return p.At
		}
	}
	const never = 1e300
	return never
}
