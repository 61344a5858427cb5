package reports

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
)

// block is a part of a report: a table under a title. Its cells are plain text,
// the author's words in it unescaped; each format writes them in its own way.
type block struct {
	title string
	of    string   // the only member that it is about, if there is one
	head  []string // names of the columns; none: the rows are name and value
	rows  [][]string
	note  string // a sentence under the table
	// left columns are aligned at their left, the rest at their right.
	left int
	// lines is how many the last column may have; at least mostLines.
	lines int
	inks  [][]ink // of the cells on a terminal; none: as the row has it
}

// ink is that of a cell.
func (b block) ink(row, column int) ink {
	if row == header || b.inks == nil {
		return ""
	}
	return b.inks[row][column]
}

// without leaves out a column.
func (b block) without(column int) block {
	if column < b.left {
		b.left--
	}
	b.head, b.rows = slices.Delete(slices.Clone(b.head), column, column+1), slices.Clone(b.rows)
	for i, row := range b.rows {
		b.rows[i] = slices.Delete(slices.Clone(row), column, column+1)
	}
	return b
}

// metric is a metric of the result with its interval; None without a sample.
func metric(r *experiments.Result, name string) string {
	m := r.Metrics[name]
	if m.N == 0 {
		return units.None
	}
	return units.Interval(m.Mean, m.Lo, m.Hi, m.Unit)
}

// has reports whether the result has a sample of a metric, and it is not zero.
func has(r *experiments.Result, name string) bool {
	m := r.Metrics[name]
	return m.N > 0 && m.Mean != 0
}

// fact is a metric that is worth a line, under the name that people use.
type fact struct {
	name, metric string
	always       bool // even if it is zero
}

// facts are the lines for those that the result has.
func facts(r *experiments.Result, list []fact) [][]string {
	var rows [][]string
	for _, f := range list {
		if r.Metrics[f.metric].N > 0 && f.always || has(r, f.metric) {
			rows = append(rows, []string{f.name, metric(r, f.metric)})
		}
	}
	return rows
}

func served(r *experiments.Result) block {
	list := []fact{
		{"offered", "requests.offered", true},
		{"completed", "requests.completed", true},
		{"failed", "requests.failed", true},
		{"no answer yet", "requests.in_flight", false},
		{"availability", "availability", true},
		{"throughput", "throughput", true},
	}
	if r.Metrics["requests.attempts"].Mean != r.Metrics["requests.offered"].Mean {
		list = append(list, fact{"attempts", "requests.attempts", false})
	}
	if r.Metrics["visits.started"].Mean != r.Metrics["requests.offered"].Mean {
		list = append(list,
			fact{"visits", "visits.started", true},
			fact{"visits with an error", "visits.erred", false},
			fact{"visits broken off", "visits.failed", false})
	}
	list = append(list,
		fact{"violation minutes", "slo.violation_minutes", false},
		fact{"sign-ins", "sessions.started", true},
		fact{"sign-ins lost", "sessions.lost", true},
		fact{"changes of server", "sessions.moved", true})
	return block{title: "Requests", rows: facts(r, list)}
}

// latencyColumns are the statistics of a latency table.
var latencyColumns = []struct{ head, name string }{
	{"mean", "mean"}, {"p50", "p50"}, {"p90", "p90"}, {"p95", "p95"}, {"p99", "p99"}, {"p99.9", "p999"}, {"max", "max"},
}

// latencies is a row of values for all requests, and for each route and client
// population where there are several, each with a row of intervals below.
func latencies(r *experiments.Result) block {
	b := block{title: "Latency of completed requests", head: []string{""}, left: 1}
	for _, c := range latencyColumns {
		b.head = append(b.head, c.head)
	}
	b.latencyRows(r, "all", "", "")
	if r.Replications > 1 {
		b.latencyRows(r, "pooled", "", ".pooled")
	}
	for _, scope := range []struct{ prefix, kind string }{{"routes.", "route "}, {"clients.", ""}} {
		names := members(r, scope.prefix, ".latency.mean")
		for _, name := range names {
			if len(names) > 1 {
				b.latencyRows(r, scope.kind+name, scope.prefix+name+".", "")
			}
		}
	}
	return b
}

