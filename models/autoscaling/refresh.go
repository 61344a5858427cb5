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
		return o.refuse(g, "InstanceRefreshInProgress", "%s is at %d %%", r.name, r.percent(g))
	}
	s := &o.RefreshSpec
	r := &refresh{RefreshSpec: s, name: o.name, bounds: g.refreshBounds(s), warmup: g.refreshWarmup(s), former: g.template, version: g.template}
	if s.LaunchTemplateVersion != nil {
		r.version = *s.LaunchTemplateVersion
	}
	for _, name := range o.Alarms {
		status := g.alarm(name)
		status.Follow(g.advance)
		r.watched = append(r.watched, status)
	}
	g.beginRefresh(r, "started")
	return true
}

// beginRefresh puts a refresh in progress. What is launched from here on, also by
// scaling, comes from its version and need not be replaced.
func (g *Group) beginRefresh(r *refresh, what string) {
	now := g.sim.Now()
	r.last, r.started, r.progress = g.launched, now, now
	g.refresh = r
	g.template = r.version
	lowest, highest := r.bounds.of(g.Desired)
	r.tell(g, fmt.Sprintf("%s: %d to replace, %d to %d of %d stay in use (%d to %d %%), warm-up %s",
		what, r.remaining(g), lowest, highest, g.Desired, r.bounds.min, r.bounds.max, text(r.warmup)))
	g.maintainSoon()
}

func (r *refresh) tell(g *Group, said string) { g.log(timeline.Refresh, r.name, nil, said) }

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

// stepRefresh goes on with the refresh in progress, as far as it can at this
// instant.
func (g *Group) stepRefresh() {
	r, now := g.refresh, g.sim.Now()
	switch {
	case r == nil:
	case r.alarm() != nil:
		g.failRefresh("alarm " + r.alarm().Name + " is in ALARM")
	case now < r.resumes:
	case r.baking:
		g.endRefresh("successful")
	case now >= r.started+longestRefresh:
		g.failRefresh("it has taken 14 days")
	case r.complete(g):
		if !g.refreshPool() {
			g.bake()
		}
	case r.pausesAt(g) > 0:
		g.pause(r.pausesAt(g))
	case r.stuck(g):
		g.failRefresh("no progress for an hour: " + r.why(g))
	default:
		g.refreshMore()
	}
}

// complete reports whether all has been replaced that is to be: up to the last
// checkpoint, if there are any.
func (r *refresh) complete(g *Group) bool {
	if g.replacing(ofRefresh) > 0 {
		return false
	}
	if n := len(r.CheckpointPercentages); n > 0 && !r.rollback && r.percent(g) >= r.CheckpointPercentages[n-1] {
		return true
	}
	return r.remaining(g) == 0
}

// pausesAt is the checkpoint that has been reached and not paused at: of several
// the last one. It is 0 if there is none, or replacements are in progress.
func (r *refresh) pausesAt(g *Group) int {
	if g.replacing(ofRefresh) > 0 || r.rollback {
		return 0
	}
	at, percent := 0, r.percent(g)
	for _, p := range r.CheckpointPercentages {
		if r.reached < p && p <= percent {
			at = p
		}
	}
	return at
}

func (g *Group) pause(checkpoint int) {
	r := g.refresh
	r.reached = checkpoint
	g.waitWithRefresh(r.CheckpointDelay.Time(), fmt.Sprintf("checkpoint %d %% reached, %d %% replaced", checkpoint, r.percent(g)))
}

func (g *Group) bake() {
	g.refresh.baking = true
	g.waitWithRefresh(g.refresh.BakeTime.Time(), fmt.Sprintf("all replaced that is to be (%d)", g.refresh.replaced))
}

// waitWithRefresh lets the refresh rest, and goes on with it afterwards.
func (g *Group) waitWithRefresh(span engine.Time, why string) {
	r := g.refresh
	if span == 0 {
		g.stepRefresh()
		return
	}
	r.resumes = g.sim.Now() + span
	r.progress = r.resumes
	r.tell(g, why+": waits until "+g.clockText(r.resumes))
	g.resumed.At(r.resumes, struct{}{})
}

// refreshMore begins as many replacements as there is room for, instances of
// other versions first.
func (g *Group) refreshMore() {
	r := g.refresh
	if !g.mayRefresh() {
		return
	}
	space, limit := g.room(r.bounds, everyOccasion), r.beforeCheckpoint(g)
	for _, i := range r.candidates(g) {
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
		g.replace(&replacement{old: i, launchFirst: launchFirst, occasion: ofRefresh, reason: r.reason(), launch: g.refreshed(i)})
	}
}

// mayRefresh reports whether none of the processes is suspended that a refresh
// needs [susp].
func (g *Group) mayRefresh() bool {
	return !g.prevents(InstanceRefresh, "the refresh rests") && g.mayReplace("the refresh rests")
}

func (r *refresh) reason() string {
	if r.rollback {
		return "rollback of instance refresh " + r.name
	}
	return "instance refresh " + r.name
}

// refreshed is why the substitute of a refreshed instance comes.
func (g *Group) refreshed(old *Instance) *cause {
	why := g.arrival(old)
	why.warmup = g.refresh.warmup
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

// failRefresh gives a refresh up. New instances come from the former version
// again; what has been replaced stays, unless the refresh is to be rolled back.
func (g *Group) failRefresh(why string) {
	r := g.refresh
	g.template = r.former
	g.abandonRefresh()
	if r.rollback || !r.AutoRollback {
		g.endRefresh("failed, " + fmt.Sprintf("%d replaced", r.replaced) + ": " + why)
		return
	}
	r.tell(g, fmt.Sprintf("failed, %d replaced: %s; is rolled back to version %d", r.replaced, why, r.former))
	back := &refresh{RefreshSpec: r.RefreshSpec, name: r.name, rollback: true, bounds: r.bounds, warmup: r.warmup, former: r.former, version: r.former}
	g.beginRefresh(back, "rollback")
}

// abandonRefresh ends the replacements of a refresh that are in progress. Where
// the old instance is still there it stays, and its substitute goes.
func (g *Group) abandonRefresh() {
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

func (g *Group) endRefresh(how string) {
	r := g.refresh
	g.refresh = nil
	what := "instance refresh "
	if r.rollback {
		what = "rollback "
	}
	r.tell(g, what+how)
}
