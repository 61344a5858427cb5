package quantity

import (
	"fmt"
	"math"
	"strconv"
)

// Quota is a number of things that may happen in a time, together at most. It is
// written "1000 per 10s", or "100/s" for so many in one unit of time.
type Quota struct {
	Count int64
	Per   Duration
}

const (
	aQuota         = `a number in a time such as "1000 per 10s"`
	greatestQuota  = 1_000_000
	longestOfQuota = Duration(3600e9)
)

// parseQuota reads a quota: a whole number from 1 to a million, in an hour at
// most.
func parseQuota(text string) (Quota, error) {
	count, per, err := quotaParts(text)
	if err != nil {
		return Quota{}, err
	}
	n, err := strconv.ParseFloat(count, 64)
	switch {
	case err != nil || n != math.Floor(n) || n < 1 || n > greatestQuota:
		return Quota{}, fmt.Errorf("must be a whole number from 1 to %d in a time %s", greatestQuota, Have(text))
	case per <= 0 || per > longestOfQuota:
		return Quota{}, fmt.Errorf("must be in a time of more than zero and at most %s %s", longestOfQuota, Have(text))
	}
	return Quota{int64(n), per}, nil
}

// quotaParts are the number and the time.
func quotaParts(text string) (count string, per Duration, err error) {
	if m := ratePattern.FindStringSubmatch(text); m != nil {
		return m[1], rateUnits[m[2]], nil
	}
	m := perPattern.FindStringSubmatch(text)
	if m == nil {
		return "", 0, expected(aQuota, text)
	}
	per, err = ParseDuration(m[2])
	if err != nil {
		return "", 0, expected(aQuota, text)
	}
	return m[1], per, nil
}

// Read implements Reader.
func (q *Quota) Read(raw any, _ Files) error {
	text, ok := raw.(string)
	if !ok {
		return expected(aQuota, raw)
	}
	v, err := parseQuota(text)
	*q = v
	return err
}

// String is the canonical form; "" for the zero Quota.
func (q Quota) String() string {
	if q.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d per %s", q.Count, q.Per)
}

// MarshalText gives the canonical form.
func (q Quota) MarshalText() ([]byte, error) { return []byte(q.String()), nil }
