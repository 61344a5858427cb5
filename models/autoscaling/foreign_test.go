package autoscaling

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

func rates(text string) (r Rates) {
	if err := r.Read(text, nil); err != nil {
		panic(err)
	}
	return r
}

// hpaPolicy is an HPA with the documented defaults and a target of CPU.
func hpaPolicy(target float64) *PolicySpec {
	p := &PolicySpec{Type: "hpa", Targets: map[string]*TargetSpec{"cpu": {Metric: cpuMetric, Target: &target}}}
	p.HPASpec = HPASpec{
		SyncPeriod: duration("15s"), MetricResolution: duration("15s"), Tolerance: 0.1,
		CPUInitializationPeriod: duration("5m"), InitialReadinessDelay: duration("30s"),
		ScaleUp:   ScaleUpSpec{SelectPolicy: "Max", Policies: rates("100% per 15s, 4 pods per 15s")},
		ScaleDown: ScaleDownSpec{StabilizationWindow: duration("300s"), SelectPolicy: "Max", Policies: rates("100% per 15s")},
	}
	return p
}

func gcpPolicy(target float64) *PolicySpec {
	p := &PolicySpec{Type: "gcp", Targets: map[string]*TargetSpec{"cpu": {Metric: cpuMetric, Target: &target}}}
	p.GCPSpec = GCPSpec{
		Interval: duration("60s"), StabilizationPeriod: duration("600s"), InitializationPeriod: duration("60s"), AutoscalingMode: "ON",
	}
	return p
}

// azureRule is a rule on the average CPU of five minutes, by the minute.
func azureRule(operator string, threshold float64, action string) *RuleSpec {
	a, err := ParseAdjustment(action)
	if err != nil {
		panic(err)
	}
	return &RuleSpec{
		Metric: cpuMetric, Statistic: "Average", TimeGrain: duration("60s"), TimeWindow: duration("5m"), TimeAggregation: "Average",
		Operator: operator, Threshold: threshold, Action: a, Cooldown: duration("5m"),
	}
}

func azurePolicy(rules map[string]*RuleSpec) *PolicySpec {
	p := &PolicySpec{Type: "azure"}
	p.AzureSpec = AzureSpec{Rules: rules, JobInterval: duration("30s"), IngestDelay: duration("60s")}
	return p
}

// foreignPlant is a group with one policy, a load in vCPUs that its instances of
// one vCPU share, and no drain.
func foreignPlant(t *testing.T, s *Spec, p *PolicySpec, load func(engine.Time) float64) *plant {
	s.Policies["auto"] = p
	pl := newPlant(t, s)
	pl.cpu, pl.drain = share(load), 0
	return pl
}

// said are the policy's answers, with their instants.
func (p *plant) said() []string { return p.texts(timeline.Policy) }

// A step of the load is answered at the first sync after a whole sample. The
// pods that come count as unready, which keeps the HPA from asking for more, and
// their CPU only from a sample that began when they were ready [hpa-code].
func TestHPAFollowsAStep(t *testing.T) {
	p := foreignPlant(t, groupSpec(1, 10, 4), hpaPolicy(50), after("5m", 2, 3)).until("12m")
	require.Equal(t, []string{
		"15s auto: no change, desired is 4: cpu: 50 / 50 = 1 is within the tolerance",
		"5m15s auto: applied, asks for 6: cpu: ceil(4 x 75 / 50) = 6",
		"5m30s auto: no change, desired is 6: cpu: 50 / 50 = 1 (web-5 and web-6 without a value: taken as 0) is within the tolerance",
		"6m15s auto: no change, desired is 6: cpu: 50 / 50 = 1 (web-5 and web-6 not ready yet: left out) is within the tolerance",
	}, p.said())
	require.Equal(t, []string{"5m21s", "5m21s"}, p.times(timeline.Launch, ""), "reconciled after 6 s")
	require.Empty(t, p.times(timeline.WarmedUp, ""), "there is no warm-up in a cluster")
}

