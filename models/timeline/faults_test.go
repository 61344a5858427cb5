package timeline

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// A fault is at work until its last place is relieved; what a lost zone takes
// with it adds none, and what never ends lasts to the end of the log.
func TestFaults(t *testing.T) {
	const s = engine.Second
	l := &Log{Events: []Event{
		{At: 1 * s, Kind: FaultStart, Subject: "slow", Instance: "web-1"},
		{At: 1 * s, Kind: FaultStart, Subject: "slow", Instance: "web-2"},
		{At: 2 * s, Kind: FaultEnd, Subject: "slow", Instance: "web-1"},
		{At: 3 * s, Kind: FaultStart, Subject: "zone"},
		{At: 3 * s, Kind: FaultStart, Instance: "web-3"},
		{At: 4 * s, Kind: FaultEnd, Subject: "slow", Instance: "web-2"},
		{At: 5 * s, Kind: FaultEnd, Subject: "zone"},
		{At: 6 * s, Kind: FaultStart, Subject: "zone"},
	}}
	require.Equal(t, []Outage{{"slow", 1 * s, 4 * s}, {"zone", 3 * s, 5 * s}, {"zone", 6 * s, 9 * s}}, l.Faults(9*s))
	require.Empty(t, (&Log{}).Faults(9*s))
}

// A server that is replaced takes its fault with it, also when the fault's own
// end comes later; the other servers still have it.
func TestFaultsOfReplacedInstances(t *testing.T) {
	const s = engine.Second
	l := &Log{Events: []Event{
		{At: 1 * s, Kind: FaultStart, Subject: "crash", Instance: "web-1"},
		{At: 2 * s, Kind: FaultStart, Subject: "slow", Instance: "web-2"},
		{At: 2 * s, Kind: FaultStart, Subject: "slow", Instance: "web-3"},
		{At: 3 * s, Kind: Terminate, Instance: "web-1"},
		{At: 4 * s, Kind: Terminate, Instance: "web-2"},
		{At: 5 * s, Kind: FaultEnd, Subject: "slow", Instance: "web-2"},
		{At: 6 * s, Kind: FaultEnd, Subject: "slow", Instance: "web-3"},
	}}
	require.Equal(t, []Outage{{"crash", 1 * s, 3 * s}, {"slow", 2 * s, 6 * s}}, l.Faults(9*s))
}
