package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
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

// IsAccessLog tells by its beginning whether a file is an access log: a kilobyte of
// it is enough.
func IsAccessLog(beginning []byte) bool { return logLine.Match(beginning) }

// Condense reads an access log, however long, and gives the trace that it is, as the
// CSV file that [Parse] reads: a row for each second with requests, and one of none
// behind it if the next second has none. It keeps the counts in memory, not the log.
func Condense(r io.Reader) ([]byte, error) {
	counts, err := countSeconds(lines(r), mostIntervals)
	if err != nil {
		return nil, err
	}
	var rows []byte
	for _, s := range slices.Sorted(maps.Keys(counts)) {
		rows = fmt.Appendf(rows, "%d,%d\n", s, counts[s])
		if counts[s+1] == 0 {
			rows = fmt.Appendf(rows, "%d,0\n", s+1)
		}
	}
	return rows, nil
}

// countSeconds counts the lines of a log by their Unix second. The seconds with
// requests and the pauses between them may be so many together.
func countSeconds(lines *bufio.Scanner, most int) (map[int64]int, error) {
	counts := make(map[int64]int)
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	number, intervals := 0, 0
	for lines.Scan() {
		number++
		if len(lines.Bytes()) == 0 {
			continue
		}
		second, err := logSecond(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		first, last = min(first, second), max(last, second)
		if last-first >= greatestSpan {
			return nil, fmt.Errorf("line %d: the log covers more than 833 days", number)
		}
		intervals += added(counts, second)
		if intervals > most {
			return nil, fmt.Errorf("line %d: the log makes more than %d intervals, one for each second with requests and one for each pause: cut it", number, most)
		}
		counts[second]++
	}
	return counts, wrong(lines, number)
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
