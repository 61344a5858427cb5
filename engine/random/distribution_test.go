package random

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// must unwraps a constructor's result whose parameters are right.
func must(d Distribution, err error) Distribution {
	if err != nil {
		panic(err)
	}
	return d
}

// distributions has every kind of distribution, over the range of its
// parameters.
var distributions = []Distribution{
	must(Constant(3)), must(Constant(0)),
	must(Uniform(0, 1)), must(Uniform(2, 7)), must(Uniform(1e9, 1e9+10)),
	must(Exponential(1)), must(Exponential(4e6)),
	must(Erlang(1, 1)), must(Erlang(4, 20)), must(Erlang(300, 1e9)), must(Erlang(1e6, 1)),
	must(Hyperexponential(1, 1)), must(Hyperexponential(2, 1.5)), must(Hyperexponential(1e9, 4)),
	must(Hyperexponential(1, 20)), must(Hyperexponential(1, 300)),
	must(Lognormal(20, 4)), must(Lognormal(1, 0.01)), must(Lognormal(3, 1e-6)),
	must(LognormalP95(30, 60)), must(LognormalP95(15, 40)), must(LognormalP95(1, 3.86)), must(LognormalP95(1, 1.001)),
	must(Gamma(20, 0.5)), must(Gamma(1, 1)), must(Gamma(5, 7)), must(Gamma(1, 0.003)), must(Gamma(1, 30)),
	must(Weibull(20, 0.7)), must(Weibull(1, 1)), must(Weibull(3, 3.6)), must(Weibull(1, 50)), must(Weibull(1, 0.5)),
	must(Pareto(1, 1000, 1.5)), must(Pareto(1, 1000, 1)), must(Pareto(2, 2000, 2)), must(Pareto(1, 10, 0.3)), must(Pareto(1, 1.5, 5)),
	must(Geometric(8)), must(Geometric(1)), must(Geometric(1.01)), must(Geometric(1e6)),
	must(Zipf(1, 1)), must(Zipf(10, 0)), must(Zipf(1000, 0.8)), must(Zipf(50_000, 1)), must(Zipf(3_000, 2.5)),
	must(Empirical([]float64{3, 1, 2, 2, 10})), must(Empirical([]float64{7})), must(Empirical([]float64{0, 0.5, 100})),
}

// discrete reports whether d has jumps in its distribution function.
func discrete(d Distribution) bool {
	switch d.(type) {
	case constant, geometric, empirical, *zipf:
		return true
	}
	return false
}

func cdf(d Distribution, x float64) float64 { return d.(interface{ CDF(float64) float64 }).CDF(x) }

func forEach(t *testing.T, f func(t *testing.T, d Distribution)) {
	for _, d := range distributions {
		t.Run(d.String(), func(t *testing.T) { f(t, d) })
	}
}

// extremes are the least and greatest uniform numbers, and some that tests of
// inversion like to forget.
var extremes = []float64{1e-300, 1e-17, 1e-16, 0x1p-53, 3 * 0x1p-53, 0.075, 0.5 - 0x1p-54, 0.5, 0.925, 1 - 3*0x1p-53, 1 - 0x1p-53}

func TestQuantileIsFiniteAndMonotone(t *testing.T) {
	grid := slices.Clone(extremes)
	for i := 1; i < 5000; i++ {
		grid = append(grid, float64(i)/5000, math.Exp(-0.007*float64(i)), 1-math.Exp(-0.007*float64(i)))
	}
	slices.Sort(grid)
	grid = slices.DeleteFunc(slices.Compact(grid), func(u float64) bool { return u == 1 })
	forEach(t, func(t *testing.T, d Distribution) {
		last := 0.0
		for _, u := range grid {
			x := d.Quantile(u)
			require.False(t, math.IsNaN(x) || math.IsInf(x, 0), "at %v: %v", u, x)
			// Neighbours in the grid may round to values a few units apart.
			require.GreaterOrEqual(t, x, last*(1-4e-15), "at %v", u)
			last = x
		}
	})
}

