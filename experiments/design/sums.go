package design

import "math"

// mean of the values that are not NaN, and their number; NaN where there is
// none. The sum runs over differences from the first, so that equal values have
// exactly their own mean.
func mean(values []float64) (m float64, n int) {
	first, sum := math.NaN(), 0.0
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		if n == 0 {
			first = v
		}
		n++
		sum += v - first
	}
	return first + sum/float64(n), n
}

// squares is the sum of the squared deviations from a centre of the values that
// are not NaN.
func squares(values []float64, centre float64) (sum float64) {
	for _, v := range values {
		if !math.IsNaN(v) {
			sum += float64((v - centre) * (v - centre))
		}
	}
	return sum
}

// Response is what the points of a design gave in each replication: NaN where
// a replication has no sample.
type Response [][]float64

// Means are those of the points over their replications.
func (r Response) Means() []float64 {
	means := make([]float64, len(r))
	for i, each := range r {
		means[i], _ = mean(each)
	}
	return means
}

// replications is the number that every point has.
func (r Response) replications() int {
	least := math.MaxInt
	for _, each := range r {
		least = min(least, len(each))
	}
	return least
}

// column is the response of every point in one replication.
func (r Response) column(replication int) []float64 {
	values := make([]float64, len(r))
	for i, each := range r {
		values[i] = each[replication]
	}
	return values
}

// missing is the number of points without any sample.
func (r Response) missing() (n int) {
	for _, m := range r.Means() {
		if math.IsNaN(m) {
			n++
		}
	}
	return n
}

// noise is the share of the variance between the points' means that the luck of
// the replications makes: the mean square of what neither the point nor the
// replication accounts for (two-way layout without interaction), over the
// number of replications, times the degrees of freedom of the points. NaN
// below two replications, and where a sample is missing.
func (r Response) noise() float64 {
	points, n := len(r), r.replications()
	if points < 2 || n < 2 {
		return math.NaN()
	}
	means := r.Means()
	centre, _ := mean(means)
	var rest float64
	for replication := range n {
		column := r.column(replication)
		level, count := mean(column)
		if count < points {
			return math.NaN()
		}
		for i, v := range column {
			d := v - means[i] - level + centre
			rest += float64(d * d)
		}
	}
	return rest / float64((n-1)*n) / squares(means, centre)
}
