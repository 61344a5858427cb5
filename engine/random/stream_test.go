package random

import (
	"fmt"
	"math"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tests of randomness below compute statistics that are normal with mean 0
// and variance 1, or nearly so, if the words are independent and uniform. The
// keys are fixed, so a test passes always or never; its bound would be exceeded
// by good luck once in ten million.
const worstScore = 5.3

// lattices are the ways in which models number their draws: over one ordinal,
// the other, both, and with strides.
var lattices = []struct {
	name string
	at   func(n uint64) (i, j uint64)
}{
	{"over i", func(n uint64) (uint64, uint64) { return n, 0 }},
	{"over j", func(n uint64) (uint64, uint64) { return 0, n }},
	{"rows of 8", func(n uint64) (uint64, uint64) { return n / 8, n % 8 }},
	{"square", func(n uint64) (uint64, uint64) { return n / 512, n % 512 }},
	{"diagonal", func(n uint64) (uint64, uint64) { return n, n }},
	{"even i", func(n uint64) (uint64, uint64) { return 2 * n, 1 }},
	{"stride 2^32", func(n uint64) (uint64, uint64) { return n << 32, 7 }},
	{"stride 2^40 in j", func(n uint64) (uint64, uint64) { return 3, n << 40 }},
	{"golden stride", func(n uint64) (uint64, uint64) { return n * golden, 0 }},
}

// forEachLattice runs a test on 2^18 words of every lattice.
func forEachLattice(t *testing.T, f func(t *testing.T, word func(n uint64) uint64)) {
	s := NewStream(1, 0, "test")
	for _, lattice := range lattices {
		t.Run(lattice.name, func(t *testing.T) {
			f(t, func(n uint64) uint64 { return s.Uint64(lattice.at(n)) })
		})
	}
}

const words = 1 << 18

// chiSquareScore makes a normal score of a chi-square statistic over cells that
// are equally probable (R.A. Fisher's square-root approximation).
func chiSquareScore(counts []int) float64 {
	total := 0
	for _, c := range counts {
		total += c
	}
	expected := float64(total) / float64(len(counts))
	sum := 0.0
	for _, c := range counts {
		sum += (float64(c) - expected) * (float64(c) - expected) / expected
	}
	return math.Sqrt(2*sum) - math.Sqrt(2*float64(len(counts))-3)
}

func TestWordsAreUniform(t *testing.T) {
	forEachLattice(t, func(t *testing.T, word func(uint64) uint64) {
		for _, shift := range []int{0, 7, 28, 54} { // cells by 10 bits from here
			counts := make([]int, 1024)
			for n := range uint64(words) {
				counts[word(n)>>shift&1023]++
			}
			require.Less(t, math.Abs(chiSquareScore(counts)), worstScore, "bits from %d", shift)
		}
	})
}

// TestPairsAreUniform looks for serial dependence and lattices: 5 high and low
// bits of a word against those of the word 1, 2, 3, ... further on.
func TestPairsAreUniform(t *testing.T) {
	forEachLattice(t, func(t *testing.T, word func(uint64) uint64) {
		for _, lag := range []uint64{1, 2, 3, 8, 512, 1000} {
			high, low := make([]int, 1024), make([]int, 1024)
			for n := range uint64(words) {
				a, b := word(n), word(n+lag)
				high[a>>59<<5|b>>59]++
				low[a&31<<5|b&31]++
			}
			require.Less(t, math.Abs(chiSquareScore(high)), worstScore, "high bits, lag %d", lag)
			require.Less(t, math.Abs(chiSquareScore(low)), worstScore, "low bits, lag %d", lag)
		}
	})
}

func TestSerialCorrelation(t *testing.T) {
	forEachLattice(t, func(t *testing.T, word func(uint64) uint64) {
		uniform := func(n uint64) float64 { return float64(word(n)>>11)*0x1p-53 - 0.5 }
		for _, lag := range []uint64{1, 2, 3, 4, 8, 16, 512} {
			sum := 0.0
			for n := range uint64(words) {
				sum += 12 * uniform(n) * uniform(n+lag)
			}
			require.Less(t, math.Abs(sum)/math.Sqrt(words), worstScore, "lag %d", lag)
		}
	})
}

// TestBitsOfDifferences counts the bits in which neighbours differ: each
// should differ half the time.
func TestBitsOfDifferences(t *testing.T) {
	forEachLattice(t, func(t *testing.T, word func(uint64) uint64) {
		var flips [64]int
		for n := range uint64(words) {
			d := word(n) ^ word(n+1)
			for d != 0 {
				flips[bits.TrailingZeros64(d)]++
				d &= d - 1
			}
		}
		requireHalf(t, flips[:], words)
	})
}

// requireHalf requires each count to be that of fair coin throws.
func requireHalf(t *testing.T, counts []int, throws float64) {
	t.Helper()
	for i, c := range counts {
		score := (float64(c) - throws/2) / math.Sqrt(throws/4)
		require.Less(t, math.Abs(score), worstScore, "bit %d", i)
	}
}

// TestAvalanche flips every bit of seed, replication, i and j, one at a time:
// every bit of the word should change half the time.
func TestAvalanche(t *testing.T) {
	const throws = 4096
	inputs := map[string]func(n int, flip uint64) uint64{
		"seed":        func(n int, flip uint64) uint64 { return NewStream(uint64(n)^flip, 0, "x").Uint64(0, 0) },
		"replication": func(n int, flip uint64) uint64 { return NewStream(1, int(uint64(n)^flip), "x").Uint64(0, 0) },
		"i":           func(n int, flip uint64) uint64 { return NewStream(1, 0, "x").Uint64(uint64(n)^flip, 5) },
		"j":           func(n int, flip uint64) uint64 { return NewStream(1, 0, "x").Uint64(5, uint64(n)^flip) },
	}
	for name, word := range inputs {
		t.Run(name, func(t *testing.T) {
			for bit := range 64 {
				var flips [64]int
				for n := range throws {
					d := word(n, 0) ^ word(n, 1<<bit)
					for b := range flips {
						flips[b] += int(d >> b & 1)
					}
				}
				requireHalf(t, flips[:], throws)
			}
		})
	}
}

// TestStreamsAreIndependent correlates streams whose seed, replication or name
// differ in little, at equal ordinals and at ordinals shifted by little.
func TestStreamsAreIndependent(t *testing.T) {
	base := NewStream(1, 0, "demand/web")
	others := map[string]Stream{
		"next seed":            NewStream(2, 0, "demand/web"),
		"next replication":     NewStream(1, 1, "demand/web"),
		"seed for replication": NewStream(0, 1, "demand/web"),
		"other name":           NewStream(1, 0, "demand/app"),
		"longer name":          NewStream(1, 0, "demand/web2"),
		"shorter name":         NewStream(1, 0, "demand/we"),
		"zero byte more":       NewStream(1, 0, "demand/web\x00"),
		"no name":              NewStream(1, 0, ""),
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			for shift := range uint64(4) {
				sum, cells := 0.0, make([]int, 1024)
				for i := range uint64(words) {
					a, b := base.Uint64(i, 0), other.Uint64(i+shift, 0)
					sum += 12 * (float64(a>>11)*0x1p-53 - 0.5) * (float64(b>>11)*0x1p-53 - 0.5)
					cells[a>>59<<5|b>>59]++
				}
				require.Less(t, math.Abs(sum)/math.Sqrt(words), worstScore, "shift %d", shift)
				require.Less(t, math.Abs(chiSquareScore(cells)), worstScore, "shift %d", shift)
			}
		})
	}
}

