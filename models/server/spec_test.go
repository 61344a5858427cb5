package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/quantity"
)

func TestWorkersRead(t *testing.T) {
	var w Workers
	require.NoError(t, w.Read("auto", nil))
	require.Equal(t, "auto", w.String())
	require.NoError(t, w.Read(int64(4), nil))
	require.Equal(t, "4", w.String())
	require.EqualError(t, w.Read(int64(0), nil), `must be a whole number from 1 to 1024, or "auto" (have 0)`)
	require.EqualError(t, w.Read("all", nil), `must be a whole number from 1 to 1024, or "auto" (have "all")`)
}

func TestSpecCheck(t *testing.T) {
	var problems []string
	report := func(key, _ string, _ ...any) { problems = append(problems, key) }
	spec := nginxSpec()
	spec.Check(report)
	require.Empty(t, problems)
	spec.UpstreamKeepalive = 1022
	spec.Check(report)
	st := StationSpec{Queueing{Discipline: "ps", Patience: quantity.Span{Distribution: constant(ms).Distribution}}}
	st.Check(report)
	require.Equal(t, []string{"upstream_keepalive", "patience"}, problems)
}