// TestMoments integrates the quantile function: E f(X) is the integral of
// f(Q(u)) over (0, 1). The substitution u = 1/(1 + exp(-pi sinh t)) (double
// exponential) makes the trapezoidal rule exact to many digits for continuous
// distributions whatever their tails.
func TestMoments(t *testing.T) {
	forEach(t, func(t *testing.T, d Distribution) {
		if discrete(d) {
			t.Skip("see TestDiscreteMoments")
		}
		mean := integrate(d, func(x float64) float64 { return x / d.Mean() })
		require.InDelta(t, 1, mean, 1e-9, "mean over what Mean says")
		variance := integrate(d, func(x float64) float64 { return (x - d.Mean()) * (x - d.Mean()) / d.Variance() })
		require.InDelta(t, 1, variance, tailAllowance(d), "variance over what Variance says")
	})
}

// tailAllowance is the relative part of the variance that may lie beyond the
// greatest uniform number, plus rounding.
func tailAllowance(d Distribution) float64 {
	switch d := d.(type) {
	case lognormal:
		// E X^2 beyond rank 1 - v is Phi(2 sigma + z(v)) of the whole.
		return 1e-6 + 4*NormalCDF(2*d.sigma+NormalQuantile(0x1p-53))
	case weibull, hyperexponential, gamma:
		return 1e-6
	}
	return 1e-7
}

func integrate(d Distribution, f func(float64) float64) float64 {
	const step = 1.0 / 2048
	sum := 0.0
	for i := -7000; i <= 7000; i++ {
		t := step * float64(i)
		s := math.Pi * math.Sinh(t)
		u := 1 / (1 + math.Exp(-s))
		weight := math.Pi * math.Cosh(t) * u / (1 + math.Exp(s))
		if u < 1 && weight > 0 {
			sum += weight * f(d.Quantile(u))
		}
	}
	return sum * step
}

// TestDiscreteMoments sums over the jumps of the distribution function.
func TestDiscreteMoments(t *testing.T) {
	forEach(t, func(t *testing.T, d Distribution) {
		if !discrete(d) || d.Mean() > 1e5 {
			t.Skip("continuous, or too many jumps to sum up")
		}
		var mean, square, below float64
		for u := 0x1p-53; u < 1-1e-15; {
			x := d.Quantile(u)
			p := cdf(d, x) - below
			below += p
			mean += p * x
			square += p * x * x
			u = max(math.Nextafter(below, 1), below+1e-15)
		}
		require.InDelta(t, d.Mean(), mean, 1e-9*(1+d.Mean()))
		require.InDelta(t, d.Variance(), square-mean*mean, 1e-9*(1+square))
	})
}

// TestCDFInvertsQuantile: F(Q(u)) = u where F is continuous; else the least x
// with F(x) >= u.
func TestCDFInvertsQuantile(t *testing.T) {
	s := NewStream(1, 0, "inverse")
	forEach(t, func(t *testing.T, d Distribution) {
		for i := range uint64(2000) {
			u := s.Uniform(i, 0)
			x := d.Quantile(u)
			if !discrete(d) {
				require.InDelta(t, u, cdf(d, x), 1e-12*conditioning(d), "at %v", x)
				continue
			}
			require.GreaterOrEqual(t, cdf(d, x), u*(1-1e-15))
			require.LessOrEqual(t, cdf(d, math.Nextafter(x, -1)), u*(1+1e-15))
		}
	})
}

// conditioning is how much a relative error of a value counts in its rank:
// values spread over a small part of their size count more.
func conditioning(d Distribution) float64 { return 10 + 10*d.Mean()/math.Sqrt(d.Variance()) }

// TestDrawsFitTheDistribution is the test of Kolmogorov and Smirnov on 1e5
// draws; for discrete distributions it is conservative. The 99.9 % bound of
// sup |F_n - F| sqrt(n) is 1.9495 (N. Smirnov, Annals of Mathematical
// Statistics 19, 1948).
func TestDrawsFitTheDistribution(t *testing.T) {
	forEach(t, func(t *testing.T, d Distribution) {
		require.Less(t, kolmogorov(d, d), 1.9495)
	})
}

