package random

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTables(t *testing.T) {
	root := bigFloat(2)
	for range 6 {
		root.Sqrt(root)
	}
	power := bigFloat(1)
	for i, e := range expTable {
		require.Equal(t, nearest(power), e.value, "2^(%d/64)", i)
		require.Equal(t, nearest(bigSub(power, bigFloat(e.value))), e.rest, "rest of 2^(%d/64)", i)
		power.Mul(power, root)
	}
	for i := logTableFirst; i <= logTableLast; i++ {
		c, e := float64(i)/128, logTable[i]
		require.Equal(t, 1/c, e.reciprocal, "1/(%d/128)", i)
		requireParts(t, bigLog(c), e.high, e.low, 0x1p-42)
	}
	requireParts(t, bigLn2, ln2High, ln2Low, 0x1p-42)
	requireParts(t, newBig().SetMantExp(bigLn2, -6), ln2By64High, ln2By64Low, 0x1p-40)
	for i, coefficient := range zetaTail {
		n := i + 2
		exact := newBig().Quo(bigZetaLess1(n), bigFloat(float64(n)))
		require.Equal(t, nearest(exact), math.Abs(coefficient), "(zeta(%d)-1)/%d", n, n)
		require.Equal(t, n%2 == 1, coefficient < 0, "sign of term %d", n)
	}
}

// requireParts requires high to be a multiple of the unit within one of the
// exact value and low to be the rest, rounded to nearest.
func requireParts(t *testing.T, exact *big.Float, high, low, unit float64) {
	t.Helper()
	require.Equal(t, math.Trunc(high/unit), high/unit)
	require.Less(t, math.Abs(low), unit)
	require.Equal(t, nearest(bigSub(exact, bigFloat(high))), low)
}
