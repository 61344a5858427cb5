package chart

import "github.com/headroom-sim/headroom/experiments"

// PlanPlots are the plots of a plan.
func PlanPlots(p *experiments.Plan) []Plot { return nil }
