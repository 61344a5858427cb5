package export

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
)

// noStart is the instant of time zero in OpenMetrics text where the scenario has
// no start: samples need a date.
var noStart = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// OpenMetrics writes the minutes of the first replication as OpenMetrics 1.0
// text, which Prometheus takes in as if it had scraped the site once a minute. A
// sample is at the end of its minute. Counters grow from zero at the start of the
// run; what has no sample in a minute has none here.
func OpenMetrics(w io.Writer, r *experiments.Result) error {
	out := bufio.NewWriter(w)
	variant := r.Variant
	if variant == "" {
		variant = "base"
	}
	x := &exposition{
		Series: r.Detail.Series, out: out, instants: instants(r),
		common: labels{{"scenario", r.Scenario}, {"variant", variant}},
	}
	for _, f := range families {
		x.family(f)
	}
	fmt.Fprint(out, "# EOF\n")
	return out.Flush()
}

// instants are the start of the run and the end of each minute, in seconds since
// 1970.
func instants(r *experiments.Result) []string {
	start := r.Detail.Start
	if start.IsZero() {
		start = noStart
	}
	zero := float64(start.Unix())
	list := []string{number(zero)}
	for row := range r.Detail.Series.Rows {
		list = append(list, number(zero+at(r.Detail.Series, row, "time_s")+at(r.Detail.Series, row, "span_s")))
	}
	return list
}

// exposition is the text that is being written of a series.
type exposition struct {
	*site.Series
	out      *bufio.Writer
	instants []string // the start, and the end of each row
	common   labels   // of all samples
}

// A metric is what a family says of one thing, in samples that stand together
// minute by minute: one, or of a summary several.
type metric struct {
	labels
	courses []*course
}

// course is what the samples of one name and labels have over the minutes.
type course struct {
	source
	head   string    // name and labels
	values []float64 // of the column
	sum    float64   // of those before, weighted
}

// family writes a metric family, if the series has anything of it.
func (x *exposition) family(f family) {
	metrics := x.metrics(f)
	if len(metrics) == 0 {
		return
	}
	fmt.Fprintf(x.out, "# TYPE %s %s\n", f.name, f.kind)
	if f.unit != "" {
		fmt.Fprintf(x.out, "# UNIT %s %s\n", f.name, f.unit)
	}
	fmt.Fprintf(x.out, "# HELP %s %s\n", f.name, f.help)
	for _, m := range metrics {
		for i, instant := range x.instants {
			for _, c := range m.courses {
				if v, ok := x.value(c, i-1); ok {
					fmt.Fprintf(x.out, "%s %s %s\n", c.head, number(v), instant)
				}
			}
		}
	}
}

// metrics are those of a family, each with the columns that it is made of.
func (x *exposition) metrics(f family) []*metric {
	var list []*metric
	for _, from := range f.from {
		for _, column := range x.Columns {
			names, ok := namesIn(from.column, column.Name)
			c := &course{source: from, values: x.Column(column.Name)}
			if !ok || !from.sums() && !slices.ContainsFunc(c.values, known) {
				continue
			}
			of := slices.Concat(x.common, names, from.labels)
			at := slices.IndexFunc(list, func(m *metric) bool { return slices.Equal(m.labels, of) })
			if at < 0 {
				list, at = append(list, &metric{labels: of}), len(list)
			}
			list[at].courses = append(list[at].courses, c)
			if from.quantile != "" {
				of = append(of, label{"quantile", from.quantile})
			}
			c.head = fmt.Sprintf("%s%s{%s}", f.name, from.suffix, of)
		}
	}
	return list
}

func known(v float64) bool { return !math.IsNaN(v) }

// value is that of a course at the end of a row; before the first, sums are zero.
func (x *exposition) value(c *course, row int) (v float64, ok bool) {
	if row < 0 {
		return 0, c.sums()
	}
	v = c.values[row]
	if !c.sums() {
		return v, known(v)
	}
	if c.weight != nil {
		v = float64(v * c.weight(x.Series, row))
	}
	if known(v) {
		c.sum += v
	}
	return c.sum, true
}

// at is a value of the series by the name of its column.
func at(s *site.Series, row int, column string) float64 { return s.Rows[row][s.Index(column)] }

// label is a name with a value.
type label struct{ name, value string }

type labels []label

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// String writes labels as they stand in braces.
func (l labels) String() string {
	parts := make([]string, len(l))
	for i, one := range l {
		parts[i] = one.name + `="` + escapes.Replace(one.value) + `"`
	}
	return strings.Join(parts, ",")
}

// namesIn compares a column with a pattern such as "fleets.<fleet>.cpu", and gives
// the names that stand in the brackets' places.
func namesIn(pattern, column string) (names labels, ok bool) {
	parts, have := strings.Split(pattern, "."), strings.Split(column, ".")
	if len(parts) != len(have) {
		return nil, false
	}
	for i, part := range parts {
		if name, isName := strings.CutPrefix(part, "<"); isName {
			names = append(names, label{strings.TrimSuffix(name, ">"), have[i]})
		} else if part != have[i] {
			return nil, false
		}
	}
	return names, true
}
