package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// WarmPoolSpec describes a warm pool, a [fleets.<f>.warm_pool] table: instances
// that have been launched and made ready beforehand, and from which the group
// takes when it needs more [wp]. Its size is max_group_prepared_capacity, or
// max, less desired, and min_size at least.
type WarmPoolSpec struct {
	MaxGroupPreparedCapacity *int          `toml:"max_group_prepared_capacity" range:"0..10000" doc:"Most instances in the group and the pool together, as far as min_size allows. Left out: max." source:"api-warm"`
	MinSize                  int           `toml:"min_size" default:"0" range:"0..10000" doc:"Fewest instances in the pool." source:"api-warm"`
	PoolState                string        `toml:"pool_state" default:"Stopped" oneof:"Stopped Running Hibernated" doc:"State of the instances in the pool. Stopped and Hibernated ones cost no instance hours; their volumes (EBS) do at AWS, and are not modelled." source:"api-warm, wp"`
	ReuseOnScaleIn           bool          `toml:"reuse_on_scale_in" default:"false" doc:"Whether scale-in returns instances to the pool, as far as it has room, and does not terminate them. Terminating hooks run on the way." source:"api-warm, wp-life"`
	Start                    quantity.Span `toml:"start" default:"21.2s" default_Running:"uniform(1.9s, 3.9s)" default_Hibernated:"20.7s" doc:"From the group taking an instance to EC2 saying running. Of stopped ones it includes the operating system's boot." source:"brev: measured until ssh answers"`
	Boot                     quantity.Span `toml:"boot" default:"0s" for:"Stopped" doc:"Boot of an instance that was stopped, in place of the fleet's boot; start-up follows. Hibernated and running ones need neither." source:"DERIVED: part of start"`
}

// Kind is the state of the pool, which decides the keys that apply.
func (s *WarmPoolSpec) Kind() string { return s.PoolState }

// resting are the states of instances that are ready in a pool.
var resting = map[string]State{"Stopped": WarmedStopped, "Running": WarmedRunning, "Hibernated": WarmedHibernated}

// pooledIn is the number of instances of the pool in a state, or on its way
// through the hooks.
func (g *Group) pooledIn(s State) int {
	n := 0
	for _, i := range g.Pool {
		if i.State.Stage() == s {
			n++
		}
	}
	return n
}

// rests reports whether an instance is ready in the pool.
func (i *Instance) rests() bool {
	return i.State == WarmedRunning || i.State == WarmedStopped || i.State == WarmedHibernated
}

// poolSize is how many instances the pool should have: what is prepared less
// desired, and its minimum at least [wp, api-warm].
func (g *Group) poolSize() int {
	s := g.spec.WarmPool
	prepared := g.Max
	if s.MaxGroupPreparedCapacity != nil {
		prepared = *s.MaxGroupPreparedCapacity
	}
	return max(prepared-g.Desired, s.MinSize)
}

// pooled is how many instances the pool has, with those on their way into it.
func (g *Group) pooled() int {
	n := len(g.Pool) - g.pooledIn(WarmedTerminating)
	for _, i := range g.Instances {
		if i.returns {
			n++
		}
	}
	return n
}

// goesBack reports whether an instance that scale-in takes out of the group goes
// to the pool: if that has room and nothing is wrong with the instance (DERIVED).
func (g *Group) goesBack(i *Instance) bool {
	well := i.mark == healthy && !i.unhealthy && !i.stopped && i.replacement == nil
	well = well && g.uses(i.Zone)
	return g.spec.WarmPool != nil && g.spec.WarmPool.ReuseOnScaleIn && well && g.pooled() < g.poolSize()
}

// beginPool fills the pool of time zero with instances that are ready.
func (g *Group) beginPool() {
	if g.spec.WarmPool == nil {
		return
	}
	for n := g.poolSize(); n > 0; n-- {
		i := g.newInstance(emptiest(g.zones, g.inZoneOrPool), &cause{})
		i.serving = true
		g.join(&g.Pool, i, WarmedPending)
		g.rest(i)
	}
}

// fillPool launches what the pool lacks, and terminates what it has too many
// of: first those that are not ready yet, then those that came last.
func (g *Group) fillPool() {
	if g.spec.WarmPool == nil {
		return
	}
	for n := g.poolSize() - g.pooled(); n > 0 && g.launchIntoPool(); n-- {
	}
	for n := g.pooled() - g.poolSize(); n > 0; n-- {
		i := g.surplus()
		if i == nil {
			return // the rest is on its way back: it is looked at again when it is there
		}
		g.discard(i, &cause{text: "the pool has too many"})
	}
}

