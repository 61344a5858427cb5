package design

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/archive"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Kind is the rule by which the points of a design are chosen.
type Kind int

// The kinds of designs.
const (
	// Grid is the full factorial design: every value of each factor with every
	// value of all others.
	Grid Kind = iota
	// LatinHypercube spreads points at random such that each of as many even
	// parts of every factor's range has exactly one (McKay, Beckman and Conover,
	// "A comparison of three methods for selecting values of input variables in
	// the analysis of output from a computer code", Technometrics 21, 1979).
	LatinHypercube
	// Sobol spreads points evenly by a quasi-random sequence; see [sobolPoint].
	Sobol
	// OneAtATime is the scenario as it is, and each factor at each of its values
	// with all others as the scenario has them.
	OneAtATime
	// Morris screens many factors with few points: random walks on a coarse
	// lattice that change one factor at a time; see [Design.walk].
	Morris
)

var kindNames = []string{"grid", "latin_hypercube", "sobol", "one_at_a_time", "morris"}

// Kinds are the names of all kinds.
func Kinds() []string { return slices.Clone(kindNames) }

// String is the name of the kind in design files and on the command line.
func (k Kind) String() string { return kindNames[k] }

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads it.
func (k *Kind) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKind(string(text))
	return err
}

// Random tells whether the points are drawn at random, by the design's seed.
func (k Kind) Random() bool { return k == LatinHypercube || k == Sobol || k == Morris }

// sampled tells whether the points are spread over the space.
func (k Kind) sampled() bool { return k == LatinHypercube || k == Sobol }

// ParseKind reads the name of a kind.
func ParseKind(name string) (Kind, error) {
	if i := slices.Index(kindNames, name); i >= 0 {
		return Kind(i), nil
	}
	if near := quantity.Nearest(name, kindNames); near != "" {
		return 0, fmt.Errorf("must be one of %s %s (did you mean %q?)", strings.Join(kindNames, ", "), quantity.Have(name), near)
	}
	return 0, fmt.Errorf("must be one of %s %s", strings.Join(kindNames, ", "), quantity.Have(name))
}

// A Design says which points of a space of factors are tried.
type Design struct {
	Kind    Kind
	Factors Factors
	// Points of a Latin hypercube or a Sobol sequence; 0 stands for ten a
	// factor, the rule of Loeppky, Sacks and Welch, "Choosing the sample size of
	// a computer experiment", Technometrics 51 (2009), and at least LeastSample.
	Points int
	// Trajectories of a Morris design, and Steps of its lattice along each
	// factor, an even number; 0 stands for 10 and 4, as Saltelli et al., "Global
	// Sensitivity Analysis: The Primer" (2008), section 3.3 have them.
	Trajectories, Steps int
	Seed                uint64 // of the kinds that draw at random
}

// GreatestPoints is the size of the largest design.
const GreatestPoints = 1_000_000

// A Matrix is a design point by point: of each point and factor the level.
type Matrix struct {
	Design
	levels []int32 // point by point
}

// MarshalBinary keeps the design that the matrix is built from.
func (m *Matrix) MarshalBinary() ([]byte, error) { return archive.Marshal(&m.Design) }

// UnmarshalBinary reads a design that MarshalBinary has kept. It has no points before
// [Matrix.LayOut].
func (m *Matrix) UnmarshalBinary(data []byte) error { return archive.Unmarshal(data, &m.Design) }

// LayOut lays out a design that was read, if it has so many points: a few bytes may
// ask for a million, but nobody has results of them then.
func (m *Matrix) LayOut(points int) error {
	d := m.settle()
	if size := d.size(); size != points {
		return fmt.Errorf("the design has another number of points than %d", points)
	}
	built, err := d.Build()
	if err == nil {
		*m = *built
	}
	return err
}

// asIs is the level of a factor whose key a point leaves as the scenario has it.
const asIs = -1

// Build lays the design out. Errors say what is wrong with the design as a
// whole, such as its size.
func (d Design) Build() (*Matrix, error) {
	d = d.settle()
	if err := d.check(); err != nil {
		return nil, err
	}
	m := &Matrix{Design: d, levels: make([]int32, 0, d.size()*len(d.Factors))}
	switch d.Kind {
	case Grid:
		m.grid()
	case LatinHypercube:
		m.latinHypercube()
	case Sobol:
		m.sobol()
	case OneAtATime:
		m.oneAtATime()
	case Morris:
		m.morris()
	}
	return m, nil
}

