package quantity_test

import (
	"testing"

	"github.com/headroom-sim/headroom/models/quantity"

	"github.com/stretchr/testify/require"
)

func TestPortion(t *testing.T) {
	for _, c := range []struct {
		raw  any
		n    int
		want int
		text string
	}{
		{int64(1), 3, 1, "1"},
		{int64(5), 3, 3, "5"},
		{"50%", 4, 2, "50%"},
		{"50%", 3, 2, "50%"}, // rounded up
		{"1%", 3, 1, "1%"},
		{"100%", 3, 3, "100%"},
		{"7%", 100, 7, "7%"},
		{0.5, 4, 2, "50%"},
		{"50%", 0, 0, "50%"},
	} {
		var p quantity.Portion
		require.NoError(t, p.Read(c.raw, nil))
		require.Equal(t, c.want, p.Of(c.n), "%v of %d", c.raw, c.n)
		require.Equal(t, c.text, p.String())
	}
	for want, raw := range map[string]any{
		`must be a number of instances such as 1, or a share such as "50%" (have "two")`: "two",
		`must be a number of instances such as 1, or a share such as "50%" (have "2")`:   "2",
		`must be at least 1 (have 0)`:                         int64(0),
		`must be at most 2147483647 (have 1000000000000)`:     int64(1e12),
		`must be more than 0% (have "0%")`:                    "0%",
		`must be between 0 and 1 (0% and 100%) (have "150%")`: "150%",
	} {
		require.EqualError(t, new(quantity.Portion).Read(raw, nil), want)
	}
}
