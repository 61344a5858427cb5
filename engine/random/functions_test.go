package random

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestElementary compares with references of 200 bits; the bounds are those
// that the functions' comments promise.
func TestElementary(t *testing.T) {
	exp := func(x float64) *big.Float { return bigExp(bigFloat(x)) }
	expm1 := func(x float64) *big.Float { return bigSub(exp(x), bigFloat(1)) }
	log1p := func(x float64) *big.Float { return bigLogNear1(newBig().Add(bigFloat(1), bigFloat(x))) }
	tests := []struct {
		name      string
		low, high float64
		logScale  bool // points are e to the power of what lies between
		f         func(float64) float64
		exact     func(float64) *big.Float
		units     float64
	}{
		{"Exp", -700, 700, false, Exp, exp, 0.6},
		{"Exp near 0", -1, 1, false, Exp, exp, 0.6},
		{"Exp to the end", 700, 709.78, false, Exp, exp, 0.6},
		{"Exp of subnormal result", -745, -708, false, Exp, exp, 1.1},
		{"Log", -740, 709, true, Log, bigLog, 1.3},
		{"Log around 1", -0.1, 0.1, true, Log, bigLog, 1.3},
		{"Log close to 1", -1e-3, 1e-3, true, Log, bigLog, 1.3},
		{"Expm1", -5, 5, false, Expm1, expm1, 2},
		{"Expm1 near 0", -0.02, 0.02, false, Expm1, expm1, 2},
		{"Expm1 tiny", -60, -3, true, Expm1, expm1, 2},
		{"Expm1 wide", -45, 45, false, Expm1, expm1, 2},
		{"Log1p", -0.9, 1, false, Log1p, log1p, 2},
		{"Log1p near 0", -0.01, 0.01, false, Log1p, log1p, 2},
		{"Log1p tiny", -60, -3, true, Log1p, log1p, 2},
		{"unitExponential", 0, 1, false, func(u float64) float64 { return -unitExponential(u) },
			func(u float64) *big.Float { return log1p(-u) }, 2},
		{"unitExponential tiny", -36, -1, true, func(u float64) float64 { return -unitExponential(u) },
			func(u float64) *big.Float { return log1p(-u) }, 2},
	}
	s := NewStream(1, 0, "functions")
	for k, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for i := range uint64(1500) {
				x := test.low + (test.high-test.low)*s.Uniform(i, uint64(k))
				if test.logScale {
					x = math.Exp(x)
				}
				y := test.f(x)
				require.LessOrEqual(t, units(y, test.exact(x)), test.units, "at %v: %v", x, y)
			}
		})
	}
}

func TestPow(t *testing.T) {
	s := NewStream(1, 0, "pow")
	for i := range uint64(4000) {
		x := math.Exp(60 * (s.Uniform(i, 0) - 0.5))
		if i%2 == 0 {
			x = 1 + (s.Uniform(i, 0)-0.5)/float64(i+1)
		}
		y := 700 * (2*s.Uniform(i, 1) - 1) / math.Abs(math.Log(x))
		exact := bigExp(newBig().Mul(bigLog(x), bigFloat(y)))
		require.LessOrEqual(t, units(Pow(x, y), exact), 0.6, "%v ^ %v", x, y)
	}
}

// edges are arguments at which functions of this kind go wrong.
var edges = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, 0x1p53, -0x1p53 - 2,
	math.Inf(1), math.Inf(-1), math.NaN(), 1e-310, -1e-310, 5e-324, math.MaxFloat64, -math.MaxFloat64,
	709, 709.9, -745.1, -745.2, 1 - 0x1p-53, 1 + 0x1p-52, 0x1p-1022, 1e-20, -1e-20,
}

// requireSame requires two values to be equal including the sign of zero, or
// within a relative tolerance, or the smallest number, where both are finite.
func requireSame(t *testing.T, want, got, tolerance float64, at ...any) {
	t.Helper()
	switch {
	case math.IsNaN(want):
		require.True(t, math.IsNaN(got), at...)
	case want != got && math.Abs(want-got) <= math.SmallestNonzeroFloat64:
		// math.Exp on arm64 takes the smallest subnormal number for zero.
	case want == 0 || math.IsInf(want, 0):
		require.Equal(t, math.Float64bits(want), math.Float64bits(got), at...)
	default:
		require.InEpsilon(t, want, got, tolerance, at...)
	}
}

func TestEdges(t *testing.T) {
	lgamma := func(x float64) float64 {
		switch {
		case x < 0:
			return math.NaN()
		case x > 0 && x < 0x1p-1022: // as log
			return -math.Log(x*0x1p100) + 100*math.Ln2
		}
		y, _ := math.Lgamma(x)
		return y
	}
	log := func(x float64) float64 {
		if x > 0 && x < 0x1p-1022 { // math.Log on amd64 has no subnormal numbers
			return math.Log(x*0x1p100) - 100*math.Ln2
		}
		return math.Log(x)
	}
	tests := []struct {
		name        string
		f, standard func(float64) float64
	}{
		{"Exp", Exp, math.Exp}, {"Expm1", Expm1, math.Expm1}, {"Log", Log, log}, {"Log1p", Log1p, math.Log1p},
		{"Erf", Erf, math.Erf}, {"Erfc", Erfc, math.Erfc}, {"LogGamma", LogGamma, lgamma},
	}
	for _, test := range tests {
		for _, x := range edges {
			requireSame(t, test.standard(x), test.f(x), 0x1p-50, "%s(%v)", test.name, x)
		}
	}
	for _, x := range edges {
		for _, y := range edges {
			// math.Pow itself is off by 1.5e-8 at (1 + 2^-52)^(2^53); TestPow is exact.
			requireSame(t, math.Pow(x, y), Pow(x, y), 1e-7, "Pow(%v, %v)", x, y)
		}
	}
}

