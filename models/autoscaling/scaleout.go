package autoscaling

import "github.com/headroom-sim/headroom/models/timeline"

// scaleOut is a raise of desired whose instances are awaited.
type scaleOut struct {
	timeline.ScaleOut
	abandoned bool // a hook has abandoned its first instance, and no other has taken its place
}

// beginScaleOut begins the record of a change of desired to n, if it is a raise.
func (g *Group) beginScaleOut(n int, why *cause) {
	now := g.sim.Now()
	if why.episode != nil {
		why.episode.scaling.Reach(timeline.AtDesired, now)
	}
	if n <= g.Desired {
		return
	}
	o := timeline.ScaleOut{
		Fleet: g.Name, By: why.name, At: now, From: g.Desired, To: n,
		FirstUsable: timeline.NotReached, LastUsable: timeline.NotReached,
	}
	if why.episode != nil {
		o.Alarm = why.episode.scaling.Alarm
	}
	why.out = &scaleOut{ScaleOut: o}
}

// follow awaits an instance that a raise of desired has launched. The first one
// is followed on its way.
func (g *Group) follow(i *Instance) {
	g.sample(i)
	o := i.cause.out
	if o == nil {
		return
	}
	i.awaited = o
	o.Launched++
	switch {
	case o.First == nil:
		if i.scaling == nil {
			i.scaling = o.scaling(i)
			i.scaling.Reach(timeline.AtLaunched, g.sim.Now())
		}
		o.First = i.scaling
		g.events.ScaleOut(&o.ScaleOut)
	case o.abandoned && i.scaling == nil:
		o.abandoned = false
		o.First.Again()
		o.First.Instance, i.scaling = i.ID, o.First
	}
}

// scaling is how the first instance comes of a raise that no breach has led to
// first.
func (o *scaleOut) scaling(i *Instance) *timeline.Scaling {
	s := timeline.NewScaling()
	s.Fleet, s.Alarm, s.Policy, s.Instance = o.Fleet, o.Alarm, o.By, i.ID
	s.Reach(timeline.AtDesired, o.At)
	return s
}

// orphan has another instance followed in the place of one that a launch hook
// has abandoned.
func orphan(i *Instance) {
	switch {
	case i.scaling == nil:
	case i.scaling.Reached(timeline.AtBreach):
		i.cause.episode.abandoned = true
	default:
		i.cause.out.abandoned = true
	}
}

// lose ends the wait for an instance that leaves before it could be used, and
// its use.
func (g *Group) lose(i *Instance) {
	if i.awaited != nil {
		i.awaited.Gone++
		i.awaited = nil
	}
	g.Used(i, false)
}

// Used tells whether an instance can be used now: in service, its server runs and
// some balancer finds it healthy, or where there is none it serves.
func (g *Group) Used(i *Instance, now bool) {
	if i.inUse == now {
		return
	}
	i.inUse = now
	n := int64(1)
	if !now {
		n = -1
	}
	g.books.usable.Add(g.sim.Now(), n)
	g.books.note(g.sim.Now())
}
