package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Limits of an instance refresh [refresh].
const (
	longestRefresh = 14 * 24 * engine.Hour
	patience       = engine.Hour // without progress
)

// refresh is an instance refresh in progress, or the way back from one that has
// failed.
type refresh struct {
	*RefreshSpec
	group    *Group
	name     string
	rollback bool
	bounds   bounds
	warmup   engine.Time
	former   int // version of the launch template
	version  int // that instances are launched from meanwhile
	last     int // ordinal of the instances that were there at the start
	started  engine.Time
	progress engine.Time // of the last replacement, or the end of the last pause
	replaced int
	reached  int         // checkpoint that has been passed, in percent
	resumes  engine.Time // end of a pause or of baking; 0: there is none
	baking   bool
	watched  []*cloudwatch.Status
}

// startInstanceRefresh begins an instance refresh. There is one at a time: a
// second is refused.
func (g *Group) startInstanceRefresh(o *operation) bool {
	if r := g.refresh; r != nil {
		return o.refuse(g, "InstanceRefreshInProgress", "%s is at %d %%", r.name, r.percent())
	}
	s := &o.RefreshSpec
	r := &refresh{RefreshSpec: s, group: g, name: o.name, bounds: g.refreshBounds(s), warmup: g.refreshWarmup(s), former: g.template, version: g.template}
	if s.LaunchTemplateVersion != nil {
		r.version = *s.LaunchTemplateVersion
	}
	for _, name := range o.Alarms {
		status := g.alarm(name)
		status.Follow(g.advance)
		r.watched = append(r.watched, status)
	}
	r.begin("started")
	return true
}

// begin puts a refresh in progress. What is launched from here on, also by
// scaling, comes from its version and need not be replaced.
func (r *refresh) begin(what string) {
	g, now := r.group, r.group.sim.Now()
	r.last, r.started, r.progress = g.launched, now, now
	g.refresh = r
	g.template = r.version
	lowest, highest := r.bounds.within(g.Desired)
	r.tell(fmt.Sprintf("%s: %d to replace, %d to %d of %d stay in use (%d to %d %%%s), warm-up %s",
		what, r.remaining(), lowest, highest, g.Desired, r.bounds.min, r.bounds.max, r.exception(), text(r.warmup)))
	g.maintainSoon()
}

// exception says that the percentages leave no room and are not kept.
func (r *refresh) exception() string {
	lowest, highest := r.bounds.of(r.group.Desired)
	if lowest < highest || highest == 0 {
		return ""
	}
	return " leave no room: one at a time"
}

func (r *refresh) tell(said string) { r.group.log(timeline.Refresh, r.name, nil, said) }

// refreshBounds are the operation's own percentages, else those of the
// maintenance policy, else the defaults [refdef].
func (g *Group) refreshBounds(s *RefreshSpec) bounds {
	b := g.bounds()
	if s.MinHealthy != nil {
		b.min = *s.MinHealthy
		b.max = min(b.max, b.min+widest)
	}
	if s.MaxHealthy != nil {
		b.max, b.firm = *s.MaxHealthy, true
	}
	return b
}

func (g *Group) refreshWarmup(s *RefreshSpec) engine.Time {
	switch {
	case s.InstanceWarmup != nil:
		return s.InstanceWarmup.Time()
	case g.spec.InstanceWarmup != nil:
		return g.instanceWarmup
	default:
		return g.spec.HealthCheckGracePeriod.Time()
	}
}

// stepRefresh goes on with the refresh in progress, if there is one.
func (g *Group) stepRefresh() {
	if g.refresh != nil {
		g.refresh.step()
	}
}

// step goes on as far as it can at this instant.
func (r *refresh) step() {
	now := r.group.sim.Now()
	switch {
	case r.alarm() != nil:
		r.fail("alarm " + r.alarm().Name + " is in ALARM")
	case now < r.resumes:
	case r.baking:
		r.end("successful")
	case now >= r.started+longestRefresh:
		r.fail("it has taken 14 days")
	case r.complete():
		if !r.replacePool() {
			r.bake()
		}
	case r.pausesAt() > 0:
		r.pause(r.pausesAt())
	case r.stuck():
		r.fail("no progress for an hour: " + r.why())
	default:
		r.goOn()
	}
}

// complete reports whether all has been replaced that is to be: up to the last
// checkpoint, if there are any.
func (r *refresh) complete() bool {
	if r.inProgress() > 0 {
		return false
	}
	if n := len(r.CheckpointPercentages); n > 0 && !r.rollback && r.percent() >= r.CheckpointPercentages[n-1] {
		return true
	}
	return r.remaining() == 0
}