func (g *Group) surplus() *Instance {
	var best *Instance
	for _, i := range slices.Backward(g.Pool) {
		switch i.State.Stage() {
		case WarmedTerminating:
		case WarmedPending:
			return i
		default:
			if best == nil {
				best = i
			}
		}
	}
	return best
}

// launchIntoPool adds a new instance to the pool; false if none can be had now.
func (g *Group) launchIntoPool() bool {
	if !g.mayLaunch() {
		return false
	}
	zone, ok := g.zoneWithCapacity(g.inZoneOrPool)
	if !ok {
		return false
	}
	i := g.request(zone, &cause{})
	g.join(&g.Pool, i, WarmedPending)
	g.log(timeline.Launch, "", i, "launched into the warm pool in zone "+zone)
	return true
}

// stow puts an instance that waits for nothing more into the pool. One that
// has no launch hook to wait for may not have finished initialising [wp].
func (g *Group) stow(i *Instance) {
	g.succeeded(i)
	serving := i.serving
	g.rest(i)
	said := "in the warm pool: " + i.State.String()
	if i.State != WarmedRunning {
		g.compute.Stop(i)
		if !serving {
			said += ", before it had booted and started: that is left for when it is needed"
		}
	}
	g.log(timeline.Warmed, "", i, said)
	if g.pooled() > g.poolSize() {
		g.reconcileSoon()
	}
	if !g.uses(i.Zone) {
		g.rebalanceSoon()
	}
}

// rest makes an instance ready in the pool.
func (g *Group) rest(i *Instance) {
	g.become(i, resting[g.spec.WarmPool.PoolState])
	i.runs = i.State == WarmedRunning
	i.serving = i.serving && i.runs
	g.books.bill(g.sim.Now(), i, i.runs && !i.stopped)
}

// nextOfPool is the instance of the pool that goes into service next: in the zone
// of the group's with the fewest in service, of several the first in the pool;
// nil if none is ready. What is stopped cannot be started in a zone without capacity [wp]; what
// an instance refresh is to replace is left for it [refresh].
func (g *Group) nextOfPool() *Instance {
	if len(g.Pool) == 0 {
		return nil
	}
	in := make(map[string]int, len(g.zones))
	for _, z := range g.zones {
		in[z] = g.inZone(z)
	}
	var best *Instance
	for _, i := range g.Pool {
		n, used := in[i.Zone]
		able := i.rests() && !i.stopped && (i.runs || g.outageIn(i.Zone) == nil) && (g.refresh == nil || !g.refresh.stale(i))
		if used && able && (best == nil || n < in[best.Zone]) {
			best = i
		}
	}
	return best
}

// draw takes an instance from the pool into the group: it starts, and then goes
// the way of one that was launched, hooks included.
func (g *Group) draw(i *Instance, why *cause) {
	now := g.sim.Now()
	from := i.State
	g.forget(i)
	g.become(i, Pending)
	g.Instances = append(g.Instances, i)
	i.cause, i.asked = why, now
	g.suspicious = g.suspicious || i.stopped // the pool's health is not looked at
	if !i.runs {
		i.Launched = now
		g.books.bill(now, i, true)
		g.compute.Start(i)
	}
	g.log(timeline.Launch, why.name, i, "taken from the warm pool ("+from.String()+") in zone "+i.Zone+": "+why.sentence())
	g.follow(i)
	i.draws++
	i.next = g.running.After(g.spec.WarmPool.Start.Draw(g.wake.Uniform(uint64(i.Ordinal), uint64(i.draws))), i)
}

// takeBack brings an instance that has left service back to the pool. On the
// way it waits for terminating hooks, in Warmed:Pending:Wait [wp-life].
func (g *Group) takeBack(i *Instance) {
	g.forget(i)
	g.Pool = append(g.Pool, i)
	g.become(i, WarmedPending)
	i.Warm, i.usable, i.returns = false, false, false
	i.readings = readings{}
	if !g.wait(i, WarmedPendingWait, terminating) {
		g.stow(i)
	}
}

// discard terminates an instance of the pool.
func (g *Group) discard(i *Instance, why *cause) {
	g.leave(i, WarmedTerminating, why)
	g.log(timeline.Terminate, "", i, "leaves the warm pool: "+why.text)
	if !g.wait(i, WarmedTerminatingWait, terminating) {
		g.finish(i)
	}
}
