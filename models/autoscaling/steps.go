package autoscaling

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Step is one step of a step policy: an adjustment for metric values whose
// distance from the alarm's threshold lies between two bounds [api-step].
type Step struct {
	Lower, Upper cloudwatch.Value // unbounded: the least and the greatest int64
	Adjustment   Adjustment
}

// Steps are the steps of one policy in order of their bounds, without gaps or
// overlaps. In scenarios: ["0..10 +1", "10.. +30%"].
type Steps []Step

// maxSteps is the most that a policy may have [quota].
const maxSteps = 20

const (
	noLower = cloudwatch.Value(math.MinInt64)
	noUpper = cloudwatch.Value(math.MaxInt64)
)

const aStep = `LOWER..UPPER ADJUSTMENT, such as "0..10 +1" or "..0 -1"`

// ParseStep reads one step.
func ParseStep(text string) (Step, error) {
	bounds, adjustment, cut := strings.Cut(text, " ")
	lower, upper, dots := strings.Cut(bounds, "..")
	if !cut || !dots {
		return Step{}, badStep(text)
	}
	a, err := ParseAdjustment(strings.TrimSpace(adjustment))
	if err != nil {
		return Step{}, err
	}
	low, okLow := bound(lower, noLower)
	high, okHigh := bound(upper, noUpper)
	switch {
	case !okLow || !okHigh:
		return Step{}, badStep(text)
	case low == noLower && high == noUpper:
		return Step{}, fmt.Errorf("a step needs at least one bound %s", quantity.Have(text))
	case low >= high:
		return Step{}, fmt.Errorf("a step's lower bound must be less than its upper %s", quantity.Have(text))
	}
	return Step{low, high, a}, nil
}

func badStep(raw any) error { return fmt.Errorf("must be %s %s", aStep, quantity.Have(raw)) }

func bound(text string, none cloudwatch.Value) (cloudwatch.Value, bool) {
	if text == "" {
		return none, true
	}
	x, err := strconv.ParseFloat(text, 64)
	return cloudwatch.NewValue(x), err == nil && math.Abs(x) <= 1e12
}

// Read implements [quantity.Reader].
func (s *Steps) Read(raw any, _ quantity.Files) error {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 {
		return fmt.Errorf(`must be a list of steps such as ["0.. +1"] %s`, quantity.Have(raw))
	}
	if len(list) > maxSteps {
		return fmt.Errorf("a policy has at most %d steps (have %d)", maxSteps, len(list))
	}
	steps := make(Steps, len(list))
	for i, item := range list {
		text, ok := item.(string)
		if !ok {
			return badStep(item)
		}
		step, err := ParseStep(text)
		if err != nil {
			return err
		}
		steps[i] = step
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.Lower, b.Lower) })
	*s = steps
	return steps.check()
}

// check finds gaps and overlaps.
func (s Steps) check() error {
	for i := 1; i < len(s); i++ {
		switch below, step := s[i-1], s[i]; {
		case below.Upper > step.Lower:
			return fmt.Errorf("steps %q and %q overlap", below, step)
		case below.Upper < step.Lower:
			return fmt.Errorf("there is a gap between the steps %q and %q", below, step)
		}
	}
	return nil
}

// find returns the step for a metric value above or below a threshold. Above
// it the lower bound belongs to a step, below it the upper [step]; at the
// threshold itself the direction of the alarm decides.
func (s Steps) find(r cloudwatch.Reading, rule *cloudwatch.Rule) (Step, bool) {
	above := r.Ceil() > rule.Threshold || r.Floor() >= rule.Threshold && rule.Comparison.Upward()
	for _, step := range s {
		if step.holds(r, rule.Threshold, above) {
			return step, true
		}
	}
	return Step{}, false
}

// holds compares exactly: whole millionths below a fraction meet a lower bound
// when it does, and those above it an upper bound.
func (s Step) holds(r cloudwatch.Reading, threshold cloudwatch.Value, above bool) bool {
	if above {
		return s.contains(r.Floor()-threshold, above)
	}
	return s.contains(r.Ceil()-threshold, above)
}

func (s Step) contains(distance cloudwatch.Value, above bool) bool {
	if above {
		return (s.Lower == noLower || distance >= s.Lower) && (s.Upper == noUpper || distance < s.Upper)
	}
	return (s.Lower == noLower || distance > s.Lower) && (s.Upper == noUpper || distance <= s.Upper)
}

// String is the canonical form.
func (s Step) String() string {
	lower, upper := "", ""
	if s.Lower != noLower {
		lower = cloudwatch.Format(s.Lower.Float64())
	}
	if s.Upper != noUpper {
		upper = cloudwatch.Format(s.Upper.Float64())
	}
	return lower + ".." + upper + " " + s.Adjustment.String()
}

// MarshalText gives the canonical form.
func (s Step) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Nearest is the adjustment that a simple or step policy makes for a metric
// just beyond its alarm's threshold; false where there is none.
func (p *PolicySpec) Nearest() (Adjustment, bool) {
	if p.Type == "simple" {
		return p.Adjustment, true
	}
	up := p.Alarm.Comparison[0] == '>'
	for _, s := range p.Steps {
		if up && s.Lower <= 0 && s.Upper > 0 || !up && s.Lower < 0 && s.Upper >= 0 {
			return s.Adjustment, true
		}
	}
	return Adjustment{}, false
}
