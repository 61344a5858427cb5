package traffic

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
)

// RouteSpec is what a request costs, by the place that works on it.
type RouteSpec struct {
	Demand     map[string]quantity.Span `toml:"demand" doc:"CPU time on one vCPU (service time in a station) by place: fleet or service."`
	Wait       map[string]quantity.Span `toml:"wait" doc:"Time for which a place holds the request without using CPU: a slow client, a long poll, a call elsewhere."`
	Size       quantity.Size            `toml:"size" default:"0B" range:"0B..1TB" doc:"Size of the response. It counts in metrics of the network and costs transfer and capacity units; it takes no time." source:"DERIVED: no transfer unless asked for"`
	Request    quantity.Size            `toml:"request_size" default:"1KiB" range:"0B..1TB" doc:"Size of the request. It counts in metrics of the network and costs capacity units; it takes no time." source:"UNSOURCED: some headers and cookies"`
	Cacheable  quantity.Share           `toml:"cacheable" default:"100%" range:"0..1" doc:"Share that a content delivery network may keep." source:"DERIVED: all of it"`
	Idempotent bool                     `toml:"idempotent" default:"true" doc:"Sending the request twice does no harm. nginx as a balancer does not ask another server once one that is not idempotent (POST, LOCK, PATCH) was sent; clients and other balancers do not mind." source:"ngx_http_proxy_module"`
	Session    string                   `toml:"session" default:"none" oneof:"none read write" doc:"What the request does with signed-in state; write signs in." source:"DERIVED: no state unless asked for"`
}

// Demands tells what attempts cost at one place. A demand is a pure function of
// (place, session, request): the same under any policy, and for each retry.
type Demands struct {
	// Waits: on some route an attempt is held without using CPU.
	Waits bool

	place  string
	routes []demand
}

type demand struct {
	work, wait         quantity.Span // nil distribution: none
	workLuck, waitLuck random.Stream
	ahead              ahead
}

// ahead is work that is drawn before it is asked for. Where sessions come one
// after the other, as most do, the next ones are known: drawn in a row, the
// processor overlaps their logarithms, and nothing has to wait for them.
type ahead struct {
	from    uint64 // session of drawn[0]
	pending uint64 // how many are drawn
	request uint64 // the other key
	drawn   [16]engine.Time
}

// NewDemands collects the demands of the routes, in the order of their indices,
// at a place.
func NewDemands(place string, routes []RouteSpec, stream func(name string) random.Stream) *Demands {
	d := &Demands{place: place}
	for _, r := range routes {
		d.Waits = d.Waits || r.Wait[place].Distribution != nil
		d.routes = append(d.routes, demand{
			work: r.Demand[place], wait: r.Wait[place],
			workLuck: stream("demand/" + place), waitLuck: stream("wait/" + place),
		})
	}
	return d
}

// Work is the CPU time that the attempt needs at the place, in nanoseconds on
// one vCPU of speed 1.
func (d *Demands) Work(a *Attempt) engine.Time {
	if a.Probe {
		return a.ProbeDemand
	}
	r := &d.routes[a.Route]
	if r.work.Distribution == nil {
		return 0
	}
	session, request := a.Luck()
	if k := session - r.ahead.from; k < r.ahead.pending && request == r.ahead.request {
		return r.ahead.drawn[k%uint64(len(r.ahead.drawn))]
	}
	return r.workOf(session, request)
}

// workOf draws the work of a session's request, and of the same request in the
// sessions after it if the session is the one that was to come next.
func (r *demand) workOf(session, request uint64) engine.Time {
	h := &r.ahead
	next := session == h.from+h.pending && request == h.request
	h.from, h.pending, h.request = session, 1, request
	if next {
		h.pending = uint64(len(h.drawn))
	}
	var luck [len(h.drawn)]float64
	u := luck[:h.pending]
	r.workLuck.Uniforms(u, session, request)
	r.work.DrawAll(u, h.drawn[:])
	return h.drawn[0]
}

// Wait is the time for which the place holds the attempt without using CPU.
func (d *Demands) Wait(a *Attempt) engine.Time {
	if !d.Waits || a.Probe {
		return 0
	}
	return d.routes[a.Route].waitOf(a)
}

func (r *demand) waitOf(a *Attempt) engine.Time {
	if r.wait.Distribution == nil {
		return 0
	}
	return r.wait.Draw(r.waitLuck.Uniform(a.Luck()))
}

// Luck is the pair of keys under which streams tell the luck of the attempt's
// request. It keeps the requests of different client populations apart.
func (a *Attempt) Luck() (session, request uint64) {
	return a.Session, uint64(a.Salt)<<32 | uint64(a.Ordinal)
}
