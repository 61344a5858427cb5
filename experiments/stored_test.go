package experiments

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/archive"
	"github.com/headroom-sim/headroom/experiments/design"
)

// storedBy is a file as a command of some version writes it.
func storedBy(schema, command, model string, data []byte) []byte {
	return append(fmt.Appendf(nil, "%s %s %s %s\n", schema, command, model, digest(data)), data...)
}

func TestStoredResultsAreTheSame(t *testing.T) {
	want := &Plan{
		Scenario: "shop", Money: true, Sure: math.NaN(), Doubts: []string{"a\nb"},
		Tried: []*Candidate{{Fate: Fails, Floor: math.Inf(1)}, {Fate: Implied}},
	}
	want.Tried[1].Cause.Larger = want.Tried[0]
	want.Best = want.Tried[1]
	var stored bytes.Buffer
	require.NoError(t, WriteStored(&stored, want))
	read, err := ReadStored(stored.Bytes())
	require.NoError(t, err)
	got := read.(*Plan)
	require.True(t, math.IsNaN(got.Sure))
	require.Same(t, got.Tried[1], got.Best)
	require.Same(t, got.Tried[0], got.Best.Cause.Larger)
	var again bytes.Buffer
	require.NoError(t, WriteStored(&again, got))
	require.Equal(t, stored.Bytes(), again.Bytes())
}

func TestStoredResultsThatAreRefused(t *testing.T) {
	var whole bytes.Buffer
	require.NoError(t, WriteStored(&whole, new(Plan)))
	data, err := archive.Marshal(new(Plan))
	require.NoError(t, err)
	changed := bytes.Clone(whole.Bytes())
	changed[len(changed)-1]++
	for _, c := range []struct {
		name   string
		stored []byte
		want   string
	}{
		{"nothing", nil, "holds no results of headroom"},
		{"something else", []byte("{\"schema\": \"headroom.result/1\"}\n"), "holds no results of headroom"},
		{"a line without an end", []byte(strings.Repeat("x", 1<<20)), "holds no results of headroom"},
		{"another form", storedBy("headroom.results/2", "plan", Model(), data), "was written by another version of headroom (headroom.results/2; this one writes headroom.results/1): run it again"},
		{"another version", storedBy(StoredSchema, "plan", "0.0.9", data), "was made by another version of headroom (0.0.9; this is " + Model() + "): run it again"},
		{"another command", storedBy(StoredSchema, "tour", Model(), data), `holds the results of a command that there is not: "tour"`},
		{"changed", changed, "is damaged, or cut off: run it again"},
		{"cut off", whole.Bytes()[:whole.Len()-1], "is damaged, or cut off: run it again"},
		{"the first line alone", []byte(StoredSchema + " plan"), "is damaged, or cut off: run it again"},
		{"of another type", storedBy(StoredSchema, "run", Model(), data[:1]), "is damaged: not what was written of a value of its type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadStored(c.stored)
			require.EqualError(t, err, c.want)
		})
	}
}

// Whoever makes a file by hand gets no report on a sweep that there cannot be.
func TestSweepThatCannotBe(t *testing.T) {
	f, err := design.NewFactor("fleets.web.min", "1,2")
	require.NoError(t, err)
	m, err := design.Design{Kind: design.Grid, Factors: []design.Factor{f}}.Build()
	require.NoError(t, err)
	points := []SweepPoint{{Values: [][]float64{{1}}}, {Values: [][]float64{{2}}}}
	sound := SweepResult{Matrix: m, Points: points, Columns: []string{"latency.mean"}, Responses: make([]Response, 1), Replications: 1, Values: []float64{1, 2}}
	for want, spoil := range map[string]func(*SweepResult){
		"":                            func(*SweepResult) {},
		"it has no design":            func(r *SweepResult) { r.Matrix = nil },
		"number of points than 1":     func(r *SweepResult) { r.Points, r.Values = r.Points[:1], r.Values[:1] },
		"its values are not those":    func(r *SweepResult) { r.Replications = 2 },
		"its responses are not those": func(r *SweepResult) { r.Responses = nil },
		`have "fall"`:                 nil,
	} {
		r := sound
		if spoil != nil {
			spoil(&r)
		}
		data, err := archive.Marshal(&r)
		require.NoError(t, err)
		if spoil == nil {
			data = bytes.Replace(data, []byte("\x04grid"), []byte("\x04fall"), 1)
		}
		_, err = ReadStored(storedBy(StoredSchema, "sweep", Model(), data))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "is damaged: ")
		require.ErrorContains(t, err, want)
	}
}

func TestWhatIsNoResultIsNotStored(t *testing.T) {
	require.Panics(t, func() { _ = WriteStored(new(bytes.Buffer), new(Figures)) })
	require.Panics(t, func() { _ = WriteStored(new(bytes.Buffer), Result{}) })
}

// Whatever somebody puts behind a right digest, it is read or refused, and takes no
// more memory than a small multiple of its size and what the ranges in the lists of a
// design may stand for.
func FuzzReadStored(f *testing.F) {
	k, err := design.ParseFactor("k=0,1..00009")
	if err != nil {
		f.Fatal(err)
	}
	keys := design.Factors{k}
	million := &design.Matrix{Design: design.Design{Kind: design.LatinHypercube, Points: design.GreatestPoints, Factors: keys}}
	for _, result := range []any{
		new(Result), &Comparison{Arms: []ArmResult{{Result: new(Result)}}}, &SweepResult{Matrix: million},
		&Plan{Vary: keys, Tried: []*Candidate{{}}}, &Checked{Judgements: []*Judgement{{Result: new(Result)}}},
	} {
		data, err := archive.Marshal(result)
		if err != nil {
			f.Fatal(err)
		}
		for command := range storable {
			f.Add(command, data)
			f.Add(command, bytes.ReplaceAll(data, []byte("00009"), []byte("99999")))
		}
	}
	f.Fuzz(func(t *testing.T, command string, data []byte) {
		stored := storedBy(StoredSchema, command, Model(), data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = ReadStored(stored) // either is right
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20+200*len(data)))
	})
}
