package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Stickiness is the table [balancers.<name>.stickiness].
type Stickiness struct {
	Type     string             `toml:"kind" default:"none" oneof:"none lb_cookie app_cookie source_ip" oneof_application:"none lb_cookie app_cookie" oneof_classic:"none lb_cookie app_cookie" oneof_network:"none source_ip" oneof_nginx:"none lb_cookie" oneof_haproxy:"none lb_cookie" doc:"lb_cookie: the balancer's own cookie; app_cookie: the same, for visitors who have the application's cookie; source_ip is for network balancers: new connections from the same address go to the same target while the targets stay the same. nginx has cookies from 1.29.6 on." source:"ALB-STICKY, CLB-STICKY, NLB-TG, HAProxy"`
	Duration *quantity.Duration `toml:"duration" for:"application classic nginx haproxy" default_application:"1d" range:"1s.." doc:"Life of the cookie. Application: each answer begins it anew; at most 7d. Classic, lb_cookie: from when the target was chosen, not renewed; app_cookie: life of the application's cookie, from each answer that sets it. nginx, haproxy: as classic. Left out: as long as the visitor's session." source:"ALB-STICKY, CLB-STICKY"`
	SetBy    []string           `toml:"set_by" for:"application classic" doc:"app_cookie: routes whose answers set the application's cookie. Left out: those with session = \"write\"."`
}

// On tells whether visitors keep a cookie that leads to a target.
func (s *Stickiness) On() bool { return s.Type == "lb_cookie" || s.Type == "app_cookie" }

const longestCookie = 7 * 24 * engine.Hour // application: ALB-STICKY

// checkStickiness reports what does not go together with cookies on an application
// balancer [ALB-STICKY, ALB-XZ, ALB-TGEDIT].
func (s *Spec) checkStickiness(report quantity.Report) {
	k := &s.Stickiness
	if s.Product != "application" || !k.On() {
		return
	}
	if k.Duration != nil && k.Duration.Time() > longestCookie {
		report("stickiness.duration", "must not exceed 7d on an application balancer (have %s)", k.Duration)
	}
	switch {
	case !s.CrossZone:
		report("stickiness.kind", "needs cross_zone = true on an application balancer")
	case s.Algorithm == "weighted_random":
		report("stickiness.kind", "cannot be together with algorithm = \"weighted_random\"")
	case s.Weights != nil && k.Type == "app_cookie":
		report("stickiness.kind", "app_cookie does not work with weights: use lb_cookie")
	case s.Weights != nil && s.GroupStickiness == nil:
		report("group_stickiness", "is required where target groups with weights have stickiness: write group_stickiness = \"1h\"")
	}
}

// cookies are the rules by which visitors come back, to a target and to a target
// group.
type cookies struct {
	mark      int32 // of the cookie for the target
	groupMark int32 // of that for the group
	targets   bool
	byApp     bool        // only where the application's cookie is
	sets      []bool      // by route: its answers set the application's cookie
	sliding   bool        // each answer begins the life anew
	life      engine.Time // of the cookie for the target
	groupLife engine.Time // of the cookie for the group; 0: there is none
	keepsZero bool        // of a group whose weight is 0
}

// newCookies is nil where the balancer gives none.
func newCookies(s *Spec, c Config) *cookies {
	k := &cookies{
		mark: c.TargetCookie, groupMark: c.GroupCookie, targets: s.Stickiness.On(), byApp: s.Stickiness.Type == "app_cookie", sets: c.SetsCookie,
		sliding: kinds[s.Product] == application, life: engine.Forever, keepsZero: s.ZeroWeightKeeps,
	}
	if s.Stickiness.Duration != nil {
		k.life = s.Stickiness.Duration.Time()
	}
	if s.GroupStickiness != nil {
		k.groupLife = s.GroupStickiness.Time()
	}
	if !k.targets && k.groupLife == 0 {
		return nil
	}
	return k
}

// until is the end of a life that begins now.
func until(now, life engine.Time) engine.Time {
	if life >= engine.Forever-now {
		return engine.Forever
	}
	return now + life
}

// returning is the target in the group to which the visitor's cookie leads, if
// the node sends requests there. A cookie for a target that is deregistered,
// drains or is unhealthy leads nowhere [ALB-STICKY, CLB-STICKY]; while the node
// uses unhealthy targets too, it uses them for those who have the cookie
// (UNSOURCED).
func (b *Balancer) returning(n *node, group int32, a *traffic.Attempt) int32 {
	if a.Visitor == nil {
		return none
	}
	c, held := a.Visitor.Cookie(b.cookies.mark, b.sim.Now())
	if !held {
		return none
	}
	slot := b.find(c.Target)
	if slot == none || b.targetGroupOf(slot) != group {
		return none
	}
	check := n.checks[slot]
	if check == nil || !b.targets[slot].routed || check.health != healthy && !n.rotas[group].failsOpen {
		return none
	}
	return slot
}

// remember gives the visitor the cookies that come with a target's answer to a
// request that was sent at the instant sent.
func (b *Balancer) remember(v *traffic.Visitor, route int32, slot int32, sent engine.Time) {
	k, now := b.cookies, b.sim.Now()
	if k.groupLife > 0 {
		v.SetCookie(traffic.Cookie{By: k.groupMark, Target: int(b.targetGroupOf(slot)), Expires: until(now, k.groupLife)})
	}
	if !k.targets {
		return
	}
	id, expires := b.targets[slot].ID, until(now, k.life)
	old, held := v.Cookie(k.mark, sent)
	switch {
	case k.byApp && k.sets[route]:
	case k.byApp && !held:
		return // the visitor has no cookie of the application's
	case k.sliding || !held:
	case k.byApp || old.Target == id:
		expires = old.Expires // the client alone minds it [CLB-STICKY]
	}
	v.SetCookie(traffic.Cookie{By: k.mark, Target: id, Expires: expires})
}
