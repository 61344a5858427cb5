package autoscaling

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/headroom-sim/headroom/models/quantity"
)

// AdjustmentType says how an adjustment becomes a capacity [api-policy].
type AdjustmentType uint8

// The types of adjustment.
const (
	ChangeInCapacity        AdjustmentType = iota // "+1", "-2"
	PercentChangeInCapacity                       // "+10%"
	ExactCapacity                                 // "=3"
)

// Adjustment is a change of capacity that a simple or step policy asks for.
type Adjustment struct {
	Type   AdjustmentType
	Amount int // instances or percent, signed; ExactCapacity: at least 0
}

// grows reports whether it never makes a group smaller.
func (a Adjustment) grows() bool { return a.Type != ExactCapacity && a.Amount >= 0 }

var adjustmentPattern = regexp.MustCompile(`^(?:([+-][0-9]{1,6})(%?)|=([0-9]{1,6}))$`)

const anAdjustment = `an adjustment such as "+1", "-1", "+10%" or "=3"`

// ParseAdjustment reads an adjustment.
func ParseAdjustment(text string) (Adjustment, error) {
	m := adjustmentPattern.FindStringSubmatch(text)
	if m == nil {
		return Adjustment{}, fmt.Errorf("must be %s %s", anAdjustment, quantity.Have(text))
	}
	a := Adjustment{Type: ChangeInCapacity}
	digits := m[1]
	switch {
	case m[3] != "":
		a.Type, digits = ExactCapacity, m[3]
	case m[2] != "":
		a.Type = PercentChangeInCapacity
	}
	a.Amount, _ = strconv.Atoi(digits) // the pattern admits nothing else
	return a, nil
}

// Read implements [quantity.Reader].
func (a *Adjustment) Read(raw any, _ quantity.Files) (err error) {
	text, ok := raw.(string)
	if !ok {
		return fmt.Errorf("must be %s %s", anAdjustment, quantity.Have(raw))
	}
	*a, err = ParseAdjustment(text)
	return err
}

// String is the canonical form.
func (a Adjustment) String() string {
	switch a.Type {
	case ExactCapacity:
		return "=" + strconv.Itoa(a.Amount)
	case PercentChangeInCapacity:
		return fmt.Sprintf("%+d%%", a.Amount)
	default:
		return fmt.Sprintf("%+d", a.Amount)
	}
}

// MarshalText gives the canonical form.
func (a Adjustment) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Target is the capacity that the adjustment makes of the current one; it may
// be negative. A change in percent is rounded toward zero, but to at least one
// instance, and to at least magnitude instances [step].
func (a Adjustment) Target(current, magnitude int) int {
	switch a.Type {
	case ExactCapacity:
		return a.Amount
	case PercentChangeInCapacity:
		return current + a.percent(current, magnitude)
	default:
		return current + a.Amount
	}
}

// percent is the change in instances: v > 1 is rounded down, 0 < v < 1 gives 1,
// and the same with the signs turned.
func (a Adjustment) percent(current, magnitude int) int {
	hundredths := current * a.Amount
	least := max(1, magnitude)
	switch {
	case hundredths > 0:
		return max(hundredths/100, least)
	case hundredths < 0:
		return min(hundredths/100, -least)
	default:
		return 0
	}
}

// arithmetic is how the target came about: "+10% of 3 = 0.3 -> 1".
func (a Adjustment) arithmetic(current, magnitude int) string {
	if a.Type != PercentChangeInCapacity {
		return a.String()
	}
	exact := strconv.FormatFloat(float64(current*a.Amount)/100, 'f', -1, 64)
	delta := strconv.Itoa(a.percent(current, magnitude))
	text := fmt.Sprintf("%v of %d = %s", a, current, exact)
	if exact != delta {
		text += " -> " + delta
	}
	return text
}

// inward reports whether the adjustment, which gives this target, is a
// scale-in.
func (a Adjustment) inward(target, desired int) bool {
	if a.Type == ExactCapacity {
		return target < desired
	}
	return a.Amount < 0
}
