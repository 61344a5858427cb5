package scenario

import (
	"fmt"
	"slices"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/autoscaling/forecast"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/trace"
)

// Doubts lists what a configuration may have and yet is almost surely a slip of
// its author's: a target of CPU utilization that looks like a share, points of a
// rate after the end of the run. What a newer text makes of an older one, such as
// a shorter duration, is taken as meant. There are none where there are problems.
func (f *File) Doubts(variant string, sets []string) Problems {
	f, sets = f.variantFlags(sets)
	root := f.base
	if slices.Contains(f.Variants(), variant) && f.variants.table()[variant].table() != nil {
		root = f.lay(variant)
	}
	root, problems := layFlags(root, sets)
	c := f.configure(root)
	if len(problems)+len(c.findings) > 0 {
		return nil
	}
	var doubts Problems
	for _, found := range findDoubts(c.spec, c.root) {
		doubts = append(doubts, c.locate(found, base))
	}
	return doubts.sort()
}

func findDoubts(s *Spec, root *node) []finding {
	l := &lint{Spec: s, root: root}
	for _, name := range sorted(s.Clients) {
		l.doubtRate(s.Clients[name], []string{"clients", name, "rate"})
		l.doubtTrace(s.Clients[name], []string{"clients", name, "trace"})
		l.doubtSize(s.Clients[name], []string{"clients", name})
	}
	for _, name := range sorted(s.Routes) {
		l.doubtRoute(name)
	}
	for _, name := range sorted(s.Balancers) {
		l.timeouts(name, s.Balancers[name])
		l.scattered(name, s.Balancers[name])
	}
	for _, name := range sorted(s.Fleets) {
		l.doubtFleet(s.Fleets[name], []string{"fleets", name})
	}
	for _, name := range sorted(s.Services) {
		l.doubtPool(name)
	}
	for _, name := range sorted(s.Faults) {
		l.doubtFault(s.Faults[name], []string{"faults", name, "instances"})
	}
	for _, name := range sorted(s.Deployments) {
		l.doubtDeployment(name)
	}
	l.costless()
	for _, r := range l.rollings() {
		l.warmsUp(r)
		l.bakes(r)
	}
	return l.findings
}

// doubt lists a slip: what will happen, with the figures, and what to write
// instead. It is found at its key, or where that would have to be.
func (l *lint) doubt(path []string, format string, args ...any) {
	l.findings = append(l.findings, finding{path: path, text: fmt.Sprintf(format, args...)})
}

// text is the newest text that mentions the key.
func (l *lint) text(path ...string) layer {
	nodes := l.root.at(path)
	return nodes[len(nodes)-1].newest()
}

// shortened tells whether the run ends where it does by a newer text than the
// key.
func (l *lint) shortened(path []string) bool { return l.text("duration") > l.text(path...) }

func (l *lint) doubtRate(c *client.Spec, path []string) {
	for _, p := range c.Rate.Points {
		if at := quantity.Duration(p.At); at > l.Duration && !l.shortened(path) {
			l.idle(path, "has a point after the end of the run (point at %s, duration %s)", at, l.Duration)
			return
		}
	}
}

// doubtTrace finds a trace of which the run plays nothing or a part, a run that the
// trace does not fill, and a log that ends within a line.
func (l *lint) doubtTrace(c *client.Spec, path []string) {
	if c.Kind() != "trace" {
		return
	}
	load, err := c.ReadTrace(l.Timezone.Location)
	if err != nil {
		return // a problem, and reported as such
	}
	if load.Cut {
		l.doubt(path, "the last line of the log is not finished, and left out")
	}
	var start time.Time
	if l.Start != nil {
		start = l.Start.Time
	}
	switch from, to := c.Played(load, start); {
	case to <= 0:
		l.idle(path, "ends before the run begins: nothing arrives (see start)")
	case from >= l.Duration.Time():
		l.idle(path, "begins after the end of the run: nothing arrives (see start and duration)")
	default:
		l.doubtPart(c, load, start, path)
	}
}

// doubtPart says how much of a trace is played, and when, where that is not nearly all
// of it over nearly the whole run.
func (l *lint) doubtPart(c *client.Spec, load *trace.Trace, start time.Time, path []string) {
	end := l.Duration.Time()
	from, to := c.Played(load, start)
	played, all := c.Within(load, start, end)
	full := float64(max(from, 0)+max(end-to, 0)) <= 0.05*float64(end)
	if played >= 0.99*all && full || l.shortened(path) {
		return
	}
	l.doubt(path, "%.0f of %.0f requests of the trace are played: it goes from %s to %s of the run, and the run from 0s to %s (see start and duration)",
		played, all, sinceZero(from), quantity.Duration(to), l.Duration)
}

