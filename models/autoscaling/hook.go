package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// HookSpec describes a life-cycle hook, a [fleets.<f>.hooks.<name>] table. An
// instance on its way into service, or out of it, waits until each hook of that
// transition has ended: completed by somebody, or timed out [hook, api-hook].
type HookSpec struct {
	Transition        string            `toml:"transition" required:"true" oneof:"launching terminating" doc:"launching: an instance that runs waits before it is InService, and before it is stopped in a warm pool. terminating: one that has been deregistered waits before it is gone." source:"hook2"`
	Completes         quantity.Span     `toml:"completes" doc:"Time until the life-cycle action is completed (CompleteLifecycleAction). Left out: never, and the timeout decides."`
	After             string            `toml:"after" default:"running" oneof:"running serving" for:"launching" doc:"What completes counts from. running: from the wait, which begins when EC2 says running. serving: from the server answering, as with software that signals when it is ready; completes = \"0s\" then is at once." source:"DERIVED: what scripts usually do"`
	CompletesFromPool quantity.Span     `toml:"completes_from_pool" for:"launching" doc:"The same for an instance that comes from the warm pool, where the hook runs once more. Left out: as completes." source:"wp-life"`
	Result            string            `toml:"result" default:"CONTINUE" oneof:"CONTINUE ABANDON" doc:"Result that it is completed with. ABANDON ends the other hooks; an instance that was launching is terminated and replaced." source:"DERIVED: what scripts do when all goes well"`
	HeartbeatTimeout  quantity.Duration `toml:"heartbeat_timeout" default:"3600s" range:"30s..7200s" doc:"Time without a heartbeat after which the hook ends with default_result." source:"api-hook"`
	Heartbeat         quantity.Duration `toml:"heartbeat" default:"0s" range:"0s..2d" doc:"Time between heartbeats (RecordLifecycleActionHeartbeat), each of which restarts the timeout; they prolong the wait to 100 x heartbeat_timeout or 48 h at most, whichever is less. 0s: none." source:"DERIVED: nobody sends any unasked"`
	DefaultResult     string            `toml:"default_result" default:"ABANDON" oneof:"CONTINUE ABANDON" doc:"Result of a hook that times out." source:"api-hook"`
}

// The values of a hook's keys.
const (
	launching   = "launching"
	terminating = "terminating"
	serving     = "serving"
	abandon     = "ABANDON"
)

// Kind is the transition, which decides the keys that apply.
func (s *HookSpec) Kind() string { return s.Transition }

// Check reports what no single key shows.
func (s *HookSpec) Check(report quantity.Report) {
	if s.Completes.Distribution != nil {
		return
	}
	if s.After == serving {
		report("completes", "is required with after = %q: write completes = \"0s\" for at once", serving)
	}
	if s.CompletesFromPool.Distribution != nil {
		report("completes_from_pool", "cannot be used without completes")
	}
}

// The longest that heartbeats can keep an instance waiting [hook].
const (
	longestWait  = 48 * engine.Hour
	mostTimeouts = 100
)

// Timeout is how long the hook lasts if nobody completes it. A heartbeat that
// comes no sooner than the timeout is too late for it.
func (s *HookSpec) Timeout() engine.Time {
	patience := s.HeartbeatTimeout.Time()
	if beat := s.Heartbeat.Time(); 0 < beat && beat < patience {
		return min(longestWait, mostTimeouts*patience)
	}
	return patience
}

// hook is a life-cycle hook of a group.
type hook struct {
	*HookSpec
	name string
	luck random.Stream
}

// action is a life-cycle action: an instance that waits for a hook.
type action struct {
	*hook
	instance *Instance
	began    engine.Time
	due      engine.Time // when it is completed; Forever as long as that is unknown
	end      engine.Notice
}

// deadline is when the action times out.
func (a *action) deadline() engine.Time { return a.began + a.Timeout() }

