package archive

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine/tally"
)

// everything has a field of each kind that can be written.
type everything struct {
	Yes         bool
	Whole       int
	Small       int8
	Count       uint64
	Value       float64
	Text        string
	List        []string
	Pair        *[2]float64
	Names       map[string]float64
	Nested      map[string]map[int]bool
	Inner       inner
	Shared      []*inner
	First       *inner // one of those shared
	At          time.Time
	Latency     *tally.Histogram
	embedded    // has a Text too
	Nothing     *inner
	EmptyList   []int
	NilList     []int
	EmptyMap    map[int]int
	NilMap      map[int]int
	ByValue     tally.Histogram
	Durations   []time.Duration
	ByHistogram map[string]tally.Histogram
}

type inner struct{ Name string }

type embedded struct{ Text string }

func full(t *testing.T) *everything {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	h := new(tally.Histogram)
	for v := range int64(100) {
		h.Add(v * v * v)
	}
	shared := []*inner{{"one"}, {"two"}, {"two"}}
	return &everything{
		Yes: true, Whole: -5, Small: math.MinInt8, Count: math.MaxUint64, Value: 0.1, Text: "Straße \x00 <b>",
		List: []string{"", "b"}, Pair: &[2]float64{1, math.Inf(-1)}, Names: map[string]float64{"a": 1, "b": math.Copysign(0, -1), "": 2},
		Nested: map[string]map[int]bool{"x": {1: true, -1: false}, "y": nil}, Inner: inner{"in"},
		Shared: shared, First: shared[1], At: time.Date(2026, 3, 29, 1, 59, 0, 7, berlin), Latency: h,
		EmptyList: []int{}, EmptyMap: map[int]int{}, ByValue: *h,
		Durations: []time.Duration{time.Hour}, ByHistogram: map[string]tally.Histogram{"h": *h},
	}
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	want := full(t)
	want.embedded.Text = "not exported, and left out"
	data, err := Marshal(want)
	require.NoError(t, err)
	got := new(everything)
	require.NoError(t, Unmarshal(data, got))
	want.embedded.Text = ""
	require.True(t, want.At.Equal(got.At))
	require.Equal(t, want.At.Add(time.Hour).String(), got.At.Add(time.Hour).String(), "the zone is the same, with its summer")
	got.At = want.At
	require.Equal(t, want, got)
	require.Same(t, got.Shared[1], got.First)
	require.NotSame(t, got.Shared[2], got.First)
}

// A stream gets the same bytes, and not all at once.
func TestStream(t *testing.T) {
	long := struct {
		All   []*everything
		Empty struct{ None []int }
	}{All: slices.Repeat([]*everything{full(t)}, 3)}
	long.All[0].List = slices.Repeat([]string{strings.Repeat("x", 1000)}, 1000)
	want, err := Marshal(&long)
	require.NoError(t, err)
	var to pieces
	require.NoError(t, Write(&to, &long))
	require.Equal(t, want, bytes.Join(to, nil))
	for _, piece := range to {
		require.Less(t, len(piece), 2*much)
	}
	require.ErrorContains(t, Write(&to, &[]func(){nil}), "cannot write a func()")
	require.ErrorIs(t, Write(fullDisk{}, &long), errFull)
}

// pieces are what was written, write by write.
type pieces [][]byte

func (p *pieces) Write(data []byte) (int, error) {
	*p = append(*p, bytes.Clone(data))
	return len(data), nil
}

var errFull = errors.New("no space")

// fullDisk is a disk that is full.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestNoNumber(t *testing.T) {
	var first []byte
	for _, pattern := range []uint64{0x7ff8000000000001, 0xfff8000000000000, 0x7ff0000000000001} {
		v := math.Float64frombits(pattern)
		data, err := Marshal(&v)
		require.NoError(t, err)
		if first == nil {
			first = data
		}
		require.Equal(t, first, data)
		var got float64
		require.NoError(t, Unmarshal(data, &got))
		require.True(t, math.IsNaN(got))
	}
	require.Len(t, first, 3)
}

func TestEqualValuesGiveTheSameBytes(t *testing.T) {
	numbers := make(map[int]int)
	for i := range 1000 {
		numbers[i] = i
	}
	first, err := Marshal(&numbers)
	require.NoError(t, err)
	for range 5 {
		again, err := Marshal(&numbers)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	here := time.Now()
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"a function", &struct{ Do func() }{}, "cannot write a func(), in struct { Do func() }.Do"},
		{"an interface", &[]any{1}, "cannot write a interface {}"},
		{"a float of half the size", new(float32), "cannot write a float32"},
		{"a struct that hides all", &bytes.Buffer{}, "cannot write a bytes.Buffer"},
		{"a time of this machine", &here, "in the zone of this machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Marshal(c.value)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Cut off anywhere, the data are damaged, and so they are with a byte more.
func TestTornData(t *testing.T) {
	data, err := Marshal(full(t))
	require.NoError(t, err)
	for n := range data {
		require.ErrorIs(t, Unmarshal(data[:n], new(everything)), ErrDamaged, n)
	}
	require.ErrorIs(t, Unmarshal(append(data, 0), new(everything)), ErrDamaged)
}

func TestDamagedData(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		into any
	}{
		{"no bool", []byte{2}, new(bool)},
		{"too large for the type", []byte{0x80, 0x02}, new(int8)},
		{"too large for the type without a sign", []byte{0x80, 0x02}, new(uint8)},
		{"keys that do not rise", []byte{3, 1, 'b', 1, 'a'}, new(map[string]struct{ V int })},
		{"one key twice", []byte{3, 2, 0, 2, 0}, new(map[int]int)},
		{"a pointer to nothing before", []byte{2}, new(*int)},
		{"an unknown time zone", append([]byte{0, 0, 4}, "X/Yz"...), new(time.Time)},
		{"the zone of this machine", append([]byte{0, 0, 5}, "Local"...), new(time.Time)},
		{"no histogram", []byte{1, 200}, new(tally.Histogram)},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, Unmarshal(c.data, c.into), ErrDamaged)
		})
	}
}

// chain is a type that can go on for ever.
type chain struct{ Next *chain }

func TestPointersThatLeadOn(t *testing.T) {
	require.ErrorIs(t, Unmarshal(bytes.Repeat([]byte{1}, 1_000_000), new(chain)), ErrDamaged)
}

// taken is what a function allocates, in bytes.
func taken(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A length that the data cannot have is found before anything is made for it.
func TestLengthsAreCheckedFirst(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}
	for name, into := range map[string]any{
		"text": new(string), "list": new([]int), "map": new(map[string]int), "histogram": new(tally.Histogram), "structs": new([]everything),
	} {
		t.Run(name, func(t *testing.T) {
			require.Less(t, taken(func() { require.ErrorIs(t, Unmarshal(huge, into), ErrDamaged) }), uint64(1<<16))
		})
	}
}

func FuzzUnmarshal(f *testing.F) {
	luck := rand.New(rand.NewPCG(1, 2))
	data, err := Marshal(&everything{Names: map[string]float64{"a": 1}, Shared: []*inner{{"x"}}, First: &inner{"y"}, Pair: &[2]float64{1, 2}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for range 20 {
		damaged := bytes.Clone(data)
		damaged[luck.IntN(len(data))] = byte(luck.Uint32())
		f.Add(damaged)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v := new(everything)
		if Unmarshal(data, v) != nil {
			return
		}
		once, err := Marshal(v)
		require.NoError(t, err)
		again := new(everything)
		require.NoError(t, Unmarshal(once, again))
		twice, err := Marshal(again)
		require.NoError(t, err)
		require.Equal(t, once, twice)
	})
}