// When the load has gone the greatest recommendation of five minutes holds.
// spec 5.1 [hpa].
func TestHPAStabilizesScaleDown(t *testing.T) {
	p := foreignPlant(t, groupSpec(1, 10, 8), hpaPolicy(50), after("10m", 4, 1.9)).until("20m")
	require.Equal(t, []string{
		"15s auto: no change, desired is 8: cpu: 50 / 50 = 1 is within the tolerance",
		"10m15s auto: no change, desired is 8: cpu: ceil(8 x 23 / 50) = 4, held at 8 by scale-down stabilization until 00:15:00",
		"15m auto: applied, asks for 4: cpu: ceil(8 x 23 / 50) = 4",
		"15m15s auto: no change, desired is 4: cpu: 47 / 50 = 0.94 is within the tolerance",
	}, p.said(), "8 was last recommended at 10m, of a sample that ended then")
}

// The default rate doubles a large workload every 15 s, and bounds cut it. spec
// 5.1 [hpa].
func TestHPARate(t *testing.T) {
	p := foreignPlant(t, groupSpec(1, 30, 10), hpaPolicy(10), after("5m", 1, 9)).until("6m")
	require.Equal(t, []string{
		"15s auto: no change, desired is 10: cpu: 10 / 10 = 1 is within the tolerance",
		"5m15s auto: applied, asks for 20: cpu: ceil(10 x 90 / 10) = 90, rate policy 100% per 15s allows 20",
		"5m30s auto: applied, asks for 30: cpu: ceil(20 x 45 / 10) = 90 (web-11, web-12 and 8 more without a value: taken as 0), limited to max 30",
		"5m45s auto: no change, desired is 30: cpu: ceil(30 x 30 / 10) = 90 (web-11, web-12 and 8 more not ready yet: taken as 0; web-21, web-22 and 8 more without a value: taken as 0), limited to max 30",
	}, p.said())
}

// CPU is in percent of what a pod requests. spec 5.1 [hpa].
func TestHPARequest(t *testing.T) {
	policy := hpaPolicy(50)
	policy.CPURequest = pointer(0.5)
	p := foreignPlant(t, groupSpec(1, 10, 4), policy, after("5m", 1, 2)).until("6m")
	require.Contains(t, p.said(), "5m15s auto: applied, asks for 8: cpu: ceil(4 x 100 / 50) = 8")
}

// A longer window and a slower metrics server see a step later.
func TestHPASampling(t *testing.T) {
	policy := hpaPolicy(50)
	policy.MetricResolution, policy.MetricWindow = duration("30s"), pointer(duration("60s"))
	p := foreignPlant(t, groupSpec(1, 10, 4), policy, after("5m", 2, 4)).until("7m")
	require.Equal(t, engine.Time(30*engine.Second), p.group.Resolution())
	require.Contains(t, p.said(), "5m30s auto: applied, asks for 6: cpu: ceil(4 x 75 / 50) = 6", "half a window at 100 %")
}

// Without a metric of any ready pod nothing happens, and that is told once.
// spec 5.1 [hpa].
func TestHPABlind(t *testing.T) {
	s := groupSpec(0, 10, 0)
	p := foreignPlant(t, s, hpaPolicy(50), after("0s", 0, 0)).until("5m")
	require.Equal(t, []string{"15s auto: no change, desired is 0: cpu: no pod has a value that counts"}, p.said())
	require.Len(t, p.log.Answers, 1)
}

