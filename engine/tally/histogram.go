package tally

import (
	"iter"
	"math"
	"math/bits"
)

// A Histogram counts whole numbers from 0 to 2^63-1 in buckets: one for each
// value below 256, then 128 to the octave, so that a bucket's middle is within
// 0.4 % (1/256) of each of its values. Count, sum, mean, standard deviation,
// least and greatest value are exact all the same. The zero value is empty and
// ready. An octave's buckets (1 KiB) are allocated when its first value comes; a
// copy of a Histogram shares them, so copy by merging into an empty one.
type Histogram struct {
	count   uint64
	sum     Int128
	squares [3]uint64 // sum of squares, low word first: 2^64 squares below 2^126 fit
	min     int64     // of at least one value
	max     int64
	octaves [64]*octave // 0 to 127, 128 to 255, 256 to 511, ...; seven are spare, which saves a bounds check
}

const perOctave = 128

// Resolution is by how much of itself a quantile may be off: half of a bucket.
const Resolution = 1.0 / (2 * perOctave)

type octave [perOctave]uint64

// place returns the octave and the bucket within it that count v.
func place(v int64) (o, b uint) {
	shift := uint(bits.Len64(uint64(v) / (2 * perOctave))) // o - 1, but 0 for 0
	n := uint(uint64(v) >> (shift % 64))                   // below perOctave in octave 0, else from there to below its double
	return (shift + n/perOctave) % 64, n % perOctave
}

// span returns the least and greatest value that a bucket counts.
func span(o, b int) (low, high int64) {
	if o == 0 {
		return int64(b), int64(b)
	}
	shift := o - 1
	low = int64(perOctave+b) << shift
	return low, low + 1<<shift - 1
}

// Add counts v, which must not be negative.
func (h *Histogram) Add(v int64) {
	o, b := place(v)
	if counts := h.octaves[o]; counts != nil {
		counts[b]++
	} else {
		h.grow(v)[b]++
	}
	h.extend(v, v)
	h.count++
	h.sum = h.sum.Plus(Int128{0, uint64(v)})
	high, low := bits.Mul64(uint64(v), uint64(v))
	h.addSquares(low, high, 0)
}

// AddN counts v n times. v must not be negative.
func (h *Histogram) AddN(v int64, n uint64) {
	if n == 0 {
		return
	}
	o, b := place(v)
	counts := h.octaves[o]
	if counts == nil {
		counts = h.grow(v)
	}
	counts[b] += n
	h.extend(v, v)
	h.count += n
	high, low := bits.Mul64(uint64(v), n)
	h.sum = h.sum.Plus(Int128{int64(high), low})
	squares := timesWord([3]uint64{low, high, 0}, uint64(v))
	h.addSquares(squares[0], squares[1], squares[2])
}

// grow allocates the octave of v. That of negative values never exists, so
// they all come here.
func (h *Histogram) grow(v int64) *octave {
	if v < 0 {
		panic("tally: negative value in a histogram")
	}
	o, _ := place(v)
	h.octaves[o] = new(octave)
	return h.octaves[o]
}

// extend widens the range to the given values, before they are counted.
func (h *Histogram) extend(low, high int64) {
	if h.count == 0 {
		h.min, h.max = low, high
		return
	}
	if low < h.min { // a branch that is hardly ever taken: cheaper than min
		h.min = low
	}
	if high > h.max {
		h.max = high
	}
}

// addSquares adds a number of three words to the sum of squares.
func (h *Histogram) addSquares(low, middle, high uint64) {
	var carry uint64
	h.squares[0], carry = bits.Add64(h.squares[0], low, 0)
	h.squares[1], carry = bits.Add64(h.squares[1], middle, carry)
	h.squares[2] += high + carry
}

