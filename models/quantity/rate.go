package quantity

import (
	"fmt"
	"regexp"
	"strings"
)

// Rate is a number of things per second. It is written "50/s", "3000/min",
// "120/h", "5/d", or with any duration as "1000 per 10s". A bare number is
// refused, except 0.
type Rate float64

// greatestRate keeps the spacing of events at a nanosecond or more.
const greatestRate = 1e9

const aRate = `a rate such as "50/s", "3000/min" or "1000 per 10s"`

var (
	ratePattern = regexp.MustCompile(`^(-?[0-9]+(?:\.[0-9]+)?) ?/ ?(s|min|h|d)$`)
	perPattern  = regexp.MustCompile(`^(-?[0-9]+(?:\.[0-9]+)?) per (.+)$`)
)

var rateUnits = map[string]Duration{"s": 1e9, "min": 60e9, "h": 3600e9, "d": 86400e9}

// ParseRate reads a rate.
func ParseRate(text string) (Rate, error) {
	if m := ratePattern.FindStringSubmatch(text); m != nil {
		return rateOver(m[1], rateUnits[m[2]], text)
	}
	if m := perPattern.FindStringSubmatch(text); m != nil {
		d, err := ParseDuration(m[2])
		if err != nil || d == 0 {
			return 0, fmt.Errorf("must be a number per duration longer than zero, such as \"1000 per 10s\" %s", Have(text))
		}
		return rateOver(m[1], d, text)
	}
	if plainNumber.MatchString(text) {
		return 0, fmt.Errorf("needs a unit: write %q %s", text+"/s", Have(text))
	}
	return 0, expected(aRate, text)
}

func rateOver(count string, span Duration, text string) (Rate, error) {
	digits, negative := strings.CutPrefix(count, "-")
	if negative {
		return 0, fmt.Errorf("must not be negative %s", Have(text))
	}
	r := decimal(digits) / span.Time().Seconds()
	if r > greatestRate {
		return 0, fmt.Errorf("must not exceed one a nanosecond %s", Have(text))
	}
	return Rate(r), nil
}

var rates = measure[Rate]{ParseRate, "/s", aRate}

// Read implements Reader.
func (r *Rate) Read(raw any, _ Files) (err error) {
	*r, err = rates.read(raw)
	return err
}

// String is the rate per second, "50/s", or per minute, hour or day where only
// that is a number with few digits.
func (r Rate) String() string {
	shortest := formatFloat(float64(r)) + "/s"
	for _, unit := range []string{"min", "h", "d"} {
		per := formatFloat(float64(r)*rateUnits[unit].Time().Seconds()) + "/" + unit
		if back, err := ParseRate(per); err == nil && back == r && len(per) < len(shortest) {
			shortest = per
		}
	}
	return shortest
}

// MarshalText gives the canonical form.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
