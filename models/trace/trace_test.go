package trace

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func parse(t *testing.T, text string) *Trace {
	t.Helper()
	trace, err := Parse(strings.NewReader(text), time.UTC)
	require.NoError(t, err)
	return trace
}

func parseFile(t *testing.T, name string) *Trace {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return parse(t, string(data))
}

func TestTraceIsRead(t *testing.T) {
	minute := time.Minute
	for name, test := range map[string]struct {
		text string
		want []Interval
	}{
		"with header":        {"timestamp,requests\n1998-06-30 00:00:00,17\n1998-06-30 00:01:00,18\n", []Interval{{0, minute, 17}, {minute, 2 * minute, 18}}},
		"without header":     {"2014-04-10 00:04:00,94.0\n2014-04-10 00:09:00,56.5\n", []Interval{{0, 5 * minute, 94}, {5 * minute, 10 * minute, 56.5}}},
		"seconds":            {"0,1\n60,2\n180,3\n", []Interval{{0, minute, 1}, {minute, 3 * minute, 2}, {3 * minute, 5 * minute, 3}}},
		"Unix time":          {"899164800,1\r\n899164860.5,2\r\n", []Interval{{0, minute + 500e6, 1}, {minute + 500e6, 2*minute + 1000e6, 2}}},
		"RFC 3339":           {"1998-06-30T02:00:00+02:00,1\n1998-06-30T00:01:00Z,2,more\n\n", []Interval{{0, minute, 1}, {minute, 2 * minute, 2}}},
		"quotes and BOM":     {"\ufeff\"when\",\"count\"\n\"2014-04-10 00:04\",\"1\"\n\"2014-04-10 00:05\",\"2\"", []Interval{{0, minute, 1}, {minute, 2 * minute, 2}}},
		"starts after a gap": {"30,1\n60,2\n", []Interval{{minute / 2, minute, 1}, {minute, minute * 3 / 2, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, parse(t, test.text).Intervals)
		})
	}
}

func TestTraceTimesAreInTheZone(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	trace, err := Parse(strings.NewReader("2026-11-20 09:00:00,1\n2026-11-20 09:01:00,1\n"), seoul)
	require.NoError(t, err)
	require.True(t, trace.Zero.Equal(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
	require.True(t, trace.Absolute())
	require.False(t, parse(t, "0,1\n60,1\n").Absolute())
}

func TestBrokenTraces(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":          {"", "a trace needs at least two rows (timestamp, count)"},
		"only a header":  {"timestamp,requests\n", "a trace needs at least two rows (timestamp, count)"},
		"one row":        {"t,n\n0,1\n", "a trace needs at least two rows (timestamp, count)"},
		"no comma":       {"0,1\n60;2\n", `line 2: must be a timestamp and a count with a comma between (have "60;2")`},
		"no number":      {"t,n\n0,1\n60,many\n", `line 3: the count must be a number, 0 or more (have "many")`},
		"negative":       {"0,1\n60,-2\n", `line 2: the count must be a number, 0 or more (have "-2")`},
		"not a number":   {"0,NaN\n60,2\n", `line 1: the count must be a number, 0 or more (have "NaN")` + kinds},
		"no time":        {"0,1\nyesterday,2\n", `line 2: the timestamp must be written as in 1998-06-30 00:00:00 or as seconds (have "yesterday")`},
		"two headers":    {"t,n\nt,n\n0,1\n", `line 2: the count must be a number, 0 or more (have "n")` + kinds},
		"JSON":           {`{"time":1,"status":200}` + "\n", `line 1: the count must be a number, 0 or more (have "status\":200}")` + kinds},
		"long field":     {"0," + strings.Repeat("é", 40) + "\n", `line 1: the count must be a number, 0 or more (have "` + strings.Repeat("é", 30) + `…")` + kinds},
		"gzip":           {"\x1f\x8b\b\b\xbeb\x01k", "is compressed: unpack it first"},
		"Zstandard":      {"\x28\xb5\x2f\xfd\x04", "is compressed: unpack it first"},
		"broken first":   {"1998-06-30 00:00:00\n1998-06-30 00:01:00,5\n", `line 1: must be a timestamp and a count with a comma between (have "1998-06-30 00:00:00")` + kinds},
		"out of order":   {"0,1\n60,2\n60,3\n", "line 3: timestamp 60 does not come after the one before"},
		"mixed":          {"0,1\n1998-06-30 00:00:00,2\n", "line 2: timestamp 1998-06-30 00:00:00 is of another kind than those before"},
		"too long":       {"1998-06-30 00:00:00,1\n2014-06-30 00:00:00,2\n", "line 2: timestamp 2014-06-30 00:00:00 is more than 833 days after the first"},
		"long line":      {"0,1\n" + strings.Repeat("x", 2<<20), "line 2: is longer than 1 MiB"},
		"log, broken":    {logExample + "83.149.9.216 - - [17/May\n", "line 2: is not in the common or combined log format"},
		"log, no month":  {logExample + `h - - [17/Mai/2015:10:05:03 +0000] "GET /` + "\n", `line 2: the time must be written as in 17/May/2015:10:05:03 +0000, from 1974 to 2285 (have "17/Mai/2015:10:05:03 +0000")`},
		"log, first":     {"restarted at 13:55:00,5\n" + logExample, "line 1: is not in the common or combined log format"},
		"log, several":   {strings.Repeat(logExample, 3) + "x\n\ny\n", "2 of 6 lines cannot be read; line 4: is not in the common or combined log format; line 6: is not in the common or combined log format"},
		"log, many":      {strings.Repeat(logExample+"x\n", 40), "40 of 80 lines cannot be read; line 2: is not in the common or combined log format; line 4: is not in the common or combined log format; line 6: is not in the common or combined log format; and so on"},
		"log, millennia": {logExample + `h - - [17/May/2035:10:05:03 +0000] "GET /`, "line 2: the log covers more than 833 days"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(strings.NewReader(test.text), time.UTC)
			require.EqualError(t, err, test.want)
		})
	}
}

