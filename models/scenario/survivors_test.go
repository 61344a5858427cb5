package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An expectation on latency is listed unless another one, over as much of the run at
// least, says how many requests must be answered.
func TestLatencyOfTheAnsweredAlone(t *testing.T) {
	const site = `duration = "1h"
[clients.c]
target = "web"
rate = "5/s"
[routes.page]
demand.web = "1ms"
[fleets.web]
vcpus = 1
zones = ["a"]
min = 1
max = 1
[expectations.fast]
metric = "routes.page.latency.p99"
at_most = "1s"
during = "10m..20m"
[expectations.quick]
metric = "latency.p50"
at_most = "1s"
during = "10m..20m"
`
	for name, c := range map[string]struct {
		more string
		want int
	}{
		"none":           {"", 1},
		"cost":           {"metric = \"cost.total\"\nat_most = 1", 1},
		"availability":   {"metric = \"availability\"\nat_least = 0.9", 0},
		"a cause":        {"metric = \"errors.timeout\"\nequals = 0", 0},
		"the same part":  {"metric = \"requests.failed\"\nequals = 0\nduring = \"10m..20m\"", 0},
		"more of it":     {"metric = \"throughput\"\nat_least = 4\nduring = \"5m..20m\"", 0},
		"less of it":     {"metric = \"availability\"\nat_least = 0.9\nduring = \"11m..20m\"", 1},
		"another part":   {"metric = \"availability\"\nat_least = 0.9\nduring = \"30m..40m\"", 1},
		"another metric": {"metric = \"fleets.web.cpu.mean\"\nat_most = 0.9", 1},
	} {
		t.Run(name, func(t *testing.T) {
			src := site
			if c.more != "" {
				src += "[expectations.more]\n" + c.more + "\n"
			}
			notes := parse(t, src).Notes("", nil)
			require.Len(t, notes, c.want, "%v", notes)
			if c.want > 0 {
				require.Equal(t, "expectations.fast.metric", notes[0].Key)
				require.Equal(t, 13, notes[0].Line)
			}
		})
	}
}
