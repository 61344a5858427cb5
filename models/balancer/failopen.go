package balancer

import (
	"fmt"

	"github.com/headroom-sim/headroom/models/timeline"
)

// tellOpen tells the timeline when the node begins to send a target group's
// requests to targets although they are not healthy, and when that is over.
func (b *Balancer) tellOpen(n *node, group int32, healthy, all int) {
	r := &n.rotas[group]
	open := r.failsOpen && all > 0
	if open == r.told {
		return
	}
	r.told = open
	var text string
	switch {
	case open && healthy == 0:
		text = fmt.Sprintf("no target is healthy: requests go to all, %d", all)
	case open:
		text = fmt.Sprintf("too few targets are healthy, %d: requests go to all, %d", healthy, all)
	case all == 0:
		text = "is over: no target is left"
	case healthy == 0:
		text = "is over: another node has a healthy target"
	default:
		text = fmt.Sprintf("is over: healthy targets: %d", healthy)
	}
	if len(b.split.groups) > 1 {
		text = "target group " + b.split.groups[group].name + ": " + text
	}
	if len(b.nodes) > 1 {
		text = n.name + ": " + text
	}
	e := timeline.Event{At: b.sim.Now(), Kind: timeline.FailOpen, Subject: b.name, Text: text}
	if len(r.use) > 0 {
		e.Fleet = b.targets[r.use[0]].Fleet
	}
	b.log.Add(e)
}
