package client

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// integrated is the expected number of sessions up to t seconds under a profile
// of points, by the trapezoid rule between the points alone: an account that
// shares nothing with the curves.
func integrated(p quantity.RateProfile, step bool, t float64) float64 {
	at := func(i int) float64 { return p.Points[i].At.Seconds() }
	rate := func(i int) float64 { return float64(p.Points[i].Rate) }
	n := len(p.Points)
	sum := rate(0) * min(t, at(0))
	for i := 0; i+1 < n; i++ {
		length := at(i+1) - at(i)
		part := min(max(t-at(i), 0), length)
		if length == 0 {
			continue
		}
		end := rate(i) + (rate(i+1)-rate(i))*part/length
		if step {
			end = rate(i)
		}
		sum += (rate(i) + end) / 2 * part
	}
	return sum + rate(n-1)*max(t-at(n-1), 0)
}

// profiles draws a profile with jumps and stretches without any sessions.
func profiles(t *rapid.T) quantity.RateProfile {
	var p quantity.RateProfile
	at := 0.0
	for range rapid.IntRange(1, 6).Draw(t, "points") {
		at += rapid.SampledFrom([]float64{0, 0.001, 1, 90, 3600}).Draw(t, "gap")
		rate := rapid.SampledFrom([]float64{0, 0.01, 1, 50, 400.5, 2000}).Draw(t, "rate")
		p.Points = append(p.Points, rates(at, rate).Points...)
	}
	return p
}

func TestIntegratedRateAtArrivalsIsTheSumOfTheGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := profiles(t)
		step := rapid.Bool().Draw(t, "step")
		g := integral{curve: &profile{points: p.Points, step: step}}
		area, last := 0.0, engine.Time(0)
		for range 200 {
			gap := rapid.SampledFrom([]float64{1e-6, 0.1, 1, 77.7, 10000}).Draw(t, "gap")
			area += gap
			var instant [1]engine.Time
			g.advance([]float64{gap}, instant[:])
			at := instant[0]
			if at == engine.Forever {
				require.LessOrEqual(t, integrated(p, step, 1e7), area+1e-6, "the rate ends at zero")
				return
			}
			require.GreaterOrEqual(t, at, last)
			last = at
			// a nanosecond at 2000 sessions per second, and rounding of the sums
			require.InDelta(t, area, integrated(p, step, at.Seconds()), 2e-6+1e-12*area)
		}
	})
}

func TestEvenArrivalsAreExact(t *testing.T) {
	instants := func(p quantity.RateProfile, n int) (at []engine.Time) {
		e := &ahead{of: &even{integral{curve: &profile{points: p.Points}}}}
		for range n {
			at = append(at, e.next())
		}
		return at
	}
	for k, at := range instants(rates(0, 50), 1000000) {
		require.Equal(t, engine.Time(k+1)*20*engine.Millisecond, at)
	}
	// rising from 0 by 2/s each second: the integral is t^2
	for k, at := range instants(rates(0, 0, 100, 200), 10000) {
		require.InDelta(t, math.Sqrt(float64(k+1)), at.Seconds(), 1e-9)
	}
	// falling to 0: 100 t - t^2, the last arrival where the rate ends
	falling := instants(rates(0, 100, 50, 0), 2501)
	for k, at := range falling[:2500] {
		require.InDelta(t, 50-math.Sqrt(2500-float64(k+1)), at.Seconds(), 1e-7)
	}
	require.Equal(t, engine.Forever, falling[2500])
	// a pause: none between 10 s and 20 s
	paused := instants(rates(0, 1, 10, 1, 10, 0, 20, 0, 20, 1), 12)
	require.Equal(t, []engine.Time{10 * engine.Second, 21 * engine.Second, 22 * engine.Second}, paused[9:])
}

func TestPoissonIsPoisson(t *testing.T) {
	const n = 200000
	for name, test := range map[string]struct {
		profile quantity.RateProfile
		shape   string
	}{
		"constant":        {rates(0, 40), "linear"},
		"ramps and pause": {rates(0, 5, 60, 900, 61, 0, 90, 0, 100, 300, 2000, 20), "linear"},
		"steps":           {rates(0, 5, 60, 900, 300, 0, 500, 77), "step"},
	} {
		t.Run(name, func(t *testing.T) {
			spec := newSpec()
			spec.Rate, spec.Shape = test.profile, test.shape
			p := &ahead{of: &poisson{rate: integral{curve: newCurve(spec, time.Time{})}, luck: random.NewStream(3, 0, name)}}
			gaps := make([]float64, n)
			last := 0.0
			for i := range gaps {
				area := integrated(test.profile, test.shape == "step", p.next().Seconds())
				gaps[i] = -math.Expm1(last - area) // uniform if the gap is exponential
				last = area
			}
			requireUniform(t, gaps)
			requireNoLag(t, gaps)
			wrong := rates(0, 41)
			if name == "constant" { // the same test rejects a rate that is 2.5 % off
				for i := range gaps {
					gaps[i] = -math.Expm1(math.Log1p(-gaps[i]) * float64(wrong.Points[0].Rate) / 40)
				}
				require.Greater(t, distance(gaps), critical(n))
			}
		})
	}
}

// A Poisson process whose rate varies has Poisson counts in fixed windows.
func TestPoissonCountsInWindows(t *testing.T) {
	p := rates(0, 5, 60, 90, 120, 5)
	spec := newSpec()
	spec.Rate = p
	counts := make([]float64, 12) // of 10 s each
	const runs = 400
	for run := range runs {
		process := &ahead{of: &poisson{rate: integral{curve: newCurve(spec, time.Time{})}, luck: random.NewStream(1, run, "windows")}}
		for at := process.next(); at < 120*engine.Second; at = process.next() {
			counts[at/(10*engine.Second)]++
		}
	}
	var chi2 float64
	for i, n := range counts {
		mean := runs * (integrated(p, false, float64(i+1)*10) - integrated(p, false, float64(i)*10))
		chi2 += (n - mean) * (n - mean) / mean
	}
	require.Less(t, chi2, 32.91, "chi-square with 12 degrees of freedom, 99.9 %%")
}

func TestDailyFollowsTheClock(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	friday := time.Date(2026, 11, 20, 9, 0, 0, 0, seoul)
	points := []quantity.RatePoint{{At: 6 * engine.Hour, Rate: 2}, {At: 18 * engine.Hour, Rate: 10}}
	// 2/s at 06:00, rising to 10/s at 18:00, falling to 2/s at 06:00; at midnight 6/s
	hours := counts(&daily{points: points, weekend: 0.5, zero: friday}, 72)
	require.InDelta(t, (4+4.0+2/3.0)/2*3600, hours[0], 1, "Friday 09:00 to 10:00")
	require.InDelta(t, (10+10-2/3.0)/2*3600, hours[9], 1, "18:00 to 19:00")
	require.InDelta(t, (6+6+2/3.0)/2*3600, hours[14], 1, "23:00 to midnight")
	require.InDelta(t, (6+6-2/3.0)/4*3600, hours[15], 1, "Saturday, midnight to 01:00")
	require.InDelta(t, (6+6-2/3.0)/4*3600, hours[39], 1, "Sunday")
	require.InDelta(t, (6+6-2/3.0)/2*3600, hours[63], 1, "Monday")

	stepped := counts(&daily{points: points, weekend: 0.5, zero: friday, step: true}, 30)
	require.InDelta(t, 7200, stepped[8], 1)
	require.InDelta(t, 36000, stepped[9], 1)
	require.InDelta(t, 18000, stepped[15], 1, "Saturday, midnight: still the value of 18:00")
	require.InDelta(t, 3600, stepped[21], 1, "Saturday 06:00")

	single := counts(&daily{points: points[:1], weekend: 1, zero: friday}, 48)
	for _, n := range single {
		require.InDelta(t, 7200, n, 1)
	}
}

