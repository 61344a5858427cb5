package theory_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// chain is a continuous-time Markov chain over a finite set of states, solved
// as the linear system that it is: the reference for formulas that were
// derived otherwise.
type chain[S comparable] struct {
	index  map[S]int
	states []S
	moves  []move[S]
}

type move[S comparable] struct {
	from, to S
	rate     float64
}

func newChain[S comparable]() *chain[S] { return &chain[S]{index: map[S]int{}} }

func (c *chain[S]) add(from, to S, rate float64) {
	for _, s := range []S{from, to} {
		if _, known := c.index[s]; !known {
			c.index[s] = len(c.states)
			c.states = append(c.states, s)
		}
	}
	c.moves = append(c.moves, move[S]{from, to, rate})
}

// solve returns the stationary law: the flow into each state is that out of
// it, with one of these equations, which the others imply, replaced by the sum.
func (c *chain[S]) solve(t *testing.T) map[S]float64 {
	t.Helper()
	n := len(c.states)
	balance, right := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for _, m := range c.moves {
		from, to := c.index[m.from], c.index[m.to]
		balance.Set(to, from, balance.At(to, from)+m.rate)
		balance.Set(from, from, balance.At(from, from)-m.rate)
	}
	for j := range n {
		balance.Set(0, j, 1)
	}
	right.SetVec(0, 1)
	var p mat.VecDense
	require.NoError(t, p.SolveVec(balance, right))
	law := make(map[S]float64, n)
	for i, s := range c.states {
		law[s] = p.AtVec(i)
	}
	return law
}

// mean of value over a law.
func mean[S comparable](law map[S]float64, value func(S) float64) float64 {
	var sum float64
	for s, p := range law {
		sum += p * value(s)
	}
	return sum
}

// birthDeath solves the chain over 0 to last with the rates given.
func birthDeath(t *testing.T, last int, birth, death func(n int) float64) map[int]float64 {
	c := newChain[int]()
	for n := range last {
		c.add(n, n+1, birth(n))
		c.add(n+1, n, death(n+1))
	}
	return c.solve(t)
}

func number(n int) float64 { return float64(n) }

func above(servers int) func(n int) float64 {
	return func(n int) float64 { return float64(max(0, n-servers)) }
}

func atLeast(servers int) func(n int) float64 {
	return func(n int) float64 {
		if n >= servers {
			return 1
		}
		return 0
	}
}
