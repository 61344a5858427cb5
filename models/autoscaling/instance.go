package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// State is the life-cycle state of an instance [api-states].
type State uint8

// The life-cycle states. A group without hooks, standby, detaching or a warm
// pool never reaches theirs. The Proceed states take no time here.
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
	Launched engine.Time // launch, or start from the warm pool, requested; billing begins
	Since    engine.Time // InService since
	Warm     bool        // warmed up: counts in metrics and in what policies start from
	Quiet    bool        // one of many launches in a row that fail: the timeline is spared
	Host     any         // who implements Compute may keep its own record of the instance here

	Protected bool // from scale-in

	warmsUntil  engine.Time
	template    int          // version of the launch template that it was launched from
	mark        mark         // the group's own verdict on its health
	replacement *replacement // in progress: the instance makes way, or comes as the substitute; or nil
	standby     *operation   // that has put it into standby
	cause       *cause       // why it was launched
	unhealthy   bool         // the load balancer says so
	stopped     bool         // EC2 says that it does not run
	registered  bool
	usable      bool          // a balancer could use it once
	turned      engine.Time   // since when it is ready, or not
	next        engine.Notice // to be running, or warmed up
	actions     []*action     // life-cycle hooks that it waits for
	waits       int           // for hooks, so far
	asked       engine.Time   // launched, or taken from the warm pool
	draws       int           // from the warm pool, so far
	runs        bool          // Compute has heard so
	paid        bool
	serving     bool              // its server answers
	returns     bool              // it terminates into the warm pool
	scaling     *timeline.Scaling // that it is the first instance of, or nil
	spared      *timeline.Answer  // the grace period keeps it from being replaced

	readings
}

// ready reports whether the instance can take requests, for all that is known:
// a balancer could use it, or it serves, and has not been found unhealthy since.
func (i *Instance) ready() bool { return i.usable && !i.unhealthy }

// found changes what is known of the instance's readiness.
func (i *Instance) found(now engine.Time, usable, unhealthy bool) {
	before := i.ready()
	i.usable, i.unhealthy = usable, unhealthy
	if i.ready() != before {
		i.turned = now
	}
}