// kinds are named where not one row could be read.
const kinds = "; a trace is a CSV file of timestamp and count, or an access log in the common or combined format"

const logExample = `127.0.0.1 - frank von x [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326` + "\n"

func TestAccessLogIsCountedBySecond(t *testing.T) {
	trace := parseFile(t, "elastic-60.log")
	require.Equal(t, 60.0, total(trace))
	require.True(t, trace.Zero.Equal(time.Date(2015, 5, 17, 10, 5, 0, 0, time.UTC)), "the earliest second, on line 7")
	require.Equal(t, []Interval{{0, time.Second, 2}, {time.Second, 3 * time.Second, 0}, {3 * time.Second, 4 * time.Second, 3}, {4 * time.Second, 5 * time.Second, 1}}, trace.Intervals[:4])
	last := time.Duration(-1)
	for _, i := range trace.Intervals {
		require.Greater(t, i.From, last)
		last = i.From
	}
	require.Equal(t, []Interval{{0, time.Second, 1}, {time.Second, 2 * time.Second, 0}}, parse(t, logExample).Intervals)
}

// What Condense makes of a log is the same trace.
func TestCondensedLogsAreTheSameTrace(t *testing.T) {
	log, err := os.ReadFile("testdata/elastic-60.log")
	require.NoError(t, err)
	rows, err := Condense(bytes.NewReader(log))
	require.NoError(t, err)
	require.Equal(t, parseFile(t, "elastic-60.log"), parse(t, string(rows)))
}

// A log is copied while it is written: its last line may be half of one.
func TestHalfALineEndsALog(t *testing.T) {
	whole := parse(t, logExample)
	require.False(t, whole.Cut)
	cut := parse(t, logExample+"83.149.9.216 - - [17/May")
	require.True(t, cut.Cut)
	require.Equal(t, whole.Intervals, cut.Intervals)
	counted := parse(t, logExample+strings.TrimSuffix(logExample, ` HTTP/1.0" 200 2326`+"\n"))
	require.False(t, counted.Cut, "what is there tells the second")
	require.Equal(t, 2.0, total(counted))
}

// endless gives a text over and over, up to a number of bytes.
type endless struct {
	text []byte
	at   int
	left int
}

func (e *endless) Read(to []byte) (n int, err error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n = copy(to[:min(len(to), e.left)], e.text[e.at:])
	e.at, e.left = (e.at+n)%len(e.text), e.left-n
	return n, nil
}

