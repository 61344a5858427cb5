package autoscaling

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// answer is what an invocation of a policy comes to, without the figures that
// are others every minute. The timeline is told of each once, until it changes.
type answer struct {
	verdict verdict
	until   engine.Time // of the timer that blocks
	who     *Instance   // whose activity blocks
	other   string      // policy that blocks or wins, or why desired stands, or what instances wait for
	desired int         // that stays, or that a predictive policy expects to need
}

func (t *trigger) answer(g *Group, s situation, winner *trigger) answer {
	a := answer{verdict: t.wish.verdict}
	switch a.verdict {
	case inProgress, warmingUp:
		a.who, a.until = s.last()
	case awaited:
		a.other, _ = g.awaiting()
		a.desired = s.desired
		a.who, a.until = s.last()
	case cooling:
		a.until = s.cooldown
	case notAll:
		a.other = t.wish.waitsFor
	case outbid:
		a.other = winner.policy.name
	case unchanged, bounded:
		a.desired = s.desired
	case foreseen:
		a.desired = s.expected.capacity
	case silent:
		a.desired = t.wish.target
	case stands:
		a.other, a.desired = string(t.wish.reason)+t.wish.by, s.desired
	}
	return a
}

// last is the instance whose activity ends last, with the end of its warm-up if
// that has begun.
func (s *situation) last() (i *Instance, until engine.Time) {
	switch {
	case s.warming == nil:
		return s.draining, 0
	case s.warming.State == InService:
		until = s.warming.warmsUntil
	}
	return s.warming, until
}

// tell writes to the timeline what became of an invocation.
func (t *trigger) tell(g *Group, s situation, winner *trigger) {
	a := t.answer(g, s, winner)
	if a == t.said && a.verdict != applied {
		t.noteAgain(g)
		return
	}
	t.said = a
	t.note(g, s, winner)
	g.log(timeline.Policy, t.policy.name, nil, t.words(g, s, winner))
}

// words are the answer with its figures.
func (t *trigger) words(g *Group, s situation, winner *trigger) string {
	switch t.wish.verdict {
	case muted:
		return "ignored: " + AlarmNotification.String() + " is suspended"
	case inProgress:
		return "ignored: a scaling activity is in progress: " + s.activity(g)
	case cooling:
		return "ignored: cooldown until " + g.clockText(s.cooldown)
	case warmingUp:
		return "ignored: no scale-in while " + s.activity(g)
	case notAll:
		return "ignored: no scale-in until " + t.wish.waitsFor + " is ready for it too"
	case noData:
		return "ignored: there is no datapoint to compute with"
	case noStep:
		return "ignored: no step adjustment found for " + t.wish.distance()
	case silent:
		return t.policy.law.explain(t.wish)
	case stands:
		return fmt.Sprintf("no change, desired is %d: %s", s.desired, t.policy.law.explain(t.wish))
	default:
		return t.outcomeWords(g, s, winner)
	}
}

// outcomeWords are the answer to a policy that is not blocked.
func (t *trigger) outcomeWords(g *Group, s situation, winner *trigger) string {
	switch t.wish.verdict {
	case outbid:
		return fmt.Sprintf("outbid by %s, which asks for %d: %s", winner.policy.name, winner.wish.capacity, t.arithmetic(g))
	case unchanged:
		return fmt.Sprintf("no change, desired is %d: %s", s.desired, t.arithmetic(g))
	case awaited:
		_, waits := g.awaiting()
		return fmt.Sprintf("no change, desired is %d: %s; %s", s.desired, t.arithmetic(g), waits)
	case bounded:
		return fmt.Sprintf("no change, desired %d is at its bound (min %d, max %d): %s", s.desired, g.Min, g.Max, t.policy.law.explain(t.wish))
	case foreseen:
		return fmt.Sprintf("no change, %s expects to need at least %d until %s: %s", s.expected.policy, s.expected.capacity,
			g.clockText(s.expected.until), t.policy.law.explain(t.wish))
	default:
		return fmt.Sprintf("applied, asks for %d: %s", t.wish.capacity, t.arithmetic(g))
	}
}

// activity says which scaling activity is in progress.
func (s *situation) activity(g *Group) string {
	switch {
	case s.warming != nil:
		return s.warming.warmth(g)
	case s.draining != nil:
		return s.draining.ID + " is being deregistered"
	case len(g.replacements) > 0:
		return g.replacements[0].old.ID + " is being replaced"
	default:
		return fmt.Sprintf("desired is %d, capacity %d", s.desired, g.alive())
	}
}

// warmth says how far an instance is from being warm.
func (i *Instance) warmth(g *Group) string {
	switch {
	case i.State == PendingWait:
		return i.ID + " waits for hook " + i.actions[0].name
	case i.State != InService:
		return i.ID + " is pending"
	}
	return i.ID + " warms up until " + g.clockText(i.warmsUntil)
}
