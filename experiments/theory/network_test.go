package theory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// One station is the machine repairman; K equal ones without a pause give N/(N+K-1)
// of what a server can do (balanced networks, E.D. Lazowska et al., "Quantitative
// System Performance", 1984, 5.4).
func TestClosedNetworkInItsLimits(t *testing.T) {
	repair := theory.Repair{Users: 12, Think: 1, Service: 10, Servers: 1}.Solve()
	one := theory.ClosedNetwork{Users: 12, Think: 1, Demands: []float64{0.1}}.Solve()
	require.InEpsilon(t, repair.Throughput, one.Throughput, 1e-12)
	require.InEpsilon(t, repair.MeanResponse, one.MeanResponse, 1e-12)
	require.InEpsilon(t, repair.MeanNumber, one.MeanNumber[0], 1e-12)
	require.InEpsilon(t, repair.Utilization, one.Utilization[0], 1e-12)
	balanced := theory.ClosedNetwork{Users: 7, Demands: []float64{0.2, 0.2, 0.2}}.Solve()
	require.InEpsilon(t, 5*7.0/9, balanced.Throughput, 1e-12)
}

func TestClosedNetworkAgainstTheChain(t *testing.T) {
	const users, think = 6, 0.5
	q := theory.ClosedNetwork{Users: users, Think: think, Demands: []float64{0.2, 0.3}}.Solve()
	type state struct{ first, second int }
	c := newChain[state]()
	for first := range users + 1 {
		for second := range users + 1 - first {
			s, pausing := state{first, second}, users-first-second
			if pausing > 0 {
				c.add(s, state{first + 1, second}, float64(pausing)/think)
			}
			if first > 0 {
				c.add(s, state{first - 1, second + 1}, 1/0.2)
			}
			if second > 0 {
				c.add(s, state{first, second - 1}, 1/0.3)
			}
		}
	}
	law := c.solve(t)
	require.InEpsilon(t, mean(law, func(s state) float64 { return float64(s.first) }), q.MeanNumber[0], 1e-10)
	require.InEpsilon(t, mean(law, func(s state) float64 { return float64(s.second) }), q.MeanNumber[1], 1e-10)
	require.InEpsilon(t, mean(law, func(s state) float64 { return atLeast(1)(s.second) }), q.Utilization[1], 1e-10)
}
