package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/catalog"
)

// Spec 6 [EC2-NET, PRICE-K]: a c6i.large has a baseline of 0.781 Gbit/s, and up to
// 12.5 for some minutes. A run that needs more says so; in types for which AWS has
// only words, and where the vCPUs cannot make so many answers, nothing is counted.
func TestInstancesThatSendMoreThanTheirBaseline(t *testing.T) {
	run := func(instance, rate, size string) (*System, []Warning) {
		spec := read(t, strings.NewReplacer("INSTANCE", instance, "RATE", rate, "SIZE", size).Replace(`
		duration = "10m"
		[clients.visitors]
		target = "web"
		arrivals = "even"
		rate = ["0m RATE/s", "5m RATE/s", "5m 1/s", "10m 1/s"]
		[routes.file]
		demand.web = "0.1ms"
		size = "SIZE"
		[fleets.web]
		instance = "INSTANCE"
		zones = ["a"]
		min = 1
		max = 1`), nil)
		s := Build(spec, whole(spec))
		o, err := s.Run(onward)
		require.NoError(t, err)
		return s, o.Warnings
	}
	_, w := run("c6i.large", "200", "1MB")
	require.Len(t, w, 1)
	require.Equal(t, "network of web", w[0].About)
	require.Contains(t, w[0].Text, "sent 1.6 Gbit/s in the minute from ")
	require.Contains(t, w[0].Text, "in 5 min an instance sent more than the baseline of c6i.large, 0.781 Gbit/s; up to 12.5 Gbit/s are for some minutes only")
	_, w = run("c6i.large", "200", "9MB")
	require.Contains(t, w[0].Text, "sent 14.4 Gbit/s")
	require.Contains(t, w[0].Text, "never send more than 12.5 Gbit/s")
	s, w := run("c6i.large", "90", "1MB")
	require.Empty(t, w, "0.72 Gbit/s")
	require.NotNil(t, s.fleets[0].bandwidth)
	s, w = run("t2.micro", "200", "1MB")
	require.Empty(t, w)
	require.Nil(t, s.fleets[0].bandwidth, "the catalogue has only a word")
	s, _ = run("c6i.large", "200", "4KB")
	require.Nil(t, s.fleets[0].bandwidth, "2 vCPUs make 20,000 answers a second at most: 0.64 Gbit/s")
}

// What an instance sends is its answer, and the request once for each call.
func TestInstancesSendRequestsOn(t *testing.T) {
	spec := read(t, `
	duration = "2m"
	[clients.visitors]
	target = "web"
	arrivals = "even"
	rate = "10000/s"
	[routes.form]
	demand = { web = "0.1ms", a = "0.01ms", b = "0.01ms" }
	request_size = "3KB"
	size = "3KB"
	[fleets.web]
	instance = "c6i.large"
	zones = ["a"]
	min = 1
	max = 1
	server = { software = "pool", threads = 10 }
	calls = ["a", "b"]
	[services.a]
	kind = "station"
	[services.b]
	kind = "station"`, nil)
	s := Build(spec, whole(spec))
	require.NotNil(t, s.fleets[0].bandwidth, "20,000 answers of 3 KB and twice as many requests: 1.44 Gbit/s")
	require.Equal(t, 8*9000.0, s.fleets[0].sends(0))
	spec.Fleets["web"].Calls = []string{"a"}
	require.Equal(t, 8*6000.0, Build(spec, whole(spec)).fleets[0].sends(0))
	spec.Fleets["web"].Calls = nil
	require.Nil(t, Build(spec, whole(spec)).fleets[0].bandwidth, "what is received does not count: 0.48 Gbit/s are sent")
}

// The last minute of a run counts by its length, from a second on.
func TestBandwidthOfAPartOfAMinute(t *testing.T) {
	of, err := catalog.Lookup("c6i.large") // 0.781 Gbit/s
	require.NoError(t, err)
	for _, c := range []struct {
		span engine.Time
		sent uint64
		want float64 // Gbit/s; 0: not too much
	}{
		{engine.Minute, 12_000_000_000, 1.6},
		{engine.Minute, 3_000_000_000, 0},
		{15 * engine.Second, 3_000_000_000, 1.6},
		{engine.Millisecond, 1_000_000, 0},
	} {
		b := &bandwidth{of: of}
		h := &host{instance: &autoscaling.Instance{ID: "i-1"}, sent: c.sent}
		b.compare([]*host{h}, Span{engine.Minute, engine.Minute + c.span})
		require.InDelta(t, c.want, b.most, 1e-9, "%d bytes in %v", c.sent, c.span)
		require.Equal(t, c.want > 0, b.minutes == 1)
		require.Zero(t, h.sent)
	}
}