// pausesAt is the checkpoint that has been reached and not paused at: of several
// the last one. It is 0 if there is none, or replacements are in progress.
func (r *refresh) pausesAt() int {
	if r.inProgress() > 0 || r.rollback {
		return 0
	}
	at, percent := 0, r.percent()
	for _, p := range r.CheckpointPercentages {
		if r.reached < p && p <= percent {
			at = p
		}
	}
	return at
}

func (r *refresh) pause(checkpoint int) {
	r.reached = checkpoint
	r.rest(r.CheckpointDelay.Time(), fmt.Sprintf("checkpoint %d %% reached, %d %% replaced", checkpoint, r.percent()))
}

func (r *refresh) bake() {
	r.baking = true
	r.rest(r.BakeTime.Time(), fmt.Sprintf("all replaced that is to be (%d)", r.replaced))
}

// rest lets the refresh wait, and goes on with it afterwards.
func (r *refresh) rest(span engine.Time, why string) {
	if span == 0 {
		r.step()
		return
	}
	r.resumes = r.group.sim.Now() + span
	r.progress = r.resumes
	r.tell(why + ": waits until " + r.group.clockText(r.resumes))
	r.group.resumed.At(r.resumes, struct{}{})
}

// goOn begins as many replacements as there is room for, instances of other
// versions first.
func (r *refresh) goOn() {
	g := r.group
	if !r.allowed() {
		return
	}
	space, limit := g.room(r.bounds, everyOccasion), r.beforeCheckpoint()
	for _, i := range r.candidates() {
		if i.State == Standby {
			g.terminate(i, &cause{text: "instance refresh " + r.name + " ends what is in standby", cooldown: g.defaultCooldown})
			continue
		}
		if limit--; limit < 0 {
			return
		}
		launchFirst, ok := space.take(g.fit(i))
		if !ok {
			return
		}
		g.replace(&replacement{old: i, launchFirst: launchFirst, occasion: ofRefresh, reason: r.reason(), launch: r.arrival(i)})
	}
}

// allowed reports whether none of the processes is suspended that a refresh
// needs, and tells the timeline [susp].
func (r *refresh) allowed() bool {
	return !r.group.prevents(InstanceRefresh, "the refresh rests") && r.group.mayReplace("the refresh rests")
}

func (r *refresh) reason() string {
	if r.rollback {
		return "rollback of instance refresh " + r.name
	}
	return "instance refresh " + r.name
}

// arrival is why the substitute of a refreshed instance comes.
func (r *refresh) arrival(old *Instance) *cause {
	why := r.group.arrival(old)
	why.warmup = r.warmup
	return why
}

// noteRefreshed takes a replacement that is done.
func (g *Group) noteRefreshed(p *replacement) {
	r := g.refresh
	if r == nil || p.occasion != ofRefresh {
		return
	}
	r.replaced++
	r.progress = g.sim.Now()
}

// alarm is one of those watched that is in ALARM, or nil.
func (r *refresh) alarm() *cloudwatch.Status {
	for _, status := range r.watched {
		if status.State == cloudwatch.InAlarm {
			return status
		}
	}
	return nil
}

// fail gives a refresh up. New instances come from the former version again;
// what has been replaced stays, unless the refresh is to be rolled back.
func (r *refresh) fail(why string) {
	r.group.template = r.former
	r.abandon()
	if r.rollback || !r.AutoRollback {
		r.end(fmt.Sprintf("failed, %d replaced: %s", r.replaced, why))
		return
	}
	r.tell(fmt.Sprintf("failed, %d replaced: %s; is rolled back to version %d", r.replaced, why, r.former))
	back := &refresh{
		RefreshSpec: r.RefreshSpec, group: r.group, name: r.name, rollback: true,
		bounds: r.bounds, warmup: r.warmup, former: r.former, version: r.former,
	}
	back.begin("rollback")
}

// abandon ends the replacements of a refresh that are in progress. Where
// the old instance is still there it stays, and its substitute goes.
func (r *refresh) abandon() {
	g := r.group
	g.replacements = slices.DeleteFunc(g.replacements, func(p *replacement) bool { return p.occasion == ofRefresh && g.dissolve(p) })
}

// dissolve makes the instances of a replacement ordinary ones again.
func (g *Group) dissolve(p *replacement) bool {
	p.prune()
	p.release()
	if p.substitute != nil && p.old.present() && !g.suspended(Terminate) {
		g.terminate(p.substitute, &cause{text: p.reason + " has failed", cooldown: g.defaultCooldown})
	}
	return true
}

func (r *refresh) end(how string) {
	r.group.refresh = nil
	what := "instance refresh "
	if r.rollback {
		what = "rollback "
	}
	r.tell(what + how)
}
