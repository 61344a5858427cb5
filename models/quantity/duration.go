package quantity

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// Duration is a span of simulated time in nanoseconds, from 0 to the engine's
// horizon (about 833 days). It is written as decimal numbers with the units
// w, d, h, m, s, ms, us (or µs) and ns, the larger units first: "90s", "1h30m",
// "7d", "1.5ms"; a space may come before a unit and after it: "200 ms". A bare
// number is refused, except 0.
type Duration engine.Time

// Time is the duration in the engine's unit, nanoseconds.
func (d Duration) Time() engine.Time { return engine.Time(d) }

// A unit of time with its length in nanoseconds.
type timeUnit struct {
	name   string
	length int64
}

// timeUnits is ordered from the largest; a duration uses each at most once, in
// this order.
var timeUnits = []timeUnit{
	{"w", 7 * 24 * 3600e9}, {"d", 24 * 3600e9}, {"h", 3600e9}, {"m", 60e9},
	{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1},
}

var (
	durationPattern = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)? ?(?:w|d|h|ms|m|s|us|µs|ns))(?: ?[0-9]+(?:\.[0-9]+)? ?(?:w|d|h|ms|m|s|us|µs|ns))*$`)
	durationPart    = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?) ?(w|d|h|ms|m|s|us|µs|ns)`)
	plainNumber     = regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]+)?$`)
)

const aDuration = `a duration such as "90s", "5m" or "1h30m"`

// ParseDuration reads a duration. Fractions are rounded to the nanosecond.
func ParseDuration(text string) (Duration, error) {
	if err := badDuration(text); err != nil {
		return 0, err
	}
	var total int64
	last := -1
	for _, part := range durationPart.FindAllStringSubmatch(text, -1) {
		i := unitIndex(part[2])
		if i <= last {
			return 0, fmt.Errorf("must name each unit once, the larger first, as in \"1h30m\" %s", Have(text))
		}
		last = i
		// Each part is within the horizon of 2^56 ns, and there are at most
		// eight: the sum does not overflow.
		length := math.Round(float64(decimal(part[1]) * float64(timeUnits[i].length)))
		if length > float64(engine.Forever) {
			return 0, tooLong(text)
		}
		total += int64(length)
	}
	if total > int64(engine.Forever) {
		return 0, tooLong(text)
	}
	return Duration(total), nil
}

func tooLong(text string) error {
	return fmt.Errorf("is longer than 833 days, the most that can be simulated %s", Have(text))
}

func badDuration(text string) error {
	switch {
	case durationPattern.MatchString(text) || text == "0":
		return nil
	case durationPattern.MatchString(strings.TrimPrefix(text, "-")):
		return fmt.Errorf("must not be negative %s", Have(text))
	case plainNumber.MatchString(text):
		return fmt.Errorf("needs a unit: write %q %s", text+"s", Have(text))
	default:
		return expected(aDuration, text)
	}
}

func unitIndex(name string) int {
	if name == "µs" {
		name = "us"
	}
	for i, u := range timeUnits {
		if u.name == name {
			return i
		}
	}
	return len(timeUnits)
}

var durations = measure[Duration]{ParseDuration, "s", aDuration}

// Read implements Reader.
func (d *Duration) Read(raw any, _ Files) (err error) {
	*d, err = durations.read(raw)
	return err
}

// String is the canonical form: the largest units that leave no fraction, but
// weeks; "1h30m", "7d", "1.5ms", "0s".
func (d Duration) String() string {
	switch {
	case d <= 0:
		return "0s"
	case d < 1e9:
		return belowSecond(d)
	}
	var b strings.Builder
	rest := int64(d)
	for _, u := range timeUnits[1:4] {
		if n := rest / u.length; n > 0 {
			b.WriteString(strconv.FormatInt(n, 10) + u.name)
			rest -= n * u.length
		}
	}
	if rest > 0 {
		b.WriteString(fixed(rest, 9) + "s")
	}
	return b.String()
}

// Rough is the duration for a reader's eye, to the tenth of a second from one
// second on.
func (d Duration) Rough() string {
	const tenth = Duration(engine.Second / 10)
	if d < Duration(engine.Second) {
		return d.String()
	}
	return ((d + tenth/2) / tenth * tenth).String()
}

func belowSecond(d Duration) string {
	switch {
	case d >= 1e6:
		return fixed(int64(d), 6) + "ms"
	case d >= 1e3:
		return fixed(int64(d), 3) + "us"
	default:
		return strconv.FormatInt(int64(d), 10) + "ns"
	}
}

// fixed prints v / 10^places without trailing zeros.
func fixed(v int64, places int) string {
	digits := fmt.Sprintf("%0*d", places+1, v)
	whole, part := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}

// MarshalText gives the canonical form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a duration, so that it can be a flag or a JSON string.
func (d *Duration) UnmarshalText(text []byte) error { return d.Read(string(text), nil) }

// Window is a part of a run, written "25m..60m": from the first instant, up to
// and without the second.
type Window struct {
	From, To Duration
}

// Read implements Reader.
func (w *Window) Read(raw any, _ Files) error {
	text, ok := raw.(string)
	from, to, cut := strings.Cut(text, "..")
	if !ok || !cut {
		return expected(`a window of the run such as "25m..60m"`, raw)
	}
	a, errA := ParseDuration(strings.TrimSpace(from))
	b, errB := ParseDuration(strings.TrimSpace(to))
	if err := errors.Join(errA, errB); err != nil {
		return expected(`a window of the run such as "25m..60m"`, raw)
	}
	if a >= b {
		return fmt.Errorf("must begin before it ends %s", Have(text))
	}
	*w = Window{a, b}
	return nil
}

// String is the canonical form.
func (w Window) String() string { return w.From.String() + ".." + w.To.String() }

// MarshalText gives the canonical form.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }
