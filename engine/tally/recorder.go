package tally

// A Recorder is a Histogram that is cut: two take turns, so that what one cut
// returns can be read until the next one. The zero value is empty and ready.
type Recorder struct {
	turns [2]Histogram
	turn  int // of the one that records
}

// Add counts v, which must not be negative.
func (r *Recorder) Add(v int64) { r.turns[r.turn].Add(v) }

// Cut returns what was counted since the last cut. It is valid until the next
// one.
func (r *Recorder) Cut() *Histogram {
	cut := &r.turns[r.turn]
	r.turn = 1 - r.turn
	if next := &r.turns[r.turn]; next.count > 0 {
		next.Reset()
	}
	return cut
}
