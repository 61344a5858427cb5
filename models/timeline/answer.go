package timeline

import "github.com/headroom-sim/headroom/engine"

// Reason is why a policy that was invoked did what it did.
type Reason string

// The reasons. Applied changes desired; NoNeed, Awaiting and Outbid leave it to
// what is there, to what is coming or to another policy; the rest keep the policy
// from acting.
const (
	Applied      Reason = "applied"
	NoNeed       Reason = "no change needed"     // desired is what the policy asks for, and the capacity is there
	Awaiting     Reason = "waited for instances" // that have been asked for already: By is what they are held up by
	Outbid       Reason = "outbid"               // another policy asks for more
	AtBound      Reason = "at its bound"         // desired is at min or max
	InActivity   Reason = "activity"             // simple: a scaling activity is in progress
	InCooldown   Reason = "cooldown"             // simple: a cooldown runs
	InWarmup     Reason = "warm-up"              // scale-in: an instance warms up
	WaitsForAll  Reason = "waits for all"        // scale-in: another tracking policy is not ready
	OffTheSteps  Reason = "no step"              // the value is outside every step
	NoDatapoint  Reason = "no datapoint"         // there is nothing to compute with
	Unheard      Reason = "suspended"            // AlarmNotification is suspended
	Foreseen     Reason = "forecast"             // scale-in: a predictive policy expects to need the capacity
	ForecastOnly Reason = "forecast only"        // predictive: it is not to scale, or has nothing to forecast from
	HeldBack     Reason = "held back"            // outside AWS: by a stabilization window, a rate, a control or to avoid flapping
	InGrace      Reason = "grace period"         // of health checks: an unhealthy instance is not replaced yet
	Refused      Reason = "refused"              // otherwise, as the words beside it say
)

// Blocks reports whether the reason keeps a policy from acting.
func (r Reason) Blocks() bool { return r != Applied && r != NoNeed && r != Awaiting && r != Outbid }

// Answer is what a policy met with for some time: the same answer to each of
// its invocations.
type Answer struct {
	Fleet  string
	Policy string // or "health check"
	Alarm  string // that invoked it, or ""
	Reason Reason
	By     string      // what stood in the way: "web-2", "max 3", "Launch is suspended"; or ""
	From   engine.Time // the first invocation
	To     engine.Time // the end of the last one's interval
}
