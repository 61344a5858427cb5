package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// A store is what the nodes of a cache hold: keys, by their rank in popularity
// from 0. Each key has a node of its own, and each node drops the one that was
// used least recently when it needs room. A key that has become stale keeps its
// room until it is looked up, stored anew or dropped, as in Memcached.
type store struct {
	ttl    engine.Time // 0: for ever
	room   int         // keys that a node can hold
	place  []int32     // of each key among the items; none where it is not held
	items  []item      // the first stands for none
	unused []int32
	nodes  []recency
	shards random.Stream
}

// An item is a key that is held, in the list of its node.
type item struct {
	key            int32
	newer, earlier int32
	stale          engine.Time // from here on
}

// A recency is the list of a node's items, the latest used first.
type recency struct {
	first, last int32
	n           int
}

// none is the place of an item that there is not.
const none = 0

// extent is how large a store is.
type extent struct {
	keys  int // different ones
	nodes int
	room  int // keys that a node can hold
}

func newStore(e extent, ttl engine.Time, shards random.Stream) *store {
	return &store{ttl: ttl, room: e.room, place: make([]int32, e.keys), items: make([]item, 1), nodes: make([]recency, e.nodes), shards: shards}
}

// node is where a key belongs.
func (s *store) node(key int) int {
	if len(s.nodes) == 1 {
		return 0
	}
	return int(s.shards.Uniform(uint64(key), 0) * float64(len(s.nodes)))
}

// lookup tells whether a node has a key.
func (s *store) lookup(key, node int, now engine.Time) bool {
	at := s.place[key]
	switch {
	case at == none:
		return false
	case now >= s.items[at].stale:
		s.drop(node, at)
		return false
	}
	s.unlink(node, at)
	s.link(node, at)
	return true
}

// keep stores a key, in the place of what the node has of it.
func (s *store) keep(key, node int, now engine.Time) {
	s.forget(key, node)
	s.add(key, node, s.staleFrom(now))
}

// staleFrom is when what is stored now becomes stale.
func (s *store) staleFrom(now engine.Time) engine.Time {
	if s.ttl == 0 {
		return engine.Forever
	}
	return now + s.ttl
}

// add stores a key as the latest used, at the price of the least recently used
// where there is no room.
func (s *store) add(key, node int, stale engine.Time) {
	if s.nodes[node].n == s.room {
		s.drop(node, s.nodes[node].last)
	}
	at := int32(len(s.items))
	if last := len(s.unused) - 1; last >= 0 {
		at, s.unused = s.unused[last], s.unused[:last]
	} else {
		s.items = append(s.items, item{})
	}
	s.items[at].key, s.items[at].stale = int32(key), stale
	s.place[key] = at
	s.link(node, at)
}

func (s *store) drop(node int, at int32) {
	s.unlink(node, at)
	s.place[s.items[at].key] = none
	s.unused = append(s.unused, at)
}

// forget drops a key, if the node holds it.
func (s *store) forget(key, node int) {
	if at := s.place[key]; at != none {
		s.drop(node, at)
	}
}

// lose drops all that a node has.
func (s *store) lose(node int) {
	for s.nodes[node].n > 0 {
		s.drop(node, s.nodes[node].last)
	}
}

func (s *store) link(node int, at int32) {
	list, i := &s.nodes[node], &s.items[at]
	i.newer, i.earlier = none, list.first
	if list.first == none {
		list.last = at
	} else {
		s.items[list.first].newer = at
	}
	list.first = at
	list.n++
}

func (s *store) unlink(node int, at int32) {
	list, i := &s.nodes[node], s.items[at]
	if i.newer == none {
		list.first = i.earlier
	} else {
		s.items[i.newer].earlier = i.earlier
	}
	if i.earlier == none {
		list.last = i.newer
	} else {
		s.items[i.earlier].newer = i.newer
	}
	list.n--
}

// audit checks that the lists have what the places say, within the room.
func (s *store) audit() error {
	listed := 0
	for node := range s.nodes {
		if s.nodes[node].n > s.room {
			return fmt.Errorf("cache: node %d holds %d keys, and has room for %d", node, s.nodes[node].n, s.room)
		}
		listed += s.nodes[node].n
	}
	if held := len(s.items) - 1 - len(s.unused); held != listed {
		return fmt.Errorf("cache: %d keys are held, and %d are listed", held, listed)
	}
	return nil
}
