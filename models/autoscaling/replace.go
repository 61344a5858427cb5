package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// maintenance is what replaces instances while desired stays as it is.
type maintenance struct {
	replacements []*replacement // in progress, in the order in which they began
	suspicious   bool           // an instance may be unhealthy
	uneven       bool           // the zones may be out of balance
	immovable    obstacle       // to making them even
	expiry       engine.Time    // no instance reaches its maximum lifetime before
	template     int            // version of the launch template that instances are launched from
	refresh      *refresh       // in progress, or nil

	checked *engine.Lane[struct{}]
	resumed *engine.Routine[struct{}]
}

// occasion is why instances are replaced [imp].
type occasion uint8

const (
	ofHealth   occasion = iota // failed health checks
	ofBalance                  // zones are uneven
	ofRefresh                  // an instance refresh
	ofLifetime                 // the maximum instance lifetime
)

// replacement is the exchange of an instance for another one, in progress until
// that is ready for use. All occasions share it. Either the old instance is
// terminated first, and the group launches the other as soon as it reconciles;
// or the other is launched first, and the old one terminated when it is ready.
type replacement struct {
	occasion    occasion
	old         *Instance
	substitute  *Instance // nil: to be launched
	launchFirst bool
	reason      string // to replace the old one
	launch      *cause // of the substitute
}

// replace begins the exchange of an instance.
func (g *Group) replace(r *replacement) {
	r.old.replacement = r
	g.replacements = append(g.replacements, r)
	order := "terminated first"
	if r.launchFirst {
		order = "a substitute is launched first"
	}
	g.log(timeline.Replace, "", r.old, r.reason+"; "+order)
	if !r.launchFirst {
		g.terminate(r.old, r.departure(g))
	}
	g.reconcileSoon()
}

// departure is why the old instance goes; what it is replaced for has been told.
func (r *replacement) departure(g *Group) *cause {
	text := "to be replaced"
	if r.substitute != nil {
		text = "replaced by " + r.substitute.ID
	}
	return &cause{text: text, cooldown: g.defaultCooldown}
}

// arrival is why a substitute comes. It warms up as the group has it.
func (g *Group) arrival(old *Instance) *cause {
	return &cause{text: "replaces " + old.ID, warmup: g.instanceWarmup, cooldown: g.defaultCooldown}
}

// paired reports whether both instances of the exchange are there: one is in
// excess of desired then.
func (r *replacement) paired() bool { return r.old.present() && r.substitute != nil }

// missing reports whether a substitute has to be launched before the old
// instance goes.
func (r *replacement) missing() bool { return r.old.present() && r.substitute == nil }

// makesWay reports whether an instance is to go when its substitute is ready.
func (i *Instance) makesWay() bool { return i.replacement != nil && i.replacement.old == i }

// takesOver reports whether an instance is to take the place of one that is still
// there.
func (i *Instance) takesOver() bool {
	return i.replacement != nil && i.replacement.substitute == i && i.replacement.old.present()
}

// fit reports whether an instance is fit for use: in service, warmed up, and
// where load balancers' checks count, through with its first one [imp]. One that
// no load balancer knows is not checked.
func (g *Group) fit(i *Instance) bool {
	return i.State == InService && i.Warm && i.mark == healthy && !i.stopped &&
		(g.spec.HealthCheckType == "EC2" || !i.registered || i.usable && !i.unhealthy)
}

func (g *Group) fitCount() int {
	n := 0
	for _, i := range g.Instances {
		if g.fit(i) {
			n++
		}
	}
	return n
}

// replacing is the number of replacements in progress that an occasion has.
func (g *Group) replacing(o occasion) int {
	n := 0
	for _, r := range g.replacements {
		if r.occasion == o {
			n++
		}
	}
	return n
}

// extra is by how many instances replacements make the group larger than
// desired: those whose old instance is still there beside its substitute, or
// waits for one.
func (g *Group) extra() (paired, missing int) {
	for _, r := range g.replacements {
		r.prune()
		switch {
		case r.paired():
			paired++
		case r.missing():
			missing++
		}
	}
	return paired, missing
}

// prune forgets a substitute that has gone again.
func (r *replacement) prune() {
	if r.substitute != nil && !r.substitute.present() {
		r.substitute.replacement, r.substitute = nil, nil
	}
}

// release makes the instances of an exchange that is over ordinary ones again.
func (r *replacement) release() {
	r.old.replacement = nil
	if r.substitute != nil {
		r.substitute.replacement = nil
	}
}

// advance looks at replacements when an instance may have become ready or has
// gone.
func (g *Group) advance() {
	if len(g.replacements) > 0 || g.refresh != nil {
		g.maintainSoon()
	}
}

// maintainSoon makes the group go on with what it replaces, at this instant.
func (g *Group) maintainSoon() {
	g.inbox.maintain = true
	g.decideNow()
}

// maintain ends replacements whose substitutes are ready and begins others,
// occasion by occasion; health is looked at only in the periodic pass [hc].
func (g *Group) maintain(pass bool) {
	g.settle()
	if pass {
		g.checkHealth()
	}
	g.rebalance()
	g.stepRefresh()
	g.retireOld()
}

// settle ends the replacements whose substitutes are ready: of those that
// launched first the old instance goes now. Those that nothing is left of are
// forgotten: the old instance has gone, and desired asks for no other.
func (g *Group) settle() {
	list := g.replacements
	g.replacements = g.replacements[:0]
	for _, r := range list {
		if !g.settled(r) {
			g.replacements = append(g.replacements, r)
		}
	}
	clear(list[len(g.replacements):])
}

func (g *Group) settled(r *replacement) bool {
	r.prune()
	if r.substitute == nil || !g.fit(r.substitute) {
		return false
	}
	if r.old.present() {
		if g.prevents(Terminate, "instances that have been replaced stay") {
			return false
		}
		g.terminate(r.old, r.departure(g))
	}
	r.release()
	g.noteRefreshed(r)
	return true
}

// drop forgets the replacements that wait for a substitute though the old
// instance has gone: the group has all the capacity that it desires.
func (g *Group) drop() {
	g.replacements = slices.DeleteFunc(g.replacements, func(r *replacement) bool {
		over := r.substitute == nil && !r.old.present()
		if over {
			r.release()
			g.rebalanceSoon() // who had to go was not chosen by its zone
		}
		return over
	})
}
