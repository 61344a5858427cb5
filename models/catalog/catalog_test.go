package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/catalog"
)

func TestLookup(t *testing.T) {
	small, err := catalog.Lookup("t3.small")
	require.NoError(t, err)
	require.Equal(t, "t3", small.Family)
	require.Equal(t, "amd64", small.Arch)
	require.Equal(t, 2, small.VCPU)
	require.Equal(t, 2.0, small.MemoryGiB)
	require.Equal(t, 0.128, small.BaselineGbps)
	require.Equal(t, 5.0, small.BurstGbps)
	require.Equal(t, 0.0208, small.PricePerHour(catalog.USEast1).USD())
	require.Equal(t, 0.026, small.PricePerHour(catalog.APNortheast2).USD())
}

func TestLookupOffersTheNearestName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"t3.smal", `unknown instance type (have "t3.smal", did you mean "t3.small"?)`},
		{"c6i.4xlrage", `unknown instance type (have "c6i.4xlrage", did you mean "c6i.4xlarge"?)`},
		{"m5large", `unknown instance type (have "m5large", did you mean "m5.large"?)`},
		{"cray-1", "unknown instance type (have \"cray-1\"; `headroom catalog` lists the known ones; any other: vcpus and price)"},
		{"", "unknown instance type (have \"\"; `headroom catalog` lists the known ones; any other: vcpus and price)"},
	} {
		_, err := catalog.Lookup(c.name)
		require.EqualError(t, err, c.want)
	}
}

// Prices that hand-typed tables in public code often have wrong.
func TestPricesThatOthersGetWrong(t *testing.T) {
	for name, usd := range map[string]float64{"m5.large": 0.118, "c5.large": 0.096, "t2.micro": 0.0144} {
		i, err := catalog.Lookup(name)
		require.NoError(t, err)
		require.Equal(t, usd, i.PricePerHour(catalog.APNortheast2).USD(), name)
	}
}

func TestTypesAreCompleteAndInOrder(t *testing.T) {
	types := catalog.Types()
	require.Len(t, types, 94)
	seen := map[string]bool{}
	for n, i := range types {
		require.False(t, seen[i.Name], i.Name)
		seen[i.Name] = true
		require.True(t, strings.HasPrefix(i.Name, i.Family+"."), i.Name)
		require.Contains(t, []string{"amd64", "arm64"}, i.Arch, i.Name)
		require.Positive(t, i.VCPU, i.Name)
		require.Positive(t, i.MemoryGiB, i.Name)
		require.GreaterOrEqual(t, i.BurstGbps, i.BaselineGbps, i.Name)
		for _, region := range catalog.Regions() {
			require.Positive(t, i.PricePerHour(region), i.Name)
		}
		if n > 0 && types[n-1].Family == i.Family {
			require.LessOrEqual(t, types[n-1].VCPU, i.VCPU, i.Name)
		}
	}
}

// Price is linear in size inside the m, c and r families; c6g, c7g and c4 are
// published with four decimals only.
func TestPriceIsLinearInSize(t *testing.T) {
	lastPerVCPU := map[string]float64{}
	for _, i := range catalog.Types() {
		if i.Burstable() {
			continue
		}
		price := i.PricePerHour(catalog.USEast1).USD() / float64(i.VCPU)
		if last, known := lastPerVCPU[i.Family]; known {
			require.InEpsilon(t, last, price, 0.01, i.Name)
		}
		lastPerVCPU[i.Family] = price
	}
}

func TestTypesIsACopy(t *testing.T) {
	catalog.Types()[0].Name = "mine"
	require.NotEqual(t, "mine", catalog.Types()[0].Name)
}

