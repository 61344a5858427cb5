package experiments

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom"
	"github.com/headroom-sim/headroom/experiments/cells"
)

// shelf is a store in memory.
type shelf struct {
	mu   sync.Mutex
	kept map[cells.Key][]byte
	full error // what Put says
}

func (s *shelf) Get(key cells.Key) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.kept[key]
	return data, ok, nil
}

func (s *shelf) Put(key cells.Key, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full != nil {
		return s.full
	}
	if s.kept == nil {
		s.kept = make(map[cells.Key][]byte)
	}
	s.kept[key] = data
	return nil
}

// extended is the JSON of trials that were brought to n replications.
func extended(t *testing.T, r *Runner, n int, trials ...*Trial) string {
	t.Helper()
	require.NoError(t, r.Extend(context.Background(), n, trials...))
	text := ""
	for _, trial := range trials {
		require.Len(t, trial.Cells, n)
		text += bytesOf(t, trial.Result()) + "\n"
	}
	return text
}

// Whichever cells are stored, the figures are those of cells that are not.
func TestStoredCells(t *testing.T) {
	trials := func() []*Trial {
		return []*Trial{NewTrial(study(t, lively)), NewTrial(study(t, lively, "fleets.web.min=2"))}
	}
	want := extended(t, new(Runner), 3, trials()...)
	var store shelf
	require.Equal(t, want, extended(t, &Runner{Store: &store}, 3, trials()...))
	require.Len(t, store.kept, 6)

	t.Run("all", func(t *testing.T) {
		none := &Runner{Store: &store, Progress: func(float64) { t.Error("nothing is left to simulate") }}
		require.Equal(t, want, extended(t, none, 3, trials()...))
	})
	for i, key := range slices.SortedFunc(maps.Keys(store.kept), func(a, b cells.Key) int { return slices.Compare(a[:], b[:]) }) {
		t.Run(fmt.Sprintf("all but one, %d", i), func(t *testing.T) {
			some := shelf{kept: maps.Clone(store.kept)}
			delete(some.kept, key)
			require.Equal(t, want, extended(t, &Runner{Store: &some}, 3, trials()...))
			require.Equal(t, store.kept, some.kept)
		})
	}
	t.Run("further replications", func(t *testing.T) {
		longer := trials()
		extended(t, &Runner{Store: &store}, 3, longer...)
		require.Equal(t, extended(t, new(Runner), 5, trials()...), extended(t, new(Runner), 5, longer...))
	})
	t.Run("the minutes of the first", func(t *testing.T) {
		s := study(t, lively, "replications=3")
		fresh, err := new(Runner).Run(context.Background(), s)
		require.NoError(t, err)
		again, err := (&Runner{Store: &store}).Run(context.Background(), s)
		require.NoError(t, err)
		require.Equal(t, bytesOf(t, fresh), bytesOf(t, again))
	})
}

func TestStoredCellOfAnotherShape(t *testing.T) {
	s := study(t, lively)
	for name, data := range map[string][]byte{"empty": nil, "no figures": []byte("no figures"), "other metrics": encoded(t, study(t, clockwork))} {
		t.Run(name, func(t *testing.T) {
			store := shelf{kept: map[cells.Key][]byte{s.Key(0): data}}
			err := (&Runner{Store: &store}).Extend(context.Background(), 1, NewTrial(s))
			require.ErrorContains(t, err, "the stored cell")
		})
	}
}

// encoded is a cell of a study as it is stored.
func encoded(t *testing.T, s *Study) []byte {
	t.Helper()
	trial := NewTrial(s)
	extended(t, new(Runner), 1, trial)
	data, err := trial.Cells[0].encode()
	require.NoError(t, err)
	return data
}

// What is finished is kept when the store is full.
func TestFullStore(t *testing.T) {
	full := errors.New("no space left")
	trial := NewTrial(study(t, clockwork))
	err := (&Runner{Jobs: 1, Store: &shelf{full: full}}).Extend(context.Background(), 3, trial)
	require.ErrorIs(t, err, full)
	require.Len(t, trial.Cells, 1)
}

// The cell that could not be kept may be the last.
func TestFullStoreAtTheEnd(t *testing.T) {
	full := errors.New("no space left")
	err := (&Runner{Store: &shelf{full: full}}).Extend(context.Background(), 1, NewTrial(study(t, clockwork)))
	require.ErrorIs(t, err, full)
	_, err = (&Runner{Store: &shelf{full: full}}).Run(context.Background(), study(t, clockwork))
	require.ErrorIs(t, err, full)
}

// The model is told by its sources: a file more, another name or another content makes
// another, a test does not.
func TestModel(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	base := sourceDigest(fstest.MapFS{"engine/a.go": text("a"), "engine/b.go": text("b")})
	require.Equal(t, base, sourceDigest(fstest.MapFS{"engine/a.go": text("a"), "engine/b.go": text("b"), "engine/a_test.go": text("c")}))
	for name, files := range map[string]fstest.MapFS{
		"another content": {"engine/a.go": text("a"), "engine/b.go": text("c")},
		"another name":    {"engine/a.go": text("a"), "engine/c.go": text("b")},
		"a file less":     {"engine/a.go": text("a")},
		"joined":          {"engine/a.go": text("aengine/b.go 1\nb")},
	} {
		require.NotEqual(t, base, sourceDigest(files), name)
	}
	require.Equal(t, Version+"+"+sourceDigest(headroom.Sources), Model())
}

// Each thing that the figures depend on is part of the key; nothing else is.
func TestKey(t *testing.T) {
	base := study(t, lively)
	require.Equal(t, base.Key(1), study(t, "# a comment\ntitle = \"x\"\n"+lively).Key(1))
	require.Equal(t, base.Key(1), study(t, lively, "replications=9").Key(1))
	others := map[string]cells.Key{
		"replication":                 base.Key(2),
		"seed":                        study(t, lively, "seed=2").Key(1),
		"a value":                     study(t, lively, "fleets.web.max=4").Key(1),
		"a window":                    study(t, lively, "expectations.later.during=90s..5m").Key(1),
		"an objective of the minutes": study(t, lively, "expectations.fast.at_most=300ms").Key(1),
	}
	seen := map[cells.Key]string{base.Key(1): "base"}
	for name, key := range others {
		require.Empty(t, seen[key], name)
		seen[key] = name
	}
}

// A replication that is simulated alone is the same as among others.
func TestReplicationAlone(t *testing.T) {
	all := result(t, study(t, lively), 2)
	for i, digest := range all.Digests {
		s := study(t, lively)
		s.options.Replication = i + 1
		alone := result(t, s, 1)
		require.Equal(t, []string{digest}, alone.Digests)
		require.Equal(t, i+1, alone.First)
		require.Equal(t, all.Expectations["fast"].Each[i:i+1], alone.Expectations["fast"].Each)
		require.Equal(t, study(t, lively).Key(i), s.Key(0))
	}
}
