package autoscaling

// placement is where a group's instances are.
type placement struct {
	zones []string         // launches go to the one with the fewest instances
	there map[string]*zone // also those that the group no longer uses
}

// zone is what a group has in an Availability Zone.
type zone struct {
	serving int // InService
	pending int
	pooled  int // in the warm pool, or on the way into it
}

// count adds to those in a state.
func (z *zone) count(s State, n int) {
	switch s.Stage() {
	case InService:
		z.serving += n
	case Pending:
		z.pending += n
	case WarmedPending, WarmedRunning, WarmedStopped, WarmedHibernated:
		z.pooled += n
	}
}

// zone is what there is in the zone of that name.
func (p *placement) zone(name string) *zone {
	z := p.there[name]
	if z == nil {
		z = &zone{}
		p.there[name] = z
	}
	return z
}

// inZone is the capacity in a zone, without the instances that are to go when
// their substitutes are ready.
func (g *Group) inZone(name string) int {
	z := g.zone(name)
	n := z.serving + z.pending
	for _, r := range g.replacements {
		if r.old.Zone == name && r.old.present() {
			n--
		}
	}
	return n
}

// inZoneOrPool is the capacity in a zone with that of the warm pool there.
func (g *Group) inZoneOrPool(name string) int { return g.inZone(name) + g.zone(name).pooled }

// emptiest is the zone with the fewest instances by a count, of several the
// first named [az]; "" if there are none.
func emptiest(zones []string, count func(zone string) int) string {
	best, least := "", 0
	for _, z := range zones {
		if n := count(z); best == "" || n < least {
			best, least = z, n
		}
	}
	return best
}

// emptiestZone is the zone of the group with the fewest instances.
func (g *Group) emptiestZone() string { return emptiest(g.zones, g.inZone) }

// fullestZone is that with the most.
func (g *Group) fullestZone() string {
	return emptiest(g.zones, func(zone string) int { return -g.inZone(zone) })
}
