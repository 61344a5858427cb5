package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Work is a pure function of the route, the session and the request, in whatever
// order sessions come, though it may have been drawn before it is asked for.
func TestWorkDependsOnNothingElse(t *testing.T) {
	stream := func(name string) random.Stream { return random.NewStream(1, 0, name) }
	law, err := quantity.ParseSpan("exponential(20ms)", nil)
	require.NoError(t, err)
	routes := []traffic.RouteSpec{{Demand: map[string]quantity.Span{"web": law}}, {Demand: map[string]quantity.Span{"web": law}}}
	rapid.Check(t, func(t *rapid.T) {
		used := traffic.NewDemands("web", routes, stream)
		var a traffic.Attempt
		for range 200 {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				a.Session = rapid.Uint64Range(0, 40).Draw(t, "session")
			case 1:
				a.Ordinal = rapid.Uint32Range(0, 2).Draw(t, "request")
			case 2:
				a.Route = rapid.Int32Range(0, 1).Draw(t, "route")
			case 3: // the same once more
			default:
				a.Session++
			}
			require.Equal(t, traffic.NewDemands("web", routes, stream).Work(&a), used.Work(&a))
		}
	})
}