func TestDailyAndDaylightSaving(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	points := []quantity.RatePoint{{At: 0, Rate: 1}, {At: 2 * engine.Hour, Rate: 3}, {At: 3 * engine.Hour, Rate: 5}, {At: 4 * engine.Hour, Rate: 7}}
	hours := func(month time.Month, day int) []float64 {
		d := &daily{points: points, weekend: 1, step: true, zero: time.Date(2026, month, day, 0, 0, 0, 0, berlin)}
		return counts(d, 6)
	}
	require.InDeltaSlice(t, []float64{3600, 3600, 18000, 25200, 25200, 25200}, hours(time.March, 29), 1, "02:00 is skipped")
	require.InDeltaSlice(t, []float64{3600, 3600, 10800, 10800, 18000, 25200}, hours(time.October, 25), 1, "02:00 comes twice")
}

// counts is the number of sessions an hour under a curve, evenly spaced.
func counts(c curve, hours int) []float64 {
	e := &ahead{of: &even{integral{curve: c}}}
	n := make([]float64, hours)
	for at := e.next(); at < engine.Time(hours)*engine.Hour; at = e.next() {
		n[at/engine.Hour]++
	}
	return n
}

func TestBurstyHasItsMeanAndDispersion(t *testing.T) {
	spec := newSpec()
	spec.Rate, spec.BurstRate = rates(0, 2), 30
	spec.CalmDuration, spec.BurstDuration = 20e9, 5e9
	const runs, window = 20000, 40.0
	counts := make([]float64, runs)
	for run := range counts {
		stream := func(name string) random.Stream { return random.NewStream(9, run, name) }
		process := ahead{of: newArrivals("x", &Spec{Arrivals: "bursty", Shape: "linear", Rate: spec.Rate, BurstRate: spec.BurstRate,
			CalmDuration: spec.CalmDuration, BurstDuration: spec.BurstDuration}, Env{Stream: stream, End: engine.Hour})}
		for at := process.next(); at.Seconds() < window; at = process.next() {
			counts[run]++
		}
	}
	x, y, leave, back := 2.0, 30.0, 1/20.0, 1/5.0
	mean := (back*x + leave*y) / (back + leave)
	both := (leave + back) * window
	dispersion := 1 + 2*(x-y)*(x-y)*leave*back/((leave+back)*(leave+back)*(back*x+leave*y))*(1+math.Expm1(-both)/both)

	m, variance, sdOfVariance := moments(counts)
	require.InDelta(t, mean*window, m, 3.29*math.Sqrt(variance/runs))
	require.InDelta(t, dispersion*mean*window, variance, 3.29*sdOfVariance)
	require.Greater(t, math.Abs(variance-m), 50*sdOfVariance, "not Poisson")
}

// A calm profile goes on through bursts: bursts replace it, they do not stop it.
func TestBurstsReplaceTheProfile(t *testing.T) {
	spec := newSpec()
	spec.Rate, spec.BurstRate = rates(0, 0, 100, 100), 1000
	spec.CalmDuration, spec.BurstDuration = 10e9, 10e9
	m := newModulated(spec, newCurve(spec, time.Time{}), random.NewStream(1, 0, "bursts/x"), engine.Hour)
	at := engine.Time(0)
	for at < 100*engine.Second {
		p := m.next()
		require.Equal(t, at, p.from)
		if p.first*1e9 < 999 {
			require.InDelta(t, min(p.from.Seconds(), 100), p.first*1e9, 1e-6)
			require.InDelta(t, min(p.to.Seconds(), 100), p.last*1e9, 1e-6)
		}
		at = p.to
	}
}

// moments are the mean, the variance and the standard error of the latter.
func moments(x []float64) (mean, variance, sdOfVariance float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	var fourth float64
	for _, v := range x {
		d := v - mean
		variance += d * d / n
		fourth += d * d * d * d / n
	}
	return mean, variance, math.Sqrt((fourth - variance*variance) / n)
}

