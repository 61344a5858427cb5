package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports/page"
	"github.com/headroom-sim/headroom/reports/units"
)

// HTML writes the report as one page that needs no other file: the verdict and
// what it rests on, charts over time, the control-plane timeline, every setting,
// and how to get the same again.
func HTML(w io.Writer, r *experiments.Result) error {
	a := tell(r, Filter{})
	p := &page.Report{
		Title: plain(r.Title), Asked: plainAll(asked(r)), Binding: plain(binding(r)), Figures: keyFigures(r), Warnings: plainAll(r.Warnings),
		Judged: tablesOf(expectations(r)), Each: tablesOf(each(r)), Bound: page.List{Title: "What bound, and when", Note: whenLimitsBind, Items: plainAll(limits(r))},
		Latency: tablesOf(latencies(r)),
		Tables:  tablesOf(costs(r), served(r), failures(r), capacity(r), balancing(r), resolving(r), delivery(r), services(r), scaling(r)),
		Control: tablesOf(lagsOf(a), scaleOutsOf(a), fatesOf(a), preventedOf(a)),
		Checks:  checks(r), Settings: settingTables(r), Command: again(r), Digest: plain(r.Digest), Version: plain(r.Version),
	}
	if p.Title == "" {
		p.Title = plain(r.Scenario)
	}
	v, text := verdict(r)
	p.Verdict = page.Verdict{Kind: kindOf(r, v), Text: plain(text)}
	p.Events, p.Omitted = pageEvents(r)
	return page.Write(w, p, r)
}

func plainAll(texts []string) []string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = plain(text)
	}
	return list
}

// kindOf is the look of a verdict.
func kindOf(r *experiments.Result, v output.Verdict) string {
	if len(r.Expectations) == 0 {
		return "none"
	}
	return [...]string{output.Fail: "fail", output.Inconclusive: "open", output.Pass: "pass"}[v]
}

// tablesOf are the blocks that have rows, as tables of the page.
func tablesOf(blocks ...block) []page.Table {
	var list []page.Table
	for _, b := range blocks {
		if len(b.rows) == 0 {
			continue
		}
		b = b.filled()
		t := page.Table{Title: plain(b.title), Head: b.head, Rows: b.rows, Left: b.left, Note: b.note}
		if b.of != "" {
			t.Title += ": " + plain(b.of)
		}
		if len(b.head) > 2 && b.left == len(b.head) { // texts
			t.Look = "stack"
		}
		list = append(list, t)
	}
	return list
}

// filled leaves out columns of texts in which no row has anything.
func (b block) filled() block {
	for c := b.left - 1; c > 0 && len(b.head) > 0; c-- {
		if !slices.ContainsFunc(b.rows, func(row []string) bool { return row[c] != "" }) {
			b = b.without(c)
		}
	}
	return b
}

// keyFigures are those that answer most questions: cost, what was served, how
// fast, by how many servers, and how long it took to get more.
func keyFigures(r *experiments.Result) []page.Figure {
	list := []page.Figure{
		keyFigure(r, "Cost", "cost.total", monthly(r)),
		keyFigure(r, "Availability", "availability", fmt.Sprintf("%s of %s requests failed", metric(r, "requests.failed"), metric(r, "requests.offered"))),
		keyFigure(r, "Latency p99", "latency.p99", fmt.Sprintf("p50 %s, p95 %s", metric(r, "latency.p50"), metric(r, "latency.p95"))),
	}
	if fleet := largest(r); fleet != "" {
		prefix := "fleets." + fleet + "."
		list = append(list,
			keyFigure(r, "Servers of "+fleet, prefix+"instances.mean", fmt.Sprintf("mean; least %s, most %s", metric(r, prefix+"instances.min"), metric(r, prefix+"instances.max"))),
			keyFigure(r, "CPU of "+fleet, prefix+"cpu.p95", "p95 of minutes; mean "+metric(r, prefix+"cpu.mean")))
	}
	if has(r, "sessions.lost") {
		list = append(list, keyFigure(r, "Sign-ins lost", "sessions.lost", "of "+metric(r, "sessions.started")))
	} else {
		list = append(list, keyFigure(r, "Breach to serving", "scaling.lag.mean", "mean of the scale-outs that alarms led to"))
	}
	return slices.DeleteFunc(list, func(f page.Figure) bool { return f.Value == units.None })
}

func keyFigure(r *experiments.Result, name, of, note string) page.Figure {
	m := r.Metrics[of]
	if m.N == 0 {
		return page.Figure{Value: units.None}
	}
	f := page.Figure{Name: plain(name), Note: note}
	f.Value, f.Interval = units.Split(m.Mean, m.Lo, m.Hi, m.Unit)
	return f
}

// monthly is what a month at the run's rate costs.
func monthly(r *experiments.Result) string {
	rate := r.Metrics["cost.per_hour"]
	if rate.N == 0 {
		return ""
	}
	return fmt.Sprintf("%s; %s in a month of 730 h", metric(r, "cost.per_hour"), units.Format(hoursOfMonth*rate.Mean, "USD"))
}

// largest is the fleet with the most instance-hours among those that are used.
func largest(r *experiments.Result) string {
	name, most := "", math.Inf(-1)
	for _, fleet := range used(r, "fleets.", ".instances.hours") {
		if v := r.Metrics["fleets."+fleet+".instances.hours"].Mean; v > most {
			name, most = fleet, v
		}
	}
	return name
}

