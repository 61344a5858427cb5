package design_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
)

// build lays a design out over factors "KEY=RANGE".
func build(t testing.TB, d design.Design, factors ...string) *design.Matrix {
	t.Helper()
	var err error
	d.Factors, err = design.ParseVary(factors)
	require.NoError(t, err)
	m, err := d.Build()
	require.NoError(t, err)
	return m
}

// rows are the points of a design, a text each.
func rows(m *design.Matrix) []string {
	var list []string
	for point := range m.Len() {
		list = append(list, strings.Join(m.Sets(point), " "))
	}
	return list
}

func TestGrid(t *testing.T) {
	require.Equal(t,
		[]string{"a=1 b=x", "a=1 b=y", "a=1 b=z", "a=2 b=x", "a=2 b=y", "a=2 b=z"},
		rows(build(t, design.Design{}, "a=1,2", "b=x,y,z")))
}

func TestOneAtATime(t *testing.T) {
	require.Equal(t,
		[]string{"", "a=1", "a=2", "a=3", "b=0.5", "b=1.5"},
		rows(build(t, design.Design{Kind: design.OneAtATime}, "a=1..3", "b=0.5..1.5")))
}

// Values for which ranges in lists stand are kept one by one: there are so many in all,
// whoever writes the factors down.
func TestRangesInListsAreBounded(t *testing.T) {
	refused := "has ranges in lists that stand for more than 10000 values in all: a range that stands alone may have 1000000"
	_, err := design.ParseFactor("a=0,1..10001")
	require.EqualError(t, err, refused)
	var factors design.Factors
	for _, text := range []string{"a=0,1..5000", "b=0,1..5001", "c=0..999999"} {
		f, err := design.ParseFactor(text)
		require.NoError(t, err)
		factors = append(factors, f)
	}
	many := append(slices.Repeat(design.Factors{factors[2]}, 100), factors[2])
	for _, c := range []struct {
		factors design.Factors
		refused string
	}{
		{design.Factors{factors[0], factors[2]}, ""},
		{factors, refused},
		{many, "varies more than 100 keys (have 101)"},
	} {
		_, err = design.Design{Kind: design.LatinHypercube, Points: 2, Factors: c.factors}.Build()
		data, errWritten := c.factors.MarshalBinary()
		require.NoError(t, errWritten)
		var read design.Factors
		errRead := read.UnmarshalBinary(data)
		if c.refused == "" {
			require.NoError(t, err)
			require.NoError(t, errRead)
			require.Equal(t, len(c.factors), len(read))
			continue
		}
		require.EqualError(t, err, c.refused)
		require.EqualError(t, errRead, c.refused)
	}
}

// A Latin hypercube has one point in each of as many parts of each range.
func TestLatinHypercubeHasOnePointInEachPart(t *testing.T) {
	d := design.Design{Kind: design.LatinHypercube, Points: 50, Seed: 3}
	m := build(t, d, "a=1..50", "b=101..150", "c=10.0..20.0")
	require.Equal(t, 50, m.Len())
	for factor := range 2 {
		seen := make(map[int]bool)
		for point := range m.Len() {
			level, ok := m.Level(point, factor)
			require.True(t, ok)
			seen[level] = true
		}
		require.Len(t, seen, 50)
	}
	var parts []int
	for point := range m.Len() {
		level, _ := m.Level(point, 2)
		parts = append(parts, level*50/10_001)
	}
	slices.Sort(parts)
	require.Len(t, slices.Compact(parts), 50)
}

// The random orders of two keys are not the same.
func TestLatinHypercubeIsNoDiagonal(t *testing.T) {
	m := build(t, design.Design{Kind: design.LatinHypercube, Points: 50}, "a=1..50", "b=1..50")
	equal := 0
	for point := range m.Len() {
		a, _ := m.Level(point, 0)
		b, _ := m.Level(point, 1)
		if a == b {
			equal++
		}
	}
	require.Less(t, equal, 10, "chance makes about one")
}

// 2^k points of a Sobol sequence fall on every one of 2^k even parts of each
// range, and its first two coordinates on every one of as many even boxes,
// whatever the shift.
func TestSobolIsEven(t *testing.T) {
	for seed := range uint64(5) {
		var factors []string
		for i := range 32 {
			factors = append(factors, fmt.Sprintf("k%d=0..1023", i))
		}
		m := build(t, design.Design{Kind: design.Sobol, Points: 1024, Seed: seed}, factors...)
		for factor := range m.Factors {
			parts, boxes := make(map[int]bool), make(map[[2]int]bool)
			for point := range m.Len() {
				level, _ := m.Level(point, factor)
				parts[level] = true
				x, _ := m.Level(point, 0)
				y, _ := m.Level(point, 1)
				boxes[[2]int{x / 64, y / 16}] = true
			}
			require.Len(t, parts, 1024, m.Factors[factor].Key)
			require.Len(t, boxes, 1024)
		}
	}
}

