package timeline

import "github.com/headroom-sim/headroom/engine"

// Instant is a milestone on the way from a breach to the help that it brings.
type Instant uint8

// The instants of a scaling, in the order in which they usually come.
const (
	AtBreach    Instant = iota // the first datapoint of the unbroken run of breaching ones begins
	AtPeriodEnd                // the period ends whose datapoint completes the breach
	AtPublished                // that datapoint can be seen
	AtAlarmed                  // the alarm changes to ALARM
	AtDesired                  // its policy changes desired for the first time
	AtLaunched                 // the first instance that this asks for is launched
	AtRunning                  // EC2 says that it runs
	AtBooted                   // its operating system is up
	AtServing                  // its server answers
	AtInService                // the group counts it: after its launch hooks, if any
	AtUsable                   // a balancer may use it
	AtWarm                     // it is warmed up
	Instants
)

// NotReached is the time of an instant that has not come.
const NotReached engine.Time = -1

// Scaling tells where the time went between a breach and the help that it
// brought. There is one for each breach of an alarm that led to a launch, about
// the first instance launched: an alarm that leaves ALARM and returns to it while
// the same unbroken run of datapoints goes on breaching adds none. The first
// instance of any other change of desired has one without a breach.
type Scaling struct {
	Fleet, Alarm, Policy, Instance string

	At [Instants]engine.Time // nanoseconds since the start of the run, or NotReached
}

// NewScaling returns a scaling of which no instant has been reached.
func NewScaling() *Scaling {
	s := &Scaling{}
	for i := range s.At {
		s.At[i] = NotReached
	}
	return s
}

// Reach notes an instant, the first time that it comes. On nil it does nothing.
func (s *Scaling) Reach(i Instant, at engine.Time) {
	if s != nil && s.At[i] == NotReached {
		s.At[i] = at
	}
}

// Again forgets what came after the launch: another instance takes the place of
// the first, and the time lost is part of its launch.
func (s *Scaling) Again() {
	for i := AtRunning; i < Instants; i++ {
		s.At[i] = NotReached
	}
}

// Reached reports whether an instant has come.
func (s *Scaling) Reached(i Instant) bool { return s.At[i] != NotReached }

// Begin is the breach, or without one the change of desired.
func (s *Scaling) Begin() engine.Time {
	if s.Reached(AtBreach) {
		return s.At[AtBreach]
	}
	return s.At[AtDesired]
}

// LaunchLag is the time from the beginning to the launch.
func (s *Scaling) LaunchLag() engine.Time { return s.At[AtLaunched] - s.Begin() }

// Lag is the time from the beginning to the first instant at which a balancer
// may use the instance; NotReached if that has not come.
func (s *Scaling) Lag() engine.Time {
	if !s.Reached(AtUsable) {
		return NotReached
	}
	return s.At[AtUsable] - s.Begin()
}

// Part is a piece of the way from the breach to help, named after what the time
// is spent on.
type Part uint8

// The parts, in their order.
const (
	MetricPeriods Part = iota // until the period of the completing datapoint ends
	Publication               // of that datapoint
	Evaluation                // until the alarm looks at it
	Blocked                   // from the alarm to the change of desired
	Reconciling               // from there to the launch
	Launching                 // until EC2 says running
	Booting
	Starting
	Hooks        // what launch hooks add after the server answers
	HealthChecks // until a balancer may use the instance
	Parts
)

// partNames are those in tables; partKeys those in JSON.
var (
	partNames = [Parts]string{"metric", "publication", "evaluation", "blocked", "reconcile", "launch", "boot", "start-up", "hooks", "health checks"}
	partKeys  = [Parts]string{"metric", "publication", "evaluation", "blocked", "reconcile", "launch", "boot", "startup", "hooks", "health_checks"}
	partEnds  = [Parts]Instant{AtPeriodEnd, AtPublished, AtAlarmed, AtDesired, AtLaunched, AtRunning, AtBooted, AtServing, AtInService, AtUsable}
)

// String is the part's name for readers, such as "health checks".
func (p Part) String() string { return partNames[p] }

// Key is the part's name for programs, such as "health_checks".
func (p Part) Key() string { return partKeys[p] }

// Took cuts the way from the breach to help into its parts. They adjoin, and
// once the instance is usable they add up to the lag exactly: a step that was
// skipped, or that was over before its turn, takes no time. Before that, parts
// whose end has not come are NotReached, as are those of an alarm where there
// was no breach.
func (s *Scaling) Took() [Parts]engine.Time {
	var took [Parts]engine.Time
	now, end := s.Begin(), engine.Forever
	if s.Reached(AtUsable) {
		end = s.At[AtUsable]
	}
	for p := range Parts {
		at := s.At[partEnds[p]]
		switch {
		case p <= Blocked && !s.Reached(AtBreach):
			took[p] = NotReached
		case at != NotReached:
			at = min(max(at, now), end)
			took[p], now = at-now, at
		case end == engine.Forever:
			took[p] = NotReached
		}
	}
	return took
}

// WarmUp is how long the instance warmed up: beside the parts, from InService
// on. It is NotReached if it has not been warm.
func (s *Scaling) WarmUp() engine.Time {
	if !s.Reached(AtWarm) {
		return NotReached
	}
	return s.At[AtWarm] - s.At[AtInService]
}
