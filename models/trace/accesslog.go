package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/headroom-sim/headroom/engine"
)

// A line of the common log format begins with host, identity, user and the time
// in brackets, then comes the request in quotes; the combined format appends
// referrer and user agent (https://httpd.apache.org/docs/2.4/logs.html#accesslog,
// the log format "combined" of https://nginx.org/en/docs/http/ngx_http_log_module.html).
var logLine = regexp.MustCompile(`^\S+ \S+ .*?\[(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "`)

const logTime = "02/Jan/2006:15:04:05 -0700"

// greatestSpan is what a trace may cover, in seconds.
const greatestSpan = int64(engine.Forever / engine.Second)

// Beginning is how much of a file tells what it is, in bytes.
const Beginning = 64 << 10

// IsAccessLog tells by its [Beginning] whether a file is an access log: at least half
// of the lines are such as a log has. So the first may be broken.
func IsAccessLog(beginning []byte) bool {
	of, others := 0, 0
	for line := range bytes.Lines(beginning) {
		switch {
		case logLine.Match(line):
			of++
		case len(bytes.TrimSpace(line)) > 0:
			others++
		}
	}
	return of > 0 && of >= others
}

// unfinished is the header of a condensed log that ends within a line.
const unfinished = "time,requests,and a last line that is not finished"

// Condense reads an access log, however long, and gives the trace that it is, as the
// CSV file that [Parse] reads: a row for each second with requests, and one of none
// behind it if the next second has none. It keeps the counts in memory, not the log.
//
// The last line of a log that is being written may be half of one: if it cannot be
// read it is left out, and the trace is [Trace.Cut]. The error counts all other lines
// that cannot be read, and names the first.
func Condense(r io.Reader) ([]byte, error) {
	c := logCounter{counts: make(map[int64]int), most: mostIntervals}
	if err := c.read(r); err != nil {
		return nil, err
	}
	var rows []byte
	if c.cut && len(c.counts) > 0 {
		rows = append(rows, unfinished+"\n"...)
	}
	for _, s := range slices.Sorted(maps.Keys(c.counts)) {
		rows = fmt.Appendf(rows, "%d,%d\n", s, c.counts[s])
		if c.counts[s+1] == 0 {
			rows = fmt.Appendf(rows, "%d,0\n", s+1)
		}
	}
	return rows, nil
}

// A logCounter counts the lines of a log by their Unix second.
type logCounter struct {
	counts      map[int64]int
	first, last int64 // of the seconds
	intervals   int   // the seconds with requests and the pauses between them
	most        int   // of these

	number int  // of lines so far
	broken int  // of them
	cut    bool // whether the last is half of one
	named  []error
}

// mostNamed is how many of the broken lines an error names.
const mostNamed = 3

func (c *logCounter) read(r io.Reader) error {
	ended := true // whether the last line has an end
	lines := lines(r)
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n, line, err := bufio.ScanLines(data, atEOF)
		ended = n == 0 || data[n-1] == '\n'
		return n, line, err
	})
	for lines.Scan() {
		c.number++
		if len(lines.Bytes()) == 0 {
			continue
		}
		second, err := logSecond(lines.Bytes())
		if err != nil && !ended {
			c.cut = true
			break
		}
		if err != nil {
			c.note(err)
			continue
		}
		if err := c.count(second); err != nil {
			return fmt.Errorf("line %d: %w", c.number, err)
		}
	}
	if err := wrong(lines, c.number); err != nil {
		return err
	}
	return c.problem()
}

// note keeps a line that cannot be read.
func (c *logCounter) note(err error) {
	c.broken++
	if c.broken <= mostNamed {
		c.named = append(c.named, fmt.Errorf("line %d: %w", c.number, err))
	}
}

// problem is that there are broken lines; nil without one.
func (c *logCounter) problem() error {
	if c.broken < 2 {
		return errors.Join(c.named...)
	}
	text := fmt.Sprintf("%d of %d lines cannot be read", c.broken, c.number)
	for _, err := range c.named {
		text += "; " + err.Error()
	}
	if c.broken > mostNamed {
		text += "; and so on"
	}
	return errors.New(text)
}

func (c *logCounter) count(second int64) error {
	if len(c.counts) == 0 {
		c.first, c.last = second, second
	}
	c.first, c.last = min(c.first, second), max(c.last, second)
	if c.last-c.first >= greatestSpan {
		return errors.New("the log covers more than 833 days")
	}
	c.intervals += added(c.counts, second)
	if c.intervals > c.most {
		return fmt.Errorf("the log makes more than %d intervals, one for each second with requests and one for each pause: cut it", c.most)
	}
	c.counts[second]++
	return nil
}

// added is how many intervals more there are with a line of the second: the second, and
// the pause behind it, unless it takes the place of one.
func added(counts map[int64]int, second int64) int {
	n := 0
	if counts[second] == 0 {
		n = 2 - min(1, counts[second+1]) - min(1, counts[second-1])
	}
	return n
}

func logSecond(line []byte) (int64, error) {
	m := logLine.FindSubmatch(line)
	if m == nil {
		return 0, errors.New("is not in the common or combined log format")
	}
	t, err := time.Parse(logTime, string(m[1]))
	if err != nil || t.Year() < 1974 || t.Year() > 2285 {
		return 0, fmt.Errorf("the time must be written as in 17/May/2015:10:05:03 +0000, from 1974 to 2285 (have %q)", m[1])
	}
	return t.Unix(), nil
}
