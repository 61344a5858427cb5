package gcp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Explain tells how the autoscaler came to a decision, with the figures behind
// it: "cpu: ceil(360 / 60) = 6 for the load of 4 VMs". Instants are as
// clock writes them.
func (a *Autoscaler) Explain(d *Decision, clock func(engine.Time) string) string {
	var parts []string
	for i, l := range d.Loads {
		parts = append(parts, a.Signals[i].explain(l))
	}
	text := strings.Join(parts, "; ")
	if d.Answer == Blind {
		if d.Signal >= 0 {
			text += ": no scale-in while a signal is missing"
		}
		return text
	}
	if d.Peak > d.Needed {
		text += fmt.Sprintf(", %d was needed within the stabilization period, which holds until %s", d.Peak, clock(d.Until))
	}
	if d.Floor > 0 {
		text += fmt.Sprintf(", the scale-in control leaves %d: at most %v", d.Floor, a.ScaleIn)
	}
	switch {
	case d.Bound >= 0 && d.Bound < max(d.Peak, d.Floor):
		text += fmt.Sprintf(", limited to max %d", d.Bound)
	case d.Bound >= 0:
		text += fmt.Sprintf(", limited to min %d", d.Bound)
	}
	if d.Answer == Kept {
		text += fmt.Sprintf(", mode %v keeps %d", a.Mode, d.Size)
	}
	return text
}

func (s *Signal) explain(l Load) string {
	if !l.Known {
		return s.Name + ": no value of any VM that counts"
	}
	vms := "VMs"
	if l.VMs == 1 {
		vms = "VM"
	}
	return fmt.Sprintf("%s: ceil(%s / %s) = %d for the load of %d %s", s.Name, s.total(l), figure(s.Target), s.need(l), l.VMs, vms)
}

// total is the load with so many decimals that whoever does the sum again comes
// to the same number.
func (s *Signal) total(l Load) string {
	for unit := int64(1_000_000); unit > 1; unit /= 10 {
		rounded := l
		rounded.Total = (l.Total + unit/2) / unit * unit
		if s.need(rounded) == s.need(l) {
			return figure(rounded.Total)
		}
	}
	return figure(l.Total)
}

func figure(v int64) string { return strconv.FormatFloat(float64(v)/1e6, 'f', -1, 64) }

var modeNames = [...]string{"ON", "ONLY_SCALE_OUT", "OFF"}

// String is the name in the API.
func (m Mode) String() string { return modeNames[m] }

// String is the control as scenarios have it: "3 per 20m".
func (c *Control) String() string {
	what := ""
	if c.Percent {
		what = "%"
	}
	return fmt.Sprintf("%d%s per %s", c.Replicas, what, quantity.Duration(c.Window))
}
