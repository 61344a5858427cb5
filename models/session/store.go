package session

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Spec is the table [sessions].
type Spec struct {
	Store    string             `toml:"store" default:"local" oneof:"local shared" doc:"Where signed-in state lives. local: in the memory of the instance that signed the user in; shared: in a service that all instances ask." source:"DERIVED: the simplest set-up"`
	In       string             `toml:"in" for:"shared" required:"true" doc:"Service that keeps the state. Each request whose route has session read or write makes one call to it, at its cost."`
	Lifetime *quantity.Duration `toml:"lifetime" range:"1s.." doc:"A user who has asked for nothing for so long is signed out. Left out: never."`
}

// Kind is where the state lives, which decides the keys that apply.
func (s *Spec) Kind() string { return s.Store }

// Use is what a request does with signed-in state.
type Use uint8

// The uses; a route's session key names them.
const (
	None  Use = iota
	Read      // needs the state where the user is signed in; before that it is anonymous
	Write     // signs in
)

// UseOf reads the session key of a route, which has been checked.
func UseOf(key string) Use {
	return map[string]Use{"none": None, "read": Read, "write": Write}[key]
}

// A Store keeps the state of signed-in users.
type Store struct {
	sim      *engine.Sim
	lifetime engine.Time
	uses     []Use  // by route
	nodes    []node // that share the state of all sessions; none: it is local
	tally    Tally
}

// node is one of those of a shared store.
type node struct {
	*traffic.Memory
	lost bool
}

// New returns an empty store; uses says what the routes do, by their indices. A
// shared one has so many nodes, each of which keeps its share of the sessions
// (see [traffic.Attempt.Shard]).
func New(sim *engine.Sim, spec *Spec, uses []Use, nodes int) *Store {
	s := &Store{sim: sim, lifetime: engine.Forever, uses: uses}
	if spec.Lifetime != nil {
		s.lifetime = spec.Lifetime.Time()
	}
	if spec.Store == "shared" {
		for range nodes {
			s.nodes = append(s.nodes, node{Memory: &traffic.Memory{}})
		}
	}
	return s
}

// Uses tells what requests of a route do with signed-in state.
func (s *Store) Uses(route int32) Use { return s.uses[route] }

// Lose loses what a node of a shared store has, and the node: who signs in where
// it would keep the state stays anonymous.
func (s *Store) Lose(k int) {
	s.nodes[k].Gone = true
	s.nodes[k] = node{&traffic.Memory{}, true}
}

// Restore brings an empty node back.
func (s *Store) Restore(k int) { s.nodes[k].lost = false }

// Serve is what an instance with the given memory does about the signed-in state
// of a visitor whose request it has completed.
func (s *Store) Serve(a *traffic.Attempt, at *traffic.Memory) {
	use, v := s.uses[a.Route], a.Visitor
	if use == None || v == nil {
		return
	}
	l, now := &v.Login, s.sim.Now()
	in := node{Memory: at}
	if n := len(s.nodes); n > 0 {
		in = s.nodes[a.Shard(n)]
	}
	switch {
	case use == Write && in.lost:
		if l.In != nil {
			s.tally.Lost++
		}
		*l = traffic.Login{}
		return
	case use == Write:
		if l.In == nil {
			s.tally.Started++
		}
		*l = traffic.Login{In: in.Memory, At: at, Used: now}
		return
	case l.In == nil:
		return
	case now-l.Used >= s.lifetime:
		s.tally.Expired++
		*l = traffic.Login{Lost: true}
		return
	}
	if l.At != at {
		s.tally.Moved++
	}
	if l.In != in.Memory || in.Gone {
		s.tally.Lost++
		*l = traffic.Login{Lost: true}
		return
	}
	l.At, l.Used = at, now
}

// Tally is what happened to signed-in sessions in some time.
type Tally struct {
	Started uint64 // sign-ins of users who were not signed in
	Lost    uint64 // users who found themselves signed out by the system
	Expired uint64 // users who came back after the lifetime
	Moved   uint64 // requests of signed-in users that another instance served than the one before
}

// Merge adds another tally.
func (t *Tally) Merge(other *Tally) {
	t.Started += other.Started
	t.Lost += other.Lost
	t.Expired += other.Expired
	t.Moved += other.Moved
}

// Cut returns what happened since the last cut.
func (s *Store) Cut() Tally {
	t := s.tally
	s.tally = Tally{}
	return t
}
