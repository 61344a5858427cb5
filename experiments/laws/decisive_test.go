package laws

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/quantity"
)

// By hand: of equal values a half have half; of a lognormal law with deviation sigma of
// its logarithm, the values above e^(k sigma^2) times the median have half of the k-th
// moment, a share of P(Z > k sigma); of exponential ones the mean is halved at 1.678.
func TestDecisive(t *testing.T) {
	tail := func(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }
	sigma := math.Sqrt(math.Log(3)) // scv = 2
	for _, c := range []struct {
		span   string
		moment int
		want   float64
	}{
		{"constant(10ms)", 3, 0.5},
		{"lognormal(10ms, scv=2)", 1, tail(sigma)},
		{"lognormal(10ms, scv=2)", 2, tail(2 * sigma)},
		{"lognormal(10ms, scv=2)", 3, tail(3 * sigma)},
		{"exponential(10ms)", 1, math.Exp(-1.67835)},
	} {
		var s quantity.Span
		require.NoError(t, s.Read(c.span, nil))
		require.InEpsilon(t, c.want, decisive(s, c.moment), 0.05, c.span)
	}
}