// A trajectory changes every factor once, by more than half of its range, and
// one at a time.
func TestMorrisChangesOneFactorAtATime(t *testing.T) {
	m := build(t, design.Design{Kind: design.Morris, Trajectories: 20, Seed: 1}, "a=1..4", "b=0.5..0.9", "c=x,y,z", "d=1,2")
	require.Equal(t, 20*5, m.Len())
	for trajectory := range 20 {
		changed := make(map[int]bool)
		for step := range 4 {
			before, after := trajectory*5+step, trajectory*5+step+1
			moved := 0
			for factor, f := range m.Factors {
				from, _ := m.Level(before, factor)
				to, _ := m.Level(after, factor)
				if from != to {
					moved++
					changed[factor] = true
					require.GreaterOrEqual(t, 2*max(to-from, from-to), f.Levels()-1)
				}
			}
			require.Equal(t, 1, moved)
		}
		require.Len(t, changed, 4)
	}
}

// The same seed gives the same points, another seed others; a further factor
// changes nothing for those before.
func TestSeeds(t *testing.T) {
	for _, kind := range []design.Kind{design.LatinHypercube, design.Sobol, design.Morris} {
		t.Run(kind.String(), func(t *testing.T) {
			d := design.Design{Kind: kind, Seed: 1}
			if kind != design.Morris {
				d.Points = 40
			}
			first := rows(build(t, d, "a=1..9", "b=0.5..1.5"))
			require.Equal(t, first, rows(build(t, d, "a=1..9", "b=0.5..1.5")))
			d.Seed = 2
			require.NotEqual(t, first, rows(build(t, d, "a=1..9", "b=0.5..1.5")))
		})
	}
}

func TestSizeLeftOut(t *testing.T) {
	require.Equal(t, 20, build(t, design.Design{Kind: design.Sobol}, "a=1..9", "b=1..9").Len())
	require.Equal(t, 30, build(t, design.Design{Kind: design.Morris}, "a=1..9", "b=1..9").Len())
}

func TestWrongDesigns(t *testing.T) {
	var many []string
	for i := range 101 {
		many = append(many, fmt.Sprintf("k%d=1,2", i))
	}
	for _, c := range []struct {
		name    string
		design  design.Design
		factors []string
		want    string
	}{
		{"nothing", design.Design{}, nil, "varies no key"},
		{"many keys", design.Design{}, many, "varies more than 100 keys (have 101)"},
		{"large", design.Design{}, []string{"a=1..1000", "b=1..1000", "c=1..1000"}, "has more than 1000000 points"},
		{"a continuous grid", design.Design{}, []string{"a=0.1..0.5"}, "a=0.1..0.5: needs a step in a grid, as in 0.1..0.5:0.1"},
		{"dimensions", design.Design{Kind: design.Sobol}, many[:33], "a sobol design varies at most 32 keys (have 33): take latin_hypercube"},
		{"points", design.Design{Kind: design.Sobol, Points: -1}, many[:1], "must have at least 1 point (have -1)"},
		{"many points", design.Design{Kind: design.LatinHypercube, Points: 1_000_001}, many[:1], "has more than 1000000 points"},
		{"a trajectory", design.Design{Kind: design.Morris, Trajectories: 1}, many[:1], "must have at least 2 trajectories (have 1)"},
		{"trajectories", design.Design{Kind: design.Morris, Trajectories: 1 << 62}, many[:1], "has more than 1000000 points"},
		{"odd levels", design.Design{Kind: design.Morris, Steps: 5}, many[:1], "levels must be an even number from 2 to 100 (have 5)"},
		{"one value", design.Design{Kind: design.Morris}, []string{"a=1"}, "a=1: needs at least two values in a morris design"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.design
			var err error
			d.Factors, err = design.ParseVary(c.factors)
			require.NoError(t, err)
			_, err = d.Build()
			require.EqualError(t, err, c.want)
		})
	}
}

func TestKinds(t *testing.T) {
	for _, kind := range []design.Kind{design.Grid, design.LatinHypercube, design.Sobol, design.OneAtATime, design.Morris} {
		read, err := design.ParseKind(kind.String())
		require.NoError(t, err)
		require.Equal(t, kind, read)
	}
	_, err := design.ParseKind("latin-hypercube")
	require.EqualError(t, err, `must be one of grid, latin_hypercube, sobol, one_at_a_time, morris (have "latin-hypercube") (did you mean "latin_hypercube"?)`)
}
