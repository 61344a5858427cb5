package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/headroom-sim/headroom/experiments"
)

// seriesTable has a row a minute of the first replication, and a column for each
// of its values. One without a sample is missing.
func seriesTable(r *experiments.Result) *dataset {
	series := r.Detail.Series
	d := &dataset{rows: len(series.Rows)}
	for i, c := range series.Columns {
		d.columns = append(d.columns, column{
			name: c.Name, unit: c.Unit, whole: c.Whole,
			number: func(row int) float64 { return series.Rows[row][i] },
		})
	}
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
