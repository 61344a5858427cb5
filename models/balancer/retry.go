package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// retries are the calls of a balancer that does not leave it at one try: nginx
// and HAProxy. It is the caller of the targets. Without it, nil, a request is sent
// to one target.
type retries struct {
	of    *Balancer
	rule  retryRule
	tries []tries // by tag of the call
}

// retryRule says whether a request is sent again.
type retryRule interface {
	// after takes in how a call's latest try has ended, and says what follows.
	after(c *call, t *tries, how traffic.Cause) step
}

// step is what follows a try.
type step struct {
	slot  int32         // of the target that is tried next; none: the client is told
	pause engine.Time   // before that
	how   traffic.Cause // what the client is told of
}

// tell is the last step of a request.
func tell(how traffic.Cause) step { return step{slot: none, how: how} }

// tries are those of a call's request.
type tries struct {
	again  int           // tries after the first
	direct bool          // a cookie has led to the target
	slots  []int32       // of the targets so far
	first  engine.Time   // when the first try began
	paused bool          // the next one is yet to begin, at the target next
	pause  engine.Notice // of its beginning
	next   int32
	id     int // of that target
}

// tryAgain makes the balancer send requests again by the rule.
func (b *Balancer) tryAgain(rule retryRule) {
	b.retries = &retries{of: b, rule: rule}
	b.caller = b.retries
}

// begin notes the first try of a call.
func (r *retries) begin(c *call) {
	if r != nil {
		r.note(c)
	}
}

func (r *retries) note(c *call) {
	for int(c.tag) >= len(r.tries) {
		r.tries = append(r.tries, tries{})
	}
	t := &r.tries[c.tag]
	// Field by field, which costs less than to copy tries.
	t.again, t.slots, t.first = 0, append(t.slots[:0], c.target.slot), r.of.sim.Now()
	t.direct = r.of.led(c.attempt, c.target.slot)
}

// led tells whether the visitor's cookie leads to the target.
func (b *Balancer) led(a *traffic.Attempt, slot int32) bool {
	if b.cookies == nil || a.Visitor == nil {
		return false
	}
	c, held := a.Visitor.Cookie(b.cookies.mark, b.sim.Now())
	return held && c.Target == b.targets[slot].ID
}

// Answered implements traffic.Caller.
func (r *retries) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	b := r.of
	b.take(b.calls[tag], a)
	told, again := r.after(tag, cause)
	switch {
	case again:
	case told != cause:
		b.abandon(tag, b.policy.answers[told])
	default:
		b.conclude(a, b.calls[tag], cause)
	}
}

// Moved implements traffic.Caller.
func (r *retries) Moved(a *traffic.Attempt, tag int32) { r.of.Moved(a, tag) }

// after sends a call's request once more, if the rule asks for that after such an
// end. If not, it returns what the client is to be told of.
func (r *retries) after(tag int32, how traffic.Cause) (told traffic.Cause, again bool) {
	if r == nil {
		return how, false
	}
	c, t := r.of.calls[tag], &r.tries[tag]
	next := r.rule.after(c, t, how)
	if next.slot == none || c.attempt.Gone {
		return next.how, false
	}
	t.again++
	t.slots = append(t.slots, next.slot)
	if next.pause > 0 {
		t.paused, t.next, t.id = true, next.slot, r.of.targets[next.slot].ID
		t.pause = r.of.resume.After(next.pause, tag)
		c.attempt.Note(traffic.Pausing)
		return how, true
	}
	r.of.redispatch(tag, next.slot)
	return how, true
}

// cancel ends the pause before a call's next try; false if it is in none.
func (r *retries) cancel(tag int32) bool {
	if r == nil || !r.tries[tag].paused {
		return false
	}
	r.of.sim.Cancel(r.tries[tag].pause)
	r.tries[tag].paused = false
	return true
}

// redispatch sends the request of a call to a target, after another one or once
// more.
func (b *Balancer) redispatch(tag, slot int32) {
	c := b.calls[tag]
	n, old := c.node, c.target
	c.target = b.targets[slot]
	conn, open := n.reuse(slot, b.sim.Now())
	n.load[slot]++ // a target that drains must not be let go in between
	b.unload(n, old)
	n.load[slot]--
	c.attempt.Link = traffic.Link{Conn: conn, Keep: b.policy.keeps}
	b.dispatch(c, open)
}

// onResume ends the pause before a try. Where the target has gone meanwhile,
// another one is asked.
func (b *Balancer) onResume(tag int32) {
	c, t := b.calls[tag], &b.retries.tries[tag]
	t.paused = false
	slot := t.next
	if target := b.targets[slot]; !target.routed || target.ID != t.id {
		slot = b.choose(c.node, c.attempt)
	}
	if c.attempt.Gone || slot == none {
		b.abandon(tag, b.policy.answers[unserved])
		return
	}
	b.redispatch(tag, slot)
}
