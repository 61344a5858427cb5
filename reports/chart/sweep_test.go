package chart

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
)

// desk is a station that is quick to simulate.
const desk = `
title = "Desk <one>"
duration = "2m"
[clients.guests]
target = "desk"
rate   = "2/s"
[routes.visit]
demand.desk = "exponential(300ms)"
[services.desk]
kind = "station"
servers = 1
`

func sweepOf(t *testing.T, d design.Design, vary ...string) *experiments.SweepResult {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.toml")
	require.NoError(t, os.WriteFile(path, []byte(desk), 0o644))
	s, err := experiments.Load(path)
	require.NoError(t, err)
	d.Factors, err = design.ParseVary(vary)
	require.NoError(t, err)
	sweep, err := s.Sweep(context.Background(), experiments.SweepOptions{
		Options: experiments.Options{Sets: []string{"replications=2"}}, Design: d, Metrics: []string{"latency.mean", "services.desk.utilization"},
	})
	require.NoError(t, err)
	result := experiments.NewSweepResult(sweep)
	require.NoError(t, sweep.Extend(context.Background(), experiments.Runner{}, nil, result.Take))
	return result
}

// Every kind of design has its pictures: well-formed, the same each time, and
// described in words.
func TestSweepPlots(t *testing.T) {
	keys := []string{"clients.guests.rate=1/s..3/s:1/s", "services.desk.servers=1,2"}
	for _, c := range []struct {
		design design.Design
		plots  string
		alt    string // begin of the first one's
	}{
		{design.Design{}, "map effect-1-clients-guests-rate effect-2-services-desk-servers", "latency.mean is least, "},
		{design.Design{Kind: design.OneAtATime}, "effect-1-clients-guests-rate effect-2-services-desk-servers", "latency.mean is "},
		{design.Design{Kind: design.Sobol, Points: 24}, "effect-1-clients-guests-rate effect-2-services-desk-servers", "latency.mean is "},
		{design.Design{Kind: design.Morris, Trajectories: 4}, "screening-1-latency-mean screening-2-services-desk-utilization", "services.desk.servers does most to latency.mean"},
	} {
		t.Run(c.design.Kind.String(), func(t *testing.T) {
			r := sweepOf(t, c.design, keys...)
			var names []string
			for _, p := range sweepPlots(r, newFonts(nil)) {
				names = append(names, p.Name)
				var first, second bytes.Buffer
				require.NoError(t, p.Write(&first, "svg"))
				require.NoError(t, p.Write(&second, "svg"))
				require.Equal(t, first.String(), second.String())
				require.NotContains(t, first.String(), "NaN")
				wellFormed(t, first.Bytes())
				require.NoError(t, p.Write(io.Discard, "png"))
			}
			require.Equal(t, c.plots, strings.Join(names, " "))
			require.True(t, strings.HasPrefix(sweepPlots(r, newFonts(nil))[0].Alt, c.alt), sweepPlots(r, newFonts(nil))[0].Alt)
		})
	}
}

func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

// A grid of more points than a map can show has none.
func TestLargeMapIsLeftOut(t *testing.T) {
	r := sweepOf(t, design.Design{}, "clients.guests.rate=0.01/s..0.6/s:0.01/s", "services.desk.servers=1..50")
	for _, p := range sweepPlots(r, newFonts(nil)) {
		require.NotEqual(t, "map", p.Name)
	}
}

// The axis of a response holds every mean, and no interval beyond what the
// response can be.
func TestValueAxis(t *testing.T) {
	nan := []float64{}
	for _, c := range []struct {
		name              string
		unit              string
		values, intervals []float64
		min, max          float64
	}{
		{"from zero", "s", []float64{1, 10}, nan, 0, 10},
		{"far from zero", "s", []float64{100, 104}, nan, 99, 105},
		{"an interval below zero", "s", []float64{6, 20}, []float64{-3, 23}, 0, 25},
		{"an interval above one", "share", []float64{0.97, 0.99}, []float64{0.96, 1.02}, 0.95, 1},
		{"logarithmic", "s", []float64{0.01, 10}, nan, 0.01, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := valueAxis(c.unit, c.values, c.intervals)
			require.InDelta(t, c.min, a.min, 1e-9)
			require.InDelta(t, c.max, a.max, 1e-9)
		})
	}
}
