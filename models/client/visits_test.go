package client

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A visit that a retry mends has met an error; one whose request fails for good is
// broken off.
func TestVisits(t *testing.T) {
	for name, c := range map[string]struct {
		failures int // the first attempts
		want     Visits
	}{
		"well":       {0, Visits{Started: 1, Ended: 1}},
		"mended":     {2, Visits{Started: 1, Ended: 1, Erred: 1}},
		"broken off": {3, Visits{Started: 1, Ended: 1, Erred: 1, Failed: 1}},
	} {
		r := newRig(1, 1)
		spec := one("4")
		spec.Think, spec.Retry.Attempts = span("1s"), 2
		r.client("visitors", spec, newDelayer(r.Sim, failing(c.failures, traffic.Status500)))
		r.finish(t, engine.Minute)
		require.Equal(t, []Visits{c.want}, r.sum.Visits, name)
	}
}

// Visits are counted when they begin and when they end; a closed user's begins with
// the first request, after a pause.
func TestVisitsAreCountedWhenTheyBeginAndEnd(t *testing.T) {
	r := newRig(1, 1)
	spec := newSpec()
	spec.Users, spec.Requests, spec.Think = 1, number("2"), span("10s")
	r.client("visitors", spec, newDelayer(r.Sim, after(1, traffic.OK)))
	for _, at := range []engine.Time{9, 15, 25} { // requests at 10, 21, 32 s
		require.NoError(t, r.Run(at*engine.Second))
		r.ledger.Cut(r.Now())
	}
	r.finish(t, 40*engine.Second)
	var visits []Visits
	for _, s := range r.segments {
		visits = append(visits, s.Visits[0])
	}
	require.Equal(t, []Visits{{}, {Started: 1}, {Ended: 1}, {Started: 1}}, visits)
}
