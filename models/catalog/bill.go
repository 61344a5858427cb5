package catalog

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
)

// minimumSeconds is the least that a launch is billed for [EC2-BILL].
const minimumSeconds = 60

// InstanceBill adds up what the instances of one fleet cost: by the second
// from launch to termination, at least 60 s a launch [EC2-BILL], and the
// surplus credits of burstable ones in unlimited mode [T-UNL]. A begun second
// counts whole.
type InstanceBill struct {
	perHour        Money
	surplusPerHour Money
	running        []engine.Time // launch instants of the instances not yet terminated
	launches       int64         // so far
	seconds        int64         // billed for terminated instances
	surplus        vcpuTime
}

// NewInstanceBill returns the empty bill of a fleet whose instances cost
// perHour, and surplusPerHour for each vCPU-hour beyond their credits.
func NewInstanceBill(perHour, surplusPerHour Money) *InstanceBill {
	return &InstanceBill{perHour: perHour, surplusPerHour: surplusPerHour}
}

// Launch begins the billing of one instance.
func (b *InstanceBill) Launch(at engine.Time) {
	b.launches++
	b.running = append(b.running, at)
}

// Terminate ends the billing of one instance that was launched at the instant
// launched. Instances launched together cost the same, so the instant is name
// enough. It panics when no such instance runs.
func (b *InstanceBill) Terminate(launched, at engine.Time) {
	last := len(b.running) - 1
	for i, start := range b.running {
		if start == launched {
			b.running[i] = b.running[last]
			b.running = b.running[:last]
			b.seconds += billedSeconds(at - launched)
			return
		}
	}
	panic("catalog: no instance launched at " + launched.String() + " is running")
}

// Running is how many instances are being billed.
func (b *InstanceBill) Running() int { return len(b.running) }

// Surplus charges CPU time that was spent beyond the earned credits and is now
// due: vCPU-nanoseconds, 60 s of them a credit.
func (b *InstanceBill) Surplus(spent engine.Time) { b.surplus.add(spent) }

// Hours is the billed time up to the instant now, in instance-hours.
func (b *InstanceBill) Hours(now engine.Time) float64 {
	return float64(b.billed(now)) / secondsPerHour
}

// Total is the amount due if every instance were terminated now. It never
// falls as time passes.
func (b *InstanceBill) Total(now engine.Time) Money {
	return b.perHour.forSeconds(b.billed(now)) + b.surplus.cost(b.surplusPerHour)
}

// Audit checks the bill up to the instant now against the time, in
// instance-nanoseconds, for which instances are known to have been paid: all of it is
// billed, and no launch costs more than the least of a minute beyond it.
func (b *InstanceBill) Audit(now engine.Time, paid tally.Int128) error {
	billed, seconds := float64(b.billed(now)), paid.Float64()/float64(engine.Second)
	if least, most := seconds-slack, seconds+float64(b.launches*minimumSeconds)+slack; billed < least || billed > most {
		return fmt.Errorf("%.0f s of instances are billed, but they were paid for %.3f s, in %d launches", billed, seconds, b.launches)
	}
	return nil
}

// slack is more than rounding makes of a sum of seconds.
const slack = 1e-3

func (b *InstanceBill) billed(now engine.Time) int64 {
	seconds := b.seconds
	for _, start := range b.running {
		seconds += billedSeconds(now - start)
	}
	return seconds
}

func billedSeconds(span engine.Time) int64 {
	return max(minimumSeconds, started(span, engine.Second))
}

// started is the number of units begun in span.
func started(span, unit engine.Time) int64 { return int64((span + unit - 1) / unit) }

// vcpuTime is a sum of CPU time, in two parts so that years of many vCPUs fit.
type vcpuTime struct{ seconds, nanoseconds int64 }

func (v *vcpuTime) add(t engine.Time) {
	sum := v.nanoseconds + int64(t%engine.Second)
	v.seconds += int64(t/engine.Second) + sum/int64(engine.Second)
	v.nanoseconds = sum % int64(engine.Second)
}

// cost is exact to the nanodollar for whole seconds; the part of a second left
// over is rounded on its own.
func (v vcpuTime) cost(perHour Money) Money {
	part := float64(perHour) / secondsPerHour * float64(v.nanoseconds) / float64(engine.Second)
	return perHour.forSeconds(v.seconds) + Money(part+0.5)
}
