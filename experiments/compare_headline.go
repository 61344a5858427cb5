package experiments

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/output"
)

// headlines are the metrics that tell how good an arm is and what it costs, in
// the order of a report; <balancer> stands for each of them.
var headlines = []struct {
	metric string
	says   func(Metric) bool // whether it is worth a line, in any arm
}{
	{"latency.mean", given}, {"latency.p95", given}, {"latency.p99", given},
	{"availability", given}, {"requests.failed", given}, {"slo.violation_minutes", nonzero},
	{"sessions.lost", nonzero}, {"balancers.<balancer>.imbalance", uneven},
	{"cost.total", nonzero},
}

// headline are the metrics whose differences are shown: those that expectations
// name, and of the headlines those that say something.
func (c *Comparison) headline() []string {
	list := c.expected()
	for _, h := range headlines {
		for _, name := range c.matching(h.metric) {
			if !slices.Contains(list, name) && c.any(name, h.says) {
				list = append(list, name)
			}
		}
	}
	return list
}

func given(m Metric) bool { return m.N > 0 }

func nonzero(m Metric) bool { return m.N > 0 && m.Mean != 0 }

// uneven is a coefficient of variation of a hundredth or more.
func uneven(m Metric) bool { return m.N > 0 && m.Mean >= 0.01 }

// any reports whether an arm has the metric, and it is so.
func (c *Comparison) any(metric string, so func(Metric) bool) bool {
	return slices.ContainsFunc(c.Arms, func(a ArmResult) bool {
		m, ok := a.Metrics[metric]
		return ok && so(m)
	})
}

// matching are the metrics of any arm that a pattern stands for, sorted.
func (c *Comparison) matching(pattern string) []string {
	before, rest, found := strings.Cut(pattern, "<")
	if !found {
		return []string{pattern}
	}
	_, after, _ := strings.Cut(rest, ">")
	var list []string
	for _, a := range c.Arms {
		for name := range a.Metrics {
			if strings.HasPrefix(name, before) && strings.HasSuffix(name, after) && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return list
}

// Better is the direction in which a metric gets better; known is false for one
// that is neither good nor bad by itself.
func Better(metric string) (d output.Direction, known bool) {
	metric = wholeName(metric)
	for _, prefix := range []string{"latency.", "errors.", "cost.", "slo."} {
		if strings.HasPrefix(metric, prefix) {
			return output.LowerIsBetter, true
		}
	}
	switch {
	case metric == "availability" || metric == "throughput":
		return output.HigherIsBetter, true
	case metric == "requests.failed" || metric == "sessions.lost" || strings.HasSuffix(metric, ".imbalance"):
		return output.LowerIsBetter, true
	case strings.Contains(metric, ".latency."):
		return output.LowerIsBetter, true
	}
	return 0, false
}
