package laws

import (
	"strconv"

	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Sources of several laws.
const (
	gross     = "Gross et al., Fundamentals of Queueing Theory (2008), "
	symmetric = "Kelly, Reversibility and Stochastic Networks (1979), 3.3"
)

// known is a figure of the whole run.
func known(metric, formula string, exact float64) Figure {
	return Figure{Metric: metric, Formula: formula, Exact: exact}
}

// among is the figure where it tells of a share of the requests only.
func (f Figure) among(share float64) Figure {
	f.share = share
	return f
}

// by is the figure where it hangs on a moment of a span, of which the greatest values
// may have most.
func (f Figure) by(s quantity.Span, moment int) Figure {
	f.decisive = decisive(s, moment)
	return f
}

// quantiles are those that metrics give, by the end of their names.
var quantiles = []struct {
	name string
	p    float64
}{{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}

// ending is the figure where it counts requests by their end, or is of some that are
// longer than others, and so many are under way whenever a run ends.
func (f Figure) ending(number float64) Figure {
	f.underway = number
	return f
}

// quantilesOf are the figures of the quantiles of a time that are above 0, which it is
// not for a share of the requests, the atom.
func quantilesOf(metric string, atom float64, quantile func(p float64) float64) []Figure {
	var list []Figure
	for _, q := range quantiles {
		exact := quantile(q.p)
		if exact == 0 {
			continue
		}
		list = append(list, Figure{
			Metric: metric + "." + q.name, Formula: "F⁻¹(" + strconv.FormatFloat(q.p, 'g', -1, 64) + ")",
			Exact: exact, Within: float64(tally.Resolution * exact), level: q.p, atom: atom,
		})
	}
	return list
}

// digits writes a load.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
