package tally

import (
	"encoding/binary"
	"errors"
	"math"
)

// AppendBinary appends the histogram to b, exactly: what UnmarshalBinary makes
// of it tells the same as h. Two histograms that tell the same give the same
// bytes. The error is always nil.
//
// All are unsigned varints of encoding/binary: count, and unless it is 0 least
// value, greatest value, sum (low word first), sum of squares (low word
// first), and for each bucket that has counted anything the number of empty
// ones before it and its count.
func (h *Histogram) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, h.count)
	if h.count == 0 {
		return b, nil
	}
	for _, word := range [...]uint64{
		uint64(h.min), uint64(h.max), h.sum.Low, uint64(h.sum.High), h.squares[0], h.squares[1], h.squares[2],
	} {
		b = binary.AppendUvarint(b, word)
	}
	next := 0
	for i, o := range h.octaves {
		if o != nil {
			b, next = o.append(b, i*perOctave, next)
		}
	}
	return b, nil
}

// append writes an octave whose first bucket has the number first, where next
// is the number after that of the last bucket written.
func (o *octave) append(b []byte, first, next int) ([]byte, int) {
	for i, n := range o {
		if n == 0 {
			continue
		}
		b = binary.AppendUvarint(b, uint64(first+i-next))
		b = binary.AppendUvarint(b, n)
		next = first + i + 1
	}
	return b, next
}

// MarshalBinary is AppendBinary to nothing.
func (h *Histogram) MarshalBinary() ([]byte, error) { return h.AppendBinary(nil) }

// UnmarshalBinary replaces what the histogram holds by what AppendBinary
// wrote. Bytes that it cannot have written are an error, and the histogram is
// empty: its count is that of its buckets, its moments are possible with its
// least and greatest value, and nothing follows.
func (h *Histogram) UnmarshalBinary(data []byte) error {
	h.Reset()
	w := words{data: data}
	if h.read(&w); w.wrong || len(w.data) > 0 {
		h.Reset()
		return errors.New("tally: not a histogram")
	}
	return nil
}

// read fills an empty histogram.
func (h *Histogram) read(w *words) {
	h.count = w.next()
	if h.count == 0 {
		return
	}
	h.min, h.max = w.value(), w.value()
	h.sum.Low, h.sum.High = w.next(), int64(w.next())
	h.squares = [3]uint64{w.next(), w.next(), w.next()}
	w.check(h.min <= h.max && h.possible())
	h.readBuckets(w)
}

// readBuckets fills the buckets, from that of the least to that of the greatest
// value.
func (h *Histogram) readBuckets(w *words) {
	first, last := number(h.min), number(h.max)
	at := uint64(0) // the bucket after that read last
	for left := h.count; left > 0 && !w.wrong; at++ {
		empty, n := w.next(), w.next()
		w.check(at > 0 || empty == first)
		w.check(empty <= last && at+empty <= last)
		w.check(0 < n && n <= left)
		if w.wrong {
			return
		}
		at += empty
		left -= n
		h.setBucket(at, n)
	}
	w.check(at == last+1)
}

// number counts the buckets from that of 0 to that of v.
func number(v int64) uint64 {
	o, b := place(v)
	return uint64(o*perOctave + b)
}

func (h *Histogram) setBucket(number, n uint64) {
	o := &h.octaves[number/perOctave]
	if *o == nil {
		*o = new(octave)
	}
	(*o)[number%perOctave] = n
}

// possible reports whether values from min to max can have the moments: their
// mean is between the two, their variance is not negative, and no square is
// above its value times max.
func (h *Histogram) possible() bool {
	sum := [3]uint64{h.sum.Low, uint64(h.sum.High)}
	count := [3]uint64{h.count}
	total := [4]uint64{sum[0], sum[1]}
	return atMost(timesWord(count, uint64(h.min)), total) && atMost(total, timesWord(count, uint64(h.max))) &&
		atMost(square(sum[1], sum[0]), timesWord(h.squares, h.count)) &&
		atMost(timesWord(h.squares, 1), timesWord(sum, uint64(h.max)))
}

// words takes unsigned varints from bytes until one is wrong.
type words struct {
	data  []byte
	wrong bool
}

func (w *words) check(right bool) { w.wrong = w.wrong || !right }

// next returns the next word; 0 if there is none, or not in its shortest form.
func (w *words) next() uint64 {
	word, n := binary.Uvarint(w.data)
	if n <= 0 || n > 1 && w.data[n-1] == 0 {
		w.wrong = true
		return 0
	}
	w.data = w.data[n:]
	return word
}

// value returns the next word as a value that a histogram counts.
func (w *words) value() int64 {
	word := w.next()
	w.check(word <= math.MaxInt64)
	return int64(word & math.MaxInt64)
}
