package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// haproxy sends requests again as HAProxy does [A7: back_handle_st_cer,
// stream_choose_redispatch].
type haproxy struct {
	of         *Balancer
	retries    int
	redispatch bool
	bySource   bool          // a hash asks for a server, as a cookie does
	on         [endings]bool // ways to end after which it is tried again
	turnaround engine.Time   // before the same server is tried again
}

func newHAProxy(b *Balancer, s *Spec) *haproxy {
	h := &haproxy{of: b, retries: s.Retries, redispatch: s.Redispatch, bySource: algorithms[s.Algorithm] == sourceHash, turnaround: min(s.ConnectTimeout.Time(), engine.Second)}
	for _, word := range s.RetryOn {
		for _, how := range retryOn[word] {
			h.on[how] = true
		}
	}
	return h
}

// retryOn are the words of retry-on.
var retryOn = map[string][]traffic.Cause{
	"none":             nil,
	"conn-failure":     {traffic.Refused, unconnected},
	"empty-response":   {traffic.Reset, traffic.Closed},
	"response-timeout": {traffic.Timeout},
	"429":              {traffic.Status429},
	"500":              {traffic.Status500},
	"502":              {traffic.Status502},
	"503":              {traffic.Status503},
	"504":              {traffic.Status504},
	"all-retryable-errors": {
		traffic.Refused, unconnected, traffic.Reset, traffic.Closed, traffic.Timeout,
		traffic.Status500, traffic.Status502, traffic.Status503, traffic.Status504,
	},
}

// after implements retryRule. The same server is tried again after a pause, if it
// refused the connection.
func (h *haproxy) after(c *call, t *tries, how traffic.Cause) step {
	if !h.on[how] || t.again >= h.retries || c.attempt.Gone {
		return tell(how)
	}
	n := c.node
	up := len(n.rotas[0].use)
	next := step{slot: c.target.slot, how: how}
	if h.moves(c, t, up) {
		t.direct = false
		if next.slot = h.another(n, c); next.slot == none {
			return tell(unserved)
		}
	}
	if how == traffic.Refused && (next.slot == c.target.slot || up <= 1) {
		next.pause = h.turnaround
	}
	return next
}

// moves tells whether the next try may go to another server: with redispatch at
// the last one, when the server is down, and at once where neither a cookie nor
// a hash asked for this very server.
func (h *haproxy) moves(c *call, t *tries, up int) bool {
	if !h.redispatch {
		return false
	}
	check := h.of.checkOf(c.pair())
	down := check == nil || check.health != healthy
	last := t.again+1 == h.retries
	return down || last || !t.direct && up > 1 && !h.bySource
}

// another picks a server, if there is any, other than that of the last try.
func (h *haproxy) another(n *node, c *call) int32 {
	r := &n.rotas[0]
	slot := h.of.pick(n, r, c.attempt)
	for range r.use {
		if slot != c.target.slot {
			break
		}
		slot = r.next()
	}
	return slot
}
