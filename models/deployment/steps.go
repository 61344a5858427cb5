package deployment

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Step is a part of the requests that goes to the new version for a time.
type Step struct {
	Percent int // from 1 to 99
	For     quantity.Duration
}

// Steps are those of a canary, ascending. In scenarios:
// ["10% for 10m", "50% for 10m"].
type Steps []Step

// mostSteps keeps a list readable.
const mostSteps = 100

// ParseStep reads one step.
func ParseStep(text string) (Step, error) {
	share, span, cut := strings.Cut(text, " for ")
	digits, percent := strings.CutSuffix(strings.TrimSpace(share), "%")
	n, err := strconv.Atoi(strings.TrimSpace(digits))
	d, bad := quantity.ParseDuration(strings.TrimSpace(span))
	switch {
	case !cut || !percent || err != nil || bad != nil:
		return Step{}, fmt.Errorf(`must be PERCENT for DURATION, such as "10%% for 10m" %s`, quantity.Have(text))
	case n < 1 || n > 99:
		return Step{}, fmt.Errorf("must be between 1%% and 99%%: after the last step all requests go to the new version %s", quantity.Have(text))
	}
	return Step{n, d}, nil
}

// Read implements [quantity.Reader].
func (s *Steps) Read(raw any, _ quantity.Files) error {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 || len(list) > mostSteps {
		return fmt.Errorf(`must be a list of 1 to %d steps such as ["10%% for 10m"] %s`, mostSteps, quantity.Have(raw))
	}
	steps := make(Steps, len(list))
	for k, item := range list {
		text, _ := item.(string)
		step, err := ParseStep(text)
		if err != nil {
			return err
		}
		if k > 0 && step.Percent <= steps[k-1].Percent {
			return fmt.Errorf("must ascend (have %d%% after %d%%)", step.Percent, steps[k-1].Percent)
		}
		steps[k] = step
	}
	*s = steps
	return nil
}

// String is the step as a scenario has it.
func (s Step) String() string { return fmt.Sprintf("%d%% for %s", s.Percent, s.For) }

// MarshalText gives the step as a scenario has it.
func (s Step) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
