package design

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/output"
)

// Sensitivity is what the points of a sampled design tell of a factor.
type Sensitivity struct {
	// Index is the first-order index Var(E[Y|X]) / Var(Y): the share of the
	// variance of the response that the factor explains alone (I.M. Sobol,
	// "Sensitivity estimates for nonlinear mathematical models", 1993). Chance
	// may bring the estimate slightly below 0.
	Index output.Estimate
	// Trend is Spearman's rank correlation of factor and response, -1 to 1: in
	// which direction, as far as it is one. NaN for a factor without numbers.
	Trend float64
}

// LeastSample is the number of points below which indices tell nothing.
const LeastSample = 20

// Doubt says why the effects of the factors cannot be told, whatever the points
// give; "" where they can.
func (m *Matrix) Doubt() string {
	switch n := m.Len(); {
	case m.Kind.sampled() && n < LeastSample:
		return fmt.Sprintf("has too few points to tell what the keys do: %d with a sample are needed (have %d)", LeastSample, n)
	case n == 1:
		return "has a single point: nothing varies"
	}
	return ""
}

// Sensitivities of a sampled design, factor by factor, from the mean response
// of each point; points without one are left out. ok is false where fewer than
// 20 points are left or all have the same response.
//
// The index is the correlation ratio: points are sorted into classes by the
// factor's level, as many as the square root of their number at most, and the
// variance between the classes' means is compared with that of all points (E.
// Plischke, E. Borgonovo and C.L. Smith, "Global sensitivity measures from
// given data", European Journal of Operational Research 226, 2013), less what
// chance alone would put between them (T.L. Kelley, "An unbiased correlation
// ratio measure", PNAS 21, 1935). Any sample will do for it. The interval is
// that of the jackknife over ten groups of points (B. Efron and C. Stein, "The
// jackknife estimate of variance", Annals of Statistics 9, 1981). The points of
// a Sobol sequence are more even than chance, which then takes too much off:
// their interval reaches up to the index with nothing taken off.
func (m *Matrix) Sensitivities(response []float64) (list []Sensitivity, ok bool) {
	var points []int
	for point, v := range response {
		if !math.IsNaN(v) {
			points = append(points, point)
		}
	}
	centre, _ := mean(response)
	if len(points) < LeastSample || squares(response, centre) == 0 {
		return nil, false
	}
	for factor, f := range m.Factors {
		s := Sensitivity{Index: m.jackknife(points, response, factor), Trend: math.NaN()}
		if f.Numeric() {
			s.Trend = m.trend(points, response, factor)
		}
		list = append(list, s)
	}
	return list, true
}

// jackknifeGroups is into how many groups the points are dealt.
const jackknifeGroups = 10

// jackknife is the index with an interval from what it is without each group.
func (m *Matrix) jackknife(points []int, response []float64, factor int) output.Estimate {
	sorted := m.byLevel(points, factor)
	all, taken := m.index(sorted, response, factor)
	group := make(map[int]int, len(points))
	for i, point := range points {
		group[point] = i % jackknifeGroups
	}
	pseudo := make([]float64, jackknifeGroups)
	for left := range pseudo {
		var kept []int
		for _, point := range sorted {
			if group[point] != left {
				kept = append(kept, point)
			}
		}
		part, _ := m.index(kept, response, factor)
		pseudo[left] = float64(jackknifeGroups*all) - float64((jackknifeGroups-1)*part)
	}
	e := output.Interval(pseudo, output.Level)
	half := e.Mean - e.Lo
	if m.Kind != Sobol {
		taken = 0
	}
	return output.Estimate{Mean: all, Lo: all - half, Hi: all + max(half, taken), N: len(points)}
}

// byLevel sorts points by the level of a factor.
func (m *Matrix) byLevel(points []int, factor int) []int {
	sorted := slices.Clone(points)
	slices.SortStableFunc(sorted, func(a, b int) int {
		left, _ := m.Level(a, factor)
		right, _ := m.Level(b, factor)
		return cmp.Compare(left, right)
	})
	return sorted
}

