package reports

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
)

// What clients come by before they come to the site is told like the rest of it.
func TestDeliveryAndNames(t *testing.T) {
	one := func(v float64, unit string) experiments.Metric {
		return experiments.Metric{Mean: v, Lo: math.NaN(), Hi: math.NaN(), N: 1, Unit: unit}
	}
	r := &experiments.Result{Metrics: map[string]experiments.Metric{
		"cdns.edge.requests": one(1200, ""), "cdns.edge.hit_ratio": one(0.9, "share"), "cdns.edge.bytes": one(4.5e9, "B"),
		"dns.shop.queries": one(7, ""), "dns.shop.records.healthy.mean": one(1.5, ""),
		"dns.www.queries": one(9, ""), "dns.www.records.healthy.mean": one(2, ""),
	}}
	d := delivery(r)
	require.Equal(t, "CDN edge", d.title+" "+d.of)
	require.Equal(t, [][]string{{"requests", "1,200"}, {"hit ratio", "90 %"}, {"bytes sent", "4.5 GB"}}, d.rows)
	n := resolving(r)
	require.Equal(t, "Names in DNS", n.title)
	require.Equal(t, []string{"", "shop", "www"}, n.head)
	require.Equal(t, [][]string{{"queries", "7", "9"}, {"healthy records, mean", "1.5", "2"}}, n.rows)
}
