package site

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Outcome is what one replication of a scenario gave.
type Outcome struct {
	// Windows holds the measured run first, then each window that was asked
	// for, in their order.
	Windows []Window
	Series  *Series
	timeline.Log
	Limits   []Limit
	Alarms   []Alarm
	Usage    Usage  // in the measured run
	Trace    *Trace // nil: none was asked for
	Warnings []Warning
	// Digest is folded over all events of the run: two runs are equal if and
	// only if their digests are.
	Digest uint64
	// Simulated counts the events that were fired.
	Simulated uint64
}

// Window is a part of the run with its metrics.
type Window struct {
	From, To engine.Time
	// Metrics by name; a metric without a sample in the window is absent.
	Metrics map[string]float64
	// Latency of the completed requests first offered in the window, in
	// nanoseconds.
	Latency tally.Histogram
}

// Limit tells when a fleet or a service was at one of its limits.
type Limit struct {
	// Place is the fleet or service.
	Place string
	// Name is cpu, connections, backlog or upstream, or what a service has of
	// servers: servers of a station, threads of a cache, consumers of a queue,
	// concurrency of a function.
	Name string
	// Upstream is the fleet or service whose answers a fleet at its limit of
	// upstream waited for most; "" where it is not known, and of other limits.
	Upstream string
	// Spans are the minutes in which it bound: the instances that answer, or the
	// service, spent half of their time or more at it, or the processors of a fleet
	// or the servers of a service were busy for 95 % of theirs. They are merged
	// where they adjoin. Minutes before the measured part of the run are left out.
	Spans []Span
}

// Alarm is what a chart needs to know of an alarm whose state is in the series.
type Alarm struct {
	Fleet      string // whose metric it is; "" of a composite alarm
	Name       string
	Metric     string  // CloudWatch's name, such as "CPUUtilization"; "" of a composite alarm
	Comparison string  // ">", ">=", "<", "<="
	Threshold  float64 // in the metric's unit; percent for CPUUtilization
	Column     string  // of the series: 1 in ALARM, 0 in OK, -1 without sufficient data

	EvaluationPeriods, DatapointsToAlarm int

	cloudwatch.Nearness // over the run
}

// Warning is a doubt about the run that its figures alone do not show.
type Warning struct {
	// About is what it is about, the same in every replication.
	About string
	// Text is a sentence, with the figures of this replication.
	Text string
}

// Span is a stretch of simulated time, From included, To excluded.
type Span struct{ From, To engine.Time }

// includes reports whether another span is part of this one.
func (s Span) includes(part Span) bool { return s.From <= part.From && part.To <= s.To }

// Series is what happened minute by minute.
type Series struct {
	Columns []Column
	// Rows holds a value for each column; NaN where there was no sample.
	Rows  [][]float64
	Loads []Load // of the fleets, server by server
}

// Column names one value of each row.
type Column struct {
	Name, Unit string // the unit is "" for counts
	Whole      bool   // its values are whole numbers
}

// Index is the position of the named column, or -1.
func (s *Series) Index(name string) int {
	for i, c := range s.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// Column is the named column's values over the rows, or nil.
func (s *Series) Column(name string) []float64 {
	i := s.Index(name)
	if i < 0 {
		return nil
	}
	values := make([]float64, len(s.Rows))
	for r, row := range s.Rows {
		values[r] = row[i]
	}
	return values
}