// TestDrawsDoNotFitAnother shows that the same test rejects a distribution
// with the same mean and a variance that is 5 % greater.
func TestDrawsDoNotFitAnother(t *testing.T) {
	require.Greater(t, kolmogorov(must(Gamma(20, 0.5)), must(Gamma(20, 0.525))), 1.9495)
	require.Greater(t, kolmogorov(must(Lognormal(20, 4)), must(Lognormal(20, 4.2))), 1.9495)
}

// kolmogorov draws from one distribution and returns the statistic for another.
func kolmogorov(drawn, supposed Distribution) float64 {
	const n = 100_000
	s := NewStream(7, 0, fmt.Sprintf("ks/%s", drawn))
	values := make([]float64, n)
	for i := range values {
		values[i] = drawn.Quantile(s.Uniform(uint64(i), 0))
	}
	slices.Sort(values)
	worst := 0.0
	for i := 0; i < n; {
		x, before := values[i], i
		for i < n && values[i] == x {
			i++
		}
		left := cdf(supposed, math.Nextafter(x, -1))
		worst = max(worst, math.Abs(cdf(supposed, x)-float64(i)/n), math.Abs(left-float64(before)/n))
	}
	return worst * math.Sqrt(n)
}

func TestKnownValues(t *testing.T) {
	tests := []struct {
		name      string
		want, got float64
	}{
		{"p95 of lognormal(30, p95=60)", 60, must(LognormalP95(30, 60)).Quantile(0.95)},
		{"p95 at the greatest ratio", 3.86, must(LognormalP95(1, 3.86)).Quantile(0.95)},
		{"the smaller sigma: variance of lognormal(30, p95=60)", 900 * math.Expm1(math.Pow(1.6448536269514727-math.Sqrt(1.6448536269514727*1.6448536269514727-2*math.Ln2), 2)), must(LognormalP95(30, 60)).Variance()},
		{"median of lognormal(20, scv=4)", 20 / math.Sqrt(5), must(Lognormal(20, 4)).Quantile(0.5)},
		{"median of exponential", math.Ln2, must(Exponential(1)).Quantile(0.5)},
		{"mean of pareto, alpha 1: ln(1000)/(1 - 1/1000)", math.Log(1000) / 0.999, must(Pareto(1, 1000, 1)).Mean()},
		{"variance of uniform", 25.0 / 12, must(Uniform(2, 7)).Variance()},
		{"variance of weibull, shape 1", 1, must(Weibull(1, 1)).Variance()},
		{"median of erlang(2, 2): root of (1+x) exp(-x) = 1/2", 1.6783469900166605, must(Erlang(2, 2)).Quantile(0.5)},
		{"geometric(1) is one", 1, must(Geometric(1)).Quantile(1 - 0x1p-53)},
		{"geometric(2) at 1/2: P(1) = 1/2", 1, must(Geometric(2)).Quantile(0.5)},
		{"geometric(2) beyond 1/2", 2, must(Geometric(2)).Quantile(0.5000001)},
		{"empirical: rank ceil(5 * 0.4) = 2", 2, must(Empirical([]float64{5, 4, 3, 2, 1})).Quantile(0.4)},
		{"empirical: rank ceil(5 * 0.41) = 3", 3, must(Empirical([]float64{5, 4, 3, 2, 1})).Quantile(0.41)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { require.InEpsilon(t, test.want, test.got, 1e-6) })
	}
}

// TestHyperexponentialHasBalancedMeans checks p1/rate1 = p2/rate2 = mean/2.
func TestHyperexponentialHasBalancedMeans(t *testing.T) {
	for _, scv := range []float64{1, 2, 4, 1e6} {
		d := must(Hyperexponential(6, scv)).(hyperexponential)
		require.InEpsilon(t, 3, d.often/d.shortRate, 1e-14)
		require.InEpsilon(t, 3, d.rare/d.longRate, 1e-14)
		require.InDelta(t, 1, d.often+d.rare, 1e-15)
	}
}

