package autoscaling

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling/hpa"
	"github.com/headroom-sim/headroom/models/quantity"
)

// HPASpec has the keys of a policy that is a Kubernetes HorizontalPodAutoscaler
// v2. The instances of the fleet are its pods: InService is the phase Running,
// and a pod is ready when it can take requests. Which pod a scale-down deletes is
// the business of the fleet's termination_policies: a ReplicaSet takes unready
// pods first and of ready ones the newest, which NewestInstance comes close to.
//
//	[fleets.web.policies.pods]
//	kind = "hpa"
//	cpu_request = 0.5
//	targets.cpu = { target = 50 }
//	scale_down = { stabilization_window = "2m", policies = ["4 pods per 60s", "10% per 60s"] }
type HPASpec struct {
	CPURequest              *float64           `toml:"cpu_request" for:"hpa" range:"0.001..1024" doc:"vCPUs that a pod requests, of which CPU utilization is in percent. Left out: all of the instance's." source:"hpa"`
	SyncPeriod              quantity.Duration  `toml:"sync_period" for:"hpa" default:"15s" range:"1s..1h" doc:"Time between two decisions." source:"hpa: --horizontal-pod-autoscaler-sync-period"`
	MetricResolution        quantity.Duration  `toml:"metric_resolution" for:"hpa" default:"15s" range:"10s..60s" doc:"Time between two scrapes of the metrics server, a divisor of 60s. A sample is the mean between two of them." source:"metrics-server: --metric-resolution, 10s at least"`
	MetricWindow            *quantity.Duration `toml:"metric_window" for:"hpa" range:"10s..1h" doc:"Time that a sample of CPU is the mean of, a multiple of metric_resolution. Left out: metric_resolution." source:"metrics-server: the time between two scrapes; more only with adapters of other metrics systems"`
	Tolerance               float64            `toml:"tolerance" for:"hpa" default:"0.1" range:"0..1" doc:"There is no action while |1 - value / target| is at most this." source:"hpa: --horizontal-pod-autoscaler-tolerance"`
	CPUInitializationPeriod quantity.Duration  `toml:"cpu_initialization_period" for:"hpa" default:"5m" range:"0s..1h" doc:"From its launch; in this time a pod's CPU counts only if it is ready and the sample began after it became so." source:"hpa, hpa-code: --horizontal-pod-autoscaler-cpu-initialization-period"`
	InitialReadinessDelay   quantity.Duration  `toml:"initial_readiness_delay" for:"hpa" default:"30s" range:"0s..1h" doc:"A pod that is unready later than cpu_initialization_period and has been since this long after its launch counts as never ready: its CPU is set aside." source:"hpa: --horizontal-pod-autoscaler-initial-readiness-delay"`
	ScaleUp                 ScaleUpSpec        `toml:"scale_up" for:"hpa" doc:"How fast the HPA may add pods."`
	ScaleDown               ScaleDownSpec      `toml:"scale_down" for:"hpa" doc:"How fast the HPA may remove pods."`
}

// ScaleUpSpec is the HPA's behavior.scaleUp.
type ScaleUpSpec struct {
	StabilizationWindow quantity.Duration `toml:"stabilization_window" default:"0s" range:"0s..1h" doc:"The least recommendation of this time counts." source:"hpa"`
	SelectPolicy        string            `toml:"select_policy" default:"Max" oneof:"Max Min Disabled" doc:"Which policy counts: that with the greatest change, that with the smallest, or none: no scale-up at all." source:"hpa"`
	Policies            Rates             `toml:"policies" default:"100% per 15s, 4 pods per 15s" doc:"Most that may be added in any period: pods, or percent of the replicas at its beginning, rounded up." source:"hpa, hpa-code2; an HPA without any behavior allows max(2 x current, 4) instead"`
	Tolerance           *float64          `toml:"tolerance" range:"0..10" doc:"Tolerance above the target, of Kubernetes 1.33 and later, whose test is value / target <= 1 + tolerance. Left out: that of the policy." source:"hpa-tol"`
}

