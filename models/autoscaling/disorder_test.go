package autoscaling

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestWhateverOperatorsDo: after an hour of any operations and failures, desired
// within its bounds throughout, the group comes back to what is desired of it,
// and its books agree with the instances.
func TestWhateverOperatorsDo(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := disorder(r)
		p := newPlant(t, s)
		p.drain = engine.Time(rapid.IntRange(0, 400).Draw(r, "drain")) * engine.Second
		for range rapid.IntRange(0, 3).Draw(r, "failures") {
			at := fmt.Sprintf("%ds", rapid.IntRange(1, 3600).Draw(r, "failure"))
			k := rapid.IntRange(0, 9).Draw(r, "which")
			p.tell(at, func(g *Group) {
				if k < len(g.Instances) && (g.Instances[k].present() || g.Instances[k].State == Standby) {
					g.Stopped(g.Instances[k])
				}
			})
		}
		for minute := 10; minute <= 360; minute += 10 {
			p.until(fmt.Sprintf("%dm", minute))
			g := p.group
			require.LessOrEqual(r, g.Min, g.Desired)
			require.LessOrEqual(r, g.Desired, g.Max)
			standby := 0
			for _, i := range g.Instances {
				if i.State == Standby || i.State == EnteringStandby {
					standby++
				}
			}
			require.EqualValues(r, g.count(InService), g.books.inService.Value())
			require.EqualValues(r, standby, g.books.standby.Value())
			require.EqualValues(r, len(g.Instances), g.books.billed.Value())
		}
		require.Equal(r, p.group.Desired, p.inService())
		require.Equal(r, p.group.Desired, p.group.alive())
	})
}

// disorder is a group with operations by chance, all of them over in an hour.
func disorder(r *rapid.T) *Spec {
	least := rapid.IntRange(0, 2).Draw(r, "min")
	most := least + rapid.IntRange(0, 5).Draw(r, "room")
	s := groupSpec(least, most, rapid.IntRange(least, most).Draw(r, "desired"))
	s.Zones = []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(r, "zones")]
	s.HealthCheckType = rapid.SampledFrom([]string{"EC2", "ELB"}).Draw(r, "checks")
	for k := range rapid.IntRange(1, 8).Draw(r, "operations") {
		o := OperationSpec{
			Call: rapid.SampledFrom([]string{
				"set_desired_capacity", "terminate_instance", "enter_standby", "set_instance_protection",
				"set_instance_health", "suspend_processes", "set_zones",
			}).Draw(r, "call"),
			For:           pointer(quantity.Duration(engine.Time(rapid.IntRange(1, 1800).Draw(r, "for")) * engine.Second)),
			Desired:       rapid.IntRange(0, 8).Draw(r, "new"),
			HonorCooldown: rapid.Bool().Draw(r, "honor"),
			Decrement:     rapid.Bool().Draw(r, "decrement"),
			Protect:       true,
			Health:        "Unhealthy",
			Zones:         []string{rapid.SampledFrom([]string{"a", "b", "d"}).Draw(r, "zone")},
			Processes:     []string{Process(rapid.IntRange(0, int(processes)-1).Draw(r, "process")).String()},
		}
		if calls[o.Call].undo == nil {
			o.For = nil
		}
		if rapid.Bool().Draw(r, "some") {
			o.Instances = &quantity.Portion{Count: rapid.IntRange(1, 3).Draw(r, "instances")}
		}
		s.call(fmt.Sprint("o", k), fmt.Sprintf("%ds", rapid.IntRange(0, 1800).Draw(r, "at")), o)
	}
	return s
}
