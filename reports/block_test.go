package reports

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
)

// single is a metric of a single replication.
func single(v float64, unit string) experiments.Metric {
	return experiments.Metric{Mean: v, Lo: math.NaN(), Hi: math.NaN(), N: 1, Unit: unit}
}

// A month has 730 hours at the rate of the run, where that is one of whole days, and
// each part of the cost its share.
func TestExpenses(t *testing.T) {
	r := &experiments.Result{DurationS: 86400 + 1800, DiscardS: 1800, Metrics: map[string]experiments.Metric{
		"cost.total": single(8, "USD"), "cost.per_hour": single(2, "USD/h"), "cost.fleets.web": single(6, "USD"), "cost.services.db": single(2, "USD"), "cost.transfer": single(0, "USD"),
	}}
	require.Equal(t, [][]string{
		{"in total", "USD 8.00"}, {"rate", "USD 2.00/h"}, {"730 such hours", "USD 1,460.00"}, {"web", "USD 6.00 (75 %)"}, {"db", "USD 2.00 (25 %)"},
	}, costs(r).rows)
	require.Equal(t, "USD 2.00/h, USD 1,460.00 in a month of 730 h, if every hour were like these 24h", rateOf(r))
	r.DurationS = 6*3600 + 1800
	require.Equal(t, "USD 2.00/h, if every hour were like these 6h", rateOf(r))
	require.NotContains(t, costs(r).rows, "730 h", "an evening is no day")
	for hours, whole := range map[float64]bool{0.5: false, 12: false, 22: false, 23.5: true, 24: true, 26: false, 48: true, 60: false, 168: true, 730: false} {
		r.DurationS = hours*3600 + 1800
		require.Equal(t, whole, wholeDays(r), "%g hours", hours)
	}
}

// What clients come by before they come to the site is told like the rest of it.
func TestDeliveryAndNames(t *testing.T) {
	r := &experiments.Result{Metrics: map[string]experiments.Metric{
		"cdns.edge.requests": single(1200, ""), "cdns.edge.hit_ratio": single(0.9, "share"), "cdns.edge.bytes": single(4.5e9, "B"),
		"dns.shop.queries": single(7, ""), "dns.shop.records.healthy.mean": single(1.5, ""),
		"dns.www.queries": single(9, ""), "dns.www.records.healthy.mean": single(2, ""),
	}}
	d := delivery(r)
	require.Equal(t, "CDN edge", d.title+" "+d.of)
	require.Equal(t, [][]string{{"requests", "1,200"}, {"hit ratio", "90 %"}, {"bytes sent", "4.5 GB"}}, d.rows)
	n := resolving(r)
	require.Equal(t, "Names in DNS", n.title)
	require.Equal(t, []string{"", "shop", "www"}, n.head)
	require.Equal(t, [][]string{{"queries", "7", "9"}, {"healthy records, mean", "1.5", "2"}}, n.rows)
}

// Where the columns fit as they are nothing is cut, in a table of texts and in one
// of figures; where they do not, names are.
func TestNamesAreCutWhereTheyMustBe(t *testing.T) {
	name, metric := "a-rather-long-name-of-an-expectation", "balancers.lb.targets.healthy.mean"
	for _, left := range []int{1, 3} {
		b := block{title: "Expectations", head: []string{"name", "metric", "is"}, rows: [][]string{{name, metric, "3 ± 0"}}, left: left}
		require.Contains(t, strings.Join((&sheet{width: 90}).table(b), "\n"), name+"  ", "left %d", left)
		require.Contains(t, strings.Join((&sheet{width: 90}).table(b), "\n"), metric, "left %d", left)
	}
	cut := block{title: "Expectations", head: []string{"name", "metric", "is"}, rows: [][]string{{name, metric, "3 ± 0"}}, left: 3}
	require.NotContains(t, strings.Join((&sheet{width: 60}).table(cut), "\n"), metric)
}

// A table that is too wide goes on below, with all that names its rows.
func TestEachPartNamesItsRows(t *testing.T) {
	b := block{title: "Points", head: []string{"target", "min", "latency.p95", "latency.p99", "cost.total"}, left: 2}
	for _, min := range []string{"1", "2"} {
		b.rows = append(b.rows, []string{"40", min, "250.1 ± 2.5 ms", "310.7 ± 3.9 ms", "USD 0.1234 ± 0.0012"})
	}
	lines := (&sheet{width: 60}).table(b)
	require.Regexp(t, `^  40 +2  `, lines[3])
	require.Regexp(t, `^  40 +2  +USD`, lines[len(lines)-1])
}
