package experiments

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/design"
)

// speck is next to nothing, so that what is around a cell shows.
const speck = `
duration = "1m"
[clients.clock]
target = "desk"
rate   = "1/s"
[routes.tick]
demand.desk = "exponential(250ms)"
[services.desk]
kind = "station"
`

// benchmarkSweep simulates a grid with a store of cells, and reports what a
// cell takes on the clock and on the disk, and the memory that is left in use.
func benchmarkSweep(b *testing.B, s *Scenario, sets []string, vary ...string) {
	factors, err := design.ParseVary(vary)
	require.NoError(b, err)
	n, size := 0, int64(0)
	var result *SweepResult
	for b.Loop() {
		sweep, err := s.Sweep(context.Background(), SweepOptions{Options: Options{Sets: sets}, Design: design.Design{Factors: factors}})
		require.NoError(b, err)
		folder := b.TempDir()
		store, err := cells.Open(folder, "sweep")
		require.NoError(b, err)
		result = NewSweepResult(sweep)
		require.NoError(b, sweep.Extend(context.Background(), Runner{Store: store}, nil, result.Take))
		require.NoError(b, store.Close())
		n += len(result.Points) * result.Replications
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(b, err)
		require.Len(b, files, 1, "one file, however many cells")
		info, err := os.Stat(files[0])
		require.NoError(b, err)
		size += info.Size()
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "us/cell")
	b.ReportMetric(float64(size)/float64(n), "B/cell")
	b.ReportMetric(float64(memory.Sys)/(1<<20), "MB")
	runtime.KeepAlive(result)
}

// BenchmarkSweep has a thousand cells of bootcamp, ten minutes each, and from
// ten thousand to a hundred thousand that are next to nothing.
func BenchmarkSweep(b *testing.B) {
	b.Run("bootcamp=1000", func(b *testing.B) {
		s, err := Load("bootcamp")
		require.NoError(b, err)
		benchmarkSweep(b, s, []string{`duration="10m"`},
			"fleets.web.max=1..5", "fleets.web.default_cooldown=60s..300s:60s", "fleets.web.policies.cpu-high.alarm.threshold=60..90:10")
	})
	for _, points := range []int{100, 1000} {
		b.Run(fmt.Sprintf("speck=%d", 100*points), func(b *testing.B) {
			s, err := parse("speck.toml", []byte(speck), nil)
			require.NoError(b, err)
			benchmarkSweep(b, s, []string{"replications=100"}, fmt.Sprintf("clients.clock.rate=0.001/s..%g/s:0.001/s", float64(points)/1000))
		})
	}
}