// CPU of two vCPUs, half used, is 50 % of both.
func TestScraper(t *testing.T) {
	g := &Group{}
	s := scraper{group: g, depth: 2}
	i := &Instance{State: InService, Since: 5 * engine.Second}
	use := func(busy, there engine.Time) { i.busy, i.there = i.busy+busy, i.there+there }
	_, ok := s.sample(i)
	require.False(t, ok)
	use(5*engine.Second, 20*engine.Second)
	i.scrape(15*engine.Second, s.depth)
	u, ok := s.sample(i)
	require.True(t, ok)
	require.Equal(t, sample{15 * engine.Second, 10 * engine.Second, 5 * engine.Second, 20 * engine.Second}, u, "since it is in service")
	require.Equal(t, 25*cloudwatch.Unit, u.percent())
	for k := range engine.Time(5) {
		use(15*engine.Second, 30*engine.Second)
		i.scrape((30+15*k)*engine.Second, s.depth)
	}
	u, _ = s.sample(i)
	require.Equal(t, sample{90 * engine.Second, 30 * engine.Second, 30 * engine.Second, 60 * engine.Second}, u, "of two scrapes")
	i.State = Standby
	i.scrape(105*engine.Second, s.depth)
	_, ok = s.sample(i)
	require.False(t, ok)
	i.State, i.Since = InService, 110*engine.Second
	use(0, 20*engine.Second)
	i.scrape(120*engine.Second, s.depth)
	u, _ = s.sample(i)
	require.Equal(t, sample{120 * engine.Second, 10 * engine.Second, 0, 20 * engine.Second}, u, "what was before does not count")
}

// The managed instance group grows at once, and shrinks when the last peak is a
// stabilization period old; VMs that initialize do not count. spec 5.2
// [gcp-dec, gcp-pol].
func TestGCPWaitsToShrink(t *testing.T) {
	load := func(minute engine.Time) float64 {
		switch {
		case minute < 5*engine.Minute:
			return 1.2
		case minute < 8*engine.Minute:
			return 1.8
		default:
			return 0.5
		}
	}
	p := foreignPlant(t, groupSpec(1, 10, 2), gcpPolicy(60), load).until("25m")
	require.Equal(t, []string{
		"1m auto: no change, desired is 2: cpu: ceil(120 / 60) = 2 for the load of 2 VMs",
		"6m auto: applied, asks for 3: cpu: ceil(180 / 60) = 3 for the load of 2 VMs",
		"7m auto: no change, desired is 3: cpu: ceil(120 / 60) = 2 for the load of 2 VMs, 3 was needed within the stabilization period, which holds until 00:16:00",
	}, p.said()[:3])
	require.Contains(t, p.said(), "18m auto: applied, asks for 1: cpu: ceil(50 / 60) = 1 for the load of 3 VMs")
	require.Equal(t, []string{"6m", "18m"}, p.times(timeline.Desired, ""))
}

// TestGCPScaleInControl: spec 5.2 [gcp-sic].
func TestGCPScaleInControl(t *testing.T) {
	policy := gcpPolicy(60)
	policy.ScaleInControl = &ScaleInSpec{MaxScaledInReplicas: portion("30%"), TimeWindow: duration("20m")}
	p := foreignPlant(t, groupSpec(1, 10, 10), policy, after("5m", 6, 1.2)).until("40m")
	require.Contains(t, p.said(), "15m auto: applied, asks for 7: cpu: ceil(120 / 60) = 2 for the load of 10 VMs, the scale-in control leaves 7: at most 30% per 20m")
	require.Equal(t, []string{"15m", "35m"}, p.times(timeline.Desired, ""))
}

func portion(text string) (p quantity.Portion) {
	if err := p.Read(text, nil); err != nil {
		panic(err)
	}
	return p
}

// Azure looks at five minutes, a minute late; a scale-in that would flap is put
// off, told once, and goes when the load has fallen further. spec 5.3 [az-flap].
func TestAzureDefersFlapping(t *testing.T) {
	load := func(minute engine.Time) float64 {
		switch {
		case minute < 5*engine.Minute:
			return 0.4
		case minute < 30*engine.Minute:
			return 0.56
		default:
			return 0.3
		}
	}
	rules := map[string]*RuleSpec{"out": azureRule(">", 50, "+1"), "in": azureRule("<", 30, "-1")}
	p := foreignPlant(t, groupSpec(1, 4, 1), azurePolicy(rules), load).until("40m")
	said := p.said()
	require.Equal(t, "30s auto: no change, desired is 1: no value of the metric of the rules in, out", said[0])
	// Of five minutes 40 % and then 56 % the mean is above 50 % with four.
	require.Contains(t, said, "10m auto: applied, asks for 2: out: 52.8 > 50, 1 + 1 = 2")
	require.Contains(t, said, "10m30s auto: no change, desired is 2: cooldown until 00:15:00")
	deferred := 0
	for _, text := range said {
		if text == "16m auto: no change, desired is 2: in: 28 < 30, 2 - 1 = 1, but out would fire: 28 x 2 / 1 = 56 > 50: deferred to avoid flapping" {
			deferred++
		}
	}
	require.Equal(t, 1, deferred, "%v", said)
	// Two minutes of 28 % and three of 15 % are 20.2 %, 40.4 % on one.
	require.Equal(t, []string{"10m", "33m"}, p.times(timeline.Desired, ""))
}

