package quantity

import (
	"fmt"
	"math"
	"strconv"
)

// Reader is a value that reads itself from what a scenario has at its key: a
// string, int64, float64, bool, time.Time, []any or map[string]any. Errors say
// what is wrong and how to write it, without the key.
type Reader interface {
	Read(raw any, files Files) error
}

// Files gives the content of a file that a scenario names, such as a trace. The
// caller decides where files live; nil means that there are none.
type Files func(name string) ([]byte, error)

// Have describes a raw value for the end of a message, as `(have "50")`.
func Have(raw any) string { return "(have " + describe(raw) + ")" }

func describe(raw any) string {
	switch v := raw.(type) {
	case string:
		return describeText(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return formatFloat(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	default:
		return "a date or time"
	}
}

// longest is the number of bytes of a user's text that a message repeats.
const longest = 60

func describeText(s string) string {
	if len(s) > longest {
		return strconv.Quote(s[:longest]) + "..."
	}
	return strconv.Quote(s)
}

// formatFloat prints the shortest text that reads back as v.
func formatFloat(v float64) string {
	if v != 0 && (math.Abs(v) < 1e-6 || math.Abs(v) >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// number is the value of a TOML integer or finite float.
func number(raw any) (float64, bool) {
	switch v := raw.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsInf(v, 0) && !math.IsNaN(v)
	}
	return 0, false
}

// decimal is the value of unsigned decimal text. The patterns of this package
// let nothing through that strconv reads otherwise; what is too large for a
// float64 comes out as infinity, which every caller's bound refuses.
func decimal(text string) float64 {
	v, _ := strconv.ParseFloat(text, 64)
	return v
}

func expected(what string, raw any) error {
	return fmt.Errorf("must be %s %s", what, Have(raw))
}

// A measure is a kind of value that is written with a unit; only 0 needs none.
type measure[T any] struct {
	parse   func(text string) (T, error)
	unit    string // to advise where there is none
	example string
}

func (m measure[T]) read(raw any) (value T, err error) {
	if text, ok := raw.(string); ok {
		return m.parse(text)
	}
	switch v, ok := number(raw); {
	case !ok:
		err = expected(m.example, raw)
	case v != 0:
		err = fmt.Errorf("needs a unit: write %q %s", formatFloat(v)+m.unit, Have(raw))
	}
	return value, err
}
