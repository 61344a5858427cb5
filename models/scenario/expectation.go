package scenario

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Expectation is what must hold: the table [expectations.NAME]. Exactly one of
// the four bounds is set.
type Expectation struct {
	Metric  string           `toml:"metric" required:"true" doc:"Metric that must keep to a bound, such as latency.p99."`
	AtMost  *Figure          `toml:"at_most" doc:"Upper bound."`
	AtLeast *Figure          `toml:"at_least" doc:"Lower bound."`
	Between []Figure         `toml:"between" doc:"Lower and upper bound, [a, b]."`
	Equals  *Figure          `toml:"equals" doc:"The value, in every replication."`
	During  *quantity.Window `toml:"during" doc:"Part of the run that counts, such as 25m..60m. Left out: the whole measured run."`
}

// Relation says how a metric must lie to its bound.
type Relation uint8

// The relations.
const (
	AtMost Relation = iota
	AtLeast
	Between
	Equals
)

// Bound is the relation with its limits in the metric's unit: seconds, shares
// from 0 to 1, counts, USD. Limits that the relation has not are 0; Equals has
// its value as both.
func (e *Expectation) Bound() (r Relation, lo, hi float64) {
	switch {
	case e.AtMost != nil:
		return AtMost, 0, e.AtMost.Value
	case e.AtLeast != nil:
		return AtLeast, e.AtLeast.Value, 0
	case e.Equals != nil:
		return Equals, e.Equals.Value, e.Equals.Value
	default:
		return Between, e.Between[0].Value, e.Between[1].Value
	}
}

// Check reports what no single key shows.
func (e *Expectation) Check(report quantity.Report) {
	if len(e.bounds()) == 0 {
		report("", "needs a bound: one of at_most, at_least, between, equals")
	}
	switch {
	case e.Between == nil:
	case len(e.Between) != 2:
		report("between", "must be a lower and an upper bound, [a, b] (have %d values)", len(e.Between))
	case e.Between[0].Value > e.Between[1].Value:
		report("between", "must have the lower bound first (have %s, %s)", e.Between[0], e.Between[1])
	}
}

// bounds are the keys with a bound.
func (e *Expectation) bounds() []string {
	var keys []string
	for _, b := range []struct {
		key   string
		given bool
	}{{"at_most", e.AtMost != nil}, {"at_least", e.AtLeast != nil}, {"between", e.Between != nil}, {"equals", e.Equals != nil}} {
		if b.given {
			keys = append(keys, b.key)
		}
	}
	return keys
}

// figures are the values of the bound, with their key.
func (e *Expectation) figures() (key string, figures []Figure) {
	keys := e.bounds()
	if len(keys) != 1 {
		return "", nil
	}
	switch keys[0] {
	case "at_most":
		figures = []Figure{*e.AtMost}
	case "at_least":
		figures = []Figure{*e.AtLeast}
	case "equals":
		figures = []Figure{*e.Equals}
	default:
		figures = e.Between
	}
	return keys[0], figures
}

// Figure is the value of a bound: a number, a share or a duration, as its
// metric asks for.
type Figure struct {
	Value float64 // durations in seconds
	text  string  // as it was written
	unit  Unit    // that the text has
}

const aFigure = `a number, a share such as "99%" or a duration such as "300ms"`

// Read implements quantity.Reader.
func (f *Figure) Read(raw any, _ quantity.Files) error {
	text, isText := raw.(string)
	if !isText {
		return f.readNumber(raw)
	}
	if s, err := quantity.ParseShare(text); err == nil && strings.HasSuffix(text, "%") {
		*f = Figure{float64(s), text, Share}
		return nil
	}
	d, err := quantity.ParseDuration(text)
	if err != nil {
		return wrong(aFigure, raw)
	}
	*f = Figure{d.Time().Seconds(), text, Seconds}
	return nil
}

func (f *Figure) readNumber(raw any) error {
	var v float64
	if err := setFloat(reflect.ValueOf(&v).Elem(), raw); err != nil {
		return wrong(aFigure, raw)
	}
	*f = Figure{v, strconv.FormatFloat(v, 'f', -1, 64), Count}
	return nil
}

// String is the figure as it was written.
func (f Figure) String() string { return f.text }

// MarshalText gives the figure as it was written.
func (f Figure) MarshalText() ([]byte, error) { return []byte(f.text), nil }

// fits says what is wrong with the figure as one of a metric's unit.
func (f Figure) fits(u Unit) error {
	switch {
	case u == Seconds && f.unit != Seconds && f.Value != 0:
		return fmt.Errorf(`must be a duration such as "300ms" (have %s)`, f.shown())
	case u == Share && (f.unit == Seconds || f.Value < 0 || f.Value > 1):
		return fmt.Errorf(`must be a share such as "99.9%%" or 0.999 (have %s)`, f.shown())
	case u != Share && u != Seconds && f.unit != Count:
		return fmt.Errorf("must be a number (have %s)", f.shown())
	}
	return nil
}

func (f Figure) shown() string {
	if f.unit == Count {
		return f.text
	}
	return fmt.Sprintf("%q", f.text)
}

func (c *crossChecker) checkExpectation(e *Expectation, path []string) {
	if e.Metric != "" && c.sound(sub(path, "metric")...) {
		c.checkMetric(e, path)
	}
	during := sub(path, "during")
	switch {
	case e.During == nil || !c.sound(during...) || !c.sound("duration") || !c.sound("discard"):
	case e.During.To > c.Duration:
		c.report(during, "must end within the run (during %s, duration %s)", e.During, c.Duration)
	case e.During.From < c.Discard.For:
		c.report(during, "must begin after what is discarded (during %s, discard %s)", e.During, c.Discard)
	}
}

func (c *crossChecker) checkMetric(e *Expectation, path []string) {
	unit, ok := c.metrics[e.Metric]
	if !ok {
		c.lookUp(sub(path, "metric"), "metric", e.Metric, sorted(c.metrics))
		return
	}
	key, figures := e.figures()
	for _, figure := range figures {
		if err := figure.fits(unit); err != nil && c.sound(sub(path, key)...) {
			c.report(sub(path, key), "%v for %s", err, e.Metric)
		}
	}
}