// sinceZero writes an instant that may lie before time zero.
func sinceZero(at engine.Time) string {
	if at < 0 {
		return "-" + quantity.Duration(-at).String()
	}
	return quantity.Duration(at).String()
}

// doubtRoute finds a route that a newer text adds for nobody.
func (l *lint) doubtRoute(name string) {
	path := []string{"routes", name}
	nodes := l.root.at(path)
	if nodes[len(nodes)-1].origins[0].layer == base || l.wanted(name) {
		return
	}
	l.idle(path, "is not in the base, and no client asks for it%s", reading(path, l.root, nil))
}

// doubtFault finds a fault that is to hit more than there can be.
func (l *lint) doubtFault(f *incident.Fault, path []string) {
	if f.Instances == nil {
		return
	}
	most, what := 0, "fleet "+f.Fleet
	if v := l.Services[f.Service]; v != nil {
		most, what = v.Nodes, "cache "+f.Service
	} else {
		most = l.Fleets[f.Fleet].most()
	}
	if f.Instances.Count > most {
		l.doubt(path, "hits all that there are: %s never has as many (instances %d, at most %d)", what, f.Instances.Count, most)
	}
}

// most is how many instances the fleet may ever be asked to have.
func (f *Fleet) most() int {
	most := max(f.Max, f.Start())
	for _, name := range sorted(f.Schedules) {
		if m := f.Schedules[name].Max; m != nil {
			most = max(most, *m)
		}
	}
	return most
}

func (l *lint) doubtFleet(f *Fleet, path []string) {
	name, policies := path[1], sub(path, "policies")
	for _, policy := range sorted(f.Policies) {
		l.share(f.Policies[policy], sub(policies, policy))
		l.foreignShares(f.Policies[policy], sub(policies, policy))
		l.doubtForecast(f.Policies[policy], sub(policies, policy))
	}
	if f.Min < f.Max || len(f.Schedules) > 0 {
		l.doubtScaling(name, f, path)
	}
	for _, b := range l.inFront(name) {
		l.grace(f, b, path)
	}
	l.doubtLifeCycle(f, path)
	if pinned := max(l.text(sub(path, "min")...), l.text(sub(path, "max")...)); pinned <= l.text(policies...) {
		l.pinned(f, policies)
	}
	l.contrary(f, path)
	for _, name := range sorted(f.Schedules) {
		if at := sub(path, "schedules", name, "at"); !l.shortened(at) {
			l.late(f.Schedules[name].At, at)
		}
		l.doubtCron(f.Schedules[name], sub(path, "schedules", name, "cron"))
	}
	for _, name := range sorted(f.Operations) {
		if at := sub(path, "operations", name, "at"); !l.shortened(at) {
			l.late(&f.Operations[name].At, at)
		}
	}
}

// doubtForecast finds a predictive policy that never has the day of history that
// a forecast needs.
func (l *lint) doubtForecast(p *autoscaling.PolicySpec, path []string) {
	if p.Type == "predictive" && p.History.Name == "" && l.Duration.Time() <= forecast.Least*engine.Hour && !l.shortened(path) {
		l.idle(sub(path, "kind"), "never has a forecast: it takes %d h of history, in a file (history) or from the run (duration %s)", forecast.Least, l.Duration)
	}
}

// doubtCron finds a cron that never fires, or not in the run.
func (l *lint) doubtCron(s *autoscaling.ScheduleSpec, path []string) {
	if s.Cron == nil {
		return
	}
	switch first := s.First(l.Start.In(l.Timezone.Location)); {
	case first.IsZero():
		l.idle(path, "never fires: no such instant is to come%s", within(s))
	case first.Sub(l.Start.Time) >= time.Duration(l.Duration.Time()) && !l.shortened(path):
		l.idle(path, "fires first after the end of the run, at %s (duration %s)", first.Format(time.RFC3339), l.Duration)
	}
}

// within names what confines a cron.
func within(s *autoscaling.ScheduleSpec) string {
	if s.Until != nil {
		return " before until"
	}
	return ""
}

// doubtScaling looks at the policies of a fleet that has room to scale.
func (l *lint) doubtScaling(name string, f *Fleet, path []string) {
	for _, policy := range sorted(f.Policies) {
		l.misfit(name, f.Policies[policy], sub(path, "policies", policy))
	}
	l.flapping(f, path)
	l.timers(name, f, path)
	l.credits(name, f, path)
}
