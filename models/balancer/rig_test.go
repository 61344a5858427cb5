package balancer_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// spec is a Spec of the kind with the defaults that its tags document.
func spec(kind string) *balancer.Spec {
	s := &balancer.Spec{}
	fill(reflect.ValueOf(s).Elem(), kind)
	s.Product, s.Targets = kind, []string{"web"}
	return s
}

func fill(v reflect.Value, kind string) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if kinds, limited := tag.Lookup("for"); limited && !slices.Contains(strings.Fields(kinds), kind) {
			continue
		}
		text, ok := tag.Lookup("default_" + kind)
		if !ok {
			text = tag.Get("default")
		}
		switch f := v.Field(i).Addr().Interface().(type) {
		case *string:
			*f = text
		case *[]string:
			*f = strings.Fields(text)
		case *bool:
			*f = text == "true"
		case *int:
			*f, _ = strconv.Atoi(text)
		case *quantity.Duration:
			d, _ := time.ParseDuration(text)
			*f = quantity.Duration(d)
		case **quantity.Duration:
			var d quantity.Duration
			if d.Read(text, nil) == nil {
				*f = &d
			}
		default:
			if v.Field(i).Kind() == reflect.Struct {
				fill(v.Field(i), kind)
			}
		}
	}
}

func seconds(n float64) quantity.Duration { return quantity.Duration(n * float64(engine.Second)) }

// answer is what a client was told.
type answer struct {
	at    engine.Time
	cause traffic.Cause
	node  int32 // the node that it is connected to
}

// verdict is what the control plane was told of a target's health.
type verdict struct {
	at       engine.Time
	id, node int
	healthy  bool
}

// rig is a balancer between a client and servers that do as they are told.
type rig struct {
	*balancer.Balancer
	sim      *engine.Sim
	log      timeline.Log
	pool     traffic.Pool
	sent     []*traffic.Attempt
	answers  map[int32]answer // by tag: the request's number
	conns    map[int32]traffic.ConnRef
	verdicts []verdict
}

func newRig(s *balancer.Spec, zones ...string) *rig {
	return newRigOf(s, func(c *balancer.Config) { c.Zones = zones })
}

func newRigOf(s *balancer.Spec, set func(*balancer.Config)) *rig {
	r := &rig{sim: engine.New(engine.Limits{Events: 1e8}), answers: map[int32]answer{}}
	c := balancer.Config{
		Name: "lb", Log: &r.log, Stream: stream, GroupCookie: 1, SetsCookie: []bool{false, true},
		OnHealth: func(id, node int, healthy bool) {
			r.verdicts = append(r.verdicts, verdict{r.sim.Now(), id, node, healthy})
		},
	}
	set(&c)
	r.Balancer = balancer.New(r.sim, s, c)
	return r
}

func stream(name string) random.Stream { return random.NewStream(1, 0, name) }

// proxyRig is nginx or HAProxy in front of n servers.
func proxyRig(kind string, n int, set func(*balancer.Spec)) (*rig, []*server) {
	s := spec(kind)
	set(s)
	r := newRig(s)
	var servers []*server
	for id := range n {
		servers = append(servers, r.add(id, ""))
	}
	return r, servers
}

func asIs(*balancer.Spec) {}

// add registers a server that is healthy already.
func (r *rig) add(id int, zone string) *server {
	s := &server{sim: r.sim}
	r.AddTarget(balancer.Target{ID: id, Name: "web-" + strconv.Itoa(id), Fleet: "web", Zone: zone, Receiver: s, Healthy: true})
	return s
}

// addNew registers a server that has yet to pass its checks.
func (r *rig) addNew(id int, zone string) *server {
	s := &server{sim: r.sim}
	r.AddTarget(balancer.Target{ID: id, Name: "web-" + strconv.Itoa(id), Fleet: "web", Zone: zone, Receiver: s})
	return s
}

// request sends another request of a session and returns its number.
func (r *rig) request(session uint64) int32 {
	return r.visit(nil, traffic.Request{Session: session, Ordinal: uint32(len(r.sent))})
}

// requestOf sends a request of a user and returns its number.
func (r *rig) requestOf(user uint64) int32 {
	a := r.pool.Get()
	a.User, a.Link.Keep = user, true
	tag := int32(len(r.sent))
	r.sent = append(r.sent, a)
	a.Call(r, r, tag)
	return tag
}

