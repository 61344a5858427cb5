package tally

import (
	"encoding"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	_ encoding.BinaryAppender    = (*Histogram)(nil)
	_ encoding.BinaryMarshaler   = (*Histogram)(nil)
	_ encoding.BinaryUnmarshaler = (*Histogram)(nil)
)

func marshalled(t require.TestingT, h *Histogram) []byte {
	b, err := h.MarshalBinary()
	require.NoError(t, err)
	return b
}

func TestBinaryKeepsEverything(t *testing.T) {
	reused := filled()
	rapid.Check(t, func(t *rapid.T) {
		h := histogramOf(values.Draw(t, "values"))
		b := marshalled(t, h)
		require.NoError(t, reused.UnmarshalBinary(b))
		require.Equal(t, contents(h), contents(reused))
		require.Equal(t, b, marshalled(t, reused))
	})
}

func TestBinaryOfManyValues(t *testing.T) {
	var h, back Histogram
	h.AddN(math.MaxInt64, math.MaxUint64-1)
	h.Add(0)
	require.NoError(t, back.UnmarshalBinary(marshalled(t, &h)))
	require.Equal(t, contents(&h), contents(&back))
}

// TestBinaryDependsOnContentsOnly: neither the order of values nor memory kept
// from before shows in the bytes.
func TestBinaryDependsOnContentsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := values.Draw(t, "a"), values.Draw(t, "b")
		merged := filled()
		merged.Reset()
		merged.Merge(histogramOf(b))
		merged.Merge(histogramOf(a))
		require.Equal(t, marshalled(t, histogramOf(append(a, b...))), marshalled(t, merged))
	})
}

func TestBinaryIsSparse(t *testing.T) {
	require.Equal(t, []byte{0}, marshalled(t, new(Histogram)))
	require.Equal(t, []byte{
		3,    // values
		7, 9, // least and greatest
		23, 0, // sum
		179, 1, // sum of squares: 179 takes two bytes
		0, 0,
		7, 2, // after seven empty buckets two values
		1, 1,
	}, marshalled(t, histogramOf([]int64{7, 9, 7})))
}

func TestAppendBinaryAppends(t *testing.T) {
	b, err := histogramOf([]int64{5}).AppendBinary([]byte("before"))
	require.NoError(t, err)
	require.Equal(t, append([]byte("before"), 1, 5, 5, 5, 0, 25, 0, 0, 5, 1), b)
}

func TestHostileBinary(t *testing.T) {
	for _, c := range []struct {
		name  string
		words []uint64 // count, min, max, sum, squares, buckets
	}{
		{"nothing", nil},
		{"no least value", []uint64{1}},
		{"more after an empty one", []uint64{0, 0}},
		{"no buckets", []uint64{1, 5, 5, 5, 0, 25, 0, 0}},
		{"half a bucket", []uint64{1, 5, 5, 5, 0, 25, 0, 0, 5}},
		{"more after the buckets", []uint64{1, 5, 5, 5, 0, 25, 0, 0, 5, 1, 0}},
		{"an empty bucket", []uint64{1, 5, 5, 5, 0, 25, 0, 0, 5, 0}},
		{"more in a bucket than counted", []uint64{1, 5, 5, 5, 0, 25, 0, 0, 5, 2}},
		{"another bucket than the least value's", []uint64{1, 5, 5, 5, 0, 25, 0, 0, 4, 1}},
		{"a bucket above the greatest value", []uint64{1, 5, 5, 5, 0, 25, 0, 0, 6, 1}},
		{"a bucket beyond all", []uint64{1, 5, 5, 5, 0, 25, 0, 0, math.MaxUint64, 1}},
		{"a second bucket beyond all", []uint64{2, 5, 6, 11, 0, 61, 0, 0, 5, 1, math.MaxUint64, 1}},
		{"none in the greatest value's bucket", []uint64{2, 5, 7, 12, 0, 74, 0, 0, 5, 1, 0, 1}},
		{"a negative least value", []uint64{1, 1 << 63, 5, 5, 0, 25, 0, 0, 5, 1}},
		{"a negative greatest value", []uint64{1, 5, 1 << 63, 5, 0, 25, 0, 0, 5, 1}},
		{"the least above the greatest", []uint64{2, 6, 5, 11, 0, 61, 0, 0, 5, 1, 0, 1}},
		{"a sum too small", []uint64{1, 5, 5, 4, 0, 25, 0, 0, 5, 1}},
		{"a sum too great", []uint64{1, 5, 5, 6, 0, 25, 0, 0, 5, 1}},
		{"a negative sum", []uint64{1, 5, 5, 5, 1 << 63, 25, 0, 0, 5, 1}},
		{"a negative variance", []uint64{1, 5, 5, 5, 0, 24, 0, 0, 5, 1}},
		{"squares too great", []uint64{1, 5, 5, 5, 0, 26, 0, 0, 5, 1}},
		{"squares of three words", []uint64{1, 5, 5, 5, 0, 25, 0, 1, 5, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b []byte
			for _, word := range c.words {
				b = binary.AppendUvarint(b, word)
			}
			requireRefused(t, b)
		})
	}
	requireRefused(t, []byte{0x80, 0})                                        // 0 in two bytes
	requireRefused(t, []byte{255, 255, 255, 255})                             // a word without end
	requireRefused(t, []byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 2}) // 65 bits
}

// requireRefused checks that bytes give an error and an empty histogram.
func requireRefused(t *testing.T, b []byte) {
	t.Helper()
	h := filled()
	require.EqualError(t, h.UnmarshalBinary(b), "tally: not a histogram")
	require.Equal(t, contents(new(Histogram)), contents(h))
}

func FuzzHistogramBinary(f *testing.F) {
	for _, v := range [][]int64{nil, {0}, {5, 7, 7}, {20e6, 21e6, math.MaxInt64}} {
		f.Add(marshalled(f, histogramOf(v)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var h Histogram
		if h.UnmarshalBinary(b) != nil {
			require.Equal(t, contents(new(Histogram)), contents(&h))
			return
		}
		require.Equal(t, b, marshalled(t, &h), "one form for each histogram")
		if h.Count() > 1 {
			require.GreaterOrEqual(t, h.Variance(), 0.0)
			require.LessOrEqual(t, h.Quantile(0.5), float64(h.Max()))
		}
	})
}

func BenchmarkHistogramBinary(b *testing.B) {
	h := filled()
	text := marshalled(b, h)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			text, _ = h.AppendBinary(text[:0])
		}
		b.ReportMetric(float64(len(text)), "bytes")
	})
	b.Run("unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := h.UnmarshalBinary(text); err != nil {
				b.Fatal(err)
			}
		}
	})
}
