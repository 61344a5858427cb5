package site

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/session"
	"github.com/headroom-sim/headroom/models/traffic"
)

// metricSet collects metrics by name; values without a sample are left out.
type metricSet map[string]float64

func (s metricSet) set(name string, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		s[name] = v
	}
}

// result turns the sums of a window into metrics.
func (m *meter) result(w *window) Window {
	set := metricSet{}
	r := Window{From: w.From, To: w.To, Metrics: set}
	var all client.Cell
	w.clients.AddAll(&all)
	r.Latency.Merge(&all.Latency)
	set.requests(&all, w.To-w.From)
	m.scoped(set, w)
	m.visits(set, w)
	var group autoscaling.Tally
	for i, f := range m.sys.fleets {
		set.fleet(f, &w.fleets[i])
		set.set("fleets."+f.name+".cpu.p95", m.cpuQuantile(f.name, w.Span, 0.95))
		group.Merge(&w.fleets[i].group)
	}
	for i, v := range m.sys.services {
		set.service("services."+v.name+".", &w.services[i])
		if minutes := m.minutes("services."+v.name+".utilization", w.Span); len(minutes) > 0 {
			set.set("services."+v.name+".utilization.max", slices.Max(minutes))
		}
		if _, ok := v.facility.(*function); ok {
			set.function("services."+v.name+".", &w.services[i].function)
		}
	}
	for i, c := range m.sys.cdns {
		set.cdn("cdns."+c.name+".", &w.cdns[i])
	}
	for i, d := range m.sys.dns {
		set.set("dns."+d.name+".queries", float64(w.dns[i].Queries))
		set.set("dns."+d.name+".records.healthy.mean", w.dns[i].Healthy.Mean())
	}
	for i, b := range m.sys.balancers {
		set.balancer("balancers."+b.name+".", &w.balancers[i])
	}
	if m.sys.store != nil {
		set.sessions(&w.sessions)
	}
	set.set("scaling.actions", float64(group.Actions))
	set.set("scaling.flaps", float64(group.Flaps))
	set.set("scaling.launch_lag.mean", seconds(group.LaunchLag.Mean()))
	set.set("scaling.lag.mean", seconds(group.Lag.Mean()))
	set.set("slo.violation_minutes", float64(w.violations))
	m.costs(set, w, all.Ended[traffic.OK])
	return r
}

func (s metricSet) requests(c *client.Cell, span engine.Time) {
	s.set("requests.offered", float64(c.Offered))
	s.set("requests.completed", float64(c.Ended[traffic.OK]))
	s.set("requests.failed", float64(c.Failed()))
	s.set("requests.in_flight", float64(c.InFlight()))
	s.set("requests.attempts", float64(c.Attempts))
	for cause := traffic.OK + 1; cause < traffic.Causes; cause++ {
		s.set("errors."+cause.String(), float64(c.Ended[cause]))
	}
	s.set("availability", availability(c))
	s.set("throughput", float64(c.Ended[traffic.OK])/span.Seconds())
	s.latency("", &c.Latency)
}

// scoped adds the latencies by route and by client population.
func (m *meter) scoped(set metricSet, w *window) {
	for r, name := range m.sys.routeNames {
		var c client.Cell
		w.clients.AddRoute(r, &c)
		set.latency("routes."+name+".", &c.Latency)
	}
	for i, p := range m.sys.clients {
		var c client.Cell
		w.clients.AddClient(i, &c)
		set.latency("clients."+p.name+".", &c.Latency)
	}
}

// visits adds those of all clients, and of each population.
func (m *meter) visits(set metricSet, w *window) {
	var all client.Visits
	for i := range w.clients.Visits {
		all.Merge(&w.clients.Visits[i])
		set.visits("clients."+m.sys.clients[i].name+".", &w.clients.Visits[i])
	}
	set.visits("", &all)
}

func (s metricSet) visits(prefix string, v *client.Visits) {
	s.set(prefix+"visits.started", float64(v.Started))
	s.set(prefix+"visits.ended", float64(v.Ended))
	s.set(prefix+"visits.erred", float64(v.Erred))
	s.set(prefix+"visits.failed", float64(v.Failed))
}

// statistics of a distribution of times, in the order of the reference.
var statistics = []string{"mean", "p50", "p90", "p95", "p99", "p999", "max", "sd"}

func (s metricSet) latency(prefix string, h *tally.Histogram) {
	for _, name := range statistics {
		s.set(prefix+"latency."+name, statistic(h, name))
	}
}

// statistic is one of a distribution of nanoseconds, in seconds; NaN where it
// is empty.
func statistic(h *tally.Histogram, name string) float64 {
	switch name {
	case "mean":
		return seconds(h.Mean())
	case "sd":
		return seconds(h.SD())
	case "max":
		return longest(h)
	case "p999":
		return seconds(h.Quantile(0.999))
	}
	var percent int
	if _, err := fmt.Sscanf(name, "p%d", &percent); err != nil {
		panic("site: unknown statistic " + name)
	}
	return seconds(h.Quantile(float64(percent) / 100))
}