// mostPageEvents is how many lines of the timeline the page shows.
const mostPageEvents = 1500

// pageEvents are the lines of the timeline, those that matter less marked; of
// very many the most telling ones, and a word on the rest.
func pageEvents(r *experiments.Result) (list []page.Event, omitted string) {
	lines := together(r.Detail.Events, true)
	told := linesOf(r.Detail.Events)
	if len(lines) > mostPageEvents {
		lines = chosen(told, mostPageEvents)
		omitted = fmt.Sprintf("The %d most telling of %d events; all of them are in events.csv.", len(lines), len(r.Detail.Events))
	}
	important := map[timeline.Event]bool{}
	for _, l := range told {
		important[l.Event] = l.weight < unimportant
	}
	clock := clockOf(r)
	for _, l := range lines {
		e := page.Event{At: l.At.Seconds(), Time: clock.Second(l.At.Seconds()), Kind: string(l.Kind), Who: plain(l.who()), What: plain(l.what()), Told: important[l.Event]}
		if e.Told {
			e.Mark = markOf(l.Event)
		}
		list = append(list, e)
	}
	return list, omitted
}

// markOf is how an event is marked in the charts; "" if it is not.
func markOf(e timeline.Event) string {
	_, to, _ := e.Turned()
	from, now, resized := e.Resized()
	switch {
	case resized && now > from:
		return "out"
	case resized:
		return "in"
	case to == inAlarm:
		return "alarm"
	case e.Kind == timeline.FaultStart, e.Kind == timeline.LaunchFail, e.Kind == timeline.Replace, e.Kind == timeline.FailOpen:
		return "fault"
	case slices.Contains(weighty, e.Kind):
		return "other"
	}
	return ""
}

// weighty are kinds of events that change what the site is, besides its size.
var weighty = []timeline.Kind{timeline.FaultEnd, timeline.Deployment, timeline.Weights, timeline.Refresh, timeline.Operation, timeline.Credits, timeline.DNS, timeline.Schedule}

// settingTables are the settings by the table of the scenario that has them.
func settingTables(r *experiments.Result) []page.SettingTable {
	var list []page.SettingTable
	for _, s := range r.Detail.Settings {
		name := "[" + s.Table + "]"
		if s.Table == "" {
			name = "top level"
		}
		if n := len(list); n == 0 || list[n-1].Name != name {
			list = append(list, page.SettingTable{Name: name, Open: s.Table == ""})
		}
		last := &list[len(list)-1]
		last.Rows = append(last.Rows, page.Setting{
			Key: plain(s.Key), Value: plain(s.Value), Origin: s.Origin.String(), Where: plain(s.Where), Doc: s.Doc, Source: sourceOf(s),
		})
	}
	return list
}

// sourceOf says whose a default is. What somebody wrote needs no source, and that
// a default is a plain choice is told by the reason alone.
func sourceOf(s scenario.Setting) string {
	if s.Origin == scenario.Set {
		return ""
	}
	return strings.TrimPrefix(s.Source, "DERIVED: ")
}

// checks are the laws that each replication obeyed: one that does not is no
// result.
func checks(r *experiments.Result) []page.Check {
	count := func(name string) string { return metric(r, "requests."+name) }
	n := "in the one replication"
	if r.Replications > 1 {
		n = fmt.Sprintf("in each of %d replications", r.Replications)
	}
	return []page.Check{
		{
			Name: "Conservation of requests", Law: "Offered = completed + failed + in flight, exactly, in every minute and at every balancer, server, service and CDN.",
			Figures: fmt.Sprintf("%s = %s + %s + %s, held %s", count("offered"), count("completed"), count("failed"), orNone(r, "requests.in_flight"), n),
		},
		{
			Name: "Little's law", Law: "The times that requests spend in the site add up to the integral of their number, to the nanosecond, partial stays included.",
			Figures: "held " + n + strings.TrimSuffix(littleInFigures(r), "."),
		},
		{
			Name: "Utilization law", Law: "The CPU time that the requests in a server have used is the sum of their demands, partial ones included.",
			Figures: "held " + n,
		},
		{
			Name: "Places", Law: "Connections and slots that were taken have been given back or are in use, and a server that has stopped holds none.",
			Figures: "held " + n,
		},
		{
			Name: "Billing", Law: "What runs is billed, and what is billed runs.",
			Figures: "held " + n,
		},
	}
}

// orNone is a metric of counts, 0 where there is none.
func orNone(r *experiments.Result, name string) string {
	if r.Metrics[name].N == 0 {
		return "0"
	}
	return metric(r, name)
}

// littleInFigures is the mean number in the site, by the law, if all was served.
func littleInFigures(r *experiments.Result) string {
	throughput, latency := r.Metrics["throughput"], r.Metrics["latency.mean"]
	if throughput.N == 0 || latency.N == 0 {
		return ""
	}
	return fmt.Sprintf("; completed requests: %s × %s = %s of them in the site on average", units.Format(throughput.Mean, "1/s"),
		units.Format(latency.Mean, "s"), units.Format(float64(throughput.Mean*latency.Mean), ""))
}