// TestTheTestsCanFail: the same score condemns a generator of the kind that the
// mixer replaces, whose word is linear in i and j.
func TestTheTestsCanFail(t *testing.T) {
	linear := func(n uint64) uint64 { return (n/512)*golden + (n%512)*0xbf58476d1ce4e5b9 }
	counts := make([]int, 1024)
	for n := range uint64(words) {
		counts[linear(n)>>59<<5|linear(n+512)>>59]++
	}
	require.Greater(t, chiSquareScore(counts), worstScore)
}

// TestSumsOfUniforms looks at the sum of the 12 first draws of a session, whose
// distribution over sessions is known: mean 6, variance 1.
func TestSumsOfUniforms(t *testing.T) {
	const sessions = 50_000
	s := NewStream(1, 0, "sums")
	mean, square := 0.0, 0.0
	for i := range uint64(sessions) {
		x := -6.0
		for j := range uint64(12) {
			x += s.Uniform(i, j)
		}
		mean += x
		square += x * x
	}
	require.Less(t, math.Abs(mean)/math.Sqrt(sessions), worstScore)
	// Var X^2 = E X^4 - 1 = 3 - 1.2/12 - 1 = 1.9.
	require.Less(t, math.Abs(square-sessions)/math.Sqrt(1.9*sessions), worstScore)
}

func TestUniformIsOpenAndOdd(t *testing.T) {
	s := NewStream(1, 0, "open")
	for i := range uint64(100_000) {
		u := s.Uniform(i, 0)
		require.True(t, u > 0 && u < 1)
		require.Equal(t, uint64(1), uint64(u*0x1p53)&1, "an odd multiple of 2^-53")
	}
	require.Equal(t, 0x1p-53, uniformOf(0))
	require.Equal(t, 1-0x1p-53, uniformOf(math.MaxUint64))
}

func TestWordsOfAStreamDoNotRepeat(t *testing.T) {
	s := NewStream(1, 0, "bijection")
	seen := make(map[uint64]bool)
	for n := range uint64(1 << 16) {
		for _, w := range []uint64{s.Uint64(n+1, 0), s.Uint64(0, n)} {
			require.False(t, seen[w])
			seen[w] = true
		}
	}
}

// TestStreamsHaveKeysOfTheirOwn makes many streams as a big site would.
func TestStreamsHaveKeysOfTheirOwn(t *testing.T) {
	seen := make(map[Stream]bool)
	for seed := range uint64(10) {
		for replication := range 20 {
			for n := range 100 {
				s := NewStream(seed, replication, fmt.Sprintf("demand/%d", n))
				require.False(t, seen[s])
				seen[s] = true
			}
		}
	}
}

// Numbers drawn in a row are those drawn one by one.
func TestUniforms(t *testing.T) {
	s := NewStream(7, 2, "arrivals/visitors")
	row := make([]float64, 100)
	s.Uniforms(row, 1000, 3)
	for k, u := range row {
		require.Equal(t, s.Uniform(1000+uint64(k), 3), u)
	}
}
