package balancer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// z is the 99.9 % point of the normal distribution, two-sided.
const z = 3.29

// requireShare asks that of n draws with probability p as many succeeded as
// may.
func requireShare(t *testing.T, p float64, got, n int, what ...any) {
	t.Helper()
	require.InDelta(t, p*float64(n), got, z*math.Sqrt(p*(1-p)*float64(n)), what...)
}

func TestRoundRobinTakesTurnsOnEachNode(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	var servers []*server
	for id := range 5 {
		servers = append(servers, r.add(id, "a"))
	}
	turn := map[int32]int{}
	for session := range uint64(1000) {
		before := make([]int, 5)
		for i, s := range servers {
			before[i] = s.requests
		}
		node := r.answers[r.request(session)].node
		want := turn[node] % 5
		turn[node]++
		require.Equal(t, before[want]+1, servers[want].requests, "request %d of node %d", turn[node], node)
	}
	requireShare(t, 0.5, turn[0], 1000, "requests at node 0")
}

func TestRoundRobinGoesOnWhenTargetsComeAndGo(t *testing.T) {
	r := newRig(spec("application"))
	var order []int
	servers := map[int]*server{}
	for id := range 3 {
		servers[id] = r.add(id, "")
	}
	next := func() {
		before := map[int]int{}
		for id, s := range servers {
			before[id] = s.requests
		}
		r.request(0)
		for id, s := range servers {
			if s.requests > before[id] {
				order = append(order, id)
			}
		}
	}
	next()
	r.Remove(1) // whose turn it was
	next()
	next()
	next()
	servers[3] = r.add(3, "") // in the place of 1
	next()
	next()
	next()
	require.Equal(t, []int{0, 2, 0, 2, 0, 3, 2}, order)
}

func TestLeastOutstandingRequestsPicksTheLeastLoaded(t *testing.T) {
	s := spec("application")
	s.Algorithm = "least_outstanding_requests"
	r := newRig(s)
	var servers []*server
	for id := range 4 {
		servers = append(servers, r.add(id, ""))
		servers[id].busy = true
	}
	held := func() (loads []int) {
		for _, s := range servers {
			loads = append(loads, len(s.held))
		}
		return loads
	}
	for range 10 {
		r.request(0)
	}
	require.Equal(t, []int{3, 3, 2, 2}, held(), "ties take turns")
	servers[1].release(traffic.OK)
	servers[1].release(traffic.OK)
	require.Equal(t, []int{3, 1, 2, 2}, held())
	r.request(0)
	require.Equal(t, []int{3, 2, 2, 2}, held(), "the least loaded first")
	for range 3 {
		r.request(0)
	}
	require.Equal(t, []int{3, 3, 3, 3}, held())
}

func TestLeastOutstandingRequestsIsFairAmongEquals(t *testing.T) {
	s := spec("application")
	s.Algorithm = "least_outstanding_requests"
	r := newRig(s)
	var servers []*server
	for id := range 3 {
		servers = append(servers, r.add(id, ""))
	}
	for range 300 {
		r.request(0) // answered at once: all are always idle
	}
	for _, s := range servers {
		require.Equal(t, 100, s.requests)
	}
}

func TestRandomIsUniform(t *testing.T) {
	s := spec("application")
	s.Algorithm = "random"
	r := newRig(s)
	servers := []*server{r.add(0, ""), r.add(1, ""), r.add(2, "")}
	pairs := 0
	for range 3000 {
		before := servers[0].requests
		r.request(0)
		r.request(0)
		if servers[0].requests == before+2 {
			pairs++
		}
	}
	for id, s := range servers {
		requireShare(t, 1.0/3, s.requests, 6000, "target %d", id)
	}
	requireShare(t, 1.0/9, pairs, 3000, "twice in a row")
}

