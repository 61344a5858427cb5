package autoscaling

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/timeline"
)

// Process is one of the processes of a group that can be suspended and resumed
// [susp].
type Process uint8

// The processes.
const (
	Launch            Process = iota // new instances, whatever for
	Terminate                        // scale-in; instances that are InService stay so
	AddToLoadBalancer                // registration of new instances
	AlarmNotification                // alarms invoke policies
	AZRebalance                      // capacity moves between zones
	HealthCheck                      // the group marks instances unhealthy by itself
	InstanceRefresh                  // a refresh replaces instances
	ReplaceUnhealthy                 // what is marked unhealthy is replaced
	ScheduledActions                 // scheduled actions are carried out
	processes
)

var processNames = []string{
	"Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification", "AZRebalance",
	"HealthCheck", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions",
}

// String is the name in the API.
func (p Process) String() string { return processNames[p] }

// processesOf are the processes of the given names, all if there are none
// [susp].
func processesOf(names []string) []Process {
	var all []Process
	for p := range processes {
		if len(names) == 0 || slices.Contains(names, p.String()) {
			all = append(all, p)
		}
	}
	return all
}

// suspension is the state of a group's processes.
type suspension struct {
	suspended [processes]bool
	told      [processes]string // what the timeline says the suspension prevents
}

// suspended reports whether a process is suspended.
func (g *Group) suspended(p Process) bool { return g.suspension.suspended[p] }

// prevents reports whether a process is suspended that something needs, and
// tells the timeline so: once, until what it prevents is something else.
func (g *Group) prevents(p Process, something string) bool {
	if !g.suspended(p) {
		return false
	}
	if g.suspension.told[p] != something {
		g.suspension.told[p] = something
		g.log(timeline.Suspended, p.String(), nil, "suspended: "+something)
	}
	return true
}

// suspend stops processes; those suspended already stay so.
func (g *Group) suspend(subject string, list []Process) {
	for _, p := range list {
		g.suspension.suspended[p], g.suspension.told[p] = true, ""
	}
	g.log(timeline.Suspended, subject, nil, "suspends "+listed(list))
}

// suspendByAdmin suspends Launch on behalf of AWS, as it does to a group whose
// launches have all failed for a day; only an operator resumes it [susp].
func (g *Group) suspendByAdmin(reason string) {
	g.suspend("AWS", []Process{Launch})
	g.log(timeline.Suspended, Launch.String(), nil, "administrative suspension: "+reason)
}

func listed(list []Process) string {
	names := make([]string, len(list))
	for k, p := range list {
		names[k] = p.String()
	}
	return strings.Join(names, ", ")
}

// suspendedProcesses are those suspended at time zero.
func (s *Spec) suspendedProcesses() []Process {
	if len(s.SuspendedProcesses) == 0 {
		return nil
	}
	return processesOf(s.SuspendedProcesses)
}
