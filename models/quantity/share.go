package quantity

import (
	"fmt"
	"regexp"
	"strings"
)

// Share is a part of a whole, 0 to 1, written "30%" or 0.3.
type Share float64

const aShare = `a share such as "30%" or 0.3`

var sharePattern = regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]+)? ?%$`)

// ParseShare reads a share written as text, "30%" or "0.3".
func ParseShare(text string) (Share, error) {
	switch {
	case sharePattern.MatchString(text) && text[0] != '-':
		// As a decimal exponent: 99.9 / 100 is not the float64 nearest to 0.999.
		return within(decimal(strings.TrimRight(text, " %")+"e-2"), text)
	case plainNumber.MatchString(text) && text[0] != '-':
		return within(decimal(text), text)
	case sharePattern.MatchString(text) || plainNumber.MatchString(text):
		return 0, fmt.Errorf("must be between 0 and 1 (0%% and 100%%) %s", Have(text))
	}
	return 0, expected(aShare, text)
}

func within(v float64, raw any) (Share, error) {
	if v >= 0 && v <= 1 {
		return Share(v), nil
	}
	if v > 1 && v <= 100 {
		if _, bare := raw.(string); !bare {
			return 0, fmt.Errorf("must be between 0 and 1: write \"%s%%\" %s", formatFloat(v), Have(raw))
		}
	}
	return 0, fmt.Errorf("must be between 0 and 1 (0%% and 100%%) %s", Have(raw))
}

// Read implements Reader.
func (s *Share) Read(raw any, _ Files) (err error) {
	if text, ok := raw.(string); ok {
		*s, err = ParseShare(text)
		return err
	}
	v, ok := number(raw)
	if !ok {
		return expected(aShare, raw)
	}
	*s, err = within(v, raw)
	return err
}

// String is the share as a decimal number, as JSON has it.
func (s Share) String() string { return formatFloat(float64(s)) }

// MarshalText gives the canonical form.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
