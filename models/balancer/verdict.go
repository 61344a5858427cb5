package balancer

import "github.com/headroom-sim/headroom/models/timeline"

// Usable tells whether some node regards the target as healthy.
func (b *Balancer) Usable(id int) bool {
	slot := b.find(id)
	return slot != none && b.targets[slot].usable
}

// Unhealthy tells whether every node in reach of the target regards it as
// unhealthy.
func (b *Balancer) Unhealthy(id int) bool {
	slot := b.find(id)
	return slot != none && b.targets[slot].ill
}

// judge brings the state of a target in line with its nodes' verdicts; text
// says why it changed.
func (b *Balancer) judge(slot int32, text string) {
	t := b.targets[slot]
	usable, ill := b.verdicts(slot)
	if usable == t.usable && ill == t.ill {
		return
	}
	b.balance()
	switch {
	case usable && !t.usable:
		t.beginShare()
	case t.usable && !usable:
		t.endShare()
	}
	switch {
	case text == "":
	case usable && !t.usable:
		b.note(timeline.Healthy, slot, "%s", text)
	case !usable && (t.usable || ill):
		b.note(timeline.Unhealthy, slot, "%s", text)
	}
	now := b.sim.Now()
	well, bad := toInt(usable)-toInt(t.usable), toInt(ill)-toInt(t.ill)
	b.healthy.Add(now, well)
	b.ill.Add(now, bad)
	if t.watch != nil {
		t.watch.judge(now, well, bad)
	}
	t.usable, t.ill = usable, ill
	if usable {
		b.welcome(t.share)
	}
}

// verdicts sums up what the nodes say of a registered target.
func (b *Balancer) verdicts(slot int32) (usable, ill bool) {
	if b.targets[slot].stage != registered {
		return false, false
	}
	reach, bad := 0, 0
	for i := range b.nodes {
		if c := b.nodes[i].checks[slot]; c != nil {
			reach++
			usable = usable || c.health == healthy
			bad += int(toInt(c.health == unhealthy))
		}
	}
	return usable, reach > 0 && bad == reach
}

func toInt(v bool) int64 {
	if v {
		return 1
	}
	return 0
}
