package trace

import (
	"bufio"
	"errors"
	"fmt"
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

// isAccessLog tells by its first line whether a file is an access log.
func isAccessLog(beginning string) bool { return logLine.MatchString(beginning) }

func parseAccessLog(lines *bufio.Scanner) (*Trace, error) {
	counts := map[int64]float64{} // by Unix second
	number := 0
	for lines.Scan() {
		number++
		if len(lines.Bytes()) == 0 {
			continue
		}
		second, err := logSecond(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		counts[second]++
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	return secondsTrace(counts)
}

func logSecond(line []byte) (int64, error) {
	m := logLine.FindSubmatch(line)
	if m == nil {
		return 0, errors.New("is not in the common or combined log format")
	}
	t, err := time.Parse(logTime, string(m[1]))
	if err != nil {
		return 0, fmt.Errorf("the time must be written as in 17/May/2015:10:05:03 +0000 (have %q)", m[1])
	}
	return t.Unix(), nil
}

func secondsTrace(counts map[int64]float64) (*Trace, error) {
	seconds := make([]int64, 0, len(counts))
	for s := range counts {
		seconds = append(seconds, s)
	}
	slices.Sort(seconds)
	first := seconds[0]
	if last := seconds[len(seconds)-1]; last-first > int64(engine.Forever/engine.Second) {
		return nil, errors.New("the log covers more than 833 days")
	}
	trace := &Trace{Zero: time.Unix(first, 0).UTC(), Intervals: make([]Interval, len(seconds))}
	for i, s := range seconds {
		from := time.Duration(s-first) * time.Second
		trace.Intervals[i] = Interval{from, from + time.Second, counts[s]}
	}
	return trace, nil
}
