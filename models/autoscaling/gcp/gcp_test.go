package gcp

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

const (
	million = 1_000_000
	minute  = engine.Minute
)

// cpu is the signal of CPU utilization with a target in percent.
func cpu(percent int64) Signal { return Signal{"cpu", percent * million} }

func settings(s ...Signal) Settings {
	return Settings{Signals: s, Stabilization: 10 * minute}
}

// at is a load that needs so many hundredths of a VM at a target of 60 %.
func at(hundredths int64) []Load {
	return []Load{{VMs: 10, Total: hundredths * 60 * million / 100, Known: true}}
}

var wide = Bounds{0, 1000}

// spec 5.2 [gcp-dec]: 1.5 VMs too few add two, 1.5 too many remove one.
func TestRounding(t *testing.T) {
	s := cpu(60)
	require.Equal(t, 12, s.need(at(1150)[0]), "+1.5 => +2")
	require.Equal(t, 9, s.need(at(850)[0]), "-1.5 => -1")
	require.Equal(t, 10, s.need(at(1000)[0]), "exactly")
	require.Equal(t, 0, s.need(at(0)[0]))
}

// The load is written with as many decimals as the sum needs.
func TestFigures(t *testing.T) {
	s := cpu(60)
	require.Equal(t, "236", s.total(Load{Total: 235_867_668}))
	require.Equal(t, "60.4", s.total(Load{Total: 60_400_000}), "60 would need one VM less")
	require.Equal(t, "60.000001", s.total(Load{Total: 60_000_001}))
}

// spec 5.2 [gcp-dec]: the peak load of the last stabilization period counts.
func TestStabilizationPeriod(t *testing.T) {
	a := &Autoscaler{Settings: settings(cpu(60))}
	load := func(now engine.Time) int64 {
		if now <= 3*minute {
			return 700
		}
		return 200
	}
	current := 4
	for now := minute; now <= 12*minute; now += minute {
		d := a.Decide(now, current, wide, at(load(now)))
		require.Equal(t, 7, d.Size, "%v", now)
		if now > 3*minute {
			require.Equal(t, Stabilized, d.Answer)
			require.Equal(t, 13*minute, d.Until)
			require.Equal(t, "cpu: ceil(120 / 60) = 2 for the load of 10 VMs, 7 was needed within the stabilization period, which holds until 13m", a.Explain(&d, rough))
		}
		current = d.Size
	}
	d := a.Decide(13*minute, current, wide, at(200))
	require.Equal(t, 2, d.Size, "without controls all surplus goes at once")
}

// What was before the first decision is not known: the size stays for a period.
func TestFirstPeriod(t *testing.T) {
	a := &Autoscaler{Settings: settings(cpu(60))}
	require.Equal(t, 5, a.Decide(minute, 5, wide, at(100)).Size)
	require.Equal(t, 5, a.Decide(10*minute, 5, wide, at(100)).Size)
	require.Equal(t, 1, a.Decide(11*minute, 5, wide, at(100)).Size)
}

// spec 5.2 [gcp-pol]: of several signals the largest counts.
func TestSeveralSignals(t *testing.T) {
	a := &Autoscaler{Settings: settings(cpu(60), Signal{"requests", 100 * million})}
	d := a.Decide(minute, 4, wide, []Load{{4, 4 * 75 * million, true}, {4, 4 * 170 * million, true}})
	require.Equal(t, 7, d.Size, "ceil(680 / 100) beats ceil(300 / 60)")
	require.Equal(t, 1, d.Signal)
	require.Equal(t, "cpu: ceil(300 / 60) = 5 for the load of 4 VMs; requests: ceil(680 / 100) = 7 for the load of 4 VMs", a.Explain(&d, rough))
	d = a.Decide(20*minute, 7, wide, []Load{{7, 60 * million, true}, {}})
	require.Equal(t, Blind, d.Answer)
	require.Equal(t, 7, d.Size)
	d = a.Decide(21*minute, 7, wide, []Load{{7, 540 * million, true}, {}})
	require.Equal(t, 9, d.Size, "out is allowed")
	require.Equal(t, Blind, a.Decide(22*minute, 9, wide, []Load{{}, {}}).Answer)
}

