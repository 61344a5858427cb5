package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A Balancer spreads requests over targets.
type Balancer struct {
	sim    *engine.Sim
	name   string
	policy policy
	log    *timeline.Log

	nodes   []node
	dns     []int32 // the nodes that DNS returns; empty: all
	dnsLuck random.Stream
	choice  random.Stream

	way func(zone string, t Target) traffic.Receiver // or nil

	targetGroups []targetGroup
	weightSum    uint64
	groupLuck    random.Stream
	drawn        uint64   // target groups
	cookies      *cookies // nil: none
	guided       bool     // there are weights or cookies

	fronts  *fronts       // clients' connections; nil: no client uses one again
	left    uint64        // connections that such clients have left open, since the last cut
	targets []target      // by slot
	slots   map[int]int32 // of targets that are registered or draining, by ID
	calls   []call        // requests sent to targets, by tag
	sent    uint64        // calls so far
	free    []int32       // tags

	silence *engine.Watch           // the target has not answered for the idle timeout
	connect *engine.Lane[ticket]    // a target should have accepted by now
	sweep   *engine.Routine[pair]   // idle connections have been idle for too long
	exit    *engine.Routine[*node]  // a node's address leaves DNS
	lagged  *engine.Routine[int32]  // the nodes learn that a target is draining
	drained *engine.Routine[int32]  // a target's draining is over
	weighed *engine.Routine[[]int]  // the nodes learn of new weights
	glance  *engine.Routine[*share] // a look at what new targets get

	checker  checker
	healthy  tally.Level
	ill      tally.Level
	departed []TargetTally // of targets that left since the last cut
	watches  []*watch      // by group of targets; nil: not watched
	groups   []GroupTally  // of the latest cut
	tally    Tally
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
	// Cookies is the first of the two marks of the balancer's cookies: no other
	// balancer has them. SetsCookie tells of each route whether its answers set
	// the application's cookie. They matter to sticky balancers only.
	Cookies    int32
	SetsCookie []bool
}

// New returns a balancer without targets.
func New(sim *engine.Sim, spec *Spec, c Config) *Balancer {
	if len(c.Zones) == 0 {
		c.Zones = []string{""}
	}
	b := &Balancer{
		sim: sim, name: c.Name, policy: newPolicy(spec), log: c.Log,
		nodes: make([]node, len(c.Zones)), slots: make(map[int]int32),
		dnsLuck: c.Stream("dns/" + c.Name), choice: c.Stream("choice/" + c.Name), groupLuck: c.Stream("target-group/" + c.Name),
		targetGroups: newTargetGroups(spec), cookies: newCookies(spec, c),
	}
	for _, g := range b.targetGroups {
		b.weightSum += g.weight
	}
	b.way = c.Way
	b.guided = b.cookies != nil || len(b.targetGroups) > 1
	for i, zone := range c.Zones {
		n := &b.nodes[i]
		n.zone = zone
		n.rotas = make([]rota, len(b.targetGroups))
		n.door = traffic.Conn{Index: int32(i), Home: b}
		n.front = n.door.Open()
	}
	if c.Reused {
		b.fronts = newFronts(b)
	}
	b.bind(sim)
	b.checker = newChecker(b, c)
	return b
}

func (b *Balancer) bind(sim *engine.Sim) {
	name := "balancer/" + b.name
	b.silence = engine.NewWatch(sim, name+"/idle-timeout", engine.Expire, b.policy.idleTimeout, b.onSilence)
	b.connect = engine.NewLane(sim, name+"/connect-timeout", engine.Expire, b.policy.connectTimeout, b.onConnectTimeout)
	b.sweep = engine.NewRoutine(sim, name+"/idle-connections", engine.Expire, b.onSweep)
	b.exit = engine.NewRoutine(sim, name+"/dns", engine.Change, b.onExit)
	b.lagged = engine.NewRoutine(sim, name+"/deregistration-lag", engine.Change, b.unroute)
	b.drained = engine.NewRoutine(sim, name+"/drained", engine.Expire, b.onDrained)
	b.weighed = engine.NewRoutine(sim, name+"/weights", engine.Change, b.weigh)
	b.glance = engine.NewRoutine(sim, name+"/share", engine.Measure, b.onGlance)
}
