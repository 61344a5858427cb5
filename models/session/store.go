package session

import (
	"fmt"
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Spec is the table [sessions].
type Spec struct {
	Store    string             `toml:"store" default:"local" oneof:"local shared" doc:"Where signed-in state lives. local: in the memory of the instance that signed the user in; shared: in a service that all instances ask." source:"DERIVED: the simplest set-up"`
	In       string             `toml:"in" for:"shared" required:"true" doc:"Service that keeps the state: a cache, database, station or pool. Each request whose route has session read or write makes one call to it, at its cost."`
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
	switch key {
	case "read":
		return Read
	case "write":
		return Write
	}
	return None
}

// A Store keeps the state of signed-in users.
type Store struct {
	sim      *engine.Sim
	lifetime engine.Time
	uses     []Use   // by route
	nodes    []*node // that share the state of all sessions; none: it is local
	luck     random.Stream
	tally    Tally // since the last cut
	before   Tally
}

// node is one of those of a shared store.
type node struct {
	traffic.Memory
	lost bool
}

// Shards are the nodes of a shared store, each of which keeps its share of the
// sessions, by a hash.
type Shards struct {
	Nodes int
	Luck  random.Stream
}

// New returns an empty store; uses says what the routes do, by their indices.
func New(sim *engine.Sim, spec *Spec, uses []Use, shards Shards) *Store {
	s := &Store{sim: sim, lifetime: engine.Forever, uses: uses, luck: shards.Luck}
	if spec.Lifetime != nil {
		s.lifetime = spec.Lifetime.Time()
	}
	if spec.Store == "shared" {
		for range shards.Nodes {
			s.nodes = append(s.nodes, &node{})
		}
	}
	return s
}

// Node is which node of a shared store keeps what belongs to the attempt's session.
func (s *Store) Node(a *traffic.Attempt) int {
	if len(s.nodes) == 1 {
		return 0
	}
	k, _ := bits.Mul64(s.luck.Uint64(a.Session, uint64(a.Salt)), uint64(len(s.nodes)))
	return int(k)
}

// Uses tells what requests of a route do with signed-in state.
func (s *Store) Uses(route int32) Use { return s.uses[route] }

// Drop loses what is in a memory, at once: users who are at it are signed out,
// whether or not they come back to learn it.
func (s *Store) Drop(m *traffic.Memory) {
	m.Clear(func(l *traffic.Login) { s.over(l, &s.tally.Lost) })
}

// Impair does to a node of a shared store what faults do. When it crashes, what it
// has is lost; who signs in where it would keep the state stays anonymous until it
// is back, empty.
func (s *Store) Impair(k int, i traffic.Impairment) {
	n := s.nodes[k]
	if i.Crashed && !n.lost {
		s.Drop(&n.Memory)
	}
	n.lost = i.Crashed
}

// Leave ends the sign-in of a visitor who is done, if there is one.
func (s *Store) Leave(v *traffic.Visitor) {
	if l := &v.Login; l.In != nil {
		s.over(l, &s.tally.Ended)
		l.Leave()
	}
}

// over counts the end of a sign-in, which has come earlier if its lifetime is
// over.
func (s *Store) over(l *traffic.Login, why *uint64) {
	if s.overdue(l) {
		why = &s.tally.Expired
	}
	*why++
}

func (s *Store) overdue(l *traffic.Login) bool { return s.sim.Now()-l.Used >= s.lifetime }

// Serve is what an instance with the given memory does about the signed-in state
// of a visitor whose request it has completed.
func (s *Store) Serve(a *traffic.Attempt, at *traffic.Memory) {
	use, v := s.uses[a.Route], a.Visitor
	if use == None || v == nil {
		return
	}
	in := at
	if len(s.nodes) > 0 {
		k := s.nodes[s.Node(a)]
		if k.lost && use == Write {
			v.Login = traffic.Login{}
			return
		}
		in = &k.Memory
	}
	if use == Write {
		s.signIn(&v.Login, in, at)
	} else {
		s.read(&v.Login, in, at)
	}
}

// signIn keeps the state of a sign-in in a memory.
func (s *Store) signIn(l *traffic.Login, in, at *traffic.Memory) {
	if l.In != nil && s.overdue(l) {
		s.tally.Expired++
		l.Leave()
	}
	if l.In == nil {
		s.tally.Started++
	}
	in.Keep(l)
	l.At, l.Used = at, s.sim.Now()
}

// read looks in a memory for the state of a sign-in, and tells the visitor if it
// is not there.
func (s *Store) read(l *traffic.Login, in, at *traffic.Memory) {
	if l.In == nil {
		*l = traffic.Login{Lost: l.Stale}
		return
	}
	late := s.overdue(l)
	if !late && l.At != at {
		s.tally.Moved++
	}
	if late || l.In != in {
		s.over(l, &s.tally.Lost)
		l.Leave()
		l.Lost = true
		return
	}
	l.At, l.Used = at, s.sim.Now()
}

// Tally is what happened to signed-in sessions in some time.
type Tally struct {
	Started uint64 // sign-ins of users who were not signed in
	Lost    uint64 // sign-ins that the system lost while their users were at it
	Expired uint64 // sign-ins that their lifetime ended
	Ended   uint64 // sign-ins that lasted until their users were done
	Moved   uint64 // requests of signed-in users, but for those that sign in again, that another instance served than the one before
}

// Merge adds another tally.
func (t *Tally) Merge(other *Tally) {
	t.Started += other.Started
	t.Lost += other.Lost
	t.Expired += other.Expired
	t.Ended += other.Ended
	t.Moved += other.Moved
}

// Cut returns what happened since the last cut.
func (s *Store) Cut() Tally {
	t := s.tally
	s.before.Merge(&t)
	s.tally = Tally{}
	return t
}

// Audit checks that each sign-in has ended in one way only, or that its user is
// among those signed in, of whom there are so many. An error would be one of the
// simulator.
func (s *Store) Audit(signedIn int) error {
	t := s.before
	t.Merge(&s.tally)
	if t.Started != t.Lost+t.Expired+t.Ended+uint64(signedIn) {
		return fmt.Errorf("session: %d users are signed in, after %+v", signedIn, t)
	}
	return nil
}