// spec 5.2 [gcp-sic]: 10 VMs in 20 minutes.
func TestScaleInControl(t *testing.T) {
	s := settings(cpu(60))
	s.ScaleIn = &Control{Replicas: 10, Window: 20 * minute}
	a := &Autoscaler{Settings: s}
	sizes := map[engine.Time]int{}
	current := 40
	for now := minute; now <= 80*minute; now += minute {
		d := a.Decide(now, current, wide, at(500))
		if d.Size != current {
			sizes[now] = d.Size
		}
		if now == 15*minute {
			require.Equal(t, Controlled, d.Answer)
			require.Equal(t, "cpu: ceil(300 / 60) = 5 for the load of 10 VMs, the scale-in control leaves 30: at most 10 per 20m", a.Explain(&d, rough))
		}
		current = d.Size
	}
	require.Equal(t, map[engine.Time]int{
		11 * minute: 30, // the stabilization period of the first size is over
		31 * minute: 20,
		51 * minute: 10,
		71 * minute: 5,
	}, sizes)
}

// spec 5.2 [gcp-sic]: percent of the peak recommendation.
func TestScaleInControlInPercent(t *testing.T) {
	c := Control{Replicas: 10, Percent: true}
	require.Equal(t, 4, c.most(40))
	require.Equal(t, 1, c.most(5), "rounded up, else a small group would never shrink")
}

// spec 5.2 [gcp-sic], as a law: whatever the load does, no more than the control
// allows is gone within its window.
func TestScaleInControlHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := settings(cpu(60))
		s.Stabilization = engine.Time(rapid.IntRange(0, 5).Draw(t, "stabilization")) * minute
		s.ScaleIn = &Control{Replicas: rapid.IntRange(0, 6).Draw(t, "most"), Window: engine.Time(rapid.IntRange(1, 8).Draw(t, "window")) * minute}
		a := &Autoscaler{Settings: s}
		current := 20
		sizes := []int{current}
		for k := engine.Time(1); k < 60; k++ {
			current = a.Decide(k*minute, current, wide, at(rapid.Int64Range(0, 3000).Draw(t, "load"))).Size
			sizes = append(sizes, current)
			for back := 1; back <= int(s.ScaleIn.Window/minute) && back < len(sizes); back++ {
				require.LessOrEqual(t, sizes[len(sizes)-1-back]-current, s.ScaleIn.Replicas)
			}
		}
		require.LessOrEqual(t, len(a.needs.sizes)+len(a.recommended.sizes), 14)
	})
}

// spec 5.2 [gcp-dec].
func TestModes(t *testing.T) {
	decide := func(m Mode, hundredths int64) (Decision, string) {
		s := settings(cpu(60))
		s.Mode, s.Stabilization = m, 0
		a := &Autoscaler{Settings: s}
		d := a.Decide(minute, 4, wide, at(hundredths))
		return d, a.Explain(&d, rough)
	}
	d, _ := decide(On, 800)
	require.Equal(t, 8, d.Size)
	d, _ = decide(OnlyScaleOut, 800)
	require.Equal(t, 8, d.Size)
	d, words := decide(OnlyScaleOut, 200)
	require.Equal(t, 4, d.Size)
	require.Equal(t, "cpu: ceil(120 / 60) = 2 for the load of 10 VMs, mode ONLY_SCALE_OUT keeps 4", words)
	d, _ = decide(Off, 800)
	require.Equal(t, Kept, d.Answer)
	require.Equal(t, 4, d.Size)
	require.Equal(t, 8, d.Recommended, "still recommended")
}

// TestBounds: spec 5.2 [gcp-dec].
func TestBounds(t *testing.T) {
	a := &Autoscaler{Settings: settings(cpu(60))}
	d := a.Decide(minute, 4, Bounds{2, 6}, at(900))
	require.Equal(t, 6, d.Size)
	require.Equal(t, "cpu: ceil(540 / 60) = 9 for the load of 10 VMs, limited to max 6", a.Explain(&d, rough))
	require.Equal(t, Bounded, a.Decide(2*minute, 6, Bounds{2, 6}, at(900)).Answer)
	require.Equal(t, 2, a.Decide(30*minute, 6, Bounds{2, 6}, at(0)).Size)
}

func rough(t engine.Time) string { return quantity.Duration(t).Rough() }
