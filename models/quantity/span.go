package quantity

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// Span is a distribution of durations; its values are nanoseconds. It is
// written as a law with its arguments,
//
//	constant(2ms)  uniform(1s, 3s)  exponential(4ms)  erlang(4, 20ms)
//	hyperexponential(1s, scv=4)  lognormal(20ms, scv=4)  lognormal(30s, p95=60s)
//	gamma(20ms, scv=0.5)  weibull(20ms, shape=0.7)  pareto(1ms, 1s, alpha=1.5)
//	empirical(file.csv)
//
// or as a bare duration, which is a constant. The file of an empirical
// distribution has one duration a line. The zero Span has no distribution.
type Span struct {
	random.Distribution
	text string // canonical form; "" when made by a program
}

var spans = dimension{
	example: `a duration or a distribution of durations such as "exponential(4ms)"`,
	laws:    spanLaws,
	value:   spanValue,
}

// ParseSpan reads a distribution of durations.
func ParseSpan(text string, files Files) (Span, error) {
	d, canonical, err := spans.parse(text, files)
	return Span{d, canonical}, err
}

// Read implements Reader.
func (s *Span) Read(raw any, files Files) (err error) {
	text, ok := raw.(string)
	if !ok {
		v, isNumber := number(raw)
		switch {
		case !isNumber:
			return expected(spans.example, raw)
		case v != 0:
			return withoutUnit(formatFloat(v), raw)
		}
		text = "0s"
	}
	*s, err = ParseSpan(text, files)
	return err
}

// Draw is the duration at the uniform u, rounded to the nanosecond; never
// negative.
func (s Span) Draw(u float64) engine.Time { return duration(s.Quantile(u)) }

// DrawAll stores what Draw returns for each of u, which it uses up.
func (s Span) DrawAll(u []float64, into []engine.Time) {
	random.Quantiles(s.Distribution, u)
	for k, v := range u {
		into[k] = duration(v)
	}
}

// duration is the number of nanoseconds nearest to v, between 0 and Forever.
func duration(v float64) engine.Time {
	if v <= 0 {
		return 0
	}
	if v >= float64(engine.Forever) {
		return engine.Forever
	}
	return engine.Time(v + 0.5)
}

// String is the canonical form; "" for the zero Span.
func (s Span) String() string {
	if s.text == "" && s.Distribution != nil {
		return s.Distribution.String()
	}
	return s.text
}

// MarshalText gives the canonical form.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Number is a distribution of counts, at least 1 each: "geometric(8)",
// "constant(3)", "empirical(file.csv)" with one count a line, or a bare whole
// number. The zero Number has no distribution.
type Number struct {
	random.Distribution
	text string
}

var numbers = dimension{
	example: `a whole number or a distribution of counts such as "geometric(8)"`,
	laws:    numberLaws,
	value:   countValue,
}

// ParseNumber reads a distribution of counts.
func ParseNumber(text string, files Files) (Number, error) {
	d, canonical, err := numbers.parse(text, files)
	return Number{d, canonical}, err
}

// Read implements Reader.
func (n *Number) Read(raw any, files Files) (err error) {
	text, ok := raw.(string)
	if !ok {
		v, isNumber := number(raw)
		if !isNumber {
			return expected(numbers.example, raw)
		}
		text = formatFloat(v)
	}
	*n, err = ParseNumber(text, files)
	return err
}

// Draw is the count at the uniform u.
func (n Number) Draw(u float64) int64 { return int64(min(n.Quantile(u), 1<<53)) }

// String is the canonical form; "" for the zero Number.
func (n Number) String() string {
	if n.text == "" && n.Distribution != nil {
		return n.Distribution.String()
	}
	return n.text
}

// MarshalText gives the canonical form.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }
