package export

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/site"
)

// month is what Infracost takes a month for, in hours.
const month = 730

// Infracost writes what the first replication used as a usage file of Infracost,
// version 0.1: as if the whole month were like the measured run. A resource has the
// name of the scenario's part.
func Infracost(w io.Writer, r *experiments.Result) error {
	out := bufio.NewWriter(w)
	u := r.Detail.Usage
	fmt.Fprintf(out, "# What %q used in %s, scaled to a month of %d hours. The resources have the names\n", r.Scenario, units.Span(u.Lasted.Seconds()), month)
	fmt.Fprint(out, "# of the scenario: write those of your Terraform code. Infracost ignores what it does not find there.\n")
	fmt.Fprint(out, "version: 0.1\nresource_usage:\n")
	for _, one := range used(&u) {
		fmt.Fprintf(out, "  %s.%s:\n", one.kind, one.name)
		for _, e := range one.entries {
			fmt.Fprintf(out, "    %s\n", e)
		}
	}
	return out.Flush()
}

// A resource is one of Terraform, with lines of its usage.
type resource struct {
	kind, name string
	entries    []string
}

// used are the resources of which Infracost wants to know the usage.
func used(u *site.Usage) []resource {
	monthly := month / (u.Lasted.Seconds() / 3600)
	var list []resource
	add := func(kind, name string, entries ...string) { list = append(list, resource{kind, name, entries}) }
	for _, f := range u.Fleets {
		hours := float64(f.Hours * monthly)
		add("aws_autoscaling_group", f.Name, whole("instances", math.Round(hours/month))+" # "+number(hundredths(hours/month))+" on average", "operating_system: linux")
		add("aws_instance", f.Name, "operating_system: linux", amount("monthly_hrs", hours)+" # of all instances of the fleet")
	}
	for _, b := range u.Balancers {
		entries := balancerEntries(b, u.Lasted.Seconds(), monthly)
		if kind := balancerKinds[b.Kind]; kind != "" {
			add(kind, b.Name, entries...)
		}
	}
	for _, f := range u.Functions {
		add("aws_lambda_function", f.Name, whole("monthly_requests", float64(f.Requests)*monthly),
			amount("request_duration_ms", f.Billed.Seconds()*1000/float64(max(f.Requests, 1))))
	}
	for _, c := range u.CDNs {
		add("aws_cloudfront_distribution", c.Name,
			"monthly_data_transfer_to_internet_gb:", "  "+amount(viewers[u.Region], gigabytes(c.Bytes)*monthly),
			"monthly_https_requests:", "  "+whole(viewers[u.Region], float64(c.Requests)*monthly))
	}
	add("aws_data_transfer", "site", "region: "+u.Region,
		amount("monthly_outbound_internet_gb", gigabytes(u.Sent)*monthly), amount("monthly_intra_region_gb", gigabytes(u.Crossed)*monthly))
	return list
}

// balancerKinds are the resources of balancers; the others are machines of one's
// own.
var balancerKinds = map[string]string{"application": "aws_lb", "network": "aws_lb", "classic": "aws_elb"}

func balancerEntries(b site.BalancerUsage, seconds, monthly float64) []string {
	processed := gigabytes(b.Bytes) * monthly
	if b.Kind == "classic" {
		return []string{amount("monthly_data_processed_gb", processed)}
	}
	list := []string{
		whole("new_connections", float64(b.Connections)/seconds), whole("active_connections", b.Active), amount("processed_bytes_gb", processed),
	}
	if b.Kind == "application" {
		list = append(list, whole("rule_evaluations", float64(b.RuleEvaluations)/seconds))
	}
	return list
}

// viewers are the parts of the world in which viewers pay the prices of a Region.
var viewers = map[string]string{"us-east-1": "us", "ap-northeast-2": "asia_pacific"}

func gigabytes(bytes uint64) float64 { return float64(bytes) / catalog.GB }

// whole is an entry that Infracost reads as an integer.
func whole(key string, v float64) string { return key + ": " + number(math.Round(v)) }

func amount(key string, v float64) string { return key + ": " + number(hundredths(v)) }

func hundredths(v float64) float64 { return math.Round(v*100) / 100 }
