package autoscaling

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling/forecast"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// hourly is a history of the hours before Monday 2 March 2026, midnight UTC, when
// the plant starts: what there is in a minute, by the hour of the day.
func hourly(hours int, perMinute func(hour int) float64) quantity.File {
	var b strings.Builder
	zero := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for k := -hours; k < 0; k++ {
		at := zero.Add(time.Duration(k) * time.Hour)
		fmt.Fprintf(&b, "%s,%v\n", at.Format("2006-01-02 15:04:05"), 60*perMinute(at.Hour()))
	}
	return quantity.File{Name: "load.csv", Data: []byte(b.String())}
}

// predictivePolicy scales by requests, of which an instance takes 100 a minute.
func predictivePolicy(history quantity.File) *PolicySpec {
	return &PolicySpec{
		Type: "predictive", Metric: "ALBRequestCount", Target: 100,
		PredictiveSpec: PredictiveSpec{
			History: history, Mode: scaleToo, SchedulingBufferTime: duration("300s"), MaxCapacityBreachBehavior: "HonorMaxCapacity",
		},
	}
}

// withRequests is a plant with a metric for the number of requests.
func withRequests(t *testing.T, s *Spec) *plant {
	return newPlantWith(t, s, cloudwatch.NewMetric(RequestCount, engine.Minute, engine.Minute))
}

// day is a load that needs two instances, five from 9:00 and one from 20:00 on.
func day(hour int) float64 {
	switch {
	case hour < 9:
		return 150
	case hour < 20:
		return 500
	default:
		return 99.5
	}
}

// TestPredictiveScalesBeforeTheHour: it asks for what an hour needs 300 s before
// it begins, only ever for more [pred] (spec 2.6).
func TestPredictiveScalesBeforeTheHour(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
	p := withRequests(t, s).until("1d")
	require.Equal(t, []string{
		"0s ahead: desired 2, was 1: forecast ceil(150.0 / 100) = 2 for the coming hour",
		"8h55m ahead: desired 5, was 2: forecast ceil(500.0 / 100) = 5 for the coming hour",
	}, p.texts(timeline.Desired))
	require.Equal(t, 5, p.group.Desired, "it never scales in")
	require.Contains(t, p.texts(timeline.Policy), "9h55m ahead: no change, desired is 5: forecast ceil(500.0 / 100) = 5 for the coming hour")
	require.Equal(t, "0s", text(p.group.Instances[2].warmsUntil-p.group.Instances[2].Since), "no warm-up of its own [warm2]")
}

// TestPredictiveBuffer is a setting; 0 acts as the hour begins [api-pred] (spec 2.6).
func TestPredictiveBuffer(t *testing.T) {
	for buffer, want := range map[string]string{"0s": "9h", "300s": "8h55m", "3599s": "8h1s"} {
		s := groupSpec(2, 9, 2)
		s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
		s.Policies["ahead"].SchedulingBufferTime = duration(buffer)
		require.Equal(t, []string{want}, withRequests(t, s).until("1d").times(timeline.Desired, "ahead"))
	}
}

// TestPredictiveAndDynamic: the larger of the two [pred]. A dynamic scale-in goes
// no lower than the hour's forecast, and a dynamic scale-out goes beyond it (spec 2.1 and 2.6).
func TestPredictiveAndDynamic(t *testing.T) {
	s := groupSpec(1, 9, 2)
	s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. =7")
	p := withRequests(t, s)
	p.cpu = flat(func(minute engine.Time) float64 {
		if k := minute / engine.Minute; 12*60 <= k && k < 12*60+2 {
			return 0.9
		}
		return 0.1
	})
	p.until("9h30m")
	require.Equal(t, 5, p.group.Desired)
	require.Contains(t, p.texts(timeline.Policy), "8h55m in: no change, ahead expects to need at least 5 until 20:00:00: step ..0 -1 for 10.0, 10.0 below 20: -1 with current capacity 2 gives 1")
	require.Equal(t, 7, p.until("12h3m").group.Desired, "dynamic scaling goes on beyond the forecast")
	require.Equal(t, 5, p.until("13h").group.Desired, "and back down to it")
	require.Equal(t, 5, p.until("19h59m").group.Desired)
	require.Equal(t, 1, p.until("21h").group.Desired, "when the hour is over the forecast is")
}

// TestPredictiveIsInNobodysWay: where more is there than it expects to need, a
// scale-in at the very instant at which it speaks goes on [pred] (spec 2.6).
func TestPredictiveIsInNobodysWay(t *testing.T) {
	s := groupSpec(1, 9, 6)
	s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := withRequests(t, s)
	p.cpu = flat(minuteByMinute(53, 10))
	p.until("56m")
	require.Equal(t, []string{"55m"}, p.times(timeline.Desired, "in"))
	require.Equal(t, []string{"0s ahead: no change, desired is 6: forecast ceil(150.0 / 100) = 2 for the coming hour"}, p.texts(timeline.Policy)[:1])
}

