package incident

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Spec describes a fault, a [faults.<name>] table.
type Spec struct {
	At        quantity.Duration  `toml:"at" required:"true" doc:"When the fault begins."`
	For       *quantity.Duration `toml:"for" range:"1ns.." doc:"How long it lasts. Left out: for the rest of the run."`
	Fleet     string             `toml:"fleet" doc:"The fleet whose instances it hits."`
	Zone      string             `toml:"zone" doc:"Instead of fleet: the Availability Zone whose instances it hits, of every fleet."`
	Instances *Portion           `toml:"instances" doc:"How many instances, 1 or more, or a share of those in service such as \"50%\", rounded up: the longest-running in service when the fault begins, ties by the lowest id. Left out: all."`
	Effect    string             `toml:"effect" required:"true" oneof:"refuse cpu" doc:"refuse: the server's port is closed, connections are refused. cpu: threads that never sleep share the vCPUs with the requests."`
	Load      float64            `toml:"load" for:"cpu" default:"1" range:"0..1024" doc:"Number of such threads, each at most one vCPU's worth; a fraction is a thread that takes that part of its share." source:"UNSOURCED: a model of stress tools"`
}

// Kind is the effect, which decides the keys that apply.
func (s *Spec) Kind() string { return s.Effect }

// Check reports what no single key shows.
func (s *Spec) Check(report quantity.Report) {
	switch {
	case s.Fleet == "" && s.Zone == "":
		report("fleet", "is required, or zone")
	case s.Fleet != "" && s.Zone != "":
		report("zone", "cannot be used together with fleet")
	}
}

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
	case string:
		if !strings.HasSuffix(v, "%") {
			break
		}
		var share quantity.Share
		if err := share.Read(v, files); err != nil {
			return err
		}
		if share == 0 {
			return fmt.Errorf("must be more than 0%% %s", quantity.Have(raw))
		}
		*p = Portion{Share: share}
		return nil
	}
	return fmt.Errorf("must be %s %s", aPortion, quantity.Have(raw))
}

// String is the canonical form.
func (p Portion) String() string {
	if p.Share > 0 {
		return strconv.FormatFloat(float64(p.Share*100), 'f', -1, 64) + "%"
	}
	return strconv.Itoa(p.Count)
}

// MarshalText gives the canonical form.
func (p Portion) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// of is the portion of n instances: a share of some is at least one.
func (p *Portion) of(n int) int {
	switch {
	case p == nil:
		return n
	case p.Share > 0:
		return min(n, int(math.Ceil(float64(p.Share)*float64(n))))
	default:
		return min(n, p.Count)
	}
}
