package autoscaling

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// RefreshSpec are the keys of an operation that starts an instance refresh: all
// instances in service are replaced, as many at a time as the percentages allow.
type RefreshSpec struct {
	MinHealthy            *int               `toml:"min_healthy_percentage" for:"start_instance_refresh" range:"0..100" doc:"Least part of desired, in percent and rounded up, to keep in service, healthy and warmed up; 0 replaces all at once. Left out: the maintenance policy's, else 90." source:"api-refresh, refdef"`
	MaxHealthy            *int               `toml:"max_healthy_percentage" for:"start_instance_refresh" range:"100..200" doc:"Largest part of desired, in percent and rounded down, that may be in service or pending. Left out: the maintenance policy's; without one 100, and where nothing can be replaced so, an instance is terminated first, while a 100 that is written launches first." source:"api-refresh, refdef"`
	InstanceWarmup        *quantity.Duration `toml:"instance_warmup" for:"start_instance_refresh" range:"0s..7d" doc:"From InService until a new instance counts as replaced. Left out: the fleet's instance_warmup, else its health_check_grace_period." source:"api-refresh, warmtab"`
	LaunchTemplateVersion *int               `toml:"launch_template_version" for:"start_instance_refresh" range:"1..1000000" doc:"Desired configuration: the version that instances are launched from meanwhile, and for good when the refresh has succeeded. The group starts with version 1. Left out: the present one." source:"refresh"`
	CheckpointPercentages []int              `toml:"checkpoint_percentages" for:"start_instance_refresh" doc:"Parts of the replacements, from 1 to 100 percent and ascending, after which the refresh pauses; the last one is where it ends. Left out: none." source:"api-refresh, checkpoints"`
	CheckpointDelay       quantity.Duration  `toml:"checkpoint_delay" for:"start_instance_refresh" default_start_instance_refresh:"3600s" range:"0s..172800s" doc:"Pause at a checkpoint." source:"api-refresh"`
	BakeTime              quantity.Duration  `toml:"bake_time" for:"start_instance_refresh" default_start_instance_refresh:"0s" range:"0s..172800s" doc:"Wait after the last replacement before the refresh counts as successful." source:"api-refresh"`
	SkipMatching          bool               `toml:"skip_matching" for:"start_instance_refresh" doc:"Leave instances alone that were launched from the desired version." source:"api-refresh"`
	ProtectedInstances    string             `toml:"scale_in_protected_instances" for:"start_instance_refresh" default_start_instance_refresh:"Wait" oneof:"Wait Ignore Refresh" doc:"What to do with instances protected from scale-in: Wait for an hour that it ends, and fail; Ignore them (AWS's console), or Refresh them all the same." source:"api-refresh, refdef"`
	StandbyInstances      string             `toml:"standby_instances" for:"start_instance_refresh" default_start_instance_refresh:"Wait" oneof:"Wait Ignore Terminate" doc:"What to do with instances in standby: Wait for an hour that they return, and fail; Ignore them (AWS's console), or Terminate them." source:"api-refresh, refdef"`
	AutoRollback          bool               `toml:"auto_rollback" for:"start_instance_refresh" doc:"When the refresh fails, replace what was launched from the desired version by instances of the former one." source:"api-refresh"`
}

// checkRefresh reports what no single key shows.
func (s *RefreshSpec) checkRefresh(report quantity.Report) {
	switch {
	case s.MaxHealthy != nil && s.MinHealthy == nil:
		report("min_healthy_percentage", "is required with max_healthy_percentage")
	case s.MaxHealthy != nil:
		checkSpread(*s.MinHealthy, *s.MaxHealthy, report)
	}
	for k, p := range s.CheckpointPercentages {
		switch {
		case p < 1 || p > 100:
			report("checkpoint_percentages", "must be between 1 and 100 (have %d)", p)
		case k > 0 && p <= s.CheckpointPercentages[k-1]:
			report("checkpoint_percentages", "must ascend (have %d after %d)", p, s.CheckpointPercentages[k-1])
		}
	}
	if s.AutoRollback && s.LaunchTemplateVersion == nil {
		report("auto_rollback", "needs launch_template_version: without a desired configuration there is nothing to go back to")
	}
}

// Limits of an instance refresh [refresh].
const (
	longestRefresh = 14 * 24 * engine.Hour
	patience       = engine.Hour // without progress
)

