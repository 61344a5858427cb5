package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Whatever is counted wrongly, the audit finds it.
func TestAuditNoticesErrors(t *testing.T) {
	atWork := func() *rig {
		r := newRigOf(spec("application"), func(c *balancer.Config) { c.Reused = true })
		web := r.add(1, "")
		r.request(1)
		r.run(t, engine.Second)
		web.busy = true
		r.request(2)
		r.request(3)
		web.release(traffic.OK)
		return r
	}
	require.NoError(t, atWork().Audit())
	for _, c := range balancer.Miscounts {
		r := atWork()
		c.Harm(r.Balancer)
		require.ErrorContains(t, r.Audit(), c.Want)
	}
}

// A network balancer's connections are its flows, those that were closed not among them.
func TestAuditCountsFlows(t *testing.T) {
	r, _ := networkRig(asIs, "a")
	for session := range uint64(2) {
		r.connect(session)
	}
	r.connect(2).Hangup()
	require.NoError(t, r.Audit())
	balancer.Miscounted.Harm(r.Balancer)
	require.EqualError(t, r.Audit(), balancer.Miscounted.Want)
}
