// Package trace reads recorded load: how much there was, and when.
package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/engine"
)

// A Trace is recorded load: how many requests arrived in each of a row of
// intervals. It is read-only, and may be shared by any number of runs.
type Trace struct {
	// Zero is the wall-clock instant that From and To are relative to: the
	// first timestamp. It is the zero time where the trace's timestamps are
	// seconds since the start of the run.
	Zero time.Time
	// Intervals follow each other in time without overlap; there may be gaps.
	Intervals []Interval
	// Cut tells of an access log whose last line was half of one, and left out.
	Cut bool
}

// An Interval of a trace.
type Interval struct {
	From, To time.Duration // since the trace's Zero; To is exclusive
	Count    float64       // requests in the interval; not negative
}

// mostIntervals is how many a trace may have: each takes memory.
const mostIntervals = 10_000_000

// Seconds from epochLeast (1973) to epochMost (2286) are taken for Unix times; below,
// they are those since the start of the run.
const (
	epochLeast = 1e8
	epochMost  = 1e10
)

// Parse reads a trace, of which there are two kinds.
//
// A CSV file has one row (timestamp, count) an interval, with a header or not;
// further columns are ignored. A timestamp is written "1998-06-30 00:00:00"
// (the zone's local time), as RFC 3339 does, or as seconds: since 1970 from 1e8
// on, else since the start of the run. Timestamps must increase. An interval
// lasts until the next timestamp (a row that is missing makes the one before it
// longer), the last one as long as the one before; there must be two rows, and ten
// million at most.
//
// An access log in the common or combined log format (as nginx and Apache write
// it) becomes intervals of one second that hold the requests logged in it, and
// intervals of none between them ([Condense]), ten million at most together. Lines
// need not be in order.
//
// Files that are compressed are refused. An error names the line: "line 17: ...".
func Parse(r io.Reader, zone *time.Location) (*Trace, error) {
	b := bufio.NewReaderSize(r, Beginning)
	beginning, _ := b.Peek(Beginning)
	if isCompressed(beginning) {
		return nil, errors.New("is compressed: unpack it first")
	}
	if !IsAccessLog(beginning) {
		return parseCounts(lines(b), zone)
	}
	rows, err := Condense(b)
	if err != nil {
		return nil, err
	}
	return parseCounts(lines(bytes.NewReader(rows)), zone)
}

// isCompressed tells by the first bytes of gzip (RFC 1952, 2.3.1), Zstandard (RFC 8878,
// 3.1.1), xz and bzip2.
func isCompressed(beginning []byte) bool {
	for _, magic := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "\xfd7zXZ\x00", "BZh"} {
		if bytes.HasPrefix(beginning, []byte(magic)) {
			return true
		}
	}
	return false
}

// longestLine is the most that a line of a trace may have, in bytes.
const longestLine = 1 << 20

func lines(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), longestLine)
	return s
}

// wrong is why there are no lines after so many; nil at the end of the file.
func wrong(lines *bufio.Scanner, number int) error {
	err := lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("is longer than %d MiB", longestLine>>20)
	}
	if err != nil {
		err = fmt.Errorf("line %d: %w", number+1, err)
	}
	return err
}

// Absolute reports whether the trace is set at wall-clock instants, so that a
// run with a start plays each at its own.
func (t *Trace) Absolute() bool { return !t.Zero.IsZero() }

// A countsReader builds a trace from rows of (timestamp, count).
type countsReader struct {
	zone     *time.Location
	trace    Trace
	relative bool
	last     time.Duration
}

func parseCounts(lines *bufio.Scanner, zone *time.Location) (*Trace, error) {
	c := countsReader{zone: zone}
	number := 0
	for lines.Scan() {
		number++
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		err := c.row(text)
		if err != nil && number == 1 && isHeader(text) {
			c.trace.Cut = text == unfinished
			continue
		}
		if err != nil && len(c.trace.Intervals) == 0 {
			return nil, fmt.Errorf("line %d: %w; a trace is a CSV file of timestamp and count, or an access log in the common or combined format", number, err)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := wrong(lines, number); err != nil {
		return nil, err
	}
	return c.finish()
}

// isHeader tells a line of column names from a broken row: nothing in it is a
// number.
func isHeader(text string) bool { return !strings.ContainsAny(text, "0123456789") }

func (c *countsReader) row(text string) error {
	stamp, rest, found := strings.Cut(text, ",")
	if !found {
		return fmt.Errorf("must be a timestamp and a count with a comma between (have %s)", excerpt(text))
	}
	field, _, _ := strings.Cut(rest, ",")
	count, err := parseCount(unquote(field))
	if err != nil {
		return err
	}
	at, err := c.instant(unquote(stamp))
	if err != nil {
		return err
	}
	rows := c.trace.Intervals
	if len(rows) > 0 {
		if at <= c.last {
			return fmt.Errorf("timestamp %s does not come after the one before", unquote(stamp))
		}
		rows[len(rows)-1].To = at
	}
	if len(rows) == mostIntervals {
		return fmt.Errorf("a trace has at most %d intervals: use longer ones", mostIntervals)
	}
	c.last = at
	c.trace.Intervals = append(rows, Interval{From: at, Count: count})
	return nil
}

// instant is the timestamp relative to the trace's zero, which the first
// timestamp sets.
func (c *countsReader) instant(stamp string) (time.Duration, error) {
	t, relative, err := parseInstant(stamp, c.zone)
	if err != nil {
		return 0, err
	}
	if len(c.trace.Intervals) == 0 {
		c.relative = relative
		if !relative {
			c.trace.Zero = t
		}
	}
	if relative != c.relative {
		return 0, fmt.Errorf("timestamp %s is of another kind than those before", stamp)
	}
	zero := c.trace.Zero
	if relative {
		zero = time.Unix(0, 0)
	}
	span := t.Sub(zero)
	if span > time.Duration(engine.Forever) {
		return 0, fmt.Errorf("timestamp %s is more than 833 days after the first", stamp)
	}
	return span, nil
}

func (c *countsReader) finish() (*Trace, error) {
	rows := c.trace.Intervals
	n := len(rows)
	if n < 2 {
		return nil, errors.New("a trace needs at least two rows (timestamp, count)")
	}
	rows[n-1].To = rows[n-1].From + (rows[n-2].To - rows[n-2].From)
	return &c.trace, nil
}

func parseCount(field string) (float64, error) {
	count, err := strconv.ParseFloat(field, 64)
	if err != nil || !(count >= 0 && count < 1<<53) {
		return 0, fmt.Errorf("the count must be a number, 0 or more (have %s)", excerpt(field))
	}
	return count, nil
}

var stampLayouts = []string{"2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05Z07:00"}

// parseInstant reads a timestamp; relative means seconds since the start of the
// run, returned as if that were 1970.
func parseInstant(stamp string, zone *time.Location) (t time.Time, relative bool, err error) {
	if s, err := strconv.ParseFloat(stamp, 64); err == nil && s >= 0 && s < epochMost {
		whole, part := math.Modf(s)
		return time.Unix(int64(whole), int64(math.Round(part*1e9))).In(zone), s < epochLeast, nil
	}
	for _, layout := range stampLayouts {
		if t, err := time.ParseInLocation(layout, stamp, zone); err == nil {
			return t, false, nil
		}
	}
	return t, false, fmt.Errorf("the timestamp must be written as in 1998-06-30 00:00:00 or as seconds (have %s)", excerpt(stamp))
}

func unquote(field string) string { return strings.Trim(strings.TrimSpace(field), `"`) }

// excerpt is the beginning of a text, quoted.
func excerpt(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}
