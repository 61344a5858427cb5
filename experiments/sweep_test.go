package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
)

// sweepOf lays a design out over a scenario.
func sweepOf(t testing.TB, text string, d design.Design, vary ...string) *Sweep {
	t.Helper()
	s, err := trySweep(t, text, SweepOptions{Design: d}, vary...)
	require.NoError(t, err)
	return s
}

func trySweep(t testing.TB, text string, o SweepOptions, vary ...string) (*Sweep, error) {
	t.Helper()
	s, err := parse("test.toml", []byte(text), func(string) ([]byte, error) { return nil, os.ErrNotExist })
	require.NoError(t, err)
	o.Design.Factors, err = design.ParseVary(vary)
	require.NoError(t, err)
	return s.Sweep(context.Background(), o)
}

// swept is what a sweep gives, each point's result as JSON and the effects.
func swept(t testing.TB, s *Sweep, r Runner) (*SweepResult, string) {
	t.Helper()
	result := NewSweepResult(s)
	text := ""
	require.NoError(t, s.Extend(context.Background(), r, nil, func(point int, trial *Trial) error {
		line, err := json.Marshal(trial.Result())
		require.NoError(t, err)
		text += string(line) + "\n"
		return result.Take(point, trial)
	}))
	return result, text + fmt.Sprint(result.Values)
}

var livelyGrid = []string{"fleets.web.min=1..3", "fleets.web.policies.cpu.target=40,60"}

// The same points and bytes for any number of jobs, with or without cells that
// are stored, and as each point alone gives them.
func TestSweepIsItsPoints(t *testing.T) {
	result, want := swept(t, sweepOf(t, lively, design.Design{}, livelyGrid...), Runner{Jobs: 1})
	require.Len(t, result.Points, 6)
	require.Equal(t, 4, result.Replications)
	store := new(shelf)
	for range 2 {
		_, got := swept(t, sweepOf(t, lively, design.Design{}, livelyGrid...), Runner{Jobs: 3, Store: store})
		require.True(t, want == got, "other bytes")
	}
	require.Len(t, store.kept, 24)
	alone := NewTrial(study(t, lively, "fleets.web.min=2", "fleets.web.policies.cpu.target=60"))
	require.NoError(t, new(Runner).Extend(context.Background(), 4, alone))
	mean := output.Interval(alone.Values("latency.mean"), output.Level)
	require.Equal(t, mean, result.Estimate(3, result.column("latency.mean")))
	require.Equal(t, alone.Judge("later"), result.Points[3].Expectations["later"])
}

// Shards in any number and order merge to what one process gives.
func TestShardsMerge(t *testing.T) {
	_, want := swept(t, sweepOf(t, lively, design.Design{}, livelyGrid...), Runner{})
	for _, n := range []int{1, 2, 7} {
		var folders []string
		for number := n; number >= 1; number-- {
			folders = append(folders, finishShard(t, t.TempDir(), Shard{number, n}))
		}
		shards, err := OpenShards(context.Background(), folders...)
		require.NoError(t, err)
		_, got := swept(t, shards.Sweep, Runner{Store: shards.Store})
		require.True(t, want == got, "other bytes")
		require.NoError(t, shards.Close())
	}
}

// finishShard simulates a shard of the grid over the lively scenario.
func finishShard(t *testing.T, folder string, shard Shard, sets ...string) string {
	t.Helper()
	s, err := trySweep(t, lively, SweepOptions{Options: Options{Sets: sets}}, livelyGrid...)
	require.NoError(t, err)
	f, err := s.OpenShard(folder, shard)
	require.NoError(t, err)
	require.NoError(t, s.Extend(context.Background(), Runner{Store: f.Store}, shard.Has, func(int, *Trial) error { return nil }))
	require.NoError(t, f.Finish())
	require.NoError(t, f.Store.Close())
	return folder
}