// TestScaleInDownToTheForecast: a scale-in that would go below it stops there,
// and says so [pred] (spec 2.1).
func TestScaleInDownToTheForecast(t *testing.T) {
	s := groupSpec(1, 9, 8)
	s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 =1")
	p := withRequests(t, s)
	p.cpu = flat(func(engine.Time) float64 { return 0.1 })
	p.until("5m")
	require.Equal(t, []string{
		"2m in: desired 2, was 8: step ..0 =1 for 10.0, 10.0 below 20: =1 with current capacity 8 gives 1, limited to 2, which a predictive policy expects to need",
	}, p.texts(timeline.Desired))
}

// TestForecastOnly is the default mode: the timeline has the forecast, and the
// group does not follow [api-pred] (spec 2.6).
func TestForecastOnly(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
	s.Policies["ahead"].Mode = "ForecastOnly"
	s.Policies["other"] = s.Policies["ahead"]
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 -1")
	p := withRequests(t, s).until("10h")
	require.Equal(t, 1, p.group.Desired)
	require.Empty(t, p.times(timeline.Desired, ""))
	require.Equal(t, []string{
		"0s ahead: a stand-in, not AWS's model, from 336 h of history: 2 from Mon 00:00, 5 from Mon 09:00, 1 from Mon 20:00, " +
			"2 from Tue 00:00, 5 from Tue 09:00, 1 from Tue 20:00 until Wed 00:00",
	}, p.texts(timeline.Forecast)[:1])
	var said []string
	for _, text := range p.texts(timeline.Policy) {
		if strings.Contains(text, "ahead") {
			said = append(said, text)
		}
	}
	require.Equal(t, []string{
		"0s ahead: forecast ceil(150.0 / 100) = 2 for the coming hour; no action: the mode is ForecastOnly",
		"8h55m ahead: forecast ceil(500.0 / 100) = 5 for the coming hour; no action: the mode is ForecastOnly",
	}, said)
}

// TestMaxCapacityBreach has the example of the API: a forecast of 50, max 40 and
// a buffer of 10 % make max 55, which stays; without leave max is honoured
// (spec 2.6, 7.8 [api-pred]).
func TestMaxCapacityBreach(t *testing.T) {
	rush := func(hour int) float64 {
		if hour == 9 {
			return 5000
		}
		return 3000
	}
	for _, c := range []struct {
		buffer   *int
		max, top int
	}{{nil, 40, 40}, {pointer(10), 55, 50}, {pointer(0), 50, 50}, {pointer(100), 100, 50}} {
		s := groupSpec(1, 40, 30)
		s.Policies["ahead"] = predictivePolicy(hourly(14*24, rush))
		if c.buffer != nil {
			s.Policies["ahead"].MaxCapacityBreachBehavior, s.Policies["ahead"].MaxCapacityBuffer = increaseMax, c.buffer
		}
		p := withRequests(t, s)
		before := p.until("8h54m").group.Max
		p.until("20h")
		require.Equal(t, []int{c.max, c.top}, []int{p.group.Max, p.group.Desired})
		if c.buffer != nil && *c.buffer == 10 {
			require.Equal(t, 40, before, "30 and 10 %% of it are within max")
			require.Contains(t, p.texts(timeline.Policy), "8h55m ahead: max 55, was 40: forecast 50 and 10% of it")
		}
	}
}

// TestPredictiveNeedsADay: with less than 24 h of history there is no forecast.
// What the run measures is added hour by hour [pred] (spec 2.6).
func TestPredictiveNeedsADay(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["ahead"] = predictivePolicy(quantity.File{})
	m := cloudwatch.NewMetric(RequestCount, engine.Minute, engine.Minute)
	p := newPlantWith(t, s, m)
	p.others = func(end engine.Time) {
		var minute cloudwatch.StatisticSet
		minute.Add(cloudwatch.NewValue(day(int((end - 1) / engine.Hour % 24))))
		m.Put(end, minute)
	}
	p.until("24h50m")
	require.Equal(t, []string{"0s ahead: no forecast: 24 h of history are needed (there are 0)"}, p.texts(timeline.Policy))
	p.until("2d")
	// The last hour of the first day is known at 24:01, and the forecast of 24:55
	// follows: the same hour yesterday.
	require.Equal(t, []string{"1d55m", "1d6h55m", "1d12h55m", "1d18h55m"}, p.times(timeline.Forecast, "ahead"))
	require.Equal(t, []string{"1d55m", "1d8h55m"}, p.times(timeline.Desired, "ahead"))
	require.Equal(t, 5, p.group.Desired)
}

