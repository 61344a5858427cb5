package cloudwatch

import "slices"

// Comparison is the operator between a datapoint and the threshold [api-alarm].
type Comparison uint8

// The comparisons.
const (
	GreaterThan Comparison = iota
	GreaterThanOrEqual
	LessThan
	LessThanOrEqual
)

var comparisonNames = []string{">", ">=", "<", "<="}

// String is the operator, such as ">=".
func (c Comparison) String() string { return comparisonNames[c] }

// Upward reports whether the comparison looks for values above the threshold.
func (c Comparison) Upward() bool { return c <= GreaterThanOrEqual }

// holds reports whether "reading c threshold" is true, exactly.
func (c Comparison) holds(r Reading, threshold Value) bool {
	switch c {
	case GreaterThan:
		return r.Ceil() > threshold
	case GreaterThanOrEqual:
		return r.Floor() >= threshold
	case LessThan:
		return r.Floor() < threshold
	default:
		return r.Ceil() <= threshold
	}
}

// Missing says what an alarm makes of periods without a datapoint [cw].
type Missing uint8

// The treatments of missing data.
const (
	TreatMissing Missing = iota
	Ignore
	Breaching
	NotBreaching
)

var missingNames = []string{"missing", "ignore", "breaching", "notBreaching"}

// String is CloudWatch's name of the treatment.
func (m Missing) String() string { return missingNames[m] }

// Window says where the periods that an alarm judges begin and end
// [api-alarm].
type Window uint8

// The evaluation windows.
const (
	// Sliding windows end at the newest published instant, at a multiple of the
	// time between two evaluations.
	Sliding Window = iota
	// WallClock windows are made of whole minutes, hours, days or weeks.
	WallClock
)

var windowNames = []string{"sliding", "wall_clock"}

// State is the state of an alarm [cw].
type State uint8

// The states; a new alarm is in the first.
const (
	InsufficientData State = iota
	OK
	InAlarm
)

var stateNames = []string{"INSUFFICIENT_DATA", "OK", "ALARM"}

// String is CloudWatch's name of the state.
func (s State) String() string { return stateNames[s] }

// kindOf finds the typed constant of a name that the decoder has checked.
func kindOf[T ~uint8](names []string, name string) T {
	i := slices.Index(names, name)
	if i < 0 {
		panic("cloudwatch: unchecked name " + name)
	}
	return T(i)
}