// The two that are drawn differ: of two targets the less loaded one has every request.
func TestPowerOfTwoDrawsTwoTargets(t *testing.T) {
	s := spec("application")
	s.Algorithm = "power_of_two"
	r := newRig(s)
	loaded := r.add(0, "")
	loaded.busy = true
	r.request(0)
	idle := r.add(1, "")
	for range 100 {
		r.request(0)
	}
	require.Equal(t, 1, loaded.requests)
	require.Equal(t, 100, idle.requests)
}

func TestPowerOfTwoNeverPicksTheMostLoaded(t *testing.T) {
	s := spec("application")
	s.Algorithm = "power_of_two"
	r := newRig(s)
	// Loads of 0, 1 and 2: with two different targets drawn, the first is
	// picked in two cases of three, the second in one, the third never.
	servers := []*server{r.add(0, ""), r.add(1, ""), r.add(2, "")}
	hold := func(want ...int) {
		for id, s := range servers {
			for s.busy = true; len(s.held) != want[id]; {
				if len(s.held) > want[id] {
					s.release(traffic.OK)
					continue
				}
				for _, other := range servers {
					other.busy = other == s
				}
				r.request(0)
			}
		}
	}
	hold(0, 1, 2)
	for _, s := range servers {
		s.busy, s.requests = false, 0
	}
	for range 3000 {
		r.request(0)
	}
	requireShare(t, 2.0/3, servers[0].requests, 3000)
	requireShare(t, 1.0/3, servers[1].requests, 3000)
	require.Zero(t, servers[2].requests)
}

// ELB-HOW: two targets in zone A and eight in B get 10 % each with cross-zone
// balancing; without it those in A get 25 %, those in B 6.25 %.
func TestCrossZoneExample(t *testing.T) {
	const requests = 20000
	for _, row := range []struct {
		name      string
		crossZone bool
		inA, inB  float64
	}{{"on", true, 0.10, 0.10}, {"off", false, 0.25, 0.0625}} {
		t.Run(row.name, func(t *testing.T) {
			s := spec("application")
			s.CrossZone, s.Algorithm = row.crossZone, "random"
			r := newRig(s, "a", "b")
			var inA, inB []*server
			for id := range 2 {
				inA = append(inA, r.add(id, "a"))
			}
			for id := range 8 {
				inB = append(inB, r.add(2+id, "b"))
			}
			for session := range uint64(requests) {
				r.request(session)
			}
			for _, s := range inA {
				requireShare(t, row.inA, s.requests, requests)
			}
			for _, s := range inB {
				requireShare(t, row.inB, s.requests, requests)
			}
		})
	}
}

func TestSessionStaysWithItsNode(t *testing.T) {
	r := newRig(spec("application"), "a", "b", "c")
	r.add(0, "a")
	nodes := map[int32]int{}
	for session := range uint64(300) {
		first := r.answers[r.request(session)].node
		require.Equal(t, first, r.answers[r.request(session)].node)
		nodes[first]++
	}
	for node := range int32(3) {
		requireShare(t, 1.0/3, nodes[node], 300)
	}
}

func TestConnectionStaysWithItsNode(t *testing.T) {
	r := newRig(spec("application"), "a", "b", "c")
	r.add(0, "a")
	for session := range uint64(20) {
		a := r.pool.Get()
		a.Session, a.Link.Keep = session, true
		keeper := &keeper{}
		a.Call(r, keeper, 0)
		node := a.Link.Conn.Conn().Index
		a.Session = session + 1000 // the connection decides, not the session
		a.Call(r, keeper, 0)
		require.Equal(t, node, a.Link.Conn.Conn().Index)
	}
	require.EqualValues(t, 20, r.Cut(engine.Second).ClientConnections)
}

// keeper is a client that keeps attempts for another request.
type keeper struct{ answered int }

func (k *keeper) Answered(*traffic.Attempt, int32, traffic.Cause) { k.answered++ }
func (k *keeper) Moved(*traffic.Attempt, int32)                   {}
