package random

import (
	"math"
	"testing"
)

// sink keeps results alive.
var sink float64

// points returns 4096 numbers of a fixed stream in (low, high): enough that the
// branch predictor can't learn them.
func points(low, high float64) *[4096]float64 {
	var p [4096]float64
	s := NewStream(1, 0, "benchmark")
	for i := range p {
		p[i] = low + (high-low)*s.Uniform(uint64(i), 0)
	}
	return &p
}

// bench measures f in a loop of independent calls, and in one where each call
// waits for the result of the one before.
func bench(b *testing.B, low, high float64, f func(float64) float64) {
	p := points(low, high)
	b.Run("independent", func(b *testing.B) {
		b.ReportAllocs()
		sum := 0.0
		for i := 0; i < b.N; i++ {
			sum += f(p[i&4095])
		}
		sink = sum
	})
	b.Run("chained", func(b *testing.B) {
		b.ReportAllocs()
		y := 0.0
		for i := 0; i < b.N; i++ {
			y = f(p[i&4095] + y*0x1p-1000)
		}
		sink = y
	})
}

func BenchmarkExp(b *testing.B)            { bench(b, -10, 10, Exp) }
func BenchmarkMathExp(b *testing.B)        { bench(b, -10, 10, math.Exp) }
func BenchmarkExpm1(b *testing.B)          { bench(b, -2, 2, Expm1) }
func BenchmarkLog(b *testing.B)            { bench(b, 0, 10, Log) }
func BenchmarkMathLog(b *testing.B)        { bench(b, 0, 10, math.Log) }
func BenchmarkLog1p(b *testing.B)          { bench(b, -0.9, 1, Log1p) }
func BenchmarkPow(b *testing.B)            { bench(b, 0, 10, func(x float64) float64 { return Pow(x, 1.7) }) }
func BenchmarkNormalQuantile(b *testing.B) { bench(b, 0, 1, NormalQuantile) }
func BenchmarkNormalQuantileCentral(b *testing.B) {
	bench(b, 0.08, 0.92, NormalQuantile)
}
func BenchmarkLogGamma(b *testing.B) { bench(b, 0.1, 20, LogGamma) }
func BenchmarkGammaQuantile(b *testing.B) {
	bench(b, 0, 1, func(u float64) float64 { return GammaQuantile(4, u) })
}

func BenchmarkStream(b *testing.B) {
	s := NewStream(1, 0, "benchmark")
	b.ReportAllocs()
	sum := 0.0
	for i := 0; i < b.N; i++ {
		sum += s.Uniform(uint64(i), 3)
	}
	sink = sum
}

func BenchmarkNewStream(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		sink = NewStream(1, i, "arrivals/visitors").Uniform(0, 0)
	}
}

// BenchmarkQuantile draws from each distribution as a model does: one uniform
// number, one variate.
func BenchmarkQuantile(b *testing.B) {
	for _, d := range []Distribution{
		must(Uniform(1, 3)), must(Exponential(1)), must(Erlang(4, 1)), must(Hyperexponential(1, 4)), must(Hyperexponential(1, 20)),
		must(Lognormal(1, 4)), must(Gamma(1, 0.5)), must(Weibull(1, 0.7)), must(Pareto(1, 1000, 1.5)), must(Geometric(8)),
		must(Empirical([]float64{1, 2, 3})),
	} {
		b.Run(d.String(), func(b *testing.B) {
			s := NewStream(1, 0, "benchmark")
			b.ReportAllocs()
			sum := 0.0
			for i := 0; i < b.N; i++ {
				sum += d.Quantile(s.Uniform(uint64(i), 0))
			}
			sink = sum
		})
	}
}
