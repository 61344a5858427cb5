// Package timeline is the vocabulary in which the control plane tells what it
// did and why: alarms, policies, instances, health verdicts, faults.
package timeline

import "github.com/headroom-sim/headroom/engine"

// Kind names what happened; the set is closed and documented in the reference.
type Kind string

// The kinds of events, in the order in which a scale-out usually meets them.
const (
	Breach       Kind = "breach"      // the first datapoint of an unbroken run of breaching ones begins
	PeriodEnd    Kind = "period-end"  // a metric period that breaches has ended
	Datapoint    Kind = "datapoint"   // a breaching datapoint has been published
	Alarm        Kind = "alarm"       // an alarm changed its state
	Policy       Kind = "policy"      // a policy was invoked: applied or ignored, and why
	Schedule     Kind = "schedule"    // a scheduled action
	Desired      Kind = "desired"     // the group's desired capacity changed
	Launch       Kind = "launch"      // a launch was requested; billing begins
	LaunchFail   Kind = "launch-fail" // a launch failed
	Running      Kind = "running"     // the instance runs (InService without a launch hook)
	Registered   Kind = "registered"  // a balancer knows the instance
	Serving      Kind = "serving"     // boot and start-up are over: the server answers
	Healthy      Kind = "healthy"     // a balancer may use the target
	Unhealthy    Kind = "unhealthy"   // a balancer no longer uses the target
	FirstServed  Kind = "first-request"
	WarmedUp     Kind = "warmed-up"    // the instance counts in the group's metrics
	Terminate    Kind = "terminate"    // termination begun, with its reason
	Draining     Kind = "draining"     // deregistration delay runs
	Deregistered Kind = "deregistered" // a balancer has let the target go
	Terminated   Kind = "terminated"   // the instance is gone; billing ends
	Replace      Kind = "replace"      // a health check found the instance unhealthy
	FaultStart   Kind = "fault"
	FaultEnd     Kind = "fault-end"
	Deployment   Kind = "deployment"
	Credits      Kind = "credits"   // CPU credits ran out or came back
	Suspended    Kind = "suspended" // processes were suspended or resumed, or one that is suspended would have acted
)

// Event is one line of the control-plane timeline. Text says what happened
// with the figures behind it, in a sentence without the subject's name.
type Event struct {
	At       engine.Time // nanoseconds since the start of the run
	Kind     Kind
	Fleet    string // the group concerned, or ""
	Subject  string // alarm, policy, balancer, fault ... , or ""
	Instance string // "web-3", or ""
	Text     string
}

// Log keeps events in the order in which they happened. The zero value is an
// empty log; a nil log forgets everything.
type Log struct {
	Events []Event
}

// Add appends an event.
func (l *Log) Add(e Event) {
	if l != nil {
		l.Events = append(l.Events, e)
	}
}
