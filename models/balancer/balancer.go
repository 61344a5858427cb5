package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A Balancer spreads requests over targets. What sets the kinds apart is in its
// policy, and in parts that are chosen in [New]; those that are nil do nothing.
type Balancer struct {
	sim    *engine.Sim
	name   string
	policy policy
	log    *timeline.Log

	nodes   []node
	dns     resolver
	split   split
	cookies *cookies // nil: none
	guided  bool     // there are target groups or cookies
	choice  random.Stream
	chooser chooser
	turns   bool // it is inTurn

	conns     *connections   // of clients; nil: no client uses one again
	network   *network       // connections that are passed through to targets
	nginx     *nginx         // what it knows of servers
	retries   *retries       // nil: a request is sent to one target
	caller    traffic.Caller // of targets
	checker   *checker
	desperate bool          // no node has a healthy target: all use what they have
	addresses random.Stream // of users

	way func(zone string, t Target) traffic.Receiver // or nil

	targets []*target     // by slot
	slots   map[int]int32 // of targets that are registered or draining, by ID
	calls   []*call       // requests sent to targets, by tag
	free    *call         // the first of those that are free
	open    int           // those that are not

	silence *engine.Watch           // the target has not answered for too long
	connect *engine.Lane[ticket]    // a target should have accepted by now
	sweep   *engine.Routine[pair]   // idle connections have been idle for too long
	lagged  *engine.Routine[int32]  // the nodes learn that a target is draining
	drained *engine.Routine[int32]  // a target's draining is over
	resume  *engine.Routine[int32]  // the pause before another try is over
	glance  *engine.Routine[*share] // a look at what new targets get

	books
}

// Config is where a balancer stands.
type Config struct {
	Name   string
	Zones  []string // of the targets' fleets, occupied or not: one node in each; none: one node
	Stream func(name string) random.Stream
	Log    *timeline.Log // may be nil
	// Way, if not nil, is the receiver that leads from a zone of Zones to a target:
	// the target's own, or one that carries attempts there.
	Way func(zone string, t Target) traffic.Receiver
	// OnHealth, if not nil, hears every verdict of a node (an index of Zones)
	// on a target.
	OnHealth func(id int, node int, healthy bool)
	// Reused: clients may send a further request on a connection.
	Reused bool
	Routes []traffic.RouteSpec // nil: nothing is known of them, and no bytes are counted
	// TargetCookie and GroupCookie are the marks of the balancer's cookies for a
	// target and for a target group: no other cookies have them. SetsCookie tells
	// of each route whether its answers set the application's cookie. They matter to
	// sticky balancers only.
	TargetCookie, GroupCookie int32
	SetsCookie                []bool
}

// New returns a balancer without targets.
func New(sim *engine.Sim, spec *Spec, c Config) *Balancer {
	names := nodeNames(spec, c.Zones)
	b := &Balancer{
		sim: sim, name: c.Name, policy: newPolicy(spec), log: c.Log,
		nodes: make([]node, len(names)), slots: make(map[int]int32),
		choice:    c.Stream("choice/" + c.Name),
		addresses: c.Stream("addresses"),
		split:     newSplit(spec, c), cookies: newCookies(spec, c),
	}
	b.dns.of, b.dns.luck = b, c.Stream("dns/"+c.Name)
	b.way = c.Way
	b.chooser, b.turns = newChooser(spec)
	b.guided = b.cookies != nil || len(b.split.groups) > 1
	for i, name := range names {
		n := &b.nodes[i]
		n.index, n.name = int32(i), name
		if b.policy.inDNS && len(c.Zones) > 0 {
			n.zone = c.Zones[i]
		}
		n.rotas = make([]rota, len(b.split.groups))
		n.shared = traffic.Conn{Index: int32(i), Home: b}
		n.ref = n.shared.Open()
	}
	for _, r := range c.Routes {
		b.sizes = append(b.sizes, [2]uint64{uint64(r.Request), uint64(r.Size)})
	}
	if c.Reused && b.policy.kind != networkKind {
		b.conns = newConnections(b)
	}
	b.bind(sim)
	b.checker = newChecker(b, spec, c)
	b.caller = b
	b.specialize(spec, c)
	return b
}

// nodeNames tells the nodes apart: those of AWS's balancers by their zones, those
// of nginx, its workers, by numbers. HAProxy's threads share all they know, as
// workers do with a zone (of shared memory) [A5].
func nodeNames(s *Spec, zones []string) []string {
	var names []string
	switch {
	case s.Product == "haproxy" || s.Product == "nginx" && s.SharedZone:
	case s.Product == "nginx":
		for i := range s.WorkerProcesses {
			names = append(names, fmt.Sprintf("worker %d", i+1))
		}
	default:
		for _, zone := range zones {
			names = append(names, "node "+zone)
		}
	}
	if len(names) == 0 {
		return []string{""}
	}
	return names
}

// specialize adds what only one kind of balancer does.
func (b *Balancer) specialize(s *Spec, c Config) {
	switch b.policy.kind {
	case networkKind:
		b.network = newNetwork(b, s)
	case nginxKind:
		b.nginx = newNginx(b, s, c)
		b.tryAgain(b.nginx)
	case haproxyKind:
		b.tryAgain(newHAProxy(b, s))
	}
}

func (b *Balancer) bind(sim *engine.Sim) {
	name := "balancer/" + b.name
	b.silence = engine.NewWatch(sim, name+"/idle-timeout", engine.Expire, b.policy.silence, unanswered{b})
	b.connect = engine.NewLane(sim, name+"/connect-timeout", engine.Expire, b.policy.connectTimeout, b.onConnectTimeout)
	b.sweep = engine.NewRoutine(sim, name+"/idle-connections", engine.Expire, b.onSweep)
	b.dns.exit = engine.NewRoutine(sim, name+"/dns", engine.Change, b.dns.onExit)
	b.lagged = engine.NewRoutine(sim, name+"/deregistration-lag", engine.Change, b.unroute)
	b.drained = engine.NewRoutine(sim, name+"/drained", engine.Expire, b.onDrained)
	b.resume = engine.NewRoutine(sim, name+"/retry", engine.Seize, b.onResume)
	b.split.weighed = engine.NewRoutine(sim, name+"/weights", engine.Change, b.split.weigh)
	b.glance = engine.NewRoutine(sim, name+"/share", engine.Measure, b.onGlance)
}