// wait makes an instance wait for the hooks of a transition, in the given state,
// all at once. It reports false if there are none.
func (g *Group) wait(i *Instance, state State, transition string) bool {
	now := g.sim.Now()
	for _, h := range g.hooks {
		if h.Transition == transition {
			i.actions = append(i.actions, &action{hook: h, instance: i, began: now, due: engine.Forever})
		}
	}
	if len(i.actions) == 0 {
		return false
	}
	g.become(i, state)
	i.waits++
	for _, a := range i.actions {
		if a.Completes.Distribution != nil && (a.After != serving || transition == terminating || i.serving) {
			a.due = now + a.takes()
		}
		g.await(a)
		g.log(timeline.Hook, a.name, i, state.String()+" until it is completed, "+text(a.Timeout())+" at most")
	}
	return true
}

// hooked reports whether a transition has hooks.
func (g *Group) hooked(transition string) bool {
	return slices.ContainsFunc(g.hooks, func(h *hook) bool { return h.Transition == transition })
}

// takes is the time that completing the action takes.
func (a *action) takes() engine.Time {
	completes := a.Completes
	if a.instance.draws > 0 && a.CompletesFromPool.Distribution != nil {
		completes = a.CompletesFromPool
	}
	return completes.Draw(a.luck.Uniform(uint64(a.instance.Ordinal), uint64(a.instance.waits)))
}

// await puts the end of an action on the clock: completed, or timed out.
func (g *Group) await(a *action) {
	g.sim.Cancel(a.end)
	a.end = g.hookEnded.At(min(a.due, a.deadline()), a)
}

// completeAfterServing completes the actions that wait for the server to answer.
func (g *Group) completeAfterServing(i *Instance) {
	for _, a := range i.actions {
		if a.After == serving && a.due == engine.Forever && a.Completes.Distribution != nil {
			a.due = g.sim.Now() + a.takes()
			g.await(a)
		}
	}
}

// onHookEnded ends an action. With ABANDON it ends the others of its instance as
// well, and when the last has ended the instance goes on [hook].
func (g *Group) onHookEnded(a *action) {
	i, result := a.instance, a.Result
	how := "completed with " + result
	if a.due > a.deadline() {
		result = a.DefaultResult
		how = "timed out, default result " + result
	}
	g.log(timeline.Hook, a.name, i, how+" after "+text(g.sim.Now()-a.began))
	i.actions = slices.DeleteFunc(i.actions, func(other *action) bool { return other == a })
	if result == abandon {
		g.forgetActions(i)
		g.abandoned(i, a)
		return
	}
	if len(i.actions) == 0 {
		g.proceed(i)
	}
}

// forgetActions ends the wait of an instance without a result.
func (g *Group) forgetActions(i *Instance) {
	for _, a := range i.actions {
		g.sim.Cancel(a.end)
	}
	i.actions = nil
}

// proceed lets an instance go on that waits for nothing more.
func (g *Group) proceed(i *Instance) {
	switch i.State.Stage() {
	case Pending:
		g.succeeded(i)
		if i.State == PendingWait {
			g.log(timeline.InService, "", i, "in service after "+text(g.sim.Now()-i.asked))
		}
		g.enterService(i)
	case WarmedPending:
		g.stow(i)
	case Terminating, WarmedTerminating:
		g.finish(i)
	}
}

// abandoned is what becomes of an instance of which a hook ended with ABANDON:
// it is terminated. One that was launching makes room for another, and one that
// was terminating is gone, unless the group is to retain it [hook, api-create].
func (g *Group) abandoned(i *Instance, a *action) {
	why := "hook " + a.name + " ended with ABANDON"
	switch {
	case a.Transition == launching:
		g.launchAbandoned(i, why)
	case g.spec.TerminateHookAbandon == "retain":
		g.retain(i, why)
	case i.State == WarmedPendingWait: // on its way back into the pool
		g.discard(i, &cause{text: why})
	default:
		g.finish(i)
	}
}

// retained are the states of instances that are kept after ABANDON.
var retained = map[State]State{
	Terminating: TerminatingRetained, WarmedPending: WarmedPendingRetained, WarmedTerminating: WarmedTerminatingRetained,
}

// retain keeps an instance that a terminating hook has abandoned, for somebody
// to look at and to terminate. It counts for nothing but the bill.
func (g *Group) retain(i *Instance, why string) {
	g.become(i, retained[i.State.Stage()])
	g.forget(i)
	g.Retained = append(g.Retained, i)
	g.log(timeline.Hook, "", i, "retained as "+i.State.String()+": "+why)
}