func TestBadParameters(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name    string
		make    func(bad float64) (Distribution, error)
		allowed []float64 // of the bad values below
	}{
		{"constant", Constant, []float64{0}},
		{"uniform least", func(x float64) (Distribution, error) { return Uniform(x, 1) }, []float64{0}},
		{"uniform greatest", func(x float64) (Distribution, error) { return Uniform(0, x) }, nil},
		{"exponential", Exponential, nil},
		{"erlang mean", func(x float64) (Distribution, error) { return Erlang(3, x) }, nil},
		{"hyperexponential mean", func(x float64) (Distribution, error) { return Hyperexponential(x, 4) }, nil},
		{"hyperexponential scv", func(x float64) (Distribution, error) { return Hyperexponential(1, x) }, nil},
		{"lognormal mean", func(x float64) (Distribution, error) { return Lognormal(x, 4) }, nil},
		{"lognormal scv", func(x float64) (Distribution, error) { return Lognormal(1, x) }, nil},
		{"lognormal mean with p95", func(x float64) (Distribution, error) { return LognormalP95(x, 2) }, nil},
		{"lognormal p95", func(x float64) (Distribution, error) { return LognormalP95(1, x) }, nil},
		{"gamma mean", func(x float64) (Distribution, error) { return Gamma(x, 4) }, nil},
		{"gamma scv", func(x float64) (Distribution, error) { return Gamma(1, x) }, nil},
		{"weibull mean", func(x float64) (Distribution, error) { return Weibull(x, 4) }, nil},
		{"weibull shape", func(x float64) (Distribution, error) { return Weibull(1, x) }, nil},
		{"pareto least", func(x float64) (Distribution, error) { return Pareto(x, 4, 2) }, nil},
		{"pareto greatest", func(x float64) (Distribution, error) { return Pareto(1, x, 2) }, nil},
		{"pareto alpha", func(x float64) (Distribution, error) { return Pareto(1, 2, x) }, nil},
		{"geometric", Geometric, nil},
		{"empirical", func(x float64) (Distribution, error) { return Empirical([]float64{1, x}) }, []float64{0}},
	}
	for _, test := range tests {
		for _, bad := range []float64{nan, inf, -inf, 0, -1} {
			if slices.Contains(test.allowed, bad) {
				continue
			}
			d, err := test.make(bad)
			require.Error(t, err, "%s with %v", test.name, bad)
			require.Nil(t, d)
			require.Contains(t, err.Error(), "(have ", "%s with %v", test.name, bad)
		}
	}
}

func TestBoundsOfParameters(t *testing.T) {
	tests := []struct {
		name string
		ok   bool
		make func() (Distribution, error)
	}{
		{"p95 equal to the mean", false, func() (Distribution, error) { return LognormalP95(1, 1) }},
		{"p95 below the mean", false, func() (Distribution, error) { return LognormalP95(2, 1) }},
		{"p95 3.86 times the mean", true, func() (Distribution, error) { return LognormalP95(50, 193) }},
		{"p95 3.87 times the mean", false, func() (Distribution, error) { return LognormalP95(1, 3.87) }},
		{"hyperexponential of scv 1", true, func() (Distribution, error) { return Hyperexponential(1, 1) }},
		{"hyperexponential of scv below 1", false, func() (Distribution, error) { return Hyperexponential(1, 0.99) }},
		{"geometric of mean 1", true, func() (Distribution, error) { return Geometric(1) }},
		{"geometric of mean below 1", false, func() (Distribution, error) { return Geometric(0.5) }},
		{"uniform of no width", false, func() (Distribution, error) { return Uniform(2, 2) }},
		{"pareto of no width", false, func() (Distribution, error) { return Pareto(2, 2, 1) }},
		{"erlang of no phase", false, func() (Distribution, error) { return Erlang(0, 1) }},
		{"erlang of too many", false, func() (Distribution, error) { return Erlang(2_000_000, 1) }},
		{"no values", false, func() (Distribution, error) { return Empirical(nil) }},
		{"values beyond range", false, func() (Distribution, error) { return Empirical([]float64{0, 1e300}) }},
		{"variance beyond range", false, func() (Distribution, error) { return Exponential(1e200) }},
		{"weibull of least shape", true, func() (Distribution, error) { return Weibull(1, 0.01) }},
		{"weibull shape below", false, func() (Distribution, error) { return Weibull(1, 0.009) }},
		{"weibull shape beyond", false, func() (Distribution, error) { return Weibull(1, 2e6) }},
		{"gamma scv at the upper bound", true, func() (Distribution, error) { return Gamma(1, 1e4) }},
		{"gamma scv beyond", false, func() (Distribution, error) { return Gamma(1, 1.1e4) }},
		{"gamma scv at the lower bound", true, func() (Distribution, error) { return Gamma(1, 1e-6) }},
	}
	for _, test := range tests {
		d, err := test.make()
		require.Equal(t, test.ok, err == nil, "%s: %v", test.name, err)
		require.Equal(t, test.ok, d != nil, test.name)
	}
}

