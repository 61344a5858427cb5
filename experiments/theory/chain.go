package theory

// chain is a continuous-time Markov chain over finitely many states, which are
// numbered so that steps lead to numbers nearby.
type chain struct {
	band int       // steps lead no farther
	rate []float64 // from i to j at i (2 band + 1) + j - i + band
}

// mostCells bounds the memory of a chain, and the work to solve it.
const mostCells = 5_000_000

// explored numbers the states that can be reached from one, the nearest first,
// with the chain over them; ok is false where there are too many. A step calls to
// for each state that it may lead to.
func explored[S comparable](start S, step func(from S, to func(S, float64))) (list []S, _ *chain, ok bool) {
	states, number := []S{start}, map[S]int{start: 0}
	band := 0
	for i := 0; i < len(states); i++ {
		step(states[i], func(next S, _ float64) {
			if _, known := number[next]; !known {
				number[next] = len(states)
				states = append(states, next)
			}
			band = max(band, number[next]-i, i-number[next])
		})
		if len(states)*(2*band+1) > mostCells {
			return nil, nil, false
		}
	}
	c := &chain{band, make([]float64, len(states)*(2*band+1))}
	for i, s := range states {
		step(s, func(next S, rate float64) { *c.at(i, number[next]) += rate })
	}
	return states, c, true
}

// at is the rate of the step from i to j, no farther apart than the band.
func (c *chain) at(i, j int) *float64 { return &c.rate[i*(2*c.band+1)+j-i+c.band] }

// stationary is the law of the states, of which each can be reached from each.
//
// Method: W.K. Grassmann, M.I. Taksar, D.P. Heyman, "Regenerative analysis and
// steady state distributions for Markov chains", Operations Research 33 (1985).
// States are left out one by one, from the last, and steps over them become
// direct ones. Nothing is subtracted, so that even small probabilities have small
// relative errors.
func (c *chain) stationary() law {
	n := len(c.rate) / (2*c.band + 1)
	for k := n - 1; k > 0; k-- {
		c.leaveOut(k)
	}
	p := make(law, n)
	p[0] = 1
	sum := 1.0
	for k := 1; k < n; k++ {
		for i := max(0, k-c.band); i < k; i++ {
			p[k] += float64(p[i] * *c.at(i, k))
		}
		sum += p[k]
	}
	p.scale(1 / sum)
	return p
}

// leaveOut turns steps over k, to and from states below it, into direct ones. What
// is left at (i, k) are the visits to k for each stay in i.
func (c *chain) leaveOut(k int) {
	low := max(0, k-c.band)
	var down float64
	for j := low; j < k; j++ {
		down += *c.at(k, j)
	}
	for i := low; i < k; i++ {
		in := c.at(i, k)
		*in /= down
		if *in == 0 {
			continue
		}
		for j := low; j < k; j++ {
			*c.at(i, j) += float64(*in * *c.at(k, j))
		}
	}
}