func (s metricSet) fleet(f *fleet, t *fleetTally) {
	p := "fleets." + f.name + "."
	s.set(p+"instances.mean", t.group.InService.Mean())
	s.set(p+"instances.max", float64(t.group.InService.Max))
	s.set(p+"instances.min", float64(t.group.InService.Min))
	if f.spec.WarmPool != nil {
		s.set(p+"warmed.mean", t.group.Warmed.Mean())
		s.set(p+"warmed.min", float64(t.group.Warmed.Min))
	}
	s.set(p+"instances.hours", t.hours)
	s.set(p+"instances.launched", float64(t.group.Launched))
	s.set(p+"instances.terminated", float64(t.group.Terminated))
	s.set(p+"cpu.mean", utilization(&t.servers))
	s.set(p+"connections.max", float64(t.peak))
	s.set(p+"credits.min", creditsOrNone(f, t))
	for l := range server.Limits {
		s.set(p+"saturated_seconds."+l.String(), t.saturated[l].Seconds())
	}
	var most, sum uint64
	for _, r := range t.requests {
		most, sum = max(most, r.n), sum+r.n
	}
	s.set(p+"share.max", float64(most)/float64(sum))
}

func (s metricSet) service(p string, t *serviceTally) {
	s.set(p+"utilization", utilization(&t.Tally))
	s.set(p+"number.mean", t.Number.Mean())
	s.set(p+"blocked", float64(t.Failed[traffic.Blocked]+t.function.Throttled+t.Overflowed))
	s.set(p+"hit_ratio", float64(t.hits)/float64(t.lookups))
	if t.Waits == nil {
		return
	}
	s.set(p+"delayed", float64(t.Delayed)/float64(t.Waits.Count()))
	for _, name := range statistics {
		s.set(p+"wait."+name, statistic(t.Waits, name))
	}
}

func (s metricSet) balancer(p string, t *balancer.Tally) {
	s.set(p+"targets.healthy.mean", t.Healthy.Mean())
	if v, ok := t.Imbalance(); ok {
		s.set(p+"imbalance", v)
	}
	if v, ok := t.MeanShareLag(); ok {
		s.set(p+"share_lag.mean", v)
	}
	s.set(p+"460", float64(t.Gone))
}

func (s metricSet) sessions(t *session.Tally) {
	s.set("sessions.started", float64(t.Started))
	s.set("sessions.lost", float64(t.Lost))
	s.set("sessions.expired", float64(t.Expired))
	s.set("sessions.ended", float64(t.Ended))
	s.set("sessions.moved", float64(t.Moved))
}

// cpuQuantile is the quantile of a fleet's one-minute averages of CPU within a
// window, by the nearest rank.
func (m *meter) cpuQuantile(fleet string, span Span, q float64) float64 {
	values := m.minutes("fleets."+fleet+".cpu", span)
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	rank := int(math.Ceil(q * float64(len(values))))
	return values[max(rank, 1)-1]
}

// minutes are the values of a column of the series in the full minutes of a window
// that have one.
func (m *meter) minutes(column string, span Span) []float64 {
	var values []float64
	for row, v := range m.series.Column(column) {
		from := engine.Time(row) * engine.Minute
		if from >= span.From && from+engine.Minute <= span.To && !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return values
}

// IsObjective reports whether a metric is one that slo.violation_minutes can
// judge minute by minute: availability, or a latency.
func IsObjective(metric string) bool {
	return metric == "availability" || strings.HasPrefix(metric, "latency.") ||
		strings.Contains(metric, ".latency.") && (strings.HasPrefix(metric, "routes.") || strings.HasPrefix(metric, "clients."))
}

func (s metricSet) function(p string, t *backend.FunctionTally) {
	s.set(p+"throttled", float64(t.Throttled))
	s.set(p+"environments.mean", t.Environments.Mean())
	s.set(p+"environments.max", float64(t.Environments.Max))
}

func (s metricSet) cdn(p string, t *backend.CDNTally) {
	s.set(p+"requests", float64(t.Received))
	s.set(p+"hit_ratio", t.HitRatio())
	s.set(p+"bytes", float64(t.Bytes))
}

// requestsOf are the requests of a tally that an objective's metric is about, and
// which statistic of theirs it is.
func requestsOf(s *System, t *client.Tally, metric string) (c client.Cell, statistic string) {
	switch scope, name, _ := strings.Cut(metric, "."); scope {
	case "routes":
		route, statistic, _ := strings.Cut(name, ".")
		t.AddRoute(slices.Index(s.routeNames, route), &c)
		return c, statistic
	case "clients":
		who, statistic, _ := strings.Cut(name, ".")
		t.AddClient(slices.IndexFunc(s.clients, func(p *population) bool { return p.name == who }), &c)
		return c, statistic
	}
	t.AddAll(&c)
	return c, metric
}

// warnings are doubts about the run that its figures alone do not show.
func (m *meter) warnings(o *Outcome) []Warning {
	var list []Warning
	warn := func(about, format string, figures ...any) {
		list = append(list, Warning{about, fmt.Sprintf(format, figures...)})
	}
	measured := &o.Windows[0]
	offered, flying := measured.Metrics["requests.offered"], measured.Metrics["requests.in_flight"]
	if offered == 0 {
		warn("offered", "no request was offered in the measured run")
	}
	if flying > 0.01*offered {
		warn("in flight", "%.0f of %.0f requests had no answer yet at the end of the run: latencies leave them out, and a queue may still be growing", flying, offered)
	}
	for i, f := range m.sys.fleets {
		t := &m.windows[0].fleets[i]
		if t.held {
			warn("credits of "+f.name, "fleet %s: the CPU credits of an instance ran out; it was held down to its baseline, where CPUUtilization stays low", f.name)
		}
		if text := f.bandwidth.warning(f.name); text != "" {
			warn("network of "+f.name, "%s", text)
		}
	}
	return list
}