func TestStrings(t *testing.T) {
	for want, d := range map[string]Distribution{
		"constant(3)": must(Constant(3)), "uniform(2, 7)": must(Uniform(2, 7)), "exponential(0.25)": must(Exponential(0.25)),
		"erlang(4, 20)": must(Erlang(4, 20)), "hyperexponential(1, scv=4)": must(Hyperexponential(1, 4)),
		"lognormal(20, scv=4)": must(Lognormal(20, 4)), "lognormal(30, p95=60)": must(LognormalP95(30, 60)),
		"gamma(20, scv=0.5)": must(Gamma(20, 0.5)), "weibull(20, shape=0.7)": must(Weibull(20, 0.7)),
		"pareto(1, 1000, alpha=1.5)": must(Pareto(1, 1000, 1.5)), "geometric(8)": must(Geometric(8)),
		"empirical(2 values)": must(Empirical([]float64{1, 2})),
	} {
		require.Equal(t, want, d.String())
	}
}

func FuzzDistributions(f *testing.F) {
	f.Add(1.0, 4.0, 0.5, uint8(3))
	f.Add(1e9, 1e-6, 0x1p-53, uint8(5))
	f.Add(1e-300, 1e300, 1-0x1p-53, uint8(7))
	f.Fuzz(func(t *testing.T, a, b, u float64, kind uint8) {
		if !(u > 0 && u < 1) {
			t.Skip("not a uniform number")
		}
		makers := []func() (Distribution, error){
			func() (Distribution, error) { return Constant(a) },
			func() (Distribution, error) { return Uniform(a, b) },
			func() (Distribution, error) { return Exponential(a) },
			func() (Distribution, error) { return Hyperexponential(a, b) },
			func() (Distribution, error) { return Lognormal(a, b) },
			func() (Distribution, error) { return LognormalP95(a, b) },
			func() (Distribution, error) { return Gamma(a, b) },
			func() (Distribution, error) { return Weibull(a, b) },
			func() (Distribution, error) { return Pareto(a, b, a/b) },
			func() (Distribution, error) { return Geometric(a) },
			func() (Distribution, error) { return Empirical([]float64{a, b}) },
			func() (Distribution, error) { return Erlang(int(kind), a) },
		}
		d, err := makers[int(kind)%len(makers)]()
		if err != nil {
			return
		}
		for _, at := range []float64{u, 0x1p-53, 1 - 0x1p-53} {
			x := d.Quantile(at)
			if !(x >= 0 && x <= math.MaxFloat64) {
				t.Fatalf("%s: quantile at %v is %v", d, at, x)
			}
			if p := cdf(d, x); !(p >= 0 && p <= 1) {
				t.Fatalf("%s: distribution function at %v is %v", d, x, p)
			}
		}
	})
}
