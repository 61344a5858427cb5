package reports

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/timeline"
)

// The ranks of lines where there is no room for all. Further changes of desired
// follow in their order after otherChanges, what belongs to none after
// remainder, by weight.
const (
	firstOut = iota
	firstIn
	incidents
	consequences // of incidents: servers and nodes that are given up, failing over, failing open
	otherChanges
	remainder = 1 << 20
)

// chosen keeps at most so many lines, in their order: the first scale-out and
// the first scale-in as a whole, faults and the like, what balancers and DNS made of
// them, then change after change of desired as long as each is told as a whole.
func chosen(lines []line, most int) []line {
	if len(lines) <= most {
		return lines
	}
	ranks := rank(lines)
	var kept []int
	for _, r := range slices.Compact(slices.Sorted(slices.Values(ranks))) {
		var together []int
		for i := range lines {
			if ranks[i] == r {
				together = append(together, i)
			}
		}
		room := most - len(kept)
		kept = append(kept, together[:min(room, len(together))]...)
		if otherChanges < r && r < remainder && len(together) > room {
			kept = kept[:len(kept)-min(room, len(together))]
			break
		}
	}
	slices.Sort(kept)
	told := make([]line, len(kept))
	for i, at := range kept {
		told[i] = lines[at]
	}
	return told
}

// change is a change of a fleet's desired capacity that is being told.
type change struct {
	rank              int
	moved, nowHealthy bool // the first launch or termination, the first healthy server, is told
}

// ranker follows the changes through the lines.
type ranker struct {
	ranks    []int
	triggers map[[2]string]int // lines of alarms and schedules that wait for a change, by fleet and policy
	current  map[string]*change
	servers  map[string]*change // by instance
	seen     map[int]bool       // ranks of the first changes that have been given away
	changes  int
}

// rank gives each line its place in the order of telling.
func rank(lines []line) []int {
	k := &ranker{
		ranks: make([]int, len(lines)), triggers: map[[2]string]int{}, seen: map[int]bool{},
		current: map[string]*change{}, servers: map[string]*change{},
	}
	for i, l := range lines {
		k.ranks[i] = remainder + l.weight
		switch {
		case l.Kind == timeline.Desired:
			k.desired(i, l)
		case l.Kind == timeline.Launch || l.Kind == timeline.Terminate:
			k.moved(i, l)
		case l.Kind == timeline.Healthy:
			k.healthy(i, l)
		case l.weight == weights[timeline.FaultStart]:
			k.ranks[i] = incidents
		case l.weight < unimportant && slices.Contains(answersToIncidents, l.Kind):
			k.ranks[i] = consequences
		case l.weight < unimportant && (l.Kind == timeline.Alarm || l.Kind == timeline.Schedule):
			k.triggers[[2]string{l.Fleet, policyOf(l.Subject)}] = i
		}
	}
	return k.ranks
}

// answersToIncidents are the kinds of events by which the site shows that something
// is wrong, or goes on in another way.
var answersToIncidents = []timeline.Kind{timeline.Unhealthy, timeline.FailOpen, timeline.DNS, timeline.Weights, timeline.Refresh, timeline.Credits}

// policyOf is the name of the policy that an alarm invokes.
func policyOf(alarm string) string {
	brief := autoscaling.BriefAlarm(alarm)
	if brief == alarm {
		return alarm
	}
	return brief[:strings.LastIndex(brief, " (")]
}

// desired begins a change, with the alarm or schedule behind it.
func (k *ranker) desired(i int, l line) {
	k.changes++
	c := &change{rank: otherChanges + k.changes}
	first := firstOut
	if from, to, ok := l.Resized(); ok && to < from {
		first = firstIn
	}
	if !k.seen[first] {
		k.seen[first], c.rank = true, first
	}
	k.ranks[i], k.current[l.Fleet] = c.rank, c
	trigger := [2]string{l.Fleet, l.Subject}
	if at, waits := k.triggers[trigger]; waits {
		k.ranks[at] = c.rank
		delete(k.triggers, trigger)
	}
}

// moved is a launch or a termination; the first belongs to the change.
func (k *ranker) moved(i int, l line) {
	c := k.current[l.Fleet]
	if c == nil {
		return
	}
	for _, name := range l.instances {
		k.servers[name] = c
	}
	if !c.moved {
		c.moved, k.ranks[i] = true, c.rank
	}
}

// healthy ends a scale-out.
func (k *ranker) healthy(i int, l line) {
	if c := k.servers[l.Instance]; c != nil && !c.nowHealthy {
		c.nowHealthy, k.ranks[i] = true, c.rank
	}
}
