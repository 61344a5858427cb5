package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/catalog"
)

func TestInstanceIsBilledByTheSecondFromLaunchToTermination(t *testing.T) {
	const millisecond, second, minute, hour = engine.Millisecond, engine.Second, engine.Minute, engine.Hour
	for _, c := range []struct {
		name     string
		span     engine.Time
		billed   int64 // seconds
		dollarsX float64
	}{
		{"nothing but the launch", 0, 60, 0.0016},
		{"half a minute", 30 * second, 60, 0.0016},
		{"the minimum", minute, 60, 0.0016},
		{"a begun second is whole", minute + millisecond, 61, 0.001626667},
		{"an hour", hour, 3600, 0.096},
		{"a day", 24 * hour, 86400, 2.304},
	} {
		t.Run(c.name, func(t *testing.T) {
			bill := catalog.NewInstanceBill(catalog.Dollars(0.096), 0) // m5.large in us-east-1
			bill.Launch(7 * second)
			running := bill.Total(7*second + c.span)
			require.Equal(t, c.dollarsX, running.USD())
			require.Equal(t, float64(c.billed)/3600, bill.Hours(7*second+c.span))
			bill.Terminate(7*second, 7*second+c.span)
			require.Equal(t, running, bill.Total(1000*hour), "a terminated instance costs no more")
			require.Equal(t, float64(c.billed)/3600, bill.Hours(1000*hour))
		})
	}
}

// "Every stop/start begins a new minimum" [EC2-BILL]: a group that flaps pays
// at least a minute per launch, however short its instances live.
func TestFlappingCostsAMinutePerLaunch(t *testing.T) {
	bill := catalog.NewInstanceBill(catalog.Dollars(3.6), 0)
	for n := range 100 {
		at := engine.Time(n) * 10 * engine.Second
		bill.Launch(at)
		bill.Terminate(at, at+5*engine.Second)
	}
	require.Equal(t, 100*60*0.001, bill.Total(engine.Hour).USD())
}

// The audit lets a launch cost up to a minute more than it was paid for, its least, and
// nothing less: an hour of one instance that was billed 10 % too low or 61 s too high is
// found, and so is a launch that is billed twice.
func TestAuditOfABill(t *testing.T) {
	const launched, ended, now = 5 * engine.Second, 5*engine.Second + engine.Hour, 2 * engine.Hour
	for _, c := range []struct {
		name  string
		paid  float64 // seconds, of 3600 that are billed
		found bool
	}{
		{"right", 3600, false},
		{"a second begun", 3599.5, false},
		{"a launch's minute", 3540, false},
		{"a minute and some", 3539.9, true},
		{"rounding", 3600.0005, false},
		{"less than was paid", 3600.002, true},
		{"10 % too low", 4000, true},
		{"10 % too high", 3273, true},
		{"twice", 1800, true},
	} {
		bill := catalog.NewInstanceBill(1, 0)
		bill.Launch(launched)
		bill.Terminate(launched, ended)
		err := bill.Audit(now, tally.Int128{Low: uint64(c.paid * 1e9)})
		require.Equal(t, c.found, err != nil, "%s: %v", c.name, err)
	}
	bill := catalog.NewInstanceBill(1, 0)
	bill.Launch(launched)
	bill.Launch(launched)
	require.NoError(t, bill.Audit(ended, tally.Int128{Low: uint64(7080 * engine.Second)}), "two launches, two minutes")
	require.EqualError(t, bill.Audit(ended, tally.Int128{Low: uint64(7079 * engine.Second)}),
		"7200 s of instances are billed, but they were paid for 7079.000 s, in 2 launches")
}

func TestTerminateOfAnUnknownInstancePanics(t *testing.T) {
	bill := catalog.NewInstanceBill(1, 0)
	bill.Launch(engine.Second)
	require.PanicsWithValue(t, "catalog: no instance launched at 2s is running", func() {
		bill.Terminate(2*engine.Second, engine.Minute)
	})
}

