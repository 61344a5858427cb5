package site

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Calls that hand a message in do not delay each other, however many they are: some
// 2,000 at a time take a second each.
func TestNothingDelaysAHandIn(t *testing.T) {
	m := simulate(t, `
duration = "20s"
[clients.c]
target   = "mq"
rate     = "2000/s"
arrivals = "even"
[routes.put]
demand.mq = "1s"
[services.mq]
kind    = "queue"
workers = 10000
work    = "1s"
`).Windows[0].Metrics
	require.InDelta(t, 1, m["latency.max"], 1e-9)
	require.InDelta(t, 2000*19, m["requests.completed"], 1)
}
