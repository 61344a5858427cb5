package quantity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Portion is a number of instances, or a share of them.
type Portion struct {
	Count int   // if Share is 0
	Share Share // above 0
}

const aPortion = `a number of instances such as 1, or a share such as "50%"`

// Read implements [Reader].
func (p *Portion) Read(raw any, files Files) error {
	switch v := raw.(type) {
	case int64:
		switch {
		case v < 1:
			return fmt.Errorf("must be at least 1 %s", Have(raw))
		case v > math.MaxInt32:
			return fmt.Errorf("must be at most %d %s", math.MaxInt32, Have(raw))
		}
		*p = Portion{Count: int(v)}
		return nil
	case float64:
		return p.readShare(raw, files)
	case string:
		if strings.HasSuffix(v, "%") {
			return p.readShare(raw, files)
		}
	}
	return fmt.Errorf("must be %s %s", aPortion, Have(raw))
}

func (p *Portion) readShare(raw any, files Files) error {
	var share Share
	if err := share.Read(raw, files); err != nil {
		return err
	}
	if share == 0 {
		return fmt.Errorf("must be more than 0%% %s", Have(raw))
	}
	*p = Portion{Share: share}
	return nil
}

// String is the canonical form.
func (p Portion) String() string {
	if p.Share > 0 {
		percent := math.Round(float64(float64(p.Share)*1e8)) / 1e6
		return strconv.FormatFloat(percent, 'f', -1, 64) + "%"
	}
	return strconv.Itoa(p.Count)
}

// MarshalText gives the canonical form.
func (p Portion) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Of is the portion of n instances: a share is rounded up, but for the error
// that a product such as 0.07 x 100 has. A nil Portion is all of them.
func (p *Portion) Of(n int) int {
	switch {
	case p == nil:
		return n
	case p.Share > 0:
		return min(n, int(math.Ceil(float64(float64(p.Share)*float64(n))-1e-6)))
	default:
		return min(n, p.Count)
	}
}
