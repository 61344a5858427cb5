package tally

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// latencies returns 4096 lognormal values around 20 ms in nanoseconds.
func latencies() *[4096]int64 {
	var v [4096]int64
	s := random.NewStream(1, 0, "latencies")
	d, err := random.Lognormal(20e6, 4)
	if err != nil {
		panic(err)
	}
	for i := range v {
		v[i] = int64(d.Quantile(s.Uniform(uint64(i), 0)))
	}
	return &v
}

func BenchmarkHistogramAdd(b *testing.B) {
	v := latencies()
	var h Histogram
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		h.Add(v[i&4095])
	}
}

// BenchmarkHistogramAddInTurn adds to 8 histograms in turn, as models do: one
// alone waits for its own last store.
func BenchmarkHistogramAddInTurn(b *testing.B) {
	v := latencies()
	var h [8]Histogram
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		h[i&7].Add(v[i&4095])
	}
}

func BenchmarkLevelAddInTurn(b *testing.B) {
	var l [8]Level
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		l[i&7].Add(engine.Time(i), int64(i&16)-8)
	}
}

func filled() *Histogram {
	var h Histogram
	for _, v := range latencies() {
		h.Add(v)
	}
	return &h
}

func BenchmarkHistogramQuantile(b *testing.B) {
	h := filled()
	b.ReportAllocs()
	for b.Loop() {
		h.Quantile(0.99)
	}
}

func BenchmarkHistogramMerge(b *testing.B) {
	h, other := filled(), filled()
	b.ReportAllocs()
	for b.Loop() {
		h.Merge(other)
	}
}

func BenchmarkHistogramReset(b *testing.B) {
	h := filled()
	b.ReportAllocs()
	for b.Loop() {
		h.Add(1e6)
		h.Reset()
	}
}

func BenchmarkLevelAdd(b *testing.B) {
	var l Level
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		l.Add(engine.Time(i), int64(i&2)-1)
	}
}

func BenchmarkLevelCut(b *testing.B) {
	var l Level
	b.ReportAllocs()
	var t LevelTally
	for i := 0; i < b.N; i++ {
		t.Merge(l.Cut(engine.Time(i)))
	}
}
