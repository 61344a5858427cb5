package engine

import "strconv"

// Phase orders the events of one instant: a lower phase fires first. It is
// fixed per routine, so that the order is declared and not luck.
type Phase uint8

const (
	// Measure ends metric periods and cuts windows: what happens at the instant
	// of a cut belongs to the window that begins with it.
	Measure Phase = iota
	// Release is for completions, departures and closings: capacity comes free.
	Release
	// Change is for faults, states of instances and verdicts of health checks.
	Change
	// Seize is for arrivals, retries and health probes: capacity is asked for.
	Seize
	// Expire is for timeouts: an answer at the same instant wins.
	Expire
	// Control is for alarms, policies and schedules.
	Control
	// Observe comes last, for those who only look.
	Observe
)

var phaseNames = [...]string{"measure", "release", "change", "seize", "expire", "control", "observe"}

// String returns the phase's name in lower case.
func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return "phase " + strconv.Itoa(int(p))
}
