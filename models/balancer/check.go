package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/traffic"
)

type health uint8

const (
	initial health = iota
	healthy
	unhealthy
)

// A check is a node's watch over a target. AWS's probes leave on a fixed grid, one
// each interval, however long the answers take [ALB-HC, CLB-HC]; HAProxy's an
// interval after the end of the one before [A7]. nginx sends none.
type check struct {
	pair
	health        health
	fresh         bool // newly registered
	ramp          ramp
	passes, fails int           // in a row
	granted       int           // of them: a new target's that are taken for granted
	trust         engine.Notice // pending: the target comes into use
}

// checkOf is the check of a pair; nil for none.
func (b *Balancer) checkOf(p pair) *check { return b.nodes[p.node].checks[p.slot] }

// checker gives the verdicts of a balancer's nodes on targets.
type checker struct {
	checking
	balancer *Balancer
	onHealth func(id int, node int, healthy bool)
	phase    random.Stream
	prober   *traffic.Prober         // nil: nobody is checked
	trust    *engine.Routine[*check] // a new target is used before it has been checked
}

func newChecker(b *Balancer, s *Spec, c Config) *checker {
	name := "balancer/" + c.Name
	k := &checker{checking: newChecking(s, name), balancer: b, onHealth: c.OnHealth, phase: c.Stream("phase/" + c.Name)}
	k.trust = engine.NewRoutine(b.sim, name+"/new-target", engine.Change, k.onTrust)
	if k.Interval > 0 {
		k.prober = traffic.NewProber(b.sim, k.Probing, k)
	}
	return k
}

// begin starts the pair's checks, at a random phase of the interval.
func (k *checker) begin(p pair, t Target) {
	b := k.balancer
	c := &check{pair: p, fresh: !t.Healthy}
	b.nodes[p.node].checks[p.slot] = c
	switch {
	case t.Function && k.sparesFunctions: // nobody checks it [ALB-HC: unavailable]
		c.health, c.fresh = healthy, false
	case t.Healthy:
		c.health = healthy
		k.schedule(c, 0)
	case k.trusts:
		c.trust = k.trust.After(k.delay, c)
	default:
		k.expect(c)
		k.schedule(c, k.delay)
	}
}

// schedule sets the time of the first check.
func (k *checker) schedule(c *check, delay engine.Time) {
	if k.Interval > 0 {
		phase := k.phase.Uniform(uint64(c.node), uint64(k.balancer.targets[c.slot].ID))
		k.prober.Begin(k.tag(c.pair), delay+engine.Time(phase*float64(k.Interval)))
	}
}

// expect sets how far a new target is from its verdict. Where it counts as down
// or up already, one check may be enough to change that.
func (k *checker) expect(c *check) {
	if !k.presumes {
		return
	}
	c.fresh, c.health = false, unhealthy
	if k.trusts {
		c.health = healthy
	}
	switch {
	case !k.oneDecides:
	case k.trusts:
		c.fails, c.granted = k.unhealthyThreshold-1, k.unhealthyThreshold-1
	default:
		c.passes, c.granted = k.healthyThreshold-1, k.healthyThreshold-1
	}
}

// onTrust brings a new target into use.
func (k *checker) onTrust(c *check) {
	k.expect(c)
	k.pronounce(c, healthy, "new: in use until it fails")
	k.schedule(c, 0)
}

// end stops all checks of the target; the verdicts stay.
func (k *checker) end(slot int32) {
	for i := range k.balancer.nodes {
		if c := k.balancer.nodes[i].checks[slot]; c != nil {
			k.stop(c)
		}
	}
}

func (k *checker) stop(c *check) {
	k.balancer.sim.Cancel(c.trust)
	if k.prober != nil {
		k.prober.Stop(k.tag(c.pair))
	}
}

// tag is the number of a pair's checks.
func (k *checker) tag(p pair) int32 { return p.slot*int32(len(k.balancer.nodes)) + p.node }

func (k *checker) pairOf(tag int32) pair {
	nodes := int32(len(k.balancer.nodes))
	return pair{tag % nodes, tag / nodes}
}

// Endpoint implements traffic.Checker.
func (k *checker) Endpoint(tag int32) traffic.Receiver {
	p := k.pairOf(tag)
	return k.balancer.nodes[p.node].wayTo(k.balancer.targets[p.slot])
}

// Result implements traffic.Checker: enough equal results in a row change the
// verdict.
func (k *checker) Result(tag int32, cause traffic.Cause) {
	c := k.balancer.checkOf(k.pairOf(tag))
	if cause == traffic.OK {
		k.restart(c, c.fails)
		c.passes, c.fails = c.passes+1, 0
		if need := k.needed(c); c.health != healthy && c.passes >= need {
			k.pronounce(c, healthy, fmt.Sprintf("%d of %d checks passed", c.passes-c.granted, need-c.granted))
		}
		return
	}
	k.restart(c, c.passes)
	c.passes, c.fails = 0, c.fails+1
	if need := k.unhealthyThreshold; c.health != unhealthy && c.fails >= need {
		k.pronounce(c, unhealthy, fmt.Sprintf("%d of %d checks failed: %s", c.fails-c.granted, need-c.granted, cause))
	}
}

// restart forgets what was granted, once a row of the other results has ended.
func (k *checker) restart(c *check, ended int) {
	if ended > 0 {
		c.granted = 0
	}
}

// needed is how many checks in a row the target must pass to become healthy:
// an application balancer's newly registered target one [ALB-HC, ALB-TS].
func (k *checker) needed(c *check) int {
	if c.fresh {
		return k.firstThreshold
	}
	return k.healthyThreshold
}

// pronounce changes the node's verdict on the target. A new target that becomes
// unhealthy is no longer new to an application balancer (INFERRED from ALB-HC);
// on a classic one it still is "out of service: registration in progress"
// (UNSOURCED).
func (k *checker) pronounce(c *check, verdict health, text string) {
	b := k.balancer
	c.ramp.on = false
	if verdict == healthy && b.beginRamp(&b.nodes[c.node], c) {
		text += fmt.Sprintf("; slow start for %s", b.policy.slowStart)
	}
	c.health = verdict
	c.fresh = c.fresh && verdict == unhealthy && k.newUntilHealthy
	n, id := &b.nodes[c.node], b.targets[c.slot].ID
	b.refresh(n)
	if len(b.nodes) > 1 {
		text = n.name + ": " + text
	}
	cuts := verdict == unhealthy && b.cutsIll()
	if cuts {
		text += b.network.loss(c.pair)
	}
	b.judge(c.slot, text)
	if cuts {
		b.cut(func(p pair) bool { return p == c.pair })
	}
	if k.onHealth != nil {
		k.onHealth(id, int(c.node), verdict == healthy)
	}
}

// cutsIll tells whether what goes on at a target ends when it becomes unhealthy: a
// classic balancer without draining drops the requests [CLB-DRAIN], a network
// balancer resets the connections, unless it has no better target [NLB-HC].
func (b *Balancer) cutsIll() bool { return b.policy.cutsIll && !b.desperate }
