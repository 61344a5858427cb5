package incident

import (
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Kind is what a fault does to a part of the site.
type Kind uint8

// The kinds of effects.
const (
	Refuse        Kind = iota // the port is closed
	CPU                       // Load always-runnable threads
	LaunchFailure             // EC2 has no capacity for new instances
	Crash                     // an instance stops, a service dies, a zone is lost
	Hang                      // the kernel accepts connections, nothing is answered
	Errors                    // a Share of the requests is answered with 500 at once
	Slow                      // work takes Factor times as long
	Latency                   // each request takes Add longer
)

var kindNames = []string{"refuse", "cpu", "launch_failure", "crash", "hang", "errors", "slow", "latency"}

// String is the name in scenarios.
func (k Kind) String() string { return kindNames[k] }

// Place is what an effect is done to: an instance of a fleet, a service or one
// of its nodes, or a zone as a whole. With [LaunchFailure] it is the launches of
// a fleet ("" for all) in a zone ("" for all).
type Place struct {
	Fleet, Zone, Instance, Service string
	Node                           int // of the service, from 1; 0 for all
}

// subject names a service or its node.
func (p Place) subject() string {
	if p.Node > 0 {
		return "service " + p.Service + ", node " + strconv.Itoa(p.Node)
	}
	return "service " + p.Service
}

// Effect is what is done to a place.
type Effect struct {
	Kind   Kind
	Load   float64     // of CPU: threads
	Factor float64     // of Slow
	Share  float64     // of Errors
	Add    engine.Time // of Latency
}

// words says what the effect is, for the timeline.
func (e Effect) words(p Place) string {
	said := e.Kind.String() + ": " + e.deed(p)
	if p.Service != "" {
		return p.subject() + ": " + said
	}
	return said
}

func (e Effect) deed(p Place) string {
	switch e.Kind {
	case LaunchFailure:
		if p.Zone == "" {
			return "no zone has capacity for new instances"
		}
		return "zone " + p.Zone + " has no capacity for new instances"
	case CPU:
		return "load " + number(e.Load) + ", threads that never sleep"
	case Crash:
		return crash(p)
	case Hang:
		return "connections are accepted, nothing is answered"
	case Errors:
		return "500 at once to " + strconv.FormatFloat(float64(e.Share*100), 'g', 6, 64) + "%" + " of the requests"
	case Slow:
		return "work takes " + number(e.Factor) + " times as long"
	case Latency:
		return "each request takes " + quantity.Duration(e.Add).String() + " longer"
	default:
		return "the port is closed"
	}
}

func crash(p Place) string {
	switch {
	case p.Service != "":
		return "connections are reset, what it kept is lost, the port is closed"
	case p.Instance != "":
		return "the instance stops: connections are reset, work is lost"
	default:
		return "zone " + p.Zone + " is lost: its instances and load balancers' nodes there stop, launches there fail"
	}
}

// over says that the effect has ended.
func (e Effect) over(p Place) string {
	said := e.Kind.String() + " is over"
	switch {
	case p.Service != "":
		said = p.subject() + ": " + said
	case e.Kind == Crash && p.Instance != "":
		said += ": the instance starts again unless it has been replaced"
	case e.Kind == Crash:
		said += ": zone " + p.Zone + " is back"
	}
	return said
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
