package experiments

import (
	"context"
	"testing"

	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/theory"
)

// BenchmarkCoverage reports, in percent, how many of the 95 % intervals hold the
// truth that theory knows, over as many experiments as -benchtime says: each is
// ten replications of M/M/1 at half load, through the whole path from the scenario to the
// metrics. With 10,000 experiments a coverage that is off by more than 1 % fails.
//
//	go test -run '^$' -bench Coverage -benchtime 10000x ./experiments
func BenchmarkCoverage(b *testing.B) {
	queue := theory.MMC{Arrival: 50, Service: 100, Servers: 1}
	s := study(b, open(50, "exponential(10ms)", "servers = 1"), `duration="90s"`, `discard="10s"`, "replications=10")
	held := make(map[string]int)
	hold := func(name string, truth float64, e output.Estimate) {
		if e.Lo <= truth && truth <= e.Hi {
			held[name]++
		}
	}
	for b.Loop() {
		s.Spec.Seed++
		t := NewTrial(s)
		if err := new(Runner).Extend(context.Background(), 10, t); err != nil {
			b.Fatal(err)
		}
		p95 := t.Result().Metrics["latency.p95.pooled"]
		hold("mean", queue.MeanResponse(), output.Interval(t.Values("latency.mean"), output.Level))
		hold("p95", queue.ResponseQuantile(0.95), output.Interval(t.Values("latency.p95"), output.Level))
		hold("p95.pooled", queue.ResponseQuantile(0.95), output.Estimate{Mean: p95.Mean, Lo: p95.Lo, Hi: p95.Hi, N: p95.N})
	}
	for _, name := range []string{"mean", "p95", "p95.pooled"} {
		coverage := 100 * float64(held[name]) / float64(b.N)
		b.ReportMetric(coverage, name+"_%")
		if b.N >= 10_000 && (coverage < 94 || coverage > 96) {
			b.Errorf("%s: %.2f %% of the intervals hold the truth", name, coverage)
		}
	}
}