// Class is a part of the points of a sampled design with like levels of a
// factor: those from First to Last.
type Class struct {
	First, Last int // levels
	Mean        float64
	Points      []int
}

// Classes are the points with a response in classes by the level of a factor.
// A level is a class of its own where it has as many points as the square root
// of their number; else neighbours are taken together.
func (m *Matrix) Classes(response []float64, factor int) []Class {
	var points []int
	for point, v := range response {
		if !math.IsNaN(v) {
			points = append(points, point)
		}
	}
	return m.classes(m.byLevel(points, factor), response, factor)
}

func (m *Matrix) classes(sorted []int, response []float64, factor int) []Class {
	least := int(math.Sqrt(float64(len(sorted))))
	var ends []int
	begin := 0
	for i := range sorted {
		if i+1 < len(sorted) && m.sameLevel(sorted[i], sorted[i+1], factor) {
			continue
		}
		switch {
		case i+1-begin >= least:
			ends, begin = append(ends, i+1), i+1
		case i+1 == len(sorted) && len(ends) > 0: // too few are left for a class
			ends[len(ends)-1] = len(sorted)
		case i+1 == len(sorted):
			ends = append(ends, len(sorted))
		}
	}
	classes := make([]Class, len(ends))
	begin = 0
	for i, end := range ends {
		classes[i] = m.class(sorted[begin:end], response, factor)
		begin = end
	}
	return classes
}

func (m *Matrix) sameLevel(a, b, factor int) bool {
	left, _ := m.Level(a, factor)
	right, _ := m.Level(b, factor)
	return left == right
}

func (m *Matrix) class(points []int, response []float64, factor int) Class {
	c := Class{Points: points}
	c.First, _ = m.Level(points[0], factor)
	c.Last, _ = m.Level(points[len(points)-1], factor)
	c.Mean, _ = mean(pick(response, points))
	return c
}

// pick are the values at some places.
func pick(values []float64, places []int) []float64 {
	picked := make([]float64, len(places))
	for i, place := range places {
		picked[i] = values[place]
	}
	return picked
}

// index is the estimate from points that are sorted by the factor's level, and
// what was taken off it for chance.
func (m *Matrix) index(sorted []int, response []float64, factor int) (index, taken float64) {
	classes := m.classes(sorted, response, factor)
	values := pick(response, sorted)
	centre, n := mean(values)
	total := squares(values, centre)
	var between float64
	for _, c := range classes {
		d := c.Mean - centre
		between += float64(float64(len(c.Points)) * d * d)
	}
	chance := float64(len(classes)-1) * (total - between) / float64(n-len(classes))
	return (between - chance) / total, chance / total
}

// trend is the rank correlation of factor and response.
func (m *Matrix) trend(points []int, response []float64, factor int) float64 {
	settings := make([]float64, len(points))
	for i, point := range points {
		level, _ := m.Level(point, factor)
		settings[i] = m.Factors[factor].Number(level)
	}
	return correlation(ranks(settings), ranks(pick(response, points)))
}

// ranks of values, from 1; equal ones share the mean of theirs.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	ranked := make([]float64, len(values))
	for begin := 0; begin < len(order); {
		end := begin + 1
		for end < len(order) && values[order[end]] == values[order[begin]] {
			end++
		}
		for _, i := range order[begin:end] {
			ranked[i] = float64(begin+end+1) / 2
		}
		begin = end
	}
	return ranked
}

// correlation of two series of equal length (Pearson's); NaN where one of them
// is constant.
func correlation(x, y []float64) float64 {
	meanX, _ := mean(x)
	meanY, _ := mean(y)
	var products float64
	for i := range x {
		products += float64((x[i] - meanX) * (y[i] - meanY))
	}
	return products / math.Sqrt(squares(x, meanX)*squares(y, meanY))
}
