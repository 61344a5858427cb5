package random

import "fmt"

// pareto is the Pareto distribution of tail index alpha, given that the value
// does not exceed the greatest.
type pareto struct {
	least, greatest, alpha float64
	logRatio               float64 // log(greatest/least)
	inside                 float64 // probability that the unbounded value is within: 1 - (least/greatest)^alpha
}

// Pareto returns the bounded (truncated) Pareto distribution with
// F(x) = (1 - (least/x)^alpha) / (1 - (least/greatest)^alpha) between two
// positive finite values, least < greatest, for a tail index alpha from 1e-3 to
// 1e3.
func Pareto(least, greatest, alpha float64) (Distribution, error) {
	if err := checkPositive(parameter{"least value", least}, parameter{"greatest value", greatest}, parameter{"alpha", alpha}); err != nil {
		return nil, err
	}
	if least >= greatest {
		return nil, fmt.Errorf("least value must be below the greatest (have %s and %s)", number(least), number(greatest))
	}
	if err := checkWithin(parameter{"alpha", alpha}, 1e-3, 1e3); err != nil {
		return nil, err
	}
	logRatio := Log(greatest / least)
	return checkMoments(pareto{least, greatest, alpha, logRatio, -Expm1(-alpha * logRatio)})
}

// moment returns the n-th moment over the n-th power of the least value:
// alpha/inside times the integral of y^(n-alpha-1) from 1 to greatest/least,
// which has no singularity where n = alpha.
func (d pareto) moment(n float64) float64 {
	integral := d.logRatio
	if s := n - d.alpha; s != 0 {
		integral = Expm1(s*d.logRatio) / s
	}
	return float64(d.alpha / d.inside * integral)
}

func (d pareto) Mean() float64 { return d.least * d.moment(1) }

func (d pareto) Variance() float64 {
	m := d.moment(1)
	return d.least * d.least * (d.moment(2) - float64(m*m))
}

func (d pareto) Quantile(u float64) float64 {
	return min(d.least*Exp(-Log1p(-u*d.inside)/d.alpha), d.greatest)
}

func (d pareto) CDF(x float64) float64 {
	switch {
	case x <= d.least:
		return 0
	case x >= d.greatest:
		return 1
	}
	return min(-Expm1(-d.alpha*Log(x/d.least))/d.inside, 1)
}

func (d pareto) String() string {
	return fmt.Sprintf("pareto(%s, %s, alpha=%s)", number(d.least), number(d.greatest), number(d.alpha))
}
