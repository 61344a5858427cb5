package theory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// Loads in erlangs that a number of servers carries at a blocking share:
// the standard Erlang B tables (1 % column), and the manual of the Erlang
// Library for Excel (Abstract Micro Systems) for 17 and 25 servers.
func TestErlangBAgainstTables(t *testing.T) {
	for _, c := range []struct {
		servers       int
		load, blocked float64
	}{
		{1, 0.0101, 0.01}, {2, 0.153, 0.01}, {5, 1.361, 0.01}, {10, 4.461, 0.01},
		{20, 12.03, 0.01}, {50, 37.90, 0.01}, {100, 84.06, 0.01},
		{17, 9.65160, 0.01}, {17, 12.4613, 0.05}, {25, 16.1245, 0.01},
	} {
		require.InEpsilon(t, c.blocked, theory.ErlangB(c.servers, c.load), 0.006, "%d servers", c.servers)
	}
}

func TestErlangAgainstTheChain(t *testing.T) {
	for _, c := range []struct {
		servers int
		load    float64
	}{{1, 0.3}, {1, 0.95}, {2, 1.5}, {5, 4.9}, {16, 8}, {16, 40}} {
		t.Run(fmt.Sprintf("%d servers, load %g", c.servers, c.load), func(t *testing.T) {
			lost := birthDeath(t, c.servers, func(int) float64 { return c.load }, number)
			require.InEpsilon(t, lost[c.servers], theory.ErlangB(c.servers, c.load), 1e-10)
		})
	}
}

func TestErlangAtTheEdges(t *testing.T) {
	require.Equal(t, 1.0, theory.ErlangB(0, 3))
	require.Equal(t, 0.0, theory.ErlangB(3, 0))
	require.Equal(t, 1.0, theory.ErlangC(4, 4))
	require.Equal(t, 1.0, theory.ErlangC(4, 5))
	require.Equal(t, 0.0, theory.ErlangC(4, 0))
	// A direct sum of powers and factorials overflows here.
	require.InDelta(t, 0.00787, theory.ErlangB(10_000, 10_000), 0.0001) // about sqrt(2/(pi c))
}
