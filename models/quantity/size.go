package quantity

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/dustin/go-humanize"
)

// Size is a number of bytes, written with a unit of 1000 ("4KB", "1.5MB") or of
// 1024 ("20KiB", "1769MiB"). A bare number is refused, except 0.
type Size int64

const aSize = `a size such as "20KiB" or "4KB"`

var sizePattern = regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]+)? ?(?:B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$`)

// ParseSize reads a size; fractions of a byte are dropped.
func ParseSize(text string) (Size, error) {
	switch {
	case text == "0":
		return 0, nil
	case plainNumber.MatchString(text):
		return 0, fmt.Errorf("needs a unit: write %q %s", text+"B", Have(text))
	case !sizePattern.MatchString(text):
		return 0, expected(aSize, text)
	case text[0] == '-':
		return 0, fmt.Errorf("must not be negative %s", Have(text))
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n > math.MaxInt64 {
		return 0, fmt.Errorf("is too large %s", Have(text))
	}
	return Size(n), nil
}

var sizes = measure[Size]{ParseSize, "B", aSize}

// Read implements Reader.
func (s *Size) Read(raw any, _ Files) (err error) {
	*s, err = sizes.read(raw)
	return err
}

// String is the canonical form: the largest unit, of 1024 first, that leaves no
// fraction.
func (s Size) String() string {
	best := strconv.FormatInt(int64(s), 10) + "B"
	for _, base := range []struct {
		step  int64
		units []string
	}{{1000, []string{"KB", "MB", "GB", "TB"}}, {1024, []string{"KiB", "MiB", "GiB", "TiB"}}} {
		n := int64(s)
		for _, unit := range base.units {
			if n == 0 || n%base.step != 0 {
				break
			}
			n /= base.step
			best = strconv.FormatInt(n, 10) + unit
		}
	}
	return best
}

// MarshalText gives the canonical form.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