// visit sends a request of a visitor and returns its number.
func (r *rig) visit(v *traffic.Visitor, request traffic.Request) int32 {
	a := r.pool.Get()
	a.Request, a.Visitor, a.Link.Keep = request, v, true
	tag := int32(len(r.sent))
	r.sent = append(r.sent, a)
	a.Call(r, r, tag)
	return tag
}

func (r *rig) Moved(a *traffic.Attempt, tag int32) { r.sent[tag] = a }

func (r *rig) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	node := int32(-1)
	if c := a.Link.Conn.Conn(); c != nil {
		node = c.Index
	}
	if r.conns == nil {
		r.conns = make(map[int32]traffic.ConnRef)
	}
	r.conns[tag] = a.Link.Conn
	r.answers[tag] = answer{r.sim.Now(), cause, node}
	a.Release()
}

func (r *rig) cause(tag int32) string {
	if a, ok := r.answers[tag]; ok {
		return a.cause.String()
	}
	return "none"
}

func (r *rig) run(t testing.TB, until engine.Time) {
	t.Helper()
	require.NoError(t, r.sim.Run(until))
}

func (r *rig) texts(kind timeline.Kind) string {
	var lines []string
	for _, e := range r.log.Events {
		if e.Kind == kind {
			lines = append(lines, e.At.String()+" "+e.Instance+" "+e.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// server answers at once with a cause, or holds what it gets.
type server struct {
	sim       *engine.Sim
	health    traffic.Cause // answer to probes
	hang      bool          // probes get no answer
	busy      bool          // requests are held, else answered with cause
	cause     traffic.Cause
	deaf      bool // connections are not accepted
	held      []*traffic.Attempt
	requests  int
	withdrawn int
	probes    []engine.Time
	probing   []*traffic.Attempt // without an answer yet
	probed    traffic.Attempt    // as the last probe came
	opened    int
	open      []*traffic.Conn
	hungUp    []engine.Time
}

func (s *server) Receive(a *traffic.Attempt) {
	if a.Probe {
		s.probes, s.probed = append(s.probes, s.sim.Now()), *a
		switch {
		case a.Handshake && s.health != traffic.Refused:
			a.Reply(traffic.OK) // by the kernel
		case s.hang:
			s.probing = append(s.probing, a)
		default:
			a.Reply(s.health)
		}
		return
	}
	s.requests++
	a.Hold(int32(s.requests))
	if s.deaf {
		s.held = append(s.held, a)
		return
	}
	s.accept(a)
	if s.busy {
		s.held = append(s.held, a)
		return
	}
	s.reply(a, s.cause)
}

func (s *server) accept(a *traffic.Attempt) {
	if a.Link.Conn.Conn() == nil {
		c := &traffic.Conn{Home: s, Hangup: s.onHangup}
		a.Link.Conn = c.Open()
		s.opened++
		s.open = append(s.open, c)
	}
}

func (s *server) onHangup(c *traffic.Conn) {
	c.Close(s.sim.Now())
	s.hungUp = append(s.hungUp, s.sim.Now())
}

func (s *server) reply(a *traffic.Attempt, cause traffic.Cause) {
	broken := cause == traffic.Refused || cause == traffic.Reset || cause == traffic.Closed
	if c := a.Link.Conn.Conn(); c != nil && (broken || !a.Link.Keep || a.Gone) {
		c.Close(s.sim.Now())
	}
	a.Reply(cause)
}

// release answers the held request that came first.
func (s *server) release(cause traffic.Cause) {
	a := s.held[0]
	s.held = s.held[1:]
	s.reply(a, cause)
}

func (s *server) Withdraw(a *traffic.Attempt, _ int32) {
	s.withdrawn++
	s.probing = slices.DeleteFunc(s.probing, func(probe *traffic.Attempt) bool { return probe == a })
	if c := a.Link.Conn.Conn(); c != nil {
		c.Close(s.sim.Now())
	}
	for i := range s.held {
		if s.held[i] == a {
			s.held = append(s.held[:i], s.held[i+1:]...)
			return
		}
	}
}

// at does something at an instant, before requests and checks.
func (r *rig) at(t engine.Time, do func()) {
	engine.NewRoutine(r.sim, "test", engine.Change, func(struct{}) { do() }).At(t, struct{}{})
}