// TestPredictiveByUtilization: the load is the utilization of all instances added
// up, whatever their number; the target that of one [api-pred] (spec 2.6).
func TestPredictiveByUtilization(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["ahead"] = predictivePolicy(hourly(24, func(int) float64 { return 130.0 / 60 }))
	s.Policies["ahead"].Metric, s.Policies["ahead"].Target = "ASGCPUUtilization", 50
	p := newPlant(t, s)
	require.Equal(t, 3, p.until("10m").group.Desired, "ceil(130 / 50)")
	p.until("1d2h")
	// Three instances at 50 % are a load of 150 in each hour but the first, in
	// which there were fewer for some seconds.
	require.InDelta(t, 150, p.group.predictive.history.Similar(p.group.predictive.hour(25 * engine.Hour))[0], 1e-6)
}

// TestStaleForecast: an hour that nothing is known of has no forecast, and no
// floor.
func TestStaleForecast(t *testing.T) {
	s := groupSpec(1, 9, 4)
	old := hourly(40*24, day)
	rows := strings.Split(string(old.Data), "\n")
	old.Data = []byte(strings.Join(rows[:24*10], "\n")) // ends a month before
	s.Policies["ahead"] = predictivePolicy(old)
	p := withRequests(t, s).until("3h")
	require.Equal(t, 4, p.group.Desired)
	require.Zero(t, p.group.expected(p.sim.Now()).capacity)
}

// TestCheckPredictive: [pred, api-pred] (spec 2.6).
func TestCheckPredictive(t *testing.T) {
	require.Empty(t, problems(predictivePolicy(hourly(24, day)).Check))
	change := func(f func(*PolicySpec)) *PolicySpec {
		p := predictivePolicy(hourly(24, day))
		f(p)
		return p
	}
	for want, p := range map[string]*PolicySpec{
		`metric: must be one of the metric pairs ASGCPUUtilization, ASGNetworkIn, ASGNetworkOut, ALBRequestCount (have "CPUUtilization")`: change(func(p *PolicySpec) { p.Metric = CPUUtilization }),
		`history: load.csv: timestamps must be wall-clock instants, not seconds since the start of the run`:                               change(func(p *PolicySpec) { p.History.Data = []byte("0,1\n60,2\n") }),
		`history: load.csv: line 2: the count must be a number, 0 or more (have "x")`:                                                     change(func(p *PolicySpec) { p.History.Data = []byte("0,1\n60,x\n") }),
		`max_capacity_buffer: is required where max_capacity_breach_behavior = "IncreaseMaxCapacity"`:                                     change(func(p *PolicySpec) { p.MaxCapacityBreachBehavior = increaseMax }),
		`max_capacity_buffer: cannot be used without max_capacity_breach_behavior = "IncreaseMaxCapacity"`:                                change(func(p *PolicySpec) { p.MaxCapacityBuffer = pointer(5) }),
	} {
		require.Equal(t, []string{want}, problems(p.Check))
	}
	s := groupSpec(1, 9, 1)
	for _, name := range []string{"a", "b", "c"} {
		s.Policies[name] = predictivePolicy(hourly(24, day))
	}
	s.Policies["b"].Mode = "ForecastOnly"
	require.Equal(t, []string{"policies.c.mode: a group has at most one predictive policy that scales: there is a already"}, problems(s.Check))
}

// TestForecastOfTheBeginning: hours are those of Universal Time, wherever the run
// begins in one.
func TestForecastOfTheBeginning(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
	p := withRequests(t, s)
	l := p.group.predictive
	require.Equal(t, l.hour(0), forecast.HourOf(p.group.start))
	require.Equal(t, 9*engine.Hour, l.begins(l.hour(9*engine.Hour+59*engine.Minute)))
}

// TestPredictiveWarmup: instances that a predictive policy launches have no
// warm-up but the group's: the cooldown does not stand in for it [pred, warm2]
// (spec 2.6).
func TestPredictiveWarmup(t *testing.T) {
	for _, c := range []struct{ group, want string }{{"", "0s"}, {"90s", "1m30s"}} {
		s := groupSpec(1, 9, 2)
		s.Policies["ahead"] = predictivePolicy(hourly(14*24, day))
		if c.group != "" {
			s.InstanceWarmup = pointer(duration(c.group))
		}
		p := withRequests(t, s).until("9h")
		require.Equal(t, []string{"8h55m"}, p.times(timeline.Desired, "ahead"))
		newest := p.group.Instances[len(p.group.Instances)-1]
		require.Equal(t, c.want, text(newest.warmsUntil-newest.Since))
	}
}
