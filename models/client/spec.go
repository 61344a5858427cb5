package client

import (
	"bytes"
	"math"
	"time"

	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/trace"
)

// MostUsers are how many users, all closed populations together, a scenario may
// have: each takes memory for the whole run.
const MostUsers = 4_000_000

// MostBursts are how many bursts a population may have in a run: what they cost is
// no event, so that neither a limit of events nor an interrupt would end them.
const MostBursts = 10_000_000

// Spec is a client population: the table [clients.NAME].
type Spec struct {
	Target   string `toml:"target" required:"true" doc:"Balancer, fleet, service, content delivery network or DNS name that requests go to."`
	Arrivals string `toml:"arrivals" oneof:"poisson even trace closed bursty" doc:"How sessions begin. Left out: trace where trace is given, closed where users is given, else poisson."`

	Rate    quantity.RateProfile  `toml:"rate" for:"poisson even bursty" doc:"Sessions per second over the run: one value, or points in time, held beyond the ends. For bursty arrivals the rate outside bursts."`
	Shape   string                `toml:"shape" default:"linear" oneof:"linear step" for:"poisson even bursty" doc:"Between the points of rate or daily: linear, or step, which holds each value until the next point." source:"DERIVED: the rate changes smoothly unless said otherwise"`
	Daily   quantity.DailyProfile `toml:"daily" for:"poisson even bursty" doc:"Instead of rate: sessions per second by the time of day in the scenario's timezone; needs start. Goes on from the last point over midnight to the first. Daylight saving time skips or repeats an hour of it."`
	Weekend float64               `toml:"weekend" default:"1" range:"0..1000000" for:"poisson even bursty" doc:"Factor on daily for Saturday and Sunday." source:"DERIVED: no change"`

	BurstRate     quantity.Rate     `toml:"burst_rate" for:"bursty" doc:"Sessions per second in a burst."`
	BurstDuration quantity.Duration `toml:"burst_duration" for:"bursty" doc:"Mean length of a burst (exponential)."`
	CalmDuration  quantity.Duration `toml:"calm_duration" for:"bursty" doc:"Mean time between bursts (exponential). At most ten million bursts in a run. The run begins in a burst with probability burst_duration / (burst_duration + calm_duration)."`

	Trace quantity.File `toml:"trace" for:"trace" doc:"CSV file of (timestamp, count) per interval, or an access log (common or combined format). With start, timestamps are wall-clock instants; else the trace begins at time zero."`
	Scale float64       `toml:"scale" default:"1" range:"0.000001..1000000" for:"trace" doc:"Factor on the trace's counts; fractions are carried over to the next interval." source:"DERIVED: the trace as it is"`
	Speed float64       `toml:"speed" default:"1" range:"0.000001..1000000" for:"trace" doc:"How many times as fast as recorded the trace is played; counts stay the same." source:"DERIVED: the trace as it is"`

	Users int `toml:"users" range:"1..4000000" for:"closed" doc:"Concurrent users. Each begins with a pause for thought, and begins a new session after another when one has ended. Each takes memory for the whole run, some 300 bytes, and twice as much while it waits for an answer: all clients together may have four million."`

	Requests  quantity.Number           `toml:"requests" default:"1" doc:"Requests in a session." source:"DERIVED: the simplest session"`
	Think     quantity.Span             `toml:"think" default:"0s" doc:"Pause between an answer and the session's next request." source:"DERIVED: no pause unless asked for"`
	Routes    map[string]quantity.Share `toml:"routes" doc:"Share of each route among the requests; shares add up to 1. May be left out where there is one route."`
	Timeout   *quantity.Duration        `toml:"timeout" doc:"Time after which the client gives up an attempt. Left out: it waits for ever."`
	Cancel    bool                      `toml:"cancel" default:"false" doc:"Giving up withdraws the work of the attempt wherever it is; else queued and started work is still done." source:"DERIVED: servers rarely notice that a client has left"`
	KeepAlive bool                      `toml:"keep_alive" default:"true" doc:"Requests of a session share a connection, left idle to the server at the session's end; closed users keep theirs between sessions." source:"DERIVED: as browsers do"`
	Retry     Retry                     `toml:"retry" doc:"Attempts after the first."`
}