func TestShardsThatDoNotFit(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	for i, name := range []string{"a", "b"} {
		finishShard(t, name, Shard{i + 1, 2})
	}
	finishShard(t, "other", Shard{2, 2}, "fleets.web.max=4")
	finishShard(t, "third", Shard{2, 3})
	open, err := trySweep(t, lively, SweepOptions{}, livelyGrid...)
	require.NoError(t, err)
	begun, err := open.OpenShard("begun", Shard{2, 2})
	require.NoError(t, err)
	require.NoError(t, begun.Store.Close())
	require.NoError(t, os.Mkdir("empty", 0o755))
	for _, c := range []struct {
		name    string
		folders []string
		want    string
	}{
		{"one is missing", []string{"a"}, "missing: shard 2 of 2"},
		{"twice", []string{"a", "a"}, "a and a are both shard 1 of 2\nmissing: shard 2 of 2"},
		{"other settings", []string{"a", "other"}, "other: is a shard of another design or other settings, unlike a\nmissing: shard 2 of 2"},
		{"other number", []string{"a", "third"}, "third: is a shard of a sweep in another number of shards (3, not 2), unlike a\nmissing: shard 2 of 2"},
		{"not finished", []string{"a", "begun"}, "begun: shard 2 of 2 is not finished: the command that began it goes on with it"},
		{"no shard", []string{"a", "empty"}, "empty: is no shard of a sweep: it holds no shard.json"},
		{"not there", []string{"nowhere"}, "nowhere: is no shard of a sweep: it holds no shard.json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := OpenShards(context.Background(), c.folders...)
			require.EqualError(t, err, c.want)
		})
	}
}

func TestShardsThatWereChanged(t *testing.T) {
	a, b := finishShard(t, t.TempDir(), Shard{1, 2}), finishShard(t, t.TempDir(), Shard{2, 2})
	t.Run("cells removed", func(t *testing.T) {
		files, err := filepath.Glob(filepath.Join(b, "*.cells"))
		require.NoError(t, err)
		require.NoError(t, os.Rename(files[0], files[0]+".away"))
		defer os.Rename(files[0]+".away", files[0])
		shards, err := OpenShards(context.Background(), a, b)
		require.NoError(t, err)
		defer shards.Close()
		err = shards.Extend(context.Background(), Runner{Store: shards.Store}, nil, func(int, *Trial) error { return nil })
		require.EqualError(t, err, "a cell is missing: files of cells have been removed from the shards, or changed")
	})
	t.Run("scenario", func(t *testing.T) {
		path := filepath.Join(a, inputsFolder, digest([]byte(lively)))
		require.NoError(t, os.WriteFile(path, []byte(lively+"\n"), 0o644))
		_, err := OpenShards(context.Background(), a, b)
		require.ErrorContains(t, err, path+": has been changed")
	})
	t.Run("number", func(t *testing.T) {
		m, err := readManifest(b)
		require.NoError(t, err)
		many := m
		many.Shard = Shard{2, 40}
		folder := t.TempDir()
		require.NoError(t, (&ShardFolder{path: folder, manifest: many}).describe())
		_, err = OpenShards(context.Background(), folder)
		require.ErrorContains(t, err, "missing: shard 1 of 40, shard 3 of 40, ")
		require.ErrorContains(t, err, "shard 11 of 40, and 29 more")
		many.Shard = Shard{0, 0}
		require.NoError(t, (&ShardFolder{path: folder, manifest: many}).describe())
		_, err = OpenShards(context.Background(), folder)
		require.ErrorContains(t, err, "is no description of a shard: there is no shard 0 of 0")
	})
	t.Run("an input outside", func(t *testing.T) {
		m, err := readManifest(b)
		require.NoError(t, err)
		root := t.TempDir()
		folder := filepath.Join(root, "shard")
		require.NoError(t, os.MkdirAll(filepath.Join(folder, inputsFolder), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, "secret"), []byte(lively), 0o644))
		m.Shard, m.Inputs = Shard{1, 1}, map[string]string{"": "../../secret"}
		require.NoError(t, (&ShardFolder{path: folder, manifest: m}).describe())
		_, err = OpenShards(context.Background(), folder)
		require.ErrorContains(t, err, "no such file")
	})
	t.Run("version", func(t *testing.T) {
		m, err := readManifest(b)
		require.NoError(t, err)
		m.Model = "9.9.9"
		require.NoError(t, (&ShardFolder{path: b, manifest: m}).describe())
		_, err = OpenShards(context.Background(), b, a)
		require.ErrorContains(t, err, "was made by another version of headroom (9.9.9; this is "+Model()+")")
	})
}

