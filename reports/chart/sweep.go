package chart

import "github.com/headroom-sim/headroom/experiments"

// SweepPlots returns the pictures of a sweep.
func SweepPlots(r *experiments.SweepResult) []Plot { return nil }
