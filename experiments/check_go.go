package experiments

import (
	"context"

	"github.com/headroom-sim/headroom/experiments/output"
)

// TestingT is what [Check] needs of a test; *testing.T and *testing.B have it.
type TestingT interface {
	Helper()
	Log(args ...any)
	Errorf(format string, args ...any)
}

// CheckOptions say how [Check] judges. The zero value is what "headroom check"
// does without flags.
type CheckOptions struct {
	Sets      []string // overrides "KEY=VALUE", such as "replications=30" or "fleets.web.max=6"
	Level     float64  // of the intervals that decide, between 0 and 1; 0: 95 %
	Baseline  string   // file that "headroom check --save-baseline" wrote; "": none
	Tolerance float64  // how much worse than the baseline is allowed, as [Drift] has it; 0: 5 %
}

// Check is "headroom check" for a test in Go. It simulates the base and every
// variant of a scenario, a file or one of the gallery, and fails the test for
// each expectation that does not hold or is inconclusive, with the figures; those
// that hold are logged. It reports whether all hold.
//
// A scenario or a baseline that cannot be used fails the test too.
func Check(t TestingT, scenario string, o CheckOptions) bool {
	t.Helper()
	checked, err := o.check(scenario)
	if err != nil {
		t.Errorf("%v", err)
		return false
	}
	for _, f := range checked.Findings() {
		if f.Verdict == output.Pass {
			t.Log(f)
			continue
		}
		t.Errorf("%v", f)
	}
	for _, text := range checked.Uncompared {
		t.Log("baseline:", text)
	}
	return checked.Verdict() == output.Pass
}

func (o CheckOptions) check(name string) (*Checked, error) {
	c := Criteria{Level: o.Level, Tolerance: o.Tolerance}
	if c.Level == 0 {
		c.Level = DefaultLevel
	}
	if c.Tolerance == 0 {
		c.Tolerance = DefaultTolerance
	}
	suites, err := Suites([]string{name}, Options{Sets: o.Sets})
	if err != nil {
		return nil, err
	}
	suite := suites[0]
	if o.Baseline != "" {
		if c.Baseline, err = ReadBaseline(o.Baseline); err != nil {
			return nil, err
		}
		if err := c.Baseline.Fits(suite); err != nil {
			return nil, err
		}
	}
	if err := suite.Run(context.Background(), new(Runner)); err != nil {
		return nil, err
	}
	return suite.Judge(c), nil
}
