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

// A check is a node's watch over a target. Its probes leave on a fixed grid,
// one each interval, however long the answers take [ALB-HC, CLB-HC].
type check struct {
	pair
	health        health
	fresh         bool // newly registered
	ramp          ramp
	passes, fails int // in a row
	probe         *traffic.Attempt
	tick, late    engine.Notice
}

// checker carries out a balancer's health checks. It is the caller of the
// probes.
type checker struct {
	balancer *Balancer
	onHealth func(id int, node int, healthy bool)
	phase    random.Stream
	pool     traffic.Pool

	first *engine.Routine[*check]
	tick  *engine.Lane[*check]
	late  *engine.Lane[*check] // a probe's answer has not come in time
}

func newChecker(b *Balancer, c Config) checker {
	name := "balancer/" + c.Name
	k := checker{balancer: b, onHealth: c.OnHealth, phase: c.Stream("phase/" + c.Name)}
	k.first = engine.NewRoutine(b.sim, name+"/first-check", engine.Seize, func(c *check) { b.checker.onTick(c) })
	k.tick = engine.NewLane(b.sim, name+"/check", engine.Seize, b.policy.interval, func(c *check) { b.checker.onTick(c) })
	k.late = engine.NewLane(b.sim, name+"/check-timeout", engine.Expire, b.policy.timeout, func(c *check) { b.checker.onLate(c) })
	return k
}

// begin starts the pair's checks, at a random phase of the interval.
func (k *checker) begin(p pair, t Target) {
	b := k.balancer
	c := &check{pair: p, fresh: !t.Healthy}
	wait := engine.Time(k.phase.Uniform(uint64(p.node), uint64(t.ID)) * float64(b.policy.interval))
	if t.Healthy {
		c.health = healthy
	} else {
		wait += b.policy.registrationDelay
	}
	b.nodes[p.node].checks[p.slot] = c
	c.tick = k.first.After(wait, c)
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
	k.balancer.sim.Cancel(c.tick)
	if c.probe != nil {
		k.balancer.sim.Cancel(c.late)
		k.withdraw(c)
	}
}

func (k *checker) onTick(c *check) {
	b := k.balancer
	c.tick = k.tick.Start(c)
	a := k.pool.Get()
	a.Probe, a.ProbeDemand = true, b.policy.demand
	c.probe, c.late = a, k.late.Start(c)
	a.Call(b.wayTo(&b.nodes[c.node], c.slot), k, c.slot*int32(len(b.nodes))+c.node)
}

// Answered takes the answer to a probe.
func (k *checker) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	c := k.checkOf(tag)
	k.balancer.sim.Cancel(c.late)
	c.probe = nil
	a.Release()
	k.enter(c, cause)
}

// Moved implements traffic.Caller: a balancer among the targets has passed the
// probe on, and given up on its own target.
func (k *checker) Moved(a *traffic.Attempt, tag int32) { k.checkOf(tag).probe = a }

// checkOf is the check whose probes are sent with the tag.
func (k *checker) checkOf(tag int32) *check {
	nodes := int32(len(k.balancer.nodes))
	return k.balancer.nodes[tag%nodes].checks[tag/nodes]
}

func (k *checker) onLate(c *check) {
	k.withdraw(c)
	k.enter(c, traffic.Timeout)
}

func (k *checker) withdraw(c *check) {
	a := c.probe
	c.probe = nil
	a.Withdraw(0)
	a.Release()
}

// enter counts a result; enough equal ones in a row change the verdict.
func (k *checker) enter(c *check, cause traffic.Cause) {
	if cause == traffic.OK {
		c.passes, c.fails = c.passes+1, 0
		if need := k.needed(c); c.health != healthy && c.passes >= need {
			k.pronounce(c, healthy, fmt.Sprintf("%d of %d checks passed", c.passes, need))
		}
		return
	}
	c.passes, c.fails = 0, c.fails+1
	if need := k.balancer.policy.unhealthyThr; c.health != unhealthy && c.fails >= need {
		k.pronounce(c, unhealthy, fmt.Sprintf("%d of %d checks failed: %s", c.fails, need, cause))
	}
}

// needed is how many checks in a row the target must pass to become healthy:
// an application balancer's newly registered target one [ALB-HC, ALB-TS].
func (k *checker) needed(c *check) int {
	if c.fresh {
		return k.balancer.policy.firstThreshold
	}
	return k.balancer.policy.healthyThr
}

// pronounce changes the node's verdict on the target. A new target that becomes
// unhealthy is no longer new to an application balancer (INFERRED from ALB-HC);
// on a classic one it still is "out of service: registration in progress"
// (UNSOURCED).
func (k *checker) pronounce(c *check, verdict health, text string) {
	b := k.balancer
	if verdict == healthy && b.beginRamp(&b.nodes[c.node], c) {
		text += fmt.Sprintf("; slow start for %s", b.policy.slowStart)
	}
	c.health = verdict
	c.fresh = c.fresh && verdict == unhealthy && b.policy.newUntilHealthy
	n, id := &b.nodes[c.node], b.targets[c.slot].ID
	b.refresh(n)
	if len(b.nodes) > 1 {
		text = "node " + n.zone + ": " + text
	}
	b.judge(c.slot, text)
	if verdict == unhealthy && b.policy.kind == classic && b.policy.deregistrationDelay == 0 {
		b.cut(func(p pair) bool { return p == c.pair })
	}
	if k.onHealth != nil {
		k.onHealth(id, int(c.node), verdict == healthy)
	}
}