// latencyRows adds the row of a scope and, where there are any, its intervals.
func (b *block) latencyRows(r *experiments.Result, name, prefix, suffix string) {
	values, halves := []string{name}, []string{""}
	sample, intervals := false, false
	for _, c := range latencyColumns {
		m := r.Metrics[prefix+"latency."+c.name+suffix]
		if m.N == 0 {
			values, halves = append(values, ""), append(halves, "")
			continue
		}
		value, half := units.Split(m.Mean, m.Lo, m.Hi, m.Unit)
		values, halves = append(values, value), append(halves, half)
		sample, intervals = true, intervals || half != ""
	}
	if sample {
		b.rows = append(b.rows, values)
	}
	if intervals {
		b.rows = append(b.rows, halves)
	}
}

// members are the names between a prefix and a suffix of the metrics' names,
// sorted.
func members(r *experiments.Result, prefix, suffix string) []string {
	var names []string
	for _, metric := range slices.Sorted(maps.Keys(r.Metrics)) {
		name, found := strings.CutPrefix(metric, prefix)
		if !found {
			continue
		}
		if name, found = strings.CutSuffix(name, suffix); found {
			names = append(names, name)
		}
	}
	return names
}

// used are those of the members to which requests can come.
func used(r *experiments.Result, prefix, suffix string) []string {
	return slices.DeleteFunc(members(r, prefix, suffix), func(name string) bool { return slices.Contains(r.Detail.Unused, name) })
}

// failures are the causes of failed requests, the most frequent first.
func failures(r *experiments.Result) block {
	b := block{title: "Failed requests by cause", head: []string{"cause", "requests", "of those offered"}, left: 1}
	causes := members(r, "errors.", "")
	causes = slices.DeleteFunc(causes, func(c string) bool { return !has(r, "errors."+c) })
	slices.SortStableFunc(causes, func(x, y string) int {
		return cmp.Compare(r.Metrics["errors."+y].Mean, r.Metrics["errors."+x].Mean)
	})
	for _, c := range causes {
		share := r.Detail.Failures[c]
		b.rows = append(b.rows, []string{c, metric(r, "errors."+c), units.Interval(share.Mean, share.Lo, share.Hi, share.Unit)})
	}
	return b
}

// compared is a table with a column for each member and a row for each fact
// that any of them has; of a single member it is a list.
func compared(r *experiments.Result, title, prefix string, list []fact) block {
	names := used(r, prefix, "."+list[0].metric)
	b := block{title: title, head: append([]string{""}, names...), left: 1}
	switch {
	case len(names) == 1:
		b.of, b.head = names[0], nil
	case title == "Servers":
		b.title = "Servers by fleet"
	case title == "Name in DNS":
		b.title = "Names in DNS"
	default:
		b.title = title + "s"
	}
	for _, f := range list {
		row, any := []string{f.name}, false
		for _, name := range names {
			full := prefix + name + "." + f.metric
			any = any || has(r, full) || f.always && r.Metrics[full].N > 0
			row = append(row, metric(r, full))
		}
		if any {
			b.rows = append(b.rows, row)
		}
	}
	return b
}

func capacity(r *experiments.Result) block {
	return compared(r, "Servers", "fleets.", []fact{
		{"in service, mean", "instances.mean", true},
		{"least", "instances.min", true},
		{"most", "instances.max", true},
		{"launched", "instances.launched", false},
		{"terminated", "instances.terminated", false},
		{"hours billed", "instances.hours", true},
		{"CPU, mean", "cpu.mean", true},
		{"CPU, p95 of minutes", "cpu.p95", true},
		{"most connections", "connections.max", false},
		{"fewest CPU credits", "credits.min", true},
		{"largest request share", "share.max", false},
		{"time at the CPU limit", "saturated_seconds.cpu", false},
		{"at the connection limit", "saturated_seconds.connections", false},
		{"at the backlog limit", "saturated_seconds.backlog", false},
		{"at the upstream limit", "saturated_seconds.upstream", false},
	})
}

