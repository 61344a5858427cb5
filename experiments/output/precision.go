package output

import (
	"math"
	"sort"
)

// Precision asks for so many replications that the mean is known to within a
// relative error.
type Precision struct {
	Relative float64 // the error asked for, as a share of the mean, above 0
	Level    float64 // confidence of the interval, 0 < Level < 1
	Least    int     // replications before the interval is believed; Law advises 10
	Most     int     // replications at which to give up
}

// Progress is how far a metric has come towards its precision.
type Progress struct {
	// Width is half the interval over the mean's absolute value: 0 for an
	// interval without width, even around zero, infinite for another one around
	// zero, NaN where fewer than two replications have a sample.
	Width   float64
	Reached bool
	// Next is the number of replications after which to look again: as many as
	// are likely to be needed, but at most twice those that there are, as the
	// first variances are rough. It is that of the replications there are where
	// the precision is reached or Most leaves none to add.
	Next int
}

// Half is the greatest half width, as a share of the mean seen, that tells the
// true mean to within a relative error of Relative: Relative/(1+Relative), since
// the true mean may be nearer to zero than the one seen.
func (p Precision) Half() float64 { return p.Relative / (1 + p.Relative) }

// Judge looks at a metric's values, one a replication and NaN where it has no
// sample.
//
// It is reached where the half width is at most Half. Stopping as soon as an
// interval is narrow favours intervals that are too narrow; Least and few looks
// keep what is lost of the level below about 1 %.
//
// Source: A.M. Law, "Simulation Modeling and Analysis", 5th ed. (2015), 9.4.1
// ("obtaining a specified precision").
func (p Precision) Judge(values []float64) Progress {
	e := Interval(values, p.Level)
	half := (e.Hi - e.Lo) / 2
	g := Progress{Width: half / math.Abs(e.Mean), Next: len(values)}
	if half == 0 {
		g.Width = 0
	}
	g.Reached = g.Width <= p.Half() && len(values) >= p.Least
	if !g.Reached {
		g.Next = max(len(values), min(p.Most, p.next(e.N, len(values), g.Width/p.Half())))
	}
	return g
}

// next is the number of replications to look at after these, of which so many
// have a sample and whose interval is so many times too wide.
func (p Precision) next(samples, replications int, excess float64) int {
	most := max(p.Least, 2*replications)
	if math.IsNaN(excess) {
		return most
	}
	width := func(n int) float64 { return StudentTQuantile((1+p.Level)/2, n-1) / math.Sqrt(float64(n)) }
	asked := width(samples) / excess
	// How many have a sample is taken to grow with the replications.
	more := sort.Search(most-replications, func(more int) bool {
		n := float64(samples) * float64(replications+more) / float64(replications)
		return width(int(n)) <= asked
	})
	return max(p.Least, replications+max(more, 1))
}
