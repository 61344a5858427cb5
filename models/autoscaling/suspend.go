package autoscaling

import (
	"fmt"
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

// processesNamed are the processes of the given names.
func processesNamed(names []string) []Process {
	var list []Process
	for p := range processes {
		if slices.Contains(names, p.String()) {
			list = append(list, p)
		}
	}
	return list
}

// suspension is the state of a process.
type suspension struct {
	on   bool
	told []string // what it prevents, as far as the timeline knows
}

// obstacle is what keeps the group from something, in the words in which the
// timeline has been told last; empty when nothing does.
type obstacle string

// tell adds an event unless the timeline has been told so already.
func (o *obstacle) tell(g *Group, subject, text string) {
	if string(*o) != text {
		*o = obstacle(text)
		g.log(timeline.Prevented, subject, nil, text)
	}
}

// suspended reports whether a process is suspended.
func (g *Group) suspended(p Process) bool { return g.suspensions[p].on }

// prevents reports whether a process is suspended that something needs, and
// tells the timeline what does not happen for it: once for each such thing.
func (g *Group) prevents(p Process, format string, args ...any) bool {
	s := &g.suspensions[p]
	if !s.on {
		return false
	}
	if what := fmt.Sprintf(format, args...); !slices.Contains(s.told, what) {
		s.told = append(s.told, what)
		g.log(timeline.Prevented, p.String(), nil, what+": "+p.String()+" is suspended")
	}
	return true
}

// suspendProcesses suspends what the operation names, or all [susp].
func (g *Group) suspendProcesses(o *operation) bool {
	o.tell(g, nil, "%s", o.processes())
	for _, p := range o.processes() {
		g.suspensions[p].on = true
	}
	return true
}

// resumeProcesses lets processes go on, and catch up with what they are to do
// now. Missed are the alarms, whose next message comes within the minute, the
// scheduled actions, which are not replayed, and the load balancer's new
// targets [susp].
func (g *Group) resumeProcesses(o *operation) bool {
	o.tell(g, nil, "%s", o.processes())
	for _, p := range o.processes() {
		g.suspensions[p] = suspension{}
	}
	g.catchUp()
	g.rebalanceSoon()
	g.passNow()
	return true
}

// suspendByAdmin suspends Launch on behalf of AWS, as it does to a group whose
// launches have all failed for a day; only an operator resumes it [susp].
func (g *Group) suspendByAdmin(reason string) {
	g.suspensions[Launch].on = true
	g.log(timeline.Operation, "AWS", nil, "suspend_processes: Launch, an administrative suspension: "+reason)
}

// processList prints as the names with commas between.
type processList []Process

func (l processList) String() string {
	names := make([]string, len(l))
	for k, p := range l {
		names[k] = p.String()
	}
	return strings.Join(names, ", ")
}

// processes are those that the operation names, or all.
func (o *operation) processes() processList {
	if len(o.Processes) == 0 {
		return processesNamed(processNames)
	}
	return processesNamed(o.Processes)
}