func TestRegions(t *testing.T) {
	for _, want := range catalog.Regions() {
		got, err := catalog.ParseRegion(want.String())
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Equal(t, []string{"us-east-1", "ap-northeast-2"}, catalog.RegionNames())
	_, err := catalog.ParseRegion("eu-west-1")
	require.EqualError(t, err, `no prices for this Region (have "eu-west-1", known: us-east-1, ap-northeast-2)`)
}

// The table of credits in the EC2 User Guide [T-BASE], launch credits [T-STD].
func TestCredits(t *testing.T) {
	for _, c := range []struct {
		name                    string
		earn, most, share, gift float64
		unlimited               bool
	}{
		{"t2.nano", 3, 72, 0.05, 30, false},
		{"t2.micro", 6, 144, 0.10, 30, false},
		{"t2.small", 12, 288, 0.20, 30, false},
		{"t2.medium", 24, 576, 0.20, 60, false},
		{"t2.large", 36, 864, 0.30, 60, false},
		{"t2.xlarge", 54, 1296, 0.225, 120, false},
		{"t2.2xlarge", 81.6, 1958.4, 0.17, 240, false},
		{"t3.nano", 6, 144, 0.05, 0, true},
		{"t3.micro", 12, 288, 0.10, 0, true},
		{"t3a.small", 24, 576, 0.20, 0, true},
		{"t3a.medium", 24, 576, 0.20, 0, true},
		{"t4g.large", 36, 864, 0.30, 0, true},
		{"t4g.xlarge", 96, 2304, 0.40, 0, true},
		{"t3.2xlarge", 192, 4608, 0.40, 0, true},
	} {
		i, err := catalog.Lookup(c.name)
		require.NoError(t, err)
		require.True(t, i.Burstable())
		require.Equal(t, c.earn, i.Credits.PerHour, c.name)
		require.Equal(t, c.most, i.Credits.Max, c.name)
		require.InDelta(t, c.share, i.Credits.Baseline, 1e-15, c.name)
		require.Equal(t, c.gift, i.Credits.Launch, c.name)
		require.Equal(t, c.unlimited, i.Credits.UnlimitedDefault, c.name)
		require.Equal(t, i.Family != "t2", i.Credits.Kept == 7*24*engine.Hour, c.name)
		require.Equal(t, i.Family == "t2", i.Credits.Kept == 0, c.name)
	}
}

// What a type earns is its baseline of all vCPUs, and it keeps a day of it.
func TestCreditsAreConsistent(t *testing.T) {
	burstable := 0
	for _, i := range catalog.Types() {
		if !i.Burstable() {
			require.Zero(t, i.Credits, i.Name)
			continue
		}
		burstable++
		c := i.Credits
		require.InDelta(t, c.PerHour, c.Baseline*float64(i.VCPU)*60, 1e-9, i.Name)
		require.InDelta(t, c.Max, 24*c.PerHour, 1e-9, i.Name)
		price := 0.05
		if i.Family == "t4g" {
			price = 0.04
		}
		require.Equal(t, price, c.SurplusPrice.USD(), i.Name)
	}
	require.Equal(t, 28, burstable)
}

// spec 6: what a family costs more in Seoul than in us-east-1, in percent, over
// its types, whose prices are rounded.
func TestSeoulOverUSEast(t *testing.T) {
	types, ratios := map[string]float64{}, map[string]float64{}
	for _, i := range catalog.Types() {
		types[i.Family]++
		ratios[i.Family] += i.PricePerHour(catalog.APNortheast2).USD() / i.PricePerHour(catalog.USEast1).USD()
	}
	for family, want := range map[string]float64{
		"t2": 24, "t4g": 24, "t3": 25, "t3a": 25, "m5": 23, "m6i": 23, "m7i": 23, "m7g": 23, "m6g": 22,
		"c5": 12.5, "c6i": 12.5, "c6g": 12.5, "c7g": 12.5, "c7i": 12.5, "c4": 14, "r5": 21, "r6i": 21,
	} {
		require.InDelta(t, want, 100*(ratios[family]/types[family]-1), 1, family)
	}
}

// spec 6: for T2, M4 and C4 AWS publishes words only for the network.
func TestNetworkInWords(t *testing.T) {
	for _, i := range catalog.Types() {
		if i.Family == "t2" || i.Family == "m4" || i.Family == "c4" {
			require.Zero(t, i.BaselineGbps, i.Name)
		} else {
			require.Positive(t, i.BaselineGbps, i.Name)
		}
	}
}