// Merge adds everything that other has counted. The order of merging does not
// matter.
func (h *Histogram) Merge(other *Histogram) {
	if other.count == 0 {
		return
	}
	h.extend(other.min, other.max)
	h.count += other.count
	h.sum = h.sum.Plus(other.sum)
	h.addSquares(other.squares[0], other.squares[1], other.squares[2])
	for i, from := range other.octaves {
		if from != nil {
			h.mergeOctave(i, from)
		}
	}
}

func (h *Histogram) mergeOctave(i int, from *octave) {
	if h.octaves[i] == nil {
		h.octaves[i] = new(octave)
	}
	for b, n := range from {
		h.octaves[i][b] += n
	}
}

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() {
	for _, o := range h.octaves {
		if o != nil {
			*o = octave{}
		}
	}
	*h = Histogram{octaves: h.octaves}
}

// Count returns how many values were counted.
func (h *Histogram) Count() uint64 { return h.count }

// Sum returns their exact sum.
func (h *Histogram) Sum() Int128 { return h.sum }

// Mean returns their mean; NaN when empty.
func (h *Histogram) Mean() float64 {
	if h.count == 0 {
		return math.NaN()
	}
	return h.sum.Float64() / float64(h.count)
}

// Min returns the least value counted, exactly; 0 when empty.
func (h *Histogram) Min() int64 { return h.min }

// Max returns the greatest value counted, exactly; 0 when empty.
func (h *Histogram) Max() int64 { return h.max }

// A Bucket is a range of values with the number of them that were counted.
type Bucket struct {
	Low, High int64 // both inclusive
	Count     uint64
}

// Middle returns the value that stands for all in the bucket.
func (b Bucket) Middle() float64 { return float64(b.Low) + float64(0.5*float64(b.High-b.Low)) }

// Buckets returns the buckets that have counted anything, from the least up.
func (h *Histogram) Buckets() iter.Seq[Bucket] {
	return func(yield func(Bucket) bool) {
		for i, o := range h.octaves {
			if o != nil && !o.each(i, yield) {
				return
			}
		}
	}
}

// each yields the non-empty buckets of the i-th octave until told to stop.
func (o *octave) each(i int, yield func(Bucket) bool) bool {
	for b, n := range o {
		if n == 0 {
			continue
		}
		low, high := span(i, b)
		if !yield(Bucket{low, high, n}) {
			return false
		}
	}
	return true
}

// CountAbove returns how many of the values are above v, by whole buckets: the
// values in v's own bucket, within 0.8 % of v, do not count as above.
func (h *Histogram) CountAbove(v int64) uint64 {
	above := h.count
	for b := range h.Buckets() {
		if b.Low > v {
			break
		}
		above -= b.Count
	}
	return above
}

// Quantile returns the q-quantile for q in [0, 1] by the nearest rank: the
// value of rank ceil(q n), at least 1, among the n counted in ascending order.
// The first and the last rank are exact, and so are values below 256; else it
// returns the middle of the value's bucket, kept between the least and the
// greatest value counted, with a relative error of at most 0.4 %. It is NaN
// when empty.
func (h *Histogram) Quantile(q float64) float64 {
	if h.count == 0 {
		return math.NaN()
	}
	rank := rankOf(q, h.count)
	switch rank {
	case 1:
		return float64(h.min)
	case h.count:
		return float64(h.max)
	}
	for b := range h.Buckets() {
		if rank <= b.Count {
			return min(max(b.Middle(), float64(h.min)), float64(h.max))
		}
		rank -= b.Count
	}
	panic("tally: histogram's buckets do not add up to its count")
}

// rankOf returns ceil(q n) between 1 and n. The product is lowered by a few
// roundings, so that 0.07 of 100 is rank 7 although 0.07 in binary is a little
// more.
func rankOf(q float64, n uint64) uint64 {
	rank := math.Ceil(q * float64(n) * (1 - 0x1p-50))
	if !(rank > 1) {
		return 1
	}
	if rank >= float64(n) {
		return n
	}
	return uint64(rank)
}
