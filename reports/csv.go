package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
)

// seriesTable has a row a minute, and a column for each value of the first
// replication; of several replications then four for each mean, the ends of its
// interval and the number of its samples. What has no sample is missing.
func seriesTable(r *experiments.Result) *dataset {
	series := r.Detail.Series
	d := &dataset{rows: len(series.Rows)}
	for i, c := range series.Columns {
		d.columns = append(d.columns, column{
			name: c.Name, unit: c.Unit, whole: c.Whole,
			number: func(row int) float64 { return series.Rows[row][i] },
		})
	}
	if m := r.Detail.Minutes; m != nil {
		d.intervals(m)
	}
	return d
}

// intervals adds the means of all replications, but of the instants of the rows, each
// with its interval and the number of replications that it is over.
func (d *dataset) intervals(m *experiments.Minutes) {
	estimate := m.Estimates()
	for i, c := range m.Columns {
		if c.Name == "time_s" || c.Name == "span_s" {
			continue
		}
		d.number(c.Name+".mean", c.Unit, func(row int) float64 { mean, _, _ := estimate(i, row); return mean })
		d.number(c.Name+".lo", c.Unit, func(row int) float64 { mean, half, _ := estimate(i, row); return mean - half })
		d.number(c.Name+".hi", c.Unit, func(row int) float64 { mean, half, _ := estimate(i, row); return mean + half })
		d.whole(c.Name+".n", func(row int) int { _, _, n := estimate(i, row); return n })
	}
}

// targetsTable has a row for each server in each minute of the first replication,
// with what it received, fleet by fleet and in the order of their launch.
func targetsTable(r *experiments.Result) *dataset {
	type target struct {
		minute int
		load   *site.Load
		site.Received
	}
	var list []target
	for minute := range r.Detail.Series.Rows {
		for i := range r.Detail.Series.Loads {
			load := &r.Detail.Series.Loads[i]
			for _, received := range load.Minutes[minute].Received {
				list = append(list, target{minute, load, received})
			}
		}
	}
	begins := r.Detail.Series.Column("time_s")
	d := &dataset{rows: len(list)}
	d.number("time_s", "s", func(row int) float64 { return begins[list[row].minute] })
	d.text("fleet", func(row int) string { return list[row].load.Fleet })
	d.text("instance", func(row int) string { return fmt.Sprintf("%s-%d", list[row].load.Fleet, list[row].Instance) })
	d.whole("requests", func(row int) int { return int(list[row].Requests) })
	d.whole("fleet.servers", func(row int) int { return list[row].load.Minutes[list[row].minute].Servers })
	d.whole("fleet.requests", func(row int) int { return int(list[row].load.Minutes[list[row].minute].Requests) })
	return d
}

// cell prints the shortest text that reads back the same.
func cell(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// EventsCSV writes the control-plane timeline of the first replication: when (to
// the millisecond), what kind of event, which fleet, which subject (an alarm, a
// policy, a balancer, a fault), which instance, and what happened in words.
func EventsCSV(w io.Writer, r *experiments.Result) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"time_s", "clock", "event", "fleet", "subject", "instance", "text"}); err != nil {
		return err
	}
	for _, e := range r.Detail.Events {
		s := e.At.Seconds()
		record := []string{cell(math.Round(s*1000) / 1000), clockCell(s, r.Detail.Start), string(e.Kind), e.Fleet, e.Subject, e.Instance, e.Text}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// clockCell writes an instant of the run as spreadsheets and people read it: as date
// and time of day where the scenario has a start, else as hours, minutes and
// seconds since the run began.
func clockCell(seconds float64, start time.Time) string {
	since := time.Duration(math.Round(seconds * 1e9)).Truncate(time.Second)
	if !start.IsZero() {
		return start.Add(since).Format(time.DateTime)
	}
	s := int64(since / time.Second)
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
