package server

import "github.com/headroom-sim/headroom/engine"

// Limit is something of which a server can have too little.
type Limit uint8

// The limits, and when an instance is at them.
const (
	// CPU: a runnable request gets less than a whole vCPU, because others are
	// runnable too or because the CPU credits are spent.
	CPU Limit = iota
	// Connections: the next connection would cost another one its slot, or find
	// none. nginx: in some worker no slot is free, or so few that reusable ones
	// are being closed [A2]; pool: max_connections are open.
	Connections
	// Backlog: the next arrival would find no place to wait: the accept queue is
	// full, or the queue of a station.
	Backlog
	// Upstream: what is missing is an answer from further down. nginx: a worker
	// is at its limit of connections, and some of them wait for the upstream;
	// pool, station: all threads or servers are taken, and some of them wait
	// without using CPU, for a call or for the time that a route sets.
	Upstream
	// Limits is how many limits there are.
	Limits
)

var limitNames = [Limits]string{"cpu", "connections", "backlog", "upstream"}

// String is the name under which reports count the limit, as in
// saturated_seconds.cpu.
func (l Limit) String() string { return limitNames[l] }

// A stopwatch adds up the time in which it is on.
type stopwatch struct {
	on    bool
	since engine.Time
	total engine.Time
}

func (w *stopwatch) set(now engine.Time, on bool) {
	if w.on {
		w.total += now - w.since
	}
	w.on, w.since = on, now
}

// cut returns the time since the last cut.
func (w *stopwatch) cut(now engine.Time) engine.Time {
	w.set(now, w.on)
	total := w.total
	w.total = 0
	return total
}

// A union adds up the time in which any of several servers is at a limit.
type union struct {
	servers int
	stopwatch
}

func (u *union) add(now engine.Time, on bool) {
	if on {
		u.servers++
	} else {
		u.servers--
	}
	if any := u.servers > 0; any != u.on {
		u.set(now, any)
	}
}

// reached notes that the server has come to a limit, or has left it.
func (s *Server) reached(l Limit, on bool) {
	if s.saturated[l].on == on {
		return
	}
	now := s.image.sim.Now()
	s.saturated[l].set(now, on)
	s.image.saturated[l].add(now, on)
}
