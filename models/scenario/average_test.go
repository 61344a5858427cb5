package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAverage(t *testing.T) {
	file, problems := Parse("test.toml", []byte(`
duration = "10m"
[clients.all]
target = "mean"
rate   = "1/s"
[routes.p95]
demand.mean = "1ms"
[services.mean]
kind = "station"
`), nil)
	require.NoError(t, problems.Err())
	spec, problems := file.Spec("", nil)
	require.NoError(t, problems.Err())
	for metric, want := range map[string]bool{
		"latency.mean": true, "latency.p999": true, "latency.sd": true, "latency.max": false,
		"routes.p95.latency.p50": true, "routes.p95.latency.max": false,
		"availability": true, "throughput": true, "requests.offered": false, "errors.429": false,
		"services.mean.utilization": true, "services.mean.utilization.max": false, "services.mean.number.mean": true,
		"services.mean.blocked": false, "services.mean.delayed": true,
		"cost.total": false, "cost.per_hour": true, "cost.per_million": false, "cost.services.mean": false,
		"scaling.lag.mean": true, "slo.violation_minutes": false,
	} {
		require.Contains(t, spec.MetricUnits(), metric)
		require.Equal(t, want, spec.Average(metric), metric)
	}
}
