package experiments_test

import (
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
)

// report stands for the *testing.T of a test, and prints what it is told.
type report struct{}

func (report) Helper()         {}
func (report) Log(args ...any) { fmt.Println("log  ", brief(fmt.Sprint(args...))) }
func (report) Errorf(format string, args ...any) {
	fmt.Println("error", brief(fmt.Sprintf(format, args...)))
}

// brief leaves out the folder of the scenario.
func brief(text string) string { return strings.TrimPrefix(text, "testdata/") }

// A test of yours is
//
//	func TestPolicy(t *testing.T) {
//		experiments.Check(t, "testdata/policy.toml", experiments.CheckOptions{})
//	}
//
// and fails with the figures of what does not hold.
func ExampleCheck() {
	var t report
	holds := experiments.Check(t, "testdata/policy.toml", experiments.CheckOptions{
		Sets: []string{"replications=5"},
	})
	fmt.Println(holds)
	// Output:
	// log   policy.toml:16: base: fast: pass: latency.p99 is 250 ± 0 ms, must be ≤ 300 ms (met in 5 of 5)
	// log   policy.toml:19: base: served: pass: availability is 100 ± 0 %, must be ≥ 99.9 % (met in 5 of 5)
	// error policy.toml:16: slower: fast: fail: latency.p99 is 400 ± 0 ms, must be ≤ 300 ms (met in 0 of 5)
	// log   policy.toml:19: slower: served: pass: availability is 100 ± 0 %, must be ≥ 99.9 % (met in 5 of 5)
	// false
}