// A folder goes on with its own shard only.
func TestShardFolderInTheWay(t *testing.T) {
	folder := finishShard(t, t.TempDir(), Shard{1, 2})
	s := sweepOf(t, lively, design.Design{}, livelyGrid...)
	_, err := s.OpenShard(folder, Shard{2, 2})
	require.EqualError(t, err, folder+": is shard 1 of 2: a shard needs a folder of its own")
	s.Options.Sets = []string{"fleets.web.max=4"}
	_, err = s.OpenShard(folder, Shard{1, 2})
	require.EqualError(t, err, folder+": holds a shard of another design or other settings: take another folder, or delete it")
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "notes.txt"), nil, 0o644))
	_, err = s.OpenShard(full, Shard{1, 2})
	require.EqualError(t, err, full+": is in the way: it is no shard of a sweep, and not empty")
}

func TestParseShard(t *testing.T) {
	s, err := ParseShard("2/8")
	require.NoError(t, err)
	require.Equal(t, Shard{2, 8}, s)
	for _, text := range []string{"", "2", "0/8", "9/8", "1/0", "-1/8", "1/8/2", "a/b"} {
		_, err := ParseShard(text)
		require.Error(t, err, text)
	}
}

// Every point belongs to one shard, and each level of a grid's keys is spread
// over all of them.
func TestShardsAreEven(t *testing.T) {
	const n = 4
	var spread [n][n]int // by level of the last key of a 16 x 4 grid, and shard
	for point := range 64 {
		owners := 0
		for number := range n {
			if (Shard{number + 1, n}).Has(point) {
				owners++
				spread[point%n][number]++
			}
		}
		require.Equal(t, 1, owners)
	}
	for _, shards := range spread {
		require.Equal(t, [n]int{4, 4, 4, 4}, shards)
	}
}

func TestRefusedSweeps(t *testing.T) {
	for _, c := range []struct {
		name string
		sets []string
		vary []string
		want string
	}{
		{"unknown key", nil, []string{"fleets.web.mni=1,2"}, "--vary fleets.web.mni=1: fleets.web.mni: unknown key (did you mean \"min\"?)\n2 of 2 points are refused, the first is fleets.web.mni=1"},
		{"a value", nil, []string{"fleets.web.min=1..5"}, "--vary fleets.web.min=4: fleets.web.min: must not exceed max (min 4, max 3)\n2 of 5 points are refused, the first is fleets.web.min=4"},
		{"a combination", nil, []string{"fleets.web.min=1,2", "fleets.web.max=1,2"}, "--vary fleets.web.min=2: fleets.web.min: must not exceed max (min 2, max 1)\n1 of 4 points are refused, the first is fleets.web.min=2, fleets.web.max=1"},
		{"for several reasons", nil, []string{"fleets.web.min=0,1,2,4", "fleets.web.vcpus=-1,0,2", "fleets.web.mni=1"}, "--vary fleets.web.vcpus=-1: fleets.web.vcpus: must be between 1 and 1024 (have -1)\n--vary fleets.web.mni=1: fleets.web.mni: unknown key (did you mean \"min\"?)\n--vary fleets.web.min=4: fleets.web.min: must not exceed max (min 4, max 3)\n12 of 12 points are refused, the first is fleets.web.min=0, fleets.web.vcpus=-1, fleets.web.mni=1"},
		{"for more reasons", nil, []string{"fleets.web.a=1", "fleets.web.b=1", "fleets.web.c=1", "fleets.web.d=1,2", "fleets.web.e=1", "fleets.web.f=1", "fleets.web.g=1"}, "--vary fleets.web.a=1: fleets.web.a: unknown key\n--vary fleets.web.b=1: fleets.web.b: unknown key\n--vary fleets.web.c=1: fleets.web.c: unknown key\n--vary fleets.web.d=1: fleets.web.d: unknown key\n--vary fleets.web.e=1: fleets.web.e: unknown key\nand 2 more\n2 of 2 points are refused, the first is fleets.web.a=1, fleets.web.b=1, fleets.web.c=1, fleets.web.d=1, fleets.web.e=1, fleets.web.f=1, fleets.web.g=1"},
		{"undone", []string{"fleets.web.min=2"}, []string{"fleets.web.min=1,2"}, "--vary fleets.web.min: --set fleets.web.min=2 would have no effect"},
		{"undone as well", []string{"fleets.web.policies.cpu.target=40"}, []string{"fleets.web.policies.cpu={target=50},{target=60}"}, "--vary fleets.web.policies.cpu: --set fleets.web.policies.cpu.target=40 would have no effect"},
		{"the seed", nil, []string{"seed=1,2"}, "--vary seed: every point has the same seed and number of replications, which pairs them"},
		{"many cells", []string{"replications=100000"}, []string{"fleets.web.policies.cpu.target=40..60"}, "the design has 21 points of 100000 replications, more than 1000000 cells in all"},
		{"a continuous grid", nil, []string{"fleets.web.policies.cpu.target=40.0..60"}, "--vary fleets.web.policies.cpu.target=40.0..60: needs a step in a grid, as in 0.1..0.5:0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := trySweep(t, lively, SweepOptions{Options: Options{Sets: c.sets}}, c.vary...)
			require.EqualError(t, err, c.want)
		})
	}
	_, err := trySweep(t, lively, SweepOptions{Options: Options{Sets: []string{"fleets.web.policies.cpu.target=40"}}}, `fleets.web.policies.cpu={kind="target_tracking"},{target=60}`)
	require.NoError(t, err, "an override that some point leaves in force")
	_, err = trySweep(t, lively, SweepOptions{Metrics: []string{"latency.p98"}}, livelyGrid...)
	require.EqualError(t, err, `--metric: the scenario has no metric "latency.p98" (did you mean "latency.p90"?)`)
}