func balancing(r *experiments.Result) block {
	return compared(r, "Balancer", "balancers.", []fact{
		{"healthy targets, mean", "targets.healthy.mean", true},
		{"imbalance (cv)", "imbalance", false},
		{"until half its share", "share_lag.mean", false},
		{"clients that left", "460", false},
	})
}

func services(r *experiments.Result) block {
	return compared(r, "Service", "services.", []fact{
		{"utilization", "utilization", true},
		{"busiest minute", "utilization.max", false},
		{"number in it, mean", "number.mean", false},
		{"wait, mean", "wait.mean", false},
		{"wait, p95", "wait.p95", false},
		{"wait, p99", "wait.p99", false},
		{"delayed", "delayed", false},
		{"blocked", "blocked", false},
		{"hit ratio", "hit_ratio", false},
	})
}

func delivery(r *experiments.Result) block {
	return compared(r, "CDN", "cdns.", []fact{
		{"requests", "requests", true},
		{"hit ratio", "hit_ratio", true},
		{"bytes sent", "bytes", true},
	})
}

func resolving(r *experiments.Result) block {
	return compared(r, "Name in DNS", "dns.", []fact{
		{"queries", "queries", true},
		{"healthy records, mean", "records.healthy.mean", true},
	})
}

func scaling(r *experiments.Result) block {
	b := block{title: "Scaling"}
	if !has(r, "scaling.actions") {
		return b
	}
	b.rows = facts(r, []fact{
		{"changes of desired", "scaling.actions", true},
		{"flaps", "scaling.flaps", true},
		{"breach to launch", "scaling.launch_lag.mean", false},
		{"breach to serving", "scaling.lag.mean", false},
	})
	return b
}

func costs(r *experiments.Result) block {
	b := block{title: "Cost"}
	if has(r, "cost.total") {
		b.rows = expenses(r)
	}
	if names := r.Detail.Unused; len(names) > 0 {
		b.rows = append(b.rows, []string{"not used: free", strings.Join(names, ", ")})
	}
	return b
}

// expenses are the cost as a whole, by the hour, by the month where the run may stand
// for one, and what it is made of.
func expenses(r *experiments.Result) [][]string {
	rows := [][]string{{"in total", metric(r, "cost.total")}}
	rows = append(rows, facts(r, []fact{{"rate", "cost.per_hour", false}})...)
	if rate := r.Metrics["cost.per_hour"]; has(r, "cost.per_hour") && wholeDays(r) {
		rows = append(rows, []string{"730 such hours", units.Interval(hoursOfMonth*rate.Mean, hoursOfMonth*rate.Lo, hoursOfMonth*rate.Hi, "USD")})
	}
	rows = append(rows, facts(r, []fact{{"per million served", "cost.per_million", false}})...)
	rows = append(rows, shares(r)...)
	if names := r.Detail.Unpriced; len(names) > 0 {
		rows = append(rows, []string{"no price", strings.Join(names, ", ")})
	}
	return rows
}

// shares are the parts of the cost that are not 0, in whole percents of it.
func shares(r *experiments.Result) [][]string {
	var parts []fact
	for _, kind := range []string{"fleets", "balancers", "services", "cdns"} {
		for _, name := range members(r, "cost."+kind+".", "") {
			parts = append(parts, fact{name, "cost." + kind + "." + name, false})
		}
	}
	var rows [][]string
	for _, part := range append(parts, fact{"transfer", "cost.transfer", false}) {
		if has(r, part.metric) {
			percent := math.Round(100 * r.Metrics[part.metric].Mean / r.Metrics["cost.total"].Mean)
			rows = append(rows, []string{part.name, metric(r, part.metric) + " (" + units.Format(percent/100, "share") + ")"})
		}
	}
	return rows
}

func clockOf(r *experiments.Result) units.Clock {
	return units.Clock{Start: r.Detail.Start, Duration: r.DurationS}
}