// settle fills in what is left out.
func (d Design) settle() Design {
	switch d.Kind {
	case LatinHypercube, Sobol:
		if d.Points == 0 {
			d.Points = max(LeastSample, 10*len(d.Factors))
		}
	case Morris:
		if d.Trajectories == 0 {
			d.Trajectories = 10
		}
		if d.Steps == 0 {
			d.Steps = 4
		}
	}
	return d
}

func (d Design) check() error {
	if err := d.Factors.check(); err != nil {
		return err
	}
	switch {
	case len(d.Factors) == 0:
		return errors.New("varies no key")
	case d.Kind == Sobol && len(d.Factors) > len(sobolRows)+1:
		return fmt.Errorf("a sobol design varies at most %d keys (have %d): take latin_hypercube", len(sobolRows)+1, len(d.Factors))
	case d.Points < 0:
		return fmt.Errorf("must have at least 1 point (have %d)", d.Points)
	case d.Trajectories < 0 || d.Kind == Morris && d.Trajectories < 2:
		return fmt.Errorf("must have at least 2 trajectories (have %d)", d.Trajectories)
	case d.Kind == Morris && (d.Steps < 2 || d.Steps > 100 || d.Steps%2 != 0):
		return fmt.Errorf("levels must be an even number from 2 to 100 (have %d)", d.Steps)
	}
	for _, f := range d.Factors {
		if err := d.checkFactor(f); err != nil {
			return &FactorError{f, err}
		}
	}
	if size := d.size(); size > GreatestPoints {
		return fmt.Errorf("has more than %d points", GreatestPoints)
	}
	return nil
}

// A FactorError tells what is wrong with one factor of a design.
type FactorError struct {
	Factor Factor
	Err    error
}

func (e *FactorError) Error() string {
	return fmt.Sprintf("%s=%s: %v", e.Factor.Key, quantity.Brief(e.Factor.Range), e.Err)
}

func (e *FactorError) Unwrap() error { return e.Err }

func (d Design) checkFactor(f Factor) error {
	switch {
	case d.Kind == Grid && f.Continuous():
		return errors.New("needs a step in a grid, as in 0.1..0.5:0.1")
	case d.Kind == Morris && f.Levels() < 2:
		return errors.New("needs at least two values in a morris design")
	}
	return nil
}

// size is the number of points, or more than GreatestPoints.
func (d Design) size() int {
	size := 1
	switch d.Kind {
	case Grid:
		for _, f := range d.Factors {
			if size *= f.Levels(); size > GreatestPoints {
				break
			}
		}
	case LatinHypercube, Sobol:
		size = d.Points
	case OneAtATime:
		for _, f := range d.Factors {
			count, _ := alone(f)
			size += count
		}
	case Morris:
		size = min(d.Trajectories, GreatestPoints) * (len(d.Factors) + 1)
	}
	return size
}

// Len is the number of points.
func (m *Matrix) Len() int { return len(m.levels) / len(m.Factors) }

// Level is that of a factor in a point; ok is false where the point leaves the
// factor's key as the scenario has it.
func (m *Matrix) Level(point, factor int) (level int, ok bool) {
	level = int(m.levels[point*len(m.Factors)+factor])
	return level, level != asIs
}

// Sets are the overrides "KEY=VALUE" that make the point of the scenario.
func (m *Matrix) Sets(point int) []string {
	var sets []string
	for i, f := range m.Factors {
		if level, ok := m.Level(point, i); ok {
			sets = append(sets, f.Key+"="+f.Text(level))
		}
	}
	return sets
}

// row adds a point.
func (m *Matrix) row(level func(factor int) int) {
	for i := range m.Factors {
		m.levels = append(m.levels, int32(level(i)))
	}
}

// grid lets the last factor vary fastest.
func (m *Matrix) grid() {
	size := m.size()
	for rest := range size {
		below := size
		m.row(func(factor int) int {
			below /= m.Factors[factor].Levels()
			level := rest / below
			rest %= below
			return level
		})
	}
}

func (m *Matrix) oneAtATime() {
	m.row(func(int) int { return asIs })
	for varied, f := range m.Factors {
		count, step := alone(f)
		for i := range count {
			m.row(func(factor int) int {
				if factor == varied {
					return i * step
				}
				return asIs
			})
		}
	}
}

// alone is how many levels of a factor a one-at-a-time design has, and the step from
// one to the next: all, and of a continuous one the ends.
func alone(f Factor) (count, step int) {
	if f.Continuous() && f.Levels() > 1 {
		return 2, f.Levels() - 1
	}
	return f.Levels(), 1
}
