package design

import (
	"fmt"

	"github.com/headroom-sim/headroom/experiments/archive"
)

// Factors are those that are varied together. What they take is bounded by their
// text: a range that stands alone is kept as its ends, and those in lists stand for
// at most greatestExpanded values.
type Factors []Factor

const (
	// greatestFactors is the number of keys that a design may vary.
	greatestFactors = 100
	// greatestExpanded is the number of values for which ranges in lists may stand,
	// those of all factors together: they are kept one by one.
	greatestExpanded = 10_000
)

var errExpanded = fmt.Errorf("has ranges in lists that stand for more than %d values in all: a range that stands alone may have %d", greatestExpanded, greatestLevels)

func (fs Factors) check() error {
	if len(fs) > greatestFactors {
		return fmt.Errorf("varies more than %d keys (have %d)", greatestFactors, len(fs))
	}
	expanded := 0
	for _, f := range fs {
		expanded += f.expanded
	}
	if expanded > greatestExpanded {
		return errExpanded
	}
	return nil
}

// MarshalBinary keeps of each factor KEY=RANGE.
func (fs Factors) MarshalBinary() ([]byte, error) {
	texts := make([]string, len(fs))
	for i, f := range fs {
		texts[i] = f.Key + "=" + f.Range
	}
	return archive.Marshal(&texts)
}

// UnmarshalBinary reads what MarshalBinary has kept.
func (fs *Factors) UnmarshalBinary(data []byte) error {
	var texts []string
	if err := archive.Unmarshal(data, &texts); err != nil {
		return err
	}
	for _, text := range texts {
		f, err := ParseFactor(text)
		if err != nil {
			return err
		}
		*fs = append(*fs, f)
		if err := fs.check(); err != nil {
			return err
		}
	}
	return nil
}
