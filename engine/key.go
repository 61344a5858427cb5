package engine

// A key is an entry of the future event list: 128 bits, from the most
// significant
//
//	time 56 | phase 3 | sequence 42 | slot 27
//
// so that one unsigned comparison orders by (time, phase, sequence). The slot
// says where the payload is; the sequence is unique, so it never decides.
// A key holds no pointers: moving it needs no write barrier, and the collector
// has nothing to scan.
type key struct{ high, low uint64 }

const (
	timeBits     = 56
	phaseBits    = 3
	sequenceBits = 42
	slotBits     = 27

	sequenceHigh = 64 - timeBits - phaseBits   // bits of the sequence in the high word
	sequenceLow  = sequenceBits - sequenceHigh // and in the low word

	maxSequence = 1<<sequenceBits - 1
	maxSlot     = 1<<slotBits - 1
)

// never is later than the high word of any event's key.
const never = 1<<64 - 1

// noKey stands where there is no key.
var noKey = key{never, never}

// newKey returns a key; the phase comes shifted to its place.
func newKey(at Time, phase, sequence uint64, slot uint32) key {
	return key{
		high: uint64(at)<<(64-timeBits) | phase | sequence>>sequenceLow,
		low:  sequence<<slotBits | uint64(slot),
	}
}

func (k key) time() Time   { return Time(k.high >> (64 - timeBits)) }
func (k key) phase() Phase { return Phase(k.high >> sequenceHigh & (1<<phaseBits - 1)) }
func (k key) slot() uint32 { return uint32(k.low & maxSlot) }
func (k key) sequence() uint64 {
	return k.high&(1<<sequenceHigh-1)<<sequenceLow | k.low>>slotBits
}

// precedes reports whether a fires before b.
func precedes(a, b key) bool {
	return a.high < b.high || a.high == b.high && a.low < b.low
}