// No metric can be read in the first minute: below the default capacity the
// group rises to it. spec 5.3 [az-und].
func TestAzureDefaultCapacity(t *testing.T) {
	policy := azurePolicy(map[string]*RuleSpec{"out": azureRule(">", 90, "+1")})
	policy.DefaultCapacity = pointer(3)
	p := foreignPlant(t, groupSpec(1, 4, 1), policy, after("0s", 0.5, 0.5)).until("10m")
	require.Equal(t, "30s auto: applied, asks for 3: no value of the metric of the rule out: at least the default capacity 3", p.said()[0])
	require.Equal(t, []string{"30s"}, p.times(timeline.Desired, ""))
}

// The statistics of grains and of the window. spec 5.3 [az-und].
func TestAzureAggregation(t *testing.T) {
	m := cloudwatch.NewMetric("m", engine.Minute, 0)
	m.Keep(engine.Hour)
	for k, values := range [][]cloudwatch.Value{{10, 30}, {20, 60}, nil, {50, 90}} {
		var set cloudwatch.StatisticSet
		for _, v := range values {
			set.Add(v * cloudwatch.Unit)
		}
		m.Put(engine.Time(k+1)*engine.Minute, set)
	}
	read := func(statistic, aggregation string, grain engine.Time) float64 {
		trigger := metricTrigger{metric: m, grain: grain, window: 4 * engine.Minute, statistic: grainStatistics[statistic], aggregation: aggregation}
		r := trigger.read(4*engine.Minute+59*engine.Second, 2)
		require.True(t, r.Known)
		return float64(r.Sum) / float64(r.Count) / 1e6
	}
	require.InDelta(t, (20+40+70)/3.0, read("Average", "Average", engine.Minute), 1e-6)
	require.Equal(t, 10.0, read("Min", "Minimum", engine.Minute))
	require.Equal(t, 90.0, read("Max", "Maximum", engine.Minute))
	require.Equal(t, 260.0, read("Sum", "Total", engine.Minute))
	require.Equal(t, 70.0, read("Average", "Last", engine.Minute))
	require.Equal(t, 50.0, read("Average", "Average", 2*engine.Minute), "(30 + 70) / 2")
	divided := metricTrigger{metric: m, grain: engine.Minute, window: 4 * engine.Minute, statistic: cloudwatch.Sum, aggregation: "Last", divide: true}
	require.Equal(t, uint64(2), divided.read(4*engine.Minute, 2).Count)
	require.False(t, divided.read(4*engine.Minute, 0).Known)
	require.False(t, divided.read(0, 2).Known)
}

// Every instance is looked at, and nothing is allocated for it.
func TestForeignSteadyState(t *testing.T) {
	for _, policy := range []*PolicySpec{hpaPolicy(50), gcpPolicy(50), azurePolicy(map[string]*RuleSpec{"out": azureRule(">", 90, "+1")})} {
		p := foreignPlant(t, groupSpec(1, 100, 100), policy, func(engine.Time) float64 { return 50 }).until("1h")
		at := engine.Hour
		require.Less(t, testing.AllocsPerRun(20, func() {
			at += engine.Minute
			require.NoError(t, p.sim.Run(at))
		}), 0.5, policy.Type)
	}
}
