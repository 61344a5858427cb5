package engine

import (
	"strconv"
	"strings"
)

// Time is an instant of simulated time in nanoseconds since the start of the
// run, or a span between two instants.
type Time int64

// Common spans of time.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
	Hour             = 60 * Minute
)

// Forever is the latest instant, 2^56-1 ns (834 days) after the start of the
// run. Events scheduled there or later stay pending and never fire.
const Forever Time = 1<<timeBits - 1

// Seconds returns t in seconds.
func (t Time) Seconds() float64 { return float64(t) / float64(Second) }

// String returns t in seconds with as many decimals as it needs, "12.5s".
func (t Time) String() string {
	if t == Forever {
		return "forever"
	}
	sign, ns := "", uint64(t)
	if t < 0 {
		sign, ns = "-", -ns
	}
	whole, part := ns/uint64(Second), ns%uint64(Second)
	text := sign + strconv.FormatUint(whole, 10)
	if part > 0 {
		decimals := strconv.FormatUint(uint64(Second)+part, 10)[1:]
		text += "." + strings.TrimRight(decimals, "0")
	}
	return text + "s"
}
