package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
)

// alone names the fleets that never had more than one server, and lost none: what the
// failure of that one does is in no figure.
func alone(r *experiments.Result) string {
	names := slices.DeleteFunc(members(r, "fleets.", ".instances.max"), func(fleet string) bool {
		return r.Metrics["fleets."+fleet+".instances.max"].Mean != 1 || slices.ContainsFunc(r.Detail.Events, func(e timeline.Event) bool {
			return e.Kind == timeline.FaultStart && e.Fleet == fleet && e.Instance != "" && takesAway(r, e)
		})
	})
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("A single server: %s. What its failure does was not simulated", strings.Join(names, ", "))
}

// takesAway reports whether a fault that hits a server leaves it of no use: its effect
// does, or it is the loss of its zone, which the server's own event has no fault's name
// for.
func takesAway(r *experiments.Result, e timeline.Event) bool {
	return e.Subject == "" || slices.ContainsFunc(r.Detail.Settings, func(s scenario.Setting) bool {
		return s.Table == "faults."+e.Subject && s.Key == "effect" && slices.Contains([]string{"crash", "hang", "refuse"}, s.Value)
	})
}
