package theory

// law is a stationary distribution over the states 0, 1, 2 ...
type law []float64

// stationary is the law of the birth-death process on the states 0 to last:
// the flow up from n, p(n) birth(n), equals the flow down to it,
// p(n+1) death(n+1) ([Gross] section 2.1).
func stationary(last int, birth, death func(n int) float64) law {
	p := relative(last, birth, death)
	var sum float64
	for _, weight := range p {
		sum += weight
	}
	for n := range p {
		p[n] /= sum
	}
	return p
}

// relative is the stationary law up to a factor.
func relative(last int, birth, death func(n int) float64) law {
	const great = 1e200 // below this sums of weights cannot overflow
	p := make(law, last+1)
	p[0] = 1
	least := 0 // state with a weight that is not 0 for being too small
	for n := range last {
		p[n+1] = p[n] * birth(n) / death(n+1)
		if p[n+1] > great {
			for p[least] == 0 {
				least++
			}
			p[least : n+2].scale(1 / great)
		}
	}
	return p
}

func (p law) scale(by float64) {
	for n := range p {
		p[n] *= by
	}
}

// mean is the mean of value over the states.
func (p law) mean(value func(n int) float64) float64 {
	var sum float64
	for n, probability := range p {
		sum += float64(probability * value(n))
	}
	return sum
}

// meanNumber is the mean state.
func (p law) meanNumber() float64 {
	return p.mean(func(n int) float64 { return float64(n) })
}

// meanQueue is the mean number above the number of servers.
func (p law) meanQueue(servers int) float64 {
	return p.mean(func(n int) float64 { return float64(max(0, n-servers)) })
}