func TestErrorFunctions(t *testing.T) {
	s := NewStream(1, 0, "erf")
	for i := range uint64(20000) {
		x := 12 * (s.Uniform(i, 0) - 0.5)
		require.InEpsilon(t, math.Erf(x), Erf(x), 4*0x1p-52, "Erf(%v)", x)
		x = 30*s.Uniform(i, 1) - 6
		if y := math.Erfc(x); y > 1e-300 {
			require.InEpsilon(t, y, Erfc(x), 6*0x1p-52, "Erfc(%v)", x)
		}
	}
}

// TestNormalQuantile uses values to 20 digits of the standard normal quantile
// function, from Erfc's inverse, and its inverse relation.
func TestNormalQuantile(t *testing.T) {
	known := []struct{ p, x float64 }{
		{0.5, 0}, {0.75, 0.67448975019608174320}, {0.95, 1.6448536269514722}, {0.975, 1.9599639845400542355},
		{0.995, 2.5758293035489004}, {0.001, -3.0902323061678135415}, {1e-10, -6.3613409024040561}, {1e-20, -9.2623400897984079},
	}
	for _, k := range known {
		require.InDelta(t, k.x, NormalQuantile(k.p), 1e-15*max(1, math.Abs(k.x)), "p = %v", k.p)
	}
	require.InEpsilon(t, normalP95, NormalQuantile(0.95), 6e-16) // 0.95 is not a binary number
	s := NewStream(1, 0, "normal")
	for i := range uint64(20000) {
		p := s.Uniform(i, 0)
		require.InEpsilon(t, p, NormalCDF(NormalQuantile(p)), 1e-14)
		require.Equal(t, -NormalQuantile(p), NormalQuantile(1-p), "the uniform numbers are symmetric, and so are these")
		p = math.Exp(-700 * p)
		x := NormalQuantile(p)
		// A relative error e in x shows as e x^2 in p.
		require.InEpsilon(t, p, NormalCDF(x), 1e-15*(8+x*x), "p = %v", p)
	}
	require.True(t, math.IsInf(NormalQuantile(0), -1))
	require.True(t, math.IsInf(NormalQuantile(1), 1))
	for _, p := range []float64{-1, 2, math.NaN(), math.Inf(1)} {
		require.True(t, math.IsNaN(NormalQuantile(p)), "p = %v", p)
	}
}

func TestLogGamma(t *testing.T) {
	s := NewStream(1, 0, "loggamma")
	for i := range uint64(3000) {
		x := 15 * s.Uniform(i, 0)
		switch i % 3 {
		case 1:
			x = math.Exp(40*s.Uniform(i, 0) - 20)
		case 2:
			x = 1 + float64(i%2) + 0.1*(s.Uniform(i, 0)-0.5) // around the zeros
		}
		require.LessOrEqual(t, units(LogGamma(x), bigLogGamma(x)), 8.0, "x = %v", x)
	}
	require.Zero(t, LogGamma(1))
	require.Zero(t, LogGamma(2))
}

// TestGammaCDF compares with closed forms: sums of Poisson probabilities for
// whole shapes, and the error function for 1/2.
func TestGammaCDF(t *testing.T) {
	s := NewStream(1, 0, "gamma")
	for i := range uint64(3000) {
		x := 30 * s.Uniform(i, 0)
		k := 1 + int(i%20)
		term, upper := math.Exp(-x), 0.0
		for n := range k {
			upper += term
			term *= x / float64(n+1)
		}
		lower, q := GammaCDF(float64(k), x)
		require.InEpsilon(t, upper, q, 1e-13, "Q(%d, %v)", k, x)
		require.InDelta(t, 1, lower+q, 1e-15)

		lower, q = GammaCDF(0.5, x)
		require.InEpsilon(t, math.Erf(math.Sqrt(x)), lower, 1e-14, "P(1/2, %v)", x)
		require.InEpsilon(t, math.Erfc(math.Sqrt(x)), q, 1e-13, "Q(1/2, %v)", x)
	}
}

func TestGammaQuantile(t *testing.T) {
	s := NewStream(1, 0, "gamma")
	for _, a := range []float64{1e-4, 0.01, 0.3, 1, 1.5, 4, 25, 300, 1e4} {
		for i := range uint64(300) {
			u := s.Uniform(i, 0)
			switch i % 3 {
			case 1:
				u = math.Exp(-36 * u)
			case 2:
				u = 1 - math.Exp(-36*u)
			}
			x := GammaQuantile(a, u)
			lower, upper := GammaCDF(a, x)
			if x < 1e-300 {
				continue
			}
			tolerance := 1e-14 * (1 + math.Sqrt(a))
			if u < 0.5 {
				require.InEpsilon(t, u, lower, tolerance, "shape %v at %v", a, u)
			} else {
				require.InEpsilon(t, 1-u, upper, tolerance, "shape %v at %v", a, u)
			}
		}
	}
}