// refresh is an instance refresh in progress, or the way back from one that has
// failed.
type refresh struct {
	*RefreshSpec
	name      string
	rollback  bool
	bounds    bounds
	warmup    engine.Time
	former    int // version of the launch template
	version   int // that instances are launched from meanwhile
	last      int // ordinal of the instances that were there at the start
	started   engine.Time
	progress  engine.Time // of the last replacement, or the end of the last pause
	replaced  int
	reached   int         // checkpoint that has been passed, in percent
	resumes   engine.Time // end of a pause or of baking; 0: there is none
	baking    bool
	hindrance string // that the timeline has been told of
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

// concerns reports whether an instance is to be replaced, when it can be.
func (r *refresh) concerns(i *Instance) bool {
	switch {
	case r.rollback:
		return i.template != r.version && i.present() && !i.makesWay()
	case i.Ordinal > r.last, r.SkipMatching && i.template == r.version, r.ProtectedInstances == "Ignore" && i.Protected:
		return false
	case i.State == Standby:
		return r.StandbyInstances != "Ignore"
	default:
		return i.present() && !i.makesWay()
	}
}

// remaining is the number of instances yet to be replaced, without those that
// are being replaced.
func (r *refresh) remaining(g *Group) int {
	n := 0
	for _, i := range g.Instances {
		if r.concerns(i) {
			n++
		}
	}
	return n
}

// percent is how much of the refresh is complete: what has been replaced and is
// ready for use, of what there was and is to do.
func (r *refresh) percent(g *Group) int {
	all := r.replaced + g.replacing(ofRefresh) + r.remaining(g)
	if all == 0 {
		return 100
	}
	return 100 * r.replaced / all
}

// stepRefresh goes on with the refresh in progress, as far as it can at this
// instant.
func (g *Group) stepRefresh() {
	r, now := g.refresh, g.sim.Now()
	switch {
	case r == nil || now < r.resumes:
	case r.baking:
		g.endRefresh("successful")
	case r.complete(g):
		g.bake()
	case now >= r.started+longestRefresh:
		g.failRefresh("it has taken 14 days")
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
	r.tell(g, why+": waits until "+text(r.resumes))
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

// candidates are the instances that can be replaced now, those of other versions
// first [refresh].
func (r *refresh) candidates(g *Group) []*Instance {
	var others, same []*Instance
	for _, i := range g.Instances {
		switch {
		case !r.concerns(i) || !r.open(i):
		case i.template != r.version:
			others = append(others, i)
		default:
			same = append(same, i)
		}
	}
	return append(others, same...)
}

// open reports whether nothing keeps an instance from being replaced now.
func (r *refresh) open(i *Instance) bool {
	if i.State == Standby {
		return r.StandbyInstances == "Terminate"
	}
	spared := i.Protected && r.ProtectedInstances != "Refresh" && !r.rollback
	return i.State == InService && i.replacement == nil && !spared
}

// beforeCheckpoint is how many replacements may begin before the next checkpoint.
func (r *refresh) beforeCheckpoint(g *Group) int {
	all := r.replaced + g.replacing(ofRefresh) + r.remaining(g)
	for _, p := range r.CheckpointPercentages {
		if p > r.reached && !r.rollback {
			return (all*p+99)/100 - r.replaced - g.replacing(ofRefresh)
		}
	}
	return all
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

// stuck reports whether the refresh has made no progress for an hour, beside the
// time that an instance takes to warm up (DERIVED: a warm-up is not a problem).
func (r *refresh) stuck(g *Group) bool { return g.sim.Now()-r.progress >= patience+r.warmup }

// why is what a refresh waits for.
func (r *refresh) why(g *Group) string {
	protected, standby := 0, 0
	for _, i := range g.Instances {
		switch {
		case !r.concerns(i):
		case i.State == Standby:
			standby++
		case i.Protected:
			protected++
		}
	}
	switch n := g.replacing(ofRefresh); {
	case !g.couldRefresh():
		return "processes that it needs are suspended"
	case n > 0:
		return fmt.Sprintf("%d new instances have not become ready for use", n)
	case protected+standby > 0:
		return fmt.Sprintf("%d instances protected from scale-in and %d in standby remain", protected, standby)
	default:
		return fmt.Sprintf("only %d of %d desired are ready for use", g.fitCount(), g.Desired)
	}
}

func (g *Group) couldRefresh() bool {
	return !g.suspended(InstanceRefresh) && !g.suspended(Launch) && !g.suspended(Terminate)
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
	p.old.replacement = nil
	if p.substitute == nil {
		return true
	}
	p.substitute.replacement = nil
	if p.old.present() {
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
