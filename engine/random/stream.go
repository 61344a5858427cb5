package random

// A Stream is a named, numbered sequence of independent uniform random words:
// an immutable value, free to copy and safe to use from anywhere. The zero
// Stream works, but has no name of its own: use NewStream.
//
// Algorithm: the word (i, j) is output j of a SplitMix64 generator whose
// initial state is output i of a SplitMix64 generator that NewStream seeds
// (G.L. Steele, D. Lea and C.H. Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014), with a second key word added between the two, so
// that no stream is another one shifted. Both steps are bijections: for a
// given i no word repeats over j, and the reverse.
type Stream struct {
	session, request uint64 // keys of the two steps
}

// golden is 2^64 divided by the golden ratio, SplitMix64's increment.
const golden = 0x9e3779b97f4a7c15

// NewStream returns the stream with the given purpose, such as
// "arrivals/visitors" or "demand/web", for one replication of a run. Its keys
// are 128 bits of a hash of all three, so that streams do not meet.
func NewStream(seed uint64, replication int, name string) Stream {
	key := mix(mix(seed+golden) + uint64(int64(replication)) + golden)
	for i := range len(name) {
		key = mix(key + uint64(name[i]) + golden)
	}
	key = mix(key + uint64(len(name))<<8 + golden) // a name and its prefix part here
	session := mix(key + golden)
	return Stream{session: session, request: mix(session + golden)}
}

// mix is David Stafford's variant 13 of MurmurHash3's finaliser, as SplitMix64
// has it: a bijection in which each input bit flips each output bit with a
// probability close to one half.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Uint64 returns the word with the ordinals i and j, uniform over all 2^64
// values. By convention i is a session's or instance's ordinal and j the
// ordinal of a request or visit within it, or 0.
func (s Stream) Uint64(i, j uint64) uint64 {
	return mix(mix(s.session+i*golden) + s.request + j*golden)
}

// Uniform returns the number with the ordinals i and j, uniform over the odd
// multiples of 2^-53 in (0, 1): never 0, never 1, and symmetric about 1/2.
func (s Stream) Uniform(i, j uint64) float64 { return uniformOf(s.Uint64(i, j)) }

// Uniforms fills u with the numbers that Uniform returns for the ordinals i,
// i+1, ... and j. In a row they cost less than one by one.
func (s Stream) Uniforms(u []float64, i, j uint64) {
	state, request := s.session+i*golden, s.request+j*golden
	for k := range u {
		u[k] = uniformOf(mix(mix(state) + request))
		state += golden
	}
}

func uniformOf(word uint64) float64 { return float64(int64(word>>11|1)) * 0x1p-53 }
