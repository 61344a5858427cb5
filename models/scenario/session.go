package scenario

import "github.com/headroom-sim/headroom/models/session"

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
