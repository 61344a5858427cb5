package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// awaiting tells what keeps the group from the capacity that desired asks for:
// in brief, the same words from one minute to the next, and in full. Of several
// things it names the first on an instance's way: the launch, the hooks, the
// warm-up.
func (g *Group) awaiting() (by, words string) {
	if g.alive() < g.Desired {
		by, words = g.launchObstacle()
		return by, fmt.Sprintf("waiting for capacity: %d of %d launched%s", g.alive(), g.Desired, words)
	}
	var hooked, pending, warming timeline.Names
	var hook string
	var until engine.Time
	for _, i := range g.Instances {
		switch {
		case i.State == PendingWait:
			hooked.Add(i.ID)
			hook = "hook " + i.actions[0].name
		case i.State.Stage() == Pending:
			pending.Add(i.ID)
		case i.State == InService && !i.Warm:
			warming.Add(i.ID)
			until = max(until, i.warmsUntil)
		}
	}
	switch {
	case hooked.Len() > 0:
		return hook, fmt.Sprintf("%v %s for %s", &hooked, hooked.Verb("waits", "wait"), hook)
	case pending.Len() > 0:
		return "pending", fmt.Sprintf("%v %s pending", &pending, pending.Verb("is", "are"))
	default:
		return "warm-up", fmt.Sprintf("%v %s up until %s", &warming, warming.Verb("warms", "warm"), g.clockText(until))
	}
}

// launchObstacle is why launches that desired asks for have not begun.
func (g *Group) launchObstacle() (by, words string) {
	switch {
	case g.suspended(Launch):
		by = Launch.String() + " is suspended"
		return by, ": " + by
	case g.failing.count > 0:
		return g.failing.why, ": " + g.failing.why + "; next attempt at " + g.clockText(g.failing.next)
	default:
		return "launch", " so far"
	}
}
