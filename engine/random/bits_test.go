package random

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBits holds every function and every distribution to the same bits on all
// architectures and processors: amd64 with and without FMA (GOAMD64=v3,
// GODEBUG=cpu.fma=off), arm64, wasm. The digests are promises about bits, not
// about values: accuracy is tested elsewhere. When an algorithm is changed on
// purpose, the failure's text has the new digest; every result of every
// scenario changes with it.
func TestBits(t *testing.T) {
	functions := map[string]func(u, v float64) float64{
		"Exp":                  func(u, v float64) float64 { return Exp(1500 * (u - 0.5)) },
		"Expm1":                func(u, v float64) float64 { return Expm1(100 * (u - 0.5) * v * v) },
		"Log":                  func(u, v float64) float64 { return Log(Exp(1400 * (u - 0.5))) },
		"Log near 1":           func(u, v float64) float64 { return Log(0.5 + v) },
		"Log1p":                func(u, v float64) float64 { return Log1p(Exp(80*(u-0.5)) - v) },
		"Pow":                  func(u, v float64) float64 { return Pow(20*u, 80*(v-0.5)) },
		"Erf":                  func(u, v float64) float64 { return Erf(12 * (u - 0.5)) },
		"Erfc":                 func(u, v float64) float64 { return Erfc(float64(40*u) - 8) },
		"NormalCDF":            func(u, v float64) float64 { return NormalCDF(80 * (u - 0.5)) },
		"NormalQuantile":       func(u, v float64) float64 { return NormalQuantile(u) },
		"NormalQuantile, tail": func(u, v float64) float64 { return NormalQuantile(Exp(-700 * u)) },
		"LogGamma":             func(u, v float64) float64 { return LogGamma(Exp(60 * (u - 0.5))) },
		"LogGamma, near":       func(u, v float64) float64 { return LogGamma(15 * u) },
		"GammaCDF": func(u, v float64) float64 {
			lower, upper := GammaCDF(Exp(float64(10*u)-4), Exp(float64(12*v)-6))
			return lower - upper
		},
		"Uniform": func(u, v float64) float64 { return u },
	}
	got := make(map[string]string)
	for name, f := range functions {
		got[name] = digest(100_000, f)
	}
	got["GammaQuantile"] = digest(3000, func(u, v float64) float64 { return GammaQuantile(Exp(float64(10*u)-4), v) })
	for _, d := range distributions {
		got[d.String()] = digest(20_000, func(u, v float64) float64 { return d.Quantile(u) })
	}
	require.Equal(t, bitsOfRecord, got)
}