// Break-even of t3.large in unlimited mode with m5.large: 42.5 % CPU over 24 h
// (EC2 User Guide, unlimited mode [T-UNL]). Above its baseline of 30 % the
// surplus of 2 vCPUs is charged at 0.05 USD a vCPU-hour.
func TestUnlimitedBreakEven(t *testing.T) {
	large, err := catalog.Lookup("t3.large")
	require.NoError(t, err)
	fixed, err := catalog.Lookup("m5.large")
	require.NoError(t, err)
	day := 24 * engine.Hour
	bill := catalog.NewInstanceBill(large.PricePerHour(catalog.USEast1), large.Credits.SurplusPrice)
	bill.Launch(0)
	bill.Surplus(day / 1000 * (425 - 300) * 2)
	// The guide rounds: 0.0832 + 2 x 12.5 % x 0.05 = 0.0957 an hour against 0.0960.
	require.InDelta(t, fixed.PricePerHour(catalog.USEast1).USD(), bill.Total(day).USD()/24, 0.0005)
	require.Equal(t, 24*0.0832+24*2*0.125*0.05, bill.Total(day).USD())
}

// Surplus is a matter of total CPU time: in how many parts it comes due does
// not change the bill.
func TestSurplusAddsUpExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(0, int64(100*engine.Hour)), 1, 50).Draw(t, "parts")
		split, whole := catalog.NewInstanceBill(0, 50_000_000), catalog.NewInstanceBill(0, 50_000_000)
		var sum engine.Time
		for _, part := range parts {
			split.Surplus(engine.Time(part))
			sum += engine.Time(part)
		}
		whole.Surplus(sum)
		require.Equal(t, whole.Total(0), split.Total(0))
		require.InDelta(t, sum.Seconds()/3600*0.05, split.Total(0).USD(), 2e-9)
	})
}

// The total never falls, and terminating now changes nothing now.
func TestBillIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bill := catalog.NewInstanceBill(catalog.Dollars(rapid.Float64Range(0, 10).Draw(t, "price")), 0)
		var now engine.Time
		var alive []engine.Time
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			before := bill.Total(now)
			now += engine.Time(rapid.Int64Range(0, int64(engine.Hour)).Draw(t, "pass"))
			require.GreaterOrEqual(t, bill.Total(now), before)
			if n := len(alive); n > 0 && rapid.Bool().Draw(t, "terminate") {
				due := bill.Total(now)
				bill.Terminate(alive[n-1], now)
				alive = alive[:n-1]
				require.Equal(t, due, bill.Total(now))
				continue
			}
			bill.Launch(now)
			alive = append(alive, now)
		}
	})
}

// Ten thousand large servers for two years fit.
func TestGreatSums(t *testing.T) {
	bill := catalog.NewInstanceBill(catalog.Dollars(3), catalog.Dollars(0.05))
	span := 17520 * engine.Hour
	for range 10_000 {
		bill.Launch(0)
		bill.Surplus(span)
	}
	require.Equal(t, 10_000*17520*3.05, bill.Total(span).USD())
}

// Spec 8, ELB [PRICE-ELB, PRICE-ELB-KR]: "every started hour is a full hour"; a
// real bill of 514 h of an application balancer at 0.0225 is 11.57 USD.
func TestBalancerHours(t *testing.T) {
	for _, c := range []struct {
		name  string
		price catalog.BalancerPrice
		span  engine.Time
		want  float64
	}{
		{"no time", catalog.Balancer("classic"), 0, 0},
		{"at once", catalog.Balancer("classic"), 1, 0.025},
		{"a minute", catalog.Balancer("classic"), engine.Minute, 0.025},
		{"one hour", catalog.Balancer("classic"), engine.Hour, 0.025},
		{"an instant more", catalog.Balancer("classic"), engine.Hour + 1, 0.05},
		{"514 hours", catalog.Balancer("application"), 514 * engine.Hour, 11.565},
		{"a day", catalog.Balancer("network"), 24 * engine.Hour, 0.54},
	} {
		require.Equal(t, c.want, c.price.PerHour.ForBegunHours(c.span).USD(), c.name)
	}
}

func TestMoney(t *testing.T) {
	for _, usd := range []float64{0, 0.0047, 0.08925, 1e-9, 12345.678901234, -0.5} {
		require.Equal(t, usd, catalog.Dollars(usd).USD())
	}
	require.Equal(t, "0.0208", catalog.Dollars(0.0208).String())
	require.Equal(t, catalog.Money(1), catalog.Dollars(0.6e-9))
}
