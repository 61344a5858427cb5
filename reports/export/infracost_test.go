package export

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
)

func infracost(t *testing.T, r *experiments.Result) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Infracost(&out, r))
	return out.String()
}

// Two hours are scaled to 730: an amount by 365, a rate and a mean not at all.
func TestInfracost(t *testing.T) {
	const gigabyte = 1_000_000_000
	r := &experiments.Result{Scenario: "shop"}
	r.Detail.Usage = site.Usage{
		Region: "us-east-1", Lasted: 2 * engine.Hour, Sent: 3 * gigabyte, Crossed: gigabyte / 2,
		Fleets: []site.FleetUsage{{Name: "web", Hours: 4.5}},
		Balancers: []site.BalancerUsage{
			{Name: "front", Kind: "application", Connections: 72_000, Active: 31.6, Bytes: 2 * gigabyte, RuleEvaluations: 14_400},
			{Name: "old", Kind: "classic", Connections: 5, Bytes: gigabyte},
			{Name: "own", Kind: "nginx", Bytes: gigabyte},
			{Name: "tcp", Kind: "network", Connections: 7200, Bytes: gigabyte},
		},
		Functions: []site.FunctionUsage{{Name: "thumbs", Requests: 1000, Billed: 52_500 * engine.Millisecond}},
		CDNs:      []site.CDNUsage{{Name: "edge", Requests: 10, Bytes: 4 * gigabyte}},
	}
	require.Equal(t, `# What "shop" used in 2h, scaled to a month of 730 hours. The resources have the names
# of the scenario: write those of your Terraform code. Infracost ignores what it does not find there.
version: 0.1
resource_usage:
  aws_autoscaling_group.web:
    instances: 2 # 2.25 on average
    operating_system: linux
  aws_instance.web:
    operating_system: linux
    monthly_hrs: 1642.5 # of all instances of the fleet
  aws_lb.front:
    new_connections: 10
    active_connections: 32
    processed_bytes_gb: 730
    rule_evaluations: 2
  aws_elb.old:
    monthly_data_processed_gb: 365
  aws_lb.tcp:
    new_connections: 1
    active_connections: 0
    processed_bytes_gb: 365
  aws_lambda_function.thumbs:
    monthly_requests: 365000
    request_duration_ms: 52.5
  aws_cloudfront_distribution.edge:
    monthly_data_transfer_to_internet_gb:
      us: 1460
    monthly_https_requests:
      us: 3650
  aws_data_transfer.site:
    region: us-east-1
    monthly_outbound_internet_gb: 1095
    monthly_intra_region_gb: 182.5
`, infracost(t, r))
}

// The file is YAML that says of a run what its metrics and its series do.
func TestInfracostOfARun(t *testing.T) {
	r := everything(t)
	var file struct {
		Version string                    `yaml:"version"`
		Usage   map[string]map[string]any `yaml:"resource_usage"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(infracost(t, r)), &file))
	require.Equal(t, "0.1", file.Version)
	const monthly = 730 / (5.0 / 60)
	require.InDelta(t, r.Metrics["fleets.web.instances.hours"].Mean*monthly, file.Usage["aws_instance.web"]["monthly_hrs"], 0.01)
	require.EqualValues(t, 2, file.Usage["aws_autoscaling_group.web"]["instances"])

	s := r.Detail.Series
	cdn := file.Usage["aws_cloudfront_distribution.edge"]["monthly_https_requests"].(map[string]any)
	require.InDelta(t, sum(s.Column("cdns.edge.requests"))*monthly, cdn["us"], 1)
	function := file.Usage["aws_lambda_function.thumbs"]
	requests := sum(s.Column("balancers.api.requests"))
	require.InDelta(t, requests*monthly, function["monthly_requests"], 1)
	inFlight := r.Metrics["services.thumbs.number.mean"].Mean // Little's law; each request is billed up to a millisecond more
	require.InDelta(t, inFlight*300*1000/requests+0.5, function["request_duration_ms"], 0.5)
	require.InDelta(t, 2, file.Usage["aws_lb.api"]["new_connections"], 1)
	for _, name := range []string{"aws_lb.lb", "aws_data_transfer.site"} {
		require.Contains(t, file.Usage, name)
	}
}
