package experiments

import (
	"context"
	"fmt"
	"testing"
)

// benchmarkRun reports the time of a simulated request in a scenario.
func benchmarkRun(b *testing.B, scenario string, jobs int, sets ...string) {
	study, err := Open(scenario, Options{Sets: sets})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	requests := 0.0
	for b.Loop() {
		result, err := (&Runner{Jobs: jobs}).Run(context.Background(), study)
		if err != nil {
			b.Fatal(err)
		}
		requests += result.Metrics["requests.offered"].Mean * float64(result.Replications)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/requests, "ns/request")
}

// BenchmarkWebFarm is the work of the C++ limit program farm, through the real
// models.
func BenchmarkWebFarm(b *testing.B) { benchmarkRun(b, "testdata/web-farm.toml", 1) }

// BenchmarkWorldCup98 simulates the first six hours of the day.
func BenchmarkWorldCup98(b *testing.B) { benchmarkRun(b, "worldcup98", 1, `duration="6h"`) }

// BenchmarkReplications compares one processor with two.
func BenchmarkReplications(b *testing.B) {
	for _, jobs := range []int{1, 2} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			benchmarkRun(b, "bootcamp", jobs, "replications=8")
		})
	}
}
