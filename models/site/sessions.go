package site

import (
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/session"
)

// buildStore makes the store of signed-in state, if there is any.
func (s *System) buildStore() {
	if s.keepers = s.spec.SessionFleets(); len(s.keepers) == 0 {
		return
	}
	uses := make([]session.Use, len(s.routes))
	for i := range s.routes {
		uses[i] = session.UseOf(s.routes[i].Session)
	}
	nodes := 1
	if in := s.spec.Services[s.spec.Sessions.In]; in != nil && in.Kind() == "cache" {
		nodes = in.Nodes
	}
	s.store = session.New(s.sim, &s.spec.Sessions, uses, session.Shards{Nodes: nodes, Luck: s.stream("session shards")})
}

// auditStore checks that no sign-in was lost sight of.
func (s *System) auditStore() error {
	if s.store == nil {
		return nil
	}
	signedIn := 0
	for _, c := range s.clients {
		signedIn += c.SignedIn()
	}
	return s.store.Audit(signedIn)
}

// signIn tells of each route whether its requests sign in.
func (s *System) signIn() []bool {
	marks := make([]bool, len(s.routes))
	for i := range marks {
		marks[i] = s.store != nil && s.store.Uses(int32(i)) == session.Write
	}
	return marks
}

// keeper is who looks after signed-in state on the fleet's instances: nil for
// most.
func (s *System) keeper(fleet string) server.Keeper {
	if !s.keepers[fleet] {
		return nil
	}
	return s.store
}

// sessionCall is the call to the service that keeps signed-in state, which
// requests make that have to do with it. They can do without a cache: what it
// has lost is lost, and it loses no request.
func (s *System) sessionCall() server.Call {
	routes := make([]bool, len(s.routes))
	for i := range routes {
		routes[i] = s.store.Uses(int32(i)) != session.None
	}
	call := server.Call{To: s.place(s.spec.Sessions.In), Routes: routes, Timeout: s.callTimeout(s.spec.Sessions.In)}
	if c, ok := cacheAt(call.To); ok {
		call.To, call.Tolerant = c.Sessions(s.store.Node), true
	}
	return call
}
