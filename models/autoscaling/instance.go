package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// State is the life-cycle state of an instance [api-states].
type State uint8

// The life-cycle states. A group without hooks, standby or a warm
// pool never reaches theirs. The Proceed states take no time here, and nothing
// is ever quarantined, detached, or given another root volume.
const (
	Pending State = iota
	PendingWait
	PendingProceed
	Quarantined
	InService
	Terminating
	TerminatingWait
	TerminatingProceed
	TerminatingRetained
	Terminated
	Detaching
	Detached
	EnteringStandby
	Standby
	ReplacingRootVolume
	ReplacingRootVolumeWait
	ReplacingRootVolumeProceed
	RootVolumeReplaced
	WarmedPending
	WarmedPendingWait
	WarmedPendingProceed
	WarmedPendingRetained
	WarmedRunning
	WarmedStopped
	WarmedHibernated
	WarmedTerminating
	WarmedTerminatingWait
	WarmedTerminatingProceed
	WarmedTerminatingRetained
	WarmedTerminated
)

var stateNames = []string{
	"Pending", "Pending:Wait", "Pending:Proceed", "Quarantined", "InService",
	"Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminating:Retained", "Terminated",
	"Detaching", "Detached", "EnteringStandby", "Standby",
	"ReplacingRootVolume", "ReplacingRootVolume:Wait", "ReplacingRootVolume:Proceed", "RootVolumeReplaced",
	"Warmed:Pending", "Warmed:Pending:Wait", "Warmed:Pending:Proceed", "Warmed:Pending:Retained",
	"Warmed:Running", "Warmed:Stopped", "Warmed:Hibernated",
	"Warmed:Terminating", "Warmed:Terminating:Wait", "Warmed:Terminating:Proceed", "Warmed:Terminating:Retained", "Warmed:Terminated",
}

// String is the name in the API.
func (s State) String() string { return stateNames[s] }

// Stage is the state that those with Wait and Proceed belong to: Pending for
// Pending:Wait, Warmed:Terminating for Warmed:Terminating:Proceed.
func (s State) Stage() State {
	switch s {
	case PendingWait, PendingProceed:
		return Pending
	case TerminatingWait, TerminatingProceed:
		return Terminating
	case WarmedPendingWait, WarmedPendingProceed:
		return WarmedPending
	case WarmedTerminatingWait, WarmedTerminatingProceed:
		return WarmedTerminating
	}
	return s
}

// Instance is one instance of a group. The exported fields are for reading.
type Instance struct {
	ID       string // "web-3"
	Ordinal  int    // from 1, in the order of launch: the instance's number in random streams
	Zone     string
	State    State
	Template int         // version of the launch template that it was launched from
	Launched engine.Time // launch, or start from the warm pool, requested; billing begins
	Since    engine.Time // InService since
	Warm     bool        // warmed up: counts in metrics and in what policies start from
	Quiet    bool        // one of many launches in a row that fail: the timeline is spared
	Host     any         // who implements Compute may keep its own record of the instance here

	Protected bool // from scale-in

	place      *zone         // what the group has in its zone
	cause      *cause        // why it was launched, or terminates
	asked      engine.Time   // launched, or taken from the warm pool
	warmsUntil engine.Time   // once it is in service
	next       engine.Notice // to be running, or warmed up

	runs       bool // Compute has heard so
	serving    bool // its server answers
	registered bool // with the load balancer
	paid       bool // for

	actions []*action // life-cycle hooks that it waits for
	waits   int       // for hooks, so far
	draws   int       // from the warm pool, so far
	returns bool      // it terminates into the warm pool

	replacement *replacement      // in progress: it makes way, or comes as the substitute; or nil
	standby     *operation        // that has put it into standby
	scaling     *timeline.Scaling // that it is the first instance of, or nil
	awaited     *scaleOut         // that waits for it to be usable, or nil
	inUse       bool              // some balancer, or whoever addresses the fleet, may use it

	condition // health.go
	readings  // measure.go
}

// present reports whether an instance is capacity of the group: it is or will be
// in service.
func (i *Instance) present() bool {
	s := i.State.Stage()
	return s == Pending || s == InService
}
