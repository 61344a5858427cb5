package client

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
)

func TestKind(t *testing.T) {
	require.Equal(t, "poisson", (&Spec{Rate: rates(0, 1)}).Kind())
	require.Equal(t, "closed", (&Spec{Users: 3}).Kind())
	require.Equal(t, "trace", (&Spec{Trace: quantity.File{Name: "x.csv"}}).Kind())
	require.Equal(t, "even", (&Spec{Arrivals: "even", Users: 3}).Kind())
}

func TestCheck(t *testing.T) {
	trace := quantity.File{Name: "x.csv", Data: []byte("0,1\n60,2\n")}
	for name, test := range map[string]struct {
		change func(*Spec)
		want   []string
	}{
		"fine":            {func(*Spec) {}, nil},
		"trace, fine":     {func(s *Spec) { s.Trace = trace }, nil},
		"closed, fine":    {func(s *Spec) { s.Users = 5 }, nil},
		"daily, fine":     {func(s *Spec) { s.Rate.Points, s.Daily.Points = nil, []quantity.RatePoint{{At: engine.Hour, Rate: 1}} }, nil},
		"no rate":         {func(s *Spec) { s.Rate.Points = nil }, []string{`rate: is required where arrivals = "poisson" (or daily)`}},
		"no trace":        {func(s *Spec) { s.Arrivals = "trace" }, []string{`trace: is required where arrivals = "trace"`}},
		"no users":        {func(s *Spec) { s.Arrivals = "closed" }, []string{`users: is required where arrivals = "closed"`}},
		"no time to wait": {func(s *Spec) { s.Timeout = seconds(0) }, []string{"timeout: must be longer than zero; leave it out to wait for ever"}},
		"shares":          {func(s *Spec) { s.Routes = map[string]quantity.Share{"a": 0.7, "b": 0.2} }, []string{"routes: shares must add up to 1 (have 0.9)"}},
		"shares of three": {func(s *Spec) { s.Routes = map[string]quantity.Share{"a": 0.6, "b": 0.3, "c": 0.1} }, nil},
		"broken trace": {func(s *Spec) { s.Trace = quantity.File{Name: "x.csv", Data: []byte("0,1\n60;2\n")} },
			[]string{`trace: x.csv: line 2: must be a timestamp and a count with a comma between (have "60;2")`}},
		"bursts": {func(s *Spec) { s.Arrivals = "bursty" }, []string{
			`burst_rate: is required where arrivals = "bursty", above zero`,
			`burst_duration: is required where arrivals = "bursty", longer than zero`,
			`calm_duration: is required where arrivals = "bursty", longer than zero`}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := newSpec()
			spec.Rate = rates(0, 1)
			test.change(spec)
			var got []string
			spec.Check(func(key, format string, args ...any) { got = append(got, key+": "+fmt.Sprintf(format, args...)) })
			require.Equal(t, test.want, got)
		})
	}
}
