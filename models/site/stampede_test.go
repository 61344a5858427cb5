package site

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// stampede is a look-aside cache of 1000 keys, each looked up once a second, before
// a database that takes two seconds.
const stampede = `
duration = "6m"
[clients.c]
target = "app"
rate   = "1000/s"
[routes.read]
demand = { mc = "0s", db = "0s" }
wait   = { db = "2s" }
[fleets.app]
vcpus = 4
zones = ["a"]
min = 1
max = 1
calls = ["mc", "db"]
server = { software = "pool", threads = 100000, max_connections = 100000 }
[services.mc]
kind = "cache"
keys = 1000
skew = 0.0
latency = "0s"
guards = "db"
max_connections = 100000
%s
[services.db]
kind = "station"
servers = 100000
[faults.strike]
at = "3m"
for = "1m"
%s
`

// What the database does not answer is in no cache: while it refuses, all who
// miss fail.
func TestTheCacheKeepsNothingThatWasNotFetched(t *testing.T) {
	text := fmt.Sprintf(stampede, `start = "cold"`, "service = \"db\"\neffect = \"refuse\"")
	text += "[faults.first]\nat = \"0s\"\nfor = \"3m\"\nservice = \"db\"\neffect = \"refuse\""
	o := simulate(t, text, Span{0, 4 * engine.Minute})
	m := o.Windows[1].Metrics
	require.Zero(t, m["availability"])
	require.Zero(t, m["services.mc.hit_ratio"])
}

// Theory: a key that is looked up at a rate l costs the database 1 + l D calls
// before it is there again, D the time of a call: the number for all keys has a
// variance of l D for each. Of the calls that are under way when a lost cache
// comes back, as Poisson's law has it, each has half its time left on average.
func TestStampedeOnTheDatabase(t *testing.T) {
	const keys, rate, takes = 1000, 1.0, 2.0
	const minute = engine.Minute
	t.Run("cold", func(t *testing.T) {
		o := simulate(t, fmt.Sprintf(stampede, `start = "cold"`, "service = \"db\"\neffect = \"refuse\""), Span{0, 2 * minute})
		m := o.Windows[1].Metrics
		require.InDelta(t, keys*(1+rate*takes), m["services.db.number.mean"]*120/takes, 3.3*math.Sqrt(keys*rate*takes))
		require.InDelta(t, 1, m["availability"], 0)
		require.InDelta(t, 1, o.Windows[0].Metrics["availability"], 0, "when the database refuses, everything is in the cache")
	})
	t.Run("lost", func(t *testing.T) {
		o := simulate(t, fmt.Sprintf(stampede, "", "service = \"mc\"\neffect = \"crash\""), Span{0, 3 * minute}, Span{3 * minute, 4 * minute}, Span{4 * minute, 6 * minute})
		before, during, after := o.Windows[1].Metrics, o.Windows[2].Metrics, o.Windows[3].Metrics
		require.Zero(t, before["services.db.number.mean"], "the cache was warm")
		require.InEpsilon(t, keys*rate*takes*59/60, during["services.db.number.mean"], 0.015)
		underWay := keys * rate * takes
		require.InDelta(t, keys*(1+rate*takes)+underWay/2, after["services.db.number.mean"]*120/takes, 3.3*math.Sqrt(keys*rate*takes+underWay/3))
	})
}
