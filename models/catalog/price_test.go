package catalog_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/catalog"
)

// What no bill can hold is the greatest amount, not a small one.
func TestPricesDoNotOverflow(t *testing.T) {
	require.Equal(t, catalog.Money(math.MaxInt64), catalog.Price{Money: math.MaxInt64, Per: 1}.Of(math.MaxUint64))
	require.Equal(t, catalog.Money(1), catalog.Price{Money: 1, Per: 2}.Of(1), "half a nanodollar rounds up")
}
