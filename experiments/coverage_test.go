package experiments

import (
	"context"
	"testing"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// BenchmarkCoverage reports, in percent, how many of the 95 % intervals hold the
// truth that theory knows, over as many experiments as -benchtime says. Each is
// M/M/1 at half load, through the whole path from the scenario to the metrics,
// once as ten replications of 4,000 requests, once as a run of 40,000 in twenty
// batches. With 10,000 experiments a coverage that is off by more than 1 % fails.
//
//	go test -run '^$' -bench Coverage -benchtime 10000x ./experiments
func BenchmarkCoverage(b *testing.B) {
	queue := theory.MMC{Arrival: 50, Service: 100, Servers: 1}
	truth := map[string]float64{
		"latency.mean": queue.MeanResponse(), "services.desk.utilization": queue.Utilization(),
		"latency.p95": queue.ResponseQuantile(0.95), "latency.p95.pooled": queue.ResponseQuantile(0.95),
	}
	text := open(50, "exponential(10ms)", "servers = 1")
	for _, c := range []struct {
		name    string
		batches int
		sets    []string
		metrics []string
	}{
		{"replications", 0, []string{`duration="90s"`, `discard="10s"`, "replications=10"},
			[]string{"latency.mean", "services.desk.utilization", "latency.p95", "latency.p95.pooled"}},
		{"batches", 20, []string{`duration="810s"`, `discard="10s"`},
			[]string{"latency.mean", "services.desk.utilization", "latency.p95"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := study(b, text, c.sets...)
			s.options.Batches = c.batches
			held := make(map[string]int)
			for b.Loop() {
				s.Spec.Seed++
				r, err := new(Runner).Run(context.Background(), s)
				if err != nil {
					b.Fatal(err)
				}
				for _, name := range c.metrics {
					if m := r.Metrics[name]; m.Lo <= truth[name] && truth[name] <= m.Hi {
						held[name]++
					}
				}
			}
			for _, name := range c.metrics {
				coverage := 100 * float64(held[name]) / float64(b.N)
				b.ReportMetric(coverage, name+"_%")
				if b.N >= 10_000 && (coverage < 94 || coverage > 96) {
					b.Errorf("%s: %.2f %% of the intervals hold the truth", name, coverage)
				}
			}
		})
	}
}