// What is finished is kept: the same again goes on from there.
func TestSweepGoesOn(t *testing.T) {
	_, want := swept(t, sweepOf(t, lively, design.Design{}, livelyGrid...), Runner{})
	store := new(shelf)
	ctx, stop := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	r := Runner{Jobs: 1, Store: store, Progress: func(done float64) {
		if done > 0.5 {
			stop(why)
		}
	}}
	err := sweepOf(t, lively, design.Design{}, livelyGrid...).Extend(ctx, r, nil, func(int, *Trial) error { return nil })
	require.ErrorIs(t, err, why)
	kept := len(store.kept)
	require.Greater(t, kept, 5)
	require.Less(t, kept, 24)
	simulated := &countingStore{Store: store}
	_, got := swept(t, sweepOf(t, lively, design.Design{}, livelyGrid...), Runner{Jobs: 1, Store: simulated})
	require.True(t, want == got, "other bytes")
	require.Equal(t, 24-kept, simulated.puts)
}

// countingStore counts the cells that are put into it, one at a time.
type countingStore struct {
	Store
	puts int
}

func (s *countingStore) Put(key cells.Key, data []byte) error {
	s.puts++
	return s.Store.Put(key, data)
}

// Progress goes by the work that is left: it rises from 0 to 1, and a point of
// twice the load counts twice.
func TestSweepProgress(t *testing.T) {
	s := sweepOf(t, lively, design.Design{}, "clients.visitors.rate=40/s,80/s,160/s")
	require.InDelta(t, 4, (s.work[2]-300)/(s.work[0]-300), 1e-9, "6 minutes count 50 requests each")
	last := 0.0
	swept(t, s, Runner{Jobs: 1, Progress: func(done float64) {
		require.GreaterOrEqual(t, done, last)
		last = done
	}})
	require.InDelta(t, 1, last, 1e-6)
}

// The responses are the expectations' metrics in their windows, and the cost.
func TestResponses(t *testing.T) {
	result, _ := swept(t, sweepOf(t, lively, design.Design{}, "fleets.web.min=1,3"), Runner{})
	var names []string
	for _, r := range result.Responses {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"latency.p95", "availability during 1m30s..5m30s", "cost.total"}, names)
	require.Equal(t, result.Points[0].Expectations["later"].Each, result.Response(1)[0])
	effects := result.Effects()
	require.Negative(t, effects[0].Levels[1].Effect.Mean, "more servers answer sooner")
	require.InDelta(t, 1, effects[0].Variance.Shares[0].Share, 1e-12, "of a single key")
	point, ok := result.Cheapest()
	require.True(t, ok)
	require.Equal(t, 1, point)
}

// A point that a sample has more than once is simulated once.
func TestAlikePoints(t *testing.T) {
	s := sweepOf(t, lively, design.Design{Kind: design.LatinHypercube, Points: 9}, "fleets.web.min=1..3")
	store := &countingStore{Store: new(shelf)}
	result, _ := swept(t, s, Runner{Jobs: 1, Store: store})
	require.Len(t, result.Points, 9)
	require.Equal(t, 3*4, store.puts)
}