func TestCourse(t *testing.T) {
	rate := func(points ...quantity.RatePoint) *Spec {
		return &Spec{Rate: quantity.RateProfile{Points: points}}
	}
	require.Equal(t, []float64{5, 5, 5}, rate(quantity.RatePoint{Rate: 5}).Course(time.Time{}, 150*engine.Second, engine.Minute))
	ramp := rate(quantity.RatePoint{At: 60 * engine.Second, Rate: 2}, quantity.RatePoint{At: 180 * engine.Second, Rate: 6})
	require.InDeltaSlice(t, []float64{2, 3, 5, 6}, ramp.Course(time.Time{}, 4*engine.Minute, engine.Minute), 1e-9)
	ramp.Shape = "step"
	require.InDeltaSlice(t, []float64{2, 2, 2, 6}, ramp.Course(time.Time{}, 4*engine.Minute, engine.Minute), 1e-9)
	morning := &Spec{Weekend: 0.5, Shape: "step", Daily: quantity.DailyProfile{Points: []quantity.RatePoint{{At: 8 * engine.Hour, Rate: 10}, {At: 20 * engine.Hour, Rate: 1}}}}
	saturday := time.Date(2026, 3, 7, 7, 0, 0, 0, time.UTC)
	require.InDeltaSlice(t, []float64{0.5, 5, 5}, morning.Course(saturday, 3*engine.Hour, engine.Hour), 1e-9)
	require.Nil(t, (&Spec{Users: 3}).Course(time.Time{}, engine.Hour, engine.Minute))
}

// Arrivals at time zero: of a profile its first rate, of bursts the mean of both
// rates by the time spent at each, of closed users one session per user and time
// spent thinking.
func TestRateAtZero(t *testing.T) {
	rising := quantity.RateProfile{Points: []quantity.RatePoint{{At: 0, Rate: 4}, {At: engine.Hour, Rate: 40}}}
	second := func(n engine.Time) quantity.Duration { return quantity.Duration(n * engine.Second) }
	for name, c := range map[string]struct {
		spec  Spec
		want  float64
		known bool
	}{
		"poisson": {Spec{Rate: rising}, 4, true},
		"bursty":  {Spec{Arrivals: "bursty", Rate: rising, BurstRate: 14, BurstDuration: second(10), CalmDuration: second(30)}, 6.5, true},
		"closed":  {Spec{Users: 60, Requests: number("3"), Think: span("5s")}, 4, true},
		"busy":    {Spec{Users: 60, Requests: number("3"), Think: span("0s")}, 0, false},
		"trace":   {Spec{Arrivals: "trace"}, 0, false},
	} {
		got, known := c.spec.RateAtZero(time.Time{})
		require.Equal(t, c.known, known, name)
		if known {
			require.InDelta(t, c.want, got, 1e-9, name)
		}
	}
}

// Nothing is drawn beyond the end of the run: with bursts of no rate that is where the
// search for the next arrival ends.
func TestBurstsEndWithTheRun(t *testing.T) {
	spec := newSpec()
	spec.Arrivals, spec.Rate, spec.BurstRate = "bursty", rates(0, 0), 1e-5
	spec.CalmDuration, spec.BurstDuration = 1e6, 1e6
	stream := func(name string) random.Stream { return random.NewStream(1, 0, name) }
	m := newModulated(spec, newCurve(spec, time.Time{}), stream("bursts/x"), engine.Minute)
	pieces := 0
	for m.next().from < engine.Forever {
		pieces++
	}
	require.InDelta(t, 60_000, pieces, 3.29*math.Sqrt(60_000), "stays of 1 ms")
	process := ahead{of: newArrivals("x", spec, Env{Stream: stream, End: engine.Minute})}
	require.Equal(t, engine.Forever, process.next())
}
