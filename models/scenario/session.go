package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/session"
	"github.com/headroom-sim/headroom/models/traffic"
)

// SignsIn tells whether there is signed-in state at all: some route signs in.
func (s *Spec) SignsIn() bool {
	for _, name := range sorted(s.Routes) {
		if session.UseOf(s.Routes[name].Session) == session.Write {
			return true
		}
	}
	return false
}

// SessionFleets are the fleets whose instances look after signed-in state: the
// first on the way of a client's requests that do not just pass them on to an
// upstream. Nil if nobody signs in.
func (s *Spec) SessionFleets() map[string]bool {
	if !s.SignsIn() {
		return nil
	}
	keepers := make(map[string]bool)
	explore(s.entrances(), s.leadsTo, func(name string) bool {
		if f := s.Fleets[name]; f != nil && f.Upstream == "" {
			keepers[name] = true
		}
		return !keepers[name]
	})
	return keepers
}

// scattered finds sign-ins that are kept in servers' memory while a balancer sends
// a visitor's requests to one server after the other, which was not asked for.
func (l *lint) scattered(name string, b *balancer.Spec) {
	path := []string{"balancers", name, "stickiness"}
	hashes := slices.Contains([]string{"flow_hash", "ip_hash", "source"}, b.Algorithm)
	if l.Sessions.Store != "local" || hashes || b.Stickiness.Type != "none" || l.root.has(sub(path, "kind")...) || !l.comeBack() {
		return
	}
	keepers := l.SessionFleets()
	for _, target := range b.Places() {
		if f := l.Fleets[target]; f != nil && keepers[target] && f.Max > 1 {
			l.doubt(path, "users lose their sign-ins: each is in the memory of one of up to %d instances of %s, and %s sends the next request to any of them. Write stickiness = { kind = \"lb_cookie\" }, or sessions = { store = \"shared\", in = SERVICE }",
				f.Max, target, name)
			return
		}
	}
}

// comeBack tells whether some route needs the state of visitors who ask for more
// than one thing.
func (l *lint) comeBack() bool {
	reads := some(l.Routes, func(r traffic.RouteSpec) bool { return session.UseOf(r.Session) == session.Read })
	return reads && some(l.Clients, func(c *client.Spec) bool { return c.Requests.Mean() > 1 })
}

// checkSessions: state is kept where a later request can find it.
func (c *crossChecker) checkSessions() {
	in, path := c.Sessions.In, []string{"sessions", "in"}
	if in == "" {
		return
	}
	c.lookUp(path, "service", in, c.services)
	if v := c.Services[in]; v != nil && (v.Kind() == "queue" || v.Kind() == "function") && c.sound(path...) && c.sound("services", in, "kind") {
		c.report(path, "%q is a %s, which keeps no state that can be asked for: name a cache, a database, a station or a pool", in, v.Kind())
	}
}
