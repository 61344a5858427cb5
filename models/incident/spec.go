package incident

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Fault describes a fault, a [faults.<name>] table.
type Fault struct {
	At        quantity.Duration  `toml:"at" required:"true" doc:"When the fault begins."`
	For       *quantity.Duration `toml:"for" range:"1ns.." doc:"How long it lasts. Left out: for the rest of the run."`
	Fleet     string             `toml:"fleet" required:"true" doc:"The fleet whose instances it hits."`
	Instances *Portion           `toml:"instances" doc:"How many instances, 1 or more, or a share of those in service such as \"50%\", rounded up: the longest-running in service when the fault begins, ties by the lowest id. Left out: all."`
	Effect    string             `toml:"effect" required:"true" oneof:"refuse cpu" doc:"refuse: the server's port is closed, connections are refused. cpu: threads that never sleep share the vCPUs with the requests."`
	Load      float64            `toml:"load" for:"cpu" default:"1" range:"0.001..1024" doc:"Number of such threads, each at most one vCPU's worth; a fraction counts as such." source:"UNSOURCED: a model of stress tools"`
}

// Kind is the effect, which decides the keys that apply.
func (f *Fault) Kind() string { return f.Effect }

// Portion is a number of instances, or a share of them.
type Portion struct {
	Count int            // if Share is 0
	Share quantity.Share // above 0
}

const aPortion = `a number of instances such as 1, or a share such as "50%"`

// Read implements [quantity.Reader].
func (p *Portion) Read(raw any, files quantity.Files) error {
	switch v := raw.(type) {
	case int64:
		if v < 1 || v > math.MaxInt32 {
			return fmt.Errorf("must be at least 1 %s", quantity.Have(raw))
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
	return fmt.Errorf("must be %s %s", aPortion, quantity.Have(raw))
}

func (p *Portion) readShare(raw any, files quantity.Files) error {
	var share quantity.Share
	if err := share.Read(raw, files); err != nil {
		return err
	}
	if share == 0 {
		return fmt.Errorf("must be more than 0%% %s", quantity.Have(raw))
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

// of is the portion of n instances: a share is rounded up, but for the error
// that a product such as 0.07 x 100 has.
func (p *Portion) of(n int) int {
	switch {
	case p == nil:
		return n
	case p.Share > 0:
		return min(n, int(math.Ceil(float64(float64(p.Share)*float64(n))-1e-6)))
	default:
		return min(n, p.Count)
	}
}