// digest folds the bits of f at n pairs of uniform numbers, and at the extremes.
func digest(n uint64, f func(u, v float64) float64) string {
	s, h := NewStream(1, 0, "bits"), sha256.New()
	for i := range n {
		fold(h, f(s.Uniform(i, 0), s.Uniform(i, 1)))
	}
	for _, u := range extremes {
		fold(h, f(u, 1-0x1p-53))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func fold(h hash.Hash, x float64) {
	word := math.Float64bits(x)
	if x != x {
		word = math.Float64bits(math.NaN()) // which NaN, no standard says
	}
	h.Write(binary.LittleEndian.AppendUint64(nil, word))
}

var bitsOfRecord = map[string]string{
	"Erf":                            "42de77886960bb3d",
	"Erfc":                           "8a9a6bf45ae2c649",
	"Exp":                            "fb99c0c83dacc901",
	"Expm1":                          "1b24a43448f30f77",
	"GammaCDF":                       "3d890a092ca4e082",
	"GammaQuantile":                  "1f58749c96694227",
	"Log":                            "8312f04e09bdee97",
	"Log near 1":                     "319c2eb95936c778",
	"Log1p":                          "e4b7b5fccc4edfe6",
	"LogGamma":                       "0450c0dd1ade6fd6",
	"LogGamma, near":                 "31ece9096caa1879",
	"NormalCDF":                      "6eb2a3c0918fa8c2",
	"NormalQuantile":                 "5f777b358518e1ff",
	"NormalQuantile, tail":           "4ae501b2ba53950d",
	"Pow":                            "6ede0f266cf78da4",
	"Uniform":                        "c16373f7e9a85577",
	"constant(0)":                    "43ea9e7edc397219",
	"constant(3)":                    "7d26e3097b283b88",
	"empirical(1 values)":            "a62e39eaed61dfd9",
	"empirical(3 values)":            "29ba1b0f9913be22",
	"empirical(5 values)":            "36002451738bed1d",
	"erlang(1, 1)":                   "64d55defc6238962",
	"erlang(1000000, 1)":             "9ff3d68aa63640d8",
	"erlang(300, 1e+09)":             "7e75de1f307e599c",
	"erlang(4, 20)":                  "4214a37e43d1b9b8",
	"exponential(1)":                 "8cf92e657bc61e8b",
	"exponential(4e+06)":             "ea5d3d9d6e890e55",
	"gamma(1, scv=0.003)":            "5ae59cbe0efb56d9",
	"gamma(1, scv=1)":                "64d55defc6238962",
	"gamma(1, scv=30)":               "406637610752b22f",
	"gamma(20, scv=0.5)":             "ec8d15e19f4ff23c",
	"gamma(5, scv=7)":                "6a033146557e61d1",
	"geometric(1)":                   "569b385dd066628b",
	"geometric(1.01)":                "cfd8967bbf05fd43",
	"geometric(1e+06)":               "5add4f869e97842e",
	"geometric(8)":                   "4fb6829d577293ff",
	"hyperexponential(1, scv=1)":     "b87e2646fb89927f",
	"hyperexponential(1, scv=20)":    "4a4dd0cfe102a291",
	"hyperexponential(1, scv=300)":   "96c75f40f2736428",
	"hyperexponential(1e+09, scv=4)": "502dbb198022237b",
	"hyperexponential(2, scv=1.5)":   "28598deb433e0f41",
	"lognormal(1, p95=1.001)":        "4c3f311d0c7c7b6a",
	"lognormal(1, p95=3.86)":         "670e07884543b72c",
	"lognormal(1, scv=0.01)":         "22f0a6a82f62d2b3",
	"lognormal(15, p95=40)":          "eb76d8964d997521",
	"lognormal(20, scv=4)":           "8b37a12728a41c5c",
	"lognormal(3, scv=1e-06)":        "c787824cc76f9f44",
	"lognormal(30, p95=60)":          "f1821f218404d087",
	"pareto(1, 1.5, alpha=5)":        "df1e9e559be22aa5",
	"pareto(1, 10, alpha=0.3)":       "bda98e8f911627d2",
	"pareto(1, 1000, alpha=1)":       "0417dbc154e339b2",
	"pareto(1, 1000, alpha=1.5)":     "c569c37e3fe91f27",
	"pareto(2, 2000, alpha=2)":       "017b1924d5d0c2d0",
	"uniform(0, 1)":                  "3b82469f2ac49d47",
	"uniform(1e+09, 1.00000001e+09)": "a198bdf15cd5d066",
	"uniform(2, 7)":                  "e2eb72b23ca1eb6c",
	"weibull(1, shape=0.5)":          "9b30cd6f3393fb22",
	"weibull(1, shape=1)":            "8cf92e657bc61e8b",
	"weibull(1, shape=50)":           "ab4060c38b3fef20",
	"weibull(20, shape=0.7)":         "3fb31a209f380441",
	"weibull(3, shape=3.6)":          "6c035d91d4cede3e",
	"zipf(1, skew=1)":                "569b385dd066628b",
	"zipf(10, skew=0)":               "ba4437c6fe6f517d",
	"zipf(1000, skew=0.8)":           "94917a8b6770dce9",
	"zipf(3000, skew=2.5)":           "dc5f3f4d14ed89db",
	"zipf(50000, skew=1)":            "2b526f6a8e77890d",
}
