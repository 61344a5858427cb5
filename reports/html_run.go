package reports

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports/page"
	"github.com/headroom-sim/headroom/reports/view"
)

// HTML writes the report as one page that needs no other file: the verdict and
// what it rests on, charts over time, the control-plane timeline, every setting,
// and how to get the same again.
func HTML(w io.Writer, r *experiments.Result) error {
	_, text := verdict(r)
	return page.Write(w, &page.Report{
		Title: plain(cmp.Or(r.Title, r.Scenario)), Asked: plainAll(asked(r)), Version: plain(r.Version),
		Verdict: page.Verdict{Kind: kindOf(r), Text: plain(text), More: plainAll(said(binding(r)))},
		Answer: slices.Concat(
			[]page.Part{keyFigures(r)}, tables(expectations(r)), folds("Each replication", each(r)),
			[]page.Part{page.Warnings(plainAll(r.Warnings)), page.List{Title: "What bound, and when", Note: whenLimitsBind, Items: plainAll(limits(r))}}),
		Sections: runSections(r),
	})
}

// aboutSettings says whose a setting is.
const aboutSettings = "Every setting that has a say in this run. Set: by the scenario, its variant or a flag. Default: by the language, with whose rule it is. Derived: from other settings, the catalogue, or because the key was left out."

// runSections are what stands below the answer on the page of one configuration.
func runSections(r *experiments.Result) []page.Section {
	a, d, events := tell(r, Filter{}), view.New(r), pageEvents(r)
	happened := tables(lagsOf(a), scaleOutsOf(a), fatesOf(a), preventedOf(a))
	if len(events.Events) > 0 {
		happened = append(happened, events)
	}
	latency := page.Distribution(r)
	if len(latency) > 0 {
		latency = append(latency, tables(latencies(r))...)
	}
	return []page.Section{
		{ID: "time", Name: "Over time", Title: "Over time" + d.Over(), Note: aboutMinutes(d), Parts: page.OverTime(r, events.Events)},
		{ID: "latencies", Name: "Latencies", Title: "Distribution of latencies" + d.Pooled(), Parts: latency},
		{ID: "numbers", Name: "Figures", Title: "Figures", Parts: columns(costs(r), served(r), failures(r), capacity(r), balancing(r), resolving(r), delivery(r), services(r), scaling(r))},
		{ID: "events", Name: "Events", Title: "What happened" + d.First(), Parts: happened},
		{ID: "settings", Name: "Assumptions", Title: "Assumptions", Note: aboutSettings, Parts: settingsPart(r)},
		{ID: "again", Name: "Reproduction", Title: "Checks and reproduction", Parts: append(tables(checks(r)), page.Command(runAgain(r).String()), page.Words(plain(againText(r))))},
	}
}

// aboutMinutes says of which replications what is in the charts over time.
func aboutMinutes(d *view.Data) string {
	if !d.Averaged() {
		return ""
	}
	return d.OverText() + " Events, the states of alarms and maps of servers are those of the first replication."
}

// againText says what the command gives again, and what lies beside the page.
func againText(r *experiments.Result) string {
	return fmt.Sprintf("With the same scenario and settings Headroom %s gives the digest %s again, on any machine. In the folder of this report lie summary.json, series.csv with every minute, and events.csv with the whole timeline.", r.Version, r.Digest)
}

// keyFigures are those that answer most questions: cost, what was served, how
// fast, by how many servers, and how long it took to get more.
func keyFigures(r *experiments.Result) page.Figures {
	list := page.Figures{
		keyFigure(r, "Cost", "cost.total", rateOf(r)),
		keyFigure(r, "Availability", "availability", fmt.Sprintf("%s of %s requests failed", metric(r, "requests.failed"), metric(r, "requests.offered"))),
		latencyFigure(r),
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

// latencyFigure is the quantile that an expectation over all of the run is about, with
// what it must be, or else p99.
func latencyFigure(r *experiments.Result) page.Figure {
	name, must := "latency.p99", ""
	for _, e := range slices.Sorted(maps.Keys(r.Expectations)) {
		if x := r.Expectations[e]; x.During == nil && strings.HasPrefix(x.Metric, "latency.") {
			name, must = x.Metric, "must be "+units.Bound(x.Bound, x.Unit)+"; "
			break
		}
	}
	var others []string
	for _, q := range []string{"p50", "p95", "p99"} {
		if of := "latency." + q; of != name && (must != "" || q != "p99") {
			others = append(others, q+" "+metric(r, of))
		}
	}
	return keyFigure(r, "Latency "+strings.TrimPrefix(name, "latency."), name, must+strings.Join(others, ", "))
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
func pageEvents(r *experiments.Result) (t page.Timeline) {
	lines := together(r.Detail.Events, true)
	told := linesOf(r.Detail.Events)
	if len(lines) > mostPageEvents {
		lines = chosen(told, mostPageEvents)
		t.Omitted = fmt.Sprintf("The %d most telling of %d events; all of them are in events.csv.", len(lines), len(r.Detail.Events))
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
		t.Events = append(t.Events, e)
	}
	return t
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
func settingTables(r *experiments.Result) page.Settings {
	var list page.Settings
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

func settingsPart(r *experiments.Result) []page.Part {
	if list := settingTables(r); len(list) > 0 {
		return []page.Part{list}
	}
	return nil
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
func checks(r *experiments.Result) block {
	count := func(name string) string { return metric(r, "requests."+name) }
	n := "in the one replication"
	if r.Replications > 1 {
		n = fmt.Sprintf("in each of %d replications", r.Replications)
	}
	b := block{title: "What every run is checked for; one that fails is no result", head: []string{"", "check", "what must hold", "here"}, left: 4}
	for _, law := range [][3]string{
		{"Conservation of requests", "Offered = completed + failed + in flight, exactly, in every minute and at every balancer, server, service and CDN.",
			fmt.Sprintf("%s = %s + %s + %s, held %s", count("offered"), count("completed"), count("failed"), orNone(r, "requests.in_flight"), n)},
		{"Little's law", "The times that requests spend in the site add up to the integral of their number, to the nanosecond, partial stays included.",
			"held " + n + strings.TrimSuffix(littleInFigures(r), ".")},
		{"Utilization law", "The CPU time that the requests in a server have used is the sum of their demands, partial ones included.",
			"held " + n},
		{"Places", "Connections and slots that were taken have been given back or are in use, at servers and balancers, and a server that has stopped holds none.",
			"held " + n},
		{"Visits and sign-ins", "Each has ended in one way, or goes on.",
			"held " + n},
		{"CPU credits", "Those earned and given were used, lost beyond the limit, or are there; surplus is charged once.",
			"held " + n},
		{"Billing", "What runs is billed, and what is billed runs: for its time, begun seconds and the least of a launch.",
			"held " + n},
		{"Clock", "Simulated time never goes back from one event to the next.",
			"held " + n},
	} {
		b.rows = append(b.rows, []string{ticks[output.Pass], law[0], law[1], law[2]})
	}
	return b
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