func TestTracesThatAreTooLong(t *testing.T) {
	c := countsReader{zone: time.UTC, trace: Trace{Intervals: make([]Interval, mostIntervals)}, relative: true}
	require.EqualError(t, c.row("1,5"), "a trace has at most 10000000 intervals: use longer ones")

	log, err := os.ReadFile("testdata/elastic-60.log")
	require.NoError(t, err)
	err = (&logCounter{counts: map[int64]int{}, most: 5}).read(bytes.NewReader(log))
	require.ErrorContains(t, err, ": the log makes more than 5 intervals, one for each second with requests and one for each pause: cut it")
}

// The bound is one of rows: a second with a pause behind it makes two, whatever the order
// of the lines, and it is a line of the log that is one too many.
func TestBoundOfALogIsOfItsRows(t *testing.T) {
	for _, seconds := range [][]int{{0, 2, 4, 6}, {6, 0, 4, 2}, {0, 1, 2, 3, 8, 9}, {9, 3, 1, 2, 0, 8}, {0, 2, 1, 4, 3}, {5}} {
		var log []byte
		for _, s := range seconds {
			at := time.Date(2026, 3, 2, 8, 0, s, 0, time.UTC).Format(logTime)
			log = fmt.Appendf(log, "127.0.0.1 - - [%s] \"GET / HTTP/1.1\" 200 2326\n", at)
		}
		rows, err := Condense(bytes.NewReader(log))
		require.NoError(t, err)
		most := bytes.Count(rows, []byte("\n"))
		err = (&logCounter{counts: map[int64]int{}, most: most}).read(bytes.NewReader(log))
		require.NoError(t, err, seconds)
		err = (&logCounter{counts: map[int64]int{}, most: most - 1}).read(bytes.NewReader(log))
		require.ErrorContains(t, err, fmt.Sprintf("the log makes more than %d intervals", most-1), "%v", seconds)
		require.NotContains(t, err.Error(), fmt.Sprintf("line %d:", len(seconds)+1))
	}
}

// A log takes memory by the seconds that it covers, not by its size.
func TestLogsOfAnySize(t *testing.T) {
	if testing.Short() {
		t.Skip("reads gigabytes")
	}
	var hour []byte // a long line a second
	for s := range 3600 {
		at := time.Date(2026, 3, 2, 8, 0, s, 0, time.UTC).Format(logTime)
		hour = fmt.Appendf(hour, "127.0.0.1 - - [%s] \"GET / HTTP/1.1\" 200 2326 \"-\" \"%s\"\n", at, strings.Repeat("x", 10_000))
	}
	const times = 100 // 3.6 GB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rows, err := Condense(&endless{text: hour, left: times * len(hour)})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Less(t, after.HeapSys, before.HeapSys+64<<20)
	load := parse(t, string(rows))
	require.Len(t, load.Intervals, 3600+1)
	require.Equal(t, float64(times*3600), total(load))
}

func FuzzParse(f *testing.F) {
	f.Add("timestamp,requests\n1998-06-30 00:00:00,17613\n1998-06-30 00:01:00,17782\n")
	f.Add("0,1\n60,2\n")
	f.Add(logExample)
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := Parse(strings.NewReader(text), time.UTC)
		if err != nil {
			return
		}
		last := time.Duration(0)
		for _, i := range trace.Intervals {
			if i.From < last || i.To <= i.From || !(i.Count >= 0) {
				t.Fatalf("%+v after %v", i, last)
			}
			last = i.To
		}
	})
}

// FuzzCondense holds that each line of a log is counted once.
func FuzzCondense(f *testing.F) {
	f.Add(logExample)
	f.Add(logExample + `83.149.9.216 - - [17/May/2000:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "x"` + "\n\n")
	f.Add(`h - - [07/Oct/2700:01:33:56 +0000] "`)
	f.Add(`h - a [b] [29/Feb/2000:23:59:60 +1400] "`)
	f.Fuzz(func(t *testing.T, log string) {
		rows, err := Condense(strings.NewReader(log))
		if err != nil || len(rows) == 0 {
			return
		}
		written := 0
		for line := range strings.Lines(log) {
			if strings.TrimRight(line, "\r\n") != "" {
				written++
			}
		}
		load := parse(t, string(rows))
		if load.Cut {
			written--
		}
		require.Equal(t, float64(written), total(load))
	})
}

// total is the number of requests in a trace.
func total(t *Trace) (sum float64) {
	for _, i := range t.Intervals {
		sum += i.Count
	}
	return sum
}