// Retry says how a request is tried again after an attempt failed, whatever the
// cause. The k-th retry (k = 1, 2, ...) waits
//
//	wait x growth^(k-1) x (1 - jitter x U),   U uniform on (0, 1)
//
// after the failure: jitter = 1 is "full jitter", 0.5 "equal jitter"
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
type Retry struct {
	Attempts int            `toml:"attempts" default:"0" range:"0..1000" doc:"Most attempts after the first." source:"DERIVED: no retries unless asked for"`
	Wait     quantity.Span  `toml:"wait" default:"0s" doc:"Pause between a failure and the first retry." source:"DERIVED: no pause unless asked for"`
	Growth   float64        `toml:"growth" default:"1" range:"1..1000" doc:"Factor on the pause from each retry to the next." source:"DERIVED: the same pause each time"`
	Jitter   quantity.Share `toml:"jitter" default:"0" doc:"Share of each pause that is taken away at random: 1 is full jitter, 0.5 equal jitter." source:"DERIVED: no jitter unless asked for"`
}

// Kind is the way in which sessions begin: poisson, even, trace, closed or
// bursty.
func (s *Spec) Kind() string {
	switch {
	case s.Arrivals != "":
		return s.Arrivals
	case s.Trace.Name != "":
		return "trace"
	case s.Users != 0:
		return "closed"
	}
	return "poisson"
}

// Restless reports whether the users of a closed population do not pause: those who
// are refused at once come back at the same instant, without end.
func (s *Spec) Restless() bool { return s.Kind() == "closed" && s.Think.Mean() == 0 }

// Check reports what is wrong within the table.
func (s *Spec) Check(report quantity.Report) {
	switch s.Kind() {
	case "poisson", "even":
		s.checkRate(report)
	case "bursty":
		s.checkRate(report)
		s.checkBursts(report)
	case "trace":
		s.checkTrace(report)
	case "closed":
		if s.Users == 0 {
			report("users", "is required where arrivals = \"closed\"")
		}
	}
	if s.Timeout != nil && *s.Timeout == 0 {
		report("timeout", "must be longer than zero; leave it out to wait for ever")
	}
	s.checkRoutes(report)
}

func (s *Spec) checkRate(report quantity.Report) {
	if len(s.Rate.Points)+len(s.Daily.Points) == 0 {
		report("rate", "is required where arrivals = %q (or daily)", s.Kind())
	}
}

func (s *Spec) checkBursts(report quantity.Report) {
	if s.BurstRate == 0 {
		report("burst_rate", "is required where arrivals = \"bursty\", above zero")
	}
	if s.BurstDuration == 0 {
		report("burst_duration", "is required where arrivals = \"bursty\", longer than zero")
	}
	if s.CalmDuration == 0 {
		report("calm_duration", "is required where arrivals = \"bursty\", longer than zero")
	}
}

func (s *Spec) checkTrace(report quantity.Report) {
	if s.Trace.Name == "" {
		report("trace", "is required where arrivals = \"trace\"")
	} else if _, err := s.ReadTrace(time.UTC); err != nil {
		report("trace", "%s: %v", s.Trace.Name, err)
	}
}

func (s *Spec) checkRoutes(report quantity.Report) {
	if len(s.Routes) == 0 {
		return
	}
	var sum float64
	for _, name := range sortedNames(s.Routes) {
		sum += float64(s.Routes[name])
	}
	if math.Abs(sum-1) > 1e-6 {
		report("routes", "shares must add up to 1 (have %.6g)", sum)
	}
}

// ReadTrace reads the trace that the Spec names; see [trace.Parse].
func (s *Spec) ReadTrace(zone *time.Location) (*trace.Trace, error) {
	return trace.Parse(bytes.NewReader(s.Trace.Data), zone)
}
