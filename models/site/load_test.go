package site

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// loadedSite is a balancer in front of two servers of three, the third of which is
// launched after two minutes.
const loadedSite = `
duration = "8m"
[clients.c]
target = "lb"
rate = "20/s"
[routes.page]
demand = { web = "1ms" }
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
vcpus = 1
zones = ["a"]
min = 2
max = 3
provision = "10s"
boot = "90s"
[fleets.web.schedules.more]
at = "2m"
desired = 3
`

func TestLoadsAreWhatTheBalancerSent(t *testing.T) {
	o := simulate(t, loadedSite)
	require.Len(t, o.Series.Loads, 1)
	load := o.Series.Loads[0]
	require.Equal(t, "web", load.Fleet)
	require.Len(t, load.Minutes, len(o.Series.Rows))
	sent := o.Series.Column("balancers.lb.requests")
	for i, minute := range load.Minutes {
		total := uint64(0)
		for _, r := range minute.Received {
			total += uint64(r.Requests)
		}
		require.Equal(t, total, minute.Requests)
		require.InDelta(t, sent[i], total, 3, "minute %d: all but those on their way at its ends", i)
		require.EqualValues(t, o.Series.Column("fleets.web.in_service")[i], minute.Servers)
	}
	first, last := load.Minutes[0].Received, load.Minutes[7].Received
	require.Len(t, first, 2)
	require.Len(t, last, 3)
	require.Equal(t, []int32{1, 2, 3}, []int32{last[0].Instance, last[1].Instance, last[2].Instance})
	require.InEpsilon(t, last[0].Requests, last[2].Requests, 0.05, "the new one has its share")
	require.Zero(t, load.Minutes[2].Received[2].Requests, "in service, and still booting")
}

func TestLoadsOfManyServersKeepTheExtremes(t *testing.T) {
	var requests []hostRequests
	for i := range 500 {
		requests = append(requests, hostRequests{i + 1, uint64(i * 7 % 500)})
	}
	minute := loadMinute(requests)
	require.Equal(t, 500, minute.Servers)
	require.EqualValues(t, 500*499/2, minute.Requests, "of all")
	require.Len(t, minute.Received, MostLoads)
	least, most := uint32(500), uint32(0)
	for i, r := range minute.Received {
		require.EqualValues(t, (int(r.Instance)-1)*7%500, r.Requests, "its own")
		require.True(t, i == 0 || minute.Received[i-1].Instance < r.Instance, "once each, in the order of launch")
		least, most = min(least, r.Requests), max(most, r.Requests)
	}
	require.EqualValues(t, 0, least)
	require.EqualValues(t, 499, most)
	require.Equal(t, len(requests), 500)
	require.Equal(t, 7, int(requests[1].n), "what it picks from stays as it is")
}
