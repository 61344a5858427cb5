package catalog

import "github.com/headroom-sim/headroom/engine"

// Credits says how a burstable type earns and keeps CPU credits. One credit is
// one vCPU at 100 % for one minute [T-BASE].
type Credits struct {
	PerHour          float64 // earned per hour of running
	Max              float64 // most earned credits that are kept: a day's earning
	Launch           float64 // given at each launch, kept outside Max, spent first; T2 in standard mode only
	Baseline         float64 // share of each vCPU, 0 to 1, that the earning pays for
	UnlimitedDefault bool    // mode where none is asked for: T2 standard, T3, T3a and T4g unlimited
	SurplusPrice     Money   // of a vCPU-hour beyond what was earned, unlimited mode

	Kept engine.Time // how long a stopped instance keeps earned credits: T2 loses them
}

const (
	launchCreditsPerVCPU = 30 // T2 only [T-STD]

	surplusPrice    Money = 50_000_000 // USD 0.05 per vCPU-hour, Linux, T2, T3 and T3a [T-UNL]
	surplusPriceT4g Money = 40_000_000 // USD 0.04 [T-COST]

	keptFor = 7 * 24 * engine.Hour // by all but T2 [T-BASE]
)

// Burstable reports whether the type lives on CPU credits.
func (i *Instance) Burstable() bool { return i.Credits.PerHour > 0 }

// ofFamily completes c by the rules that hold for a whole family.
func (c Credits) ofFamily(family string, vcpus int) Credits {
	c.SurplusPrice, c.Kept = surplusPrice, keptFor
	switch family {
	case "t2":
		c.Launch, c.Kept = float64(launchCreditsPerVCPU*vcpus), 0
	case "t4g":
		c.UnlimitedDefault = true
		c.SurplusPrice = surplusPriceT4g
	default:
		c.UnlimitedDefault = true
	}
	return c
}