// ScaleDownSpec is the HPA's behavior.scaleDown.
type ScaleDownSpec struct {
	StabilizationWindow quantity.Duration `toml:"stabilization_window" default:"300s" range:"0s..1h" doc:"The greatest recommendation of this time counts." source:"hpa"`
	SelectPolicy        string            `toml:"select_policy" default:"Max" oneof:"Max Min Disabled" doc:"Which policy counts: that with the greatest change, that with the smallest, or none: no scale-down at all." source:"hpa"`
	Policies            Rates             `toml:"policies" default:"100% per 15s" doc:"Most that may be removed in any period: pods, or percent of the replicas at its beginning, of which the rest is cut to whole pods." source:"hpa, hpa-code2"`
	Tolerance           *float64          `toml:"tolerance" range:"0..1" doc:"Tolerance below the target, of Kubernetes 1.33 and later, whose test is 1 - tolerance <= value / target. Left out: that of the policy." source:"hpa-tol"`
}

// TargetSpec is a metric with its target, a [fleets.<f>.policies.<p>.targets.<name>]
// table.
type TargetSpec struct {
	Metric string   `toml:"metric" default:"cpu" doc:"cpu, or a metric of the fleet's own, [fleets.NAME.metrics.NAME], of which the latest metric_resolution (hpa) or interval (gcp) counts, without its period and delay. What each instance measures is averaged over them; what something else measures is spread over them." source:"hpa, gcp-pol"`
	Target *float64 `toml:"target" range:"0.001..1000000000" doc:"For cpu percent: with hpa of what the pods request, in whole numbers, and required; with gcp of the VMs' vCPUs, 60 if left out. For another metric its value per pod or VM; hpa: AverageValue." source:"hpa, gcp-cpu"`
}

// cpuMetric is the name of CPU utilization in targets and rules.
const cpuMetric = "cpu"

// Rates are rate policies, in scenarios ["4 pods per 60s", "10% per 60s"].
type Rates []hpa.Rate

var ratePattern = regexp.MustCompile(`^([1-9][0-9]{0,5}) ?(%|pods?) per (.+)$`)

// Read implements [quantity.Reader]. A single text may have several rates, with
// commas between.
func (r *Rates) Read(raw any, _ quantity.Files) error {
	var texts []string
	switch v := raw.(type) {
	case string:
		texts = strings.Split(v, ",")
	case []any:
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return badRate(item)
			}
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return fmt.Errorf(`must be a list of rates such as ["4 pods per 60s"] %s`, quantity.Have(raw))
	}
	*r = nil
	for _, text := range texts {
		rate, err := parseRate(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		*r = append(*r, rate)
	}
	return nil
}

func badRate(raw any) error {
	return fmt.Errorf(`must be a rate such as "4 pods per 60s" or "10%% per 60s" %s`, quantity.Have(raw))
}

// longestRatePeriod is the most that periodSeconds may be [hpa].
const longestRatePeriod = 30 * engine.Minute

func parseRate(text string) (hpa.Rate, error) {
	m := ratePattern.FindStringSubmatch(text)
	if m == nil {
		return hpa.Rate{}, badRate(text)
	}
	period, err := quantity.ParseDuration(m[3])
	switch {
	case err != nil:
		return hpa.Rate{}, badRate(text)
	case period == 0 || period.Time() > longestRatePeriod:
		return hpa.Rate{}, fmt.Errorf("a rate's period must be more than 0s and at most 30m %s", quantity.Have(text))
	}
	n, _ := strconv.Atoi(m[1]) // the pattern admits nothing else
	return hpa.Rate{Value: n, Percent: m[2] == "%", Period: period.Time()}, nil
}

// checkHPA reports what no single key shows about an HPA.
func (p *PolicySpec) checkHPA(report quantity.Report) {
	if len(p.Targets) == 0 {
		report("targets", `is required where kind = "hpa": write targets.cpu = { target = 50 }`)
	}
	for _, name := range sortedKeys(p.Targets) {
		checkTarget(p.Targets[name], "targets."+name+".target", report)
	}
	resolution := p.MetricResolution.Time()
	if resolution > 0 && engine.Minute%resolution != 0 {
		report("metric_resolution", `must be a divisor of 60s (have "%s")`, p.MetricResolution)
	}
	if w := p.MetricWindow; w != nil && resolution > 0 && w.Time()%resolution != 0 {
		report("metric_window", "must be a multiple of metric_resolution (metric_window %s, metric_resolution %s)", w, p.MetricResolution)
	}
}

func checkTarget(t *TargetSpec, at string, report quantity.Report) {
	switch {
	case t.Target == nil:
		report(at, "is required")
	case t.Metric == cpuMetric && *t.Target != math.Trunc(*t.Target):
		report(at, "must be a whole number of percent (have %v)", *t.Target)
	}
}
