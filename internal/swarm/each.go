package swarm

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	count = flag.Uint64("swarm", 0, "random `scenarios` to try; 0: a few")
	first = flag.Uint64("swarm.from", 0, "`seed` of the first random scenario")
	again = flag.String("swarm.file", "", "try the scenario of this `file` alone")
)

// ErrTooLarge is what a check gives of a scenario that is valid and not worth its
// time; it is no finding.
var ErrTooLarge = errors.New("too large")

// Each gives the check the texts of random scenarios, several at a time: of n, a quarter
// with -short, or of as many as the flags say. Of a scenario for which it fails or
// panics the smallest is written to a file that fails still, with the command that tries
// it again.
func Each(t *testing.T, n uint64, check func(text string) error) {
	if *again != "" {
		text, err := os.ReadFile(*again)
		if err == nil {
			err = guarded(check, string(text))
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	switch {
	case *count > 0:
		n = *count
	case testing.Short():
		n = (n + 3) / 4
	}
	var large atomic.Uint64
	var seeds atomic.Uint64
	var swollen sync.Once
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := seeds.Add(1) - 1; i < n; i = seeds.Add(1) - 1 {
				if try(t, *first+i, check) {
					large.Add(1)
				}
				if heap() > mostHeap {
					swollen.Do(func() { t.Errorf("the heap has grown to %d MiB by seed %d", heap()>>20, *first+i) })
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d scenarios from seed %d, %d of them too large; a heap of %d MiB", n, *first, large.Load(), heap()>>20)
	if large.Load() > n/5+1 {
		t.Errorf("%d of %d scenarios are too large to be tried", large.Load(), n)
	}
}

// mostHeap is the memory that scenarios may take, in bytes: what the four million
// users who may be there take while they wait for an answer, and garbage.
const mostHeap = 3 << 30

// heap is the greatest size that the heap has had, in bytes.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys
}

// try checks one scenario, and reports whether it was too large for that.
func try(t *testing.T, seed uint64, check func(string) error) bool {
	text := Scenario(seed)
	err := guarded(check, text)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		t.Errorf("seed %d: %v\n%s", seed, brief(err), kept(t, seed, smallest(text, kind(err), check)))
	}
	return errors.Is(err, ErrTooLarge)
}

// guarded turns panics into errors.
func guarded(check func(string) error, text string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return check(text)
}

// shrinking is how many scenarios are tried to find a smaller one.
const shrinking = 600

// smallest is the text of a small scenario for which the check fails still, in the
// same way.
func smallest(text, way string, check func(string) error) string {
	doc, err := Read(text)
	if err != nil {
		panic("swarm: " + err.Error())
	}
	return Write(Shrink(doc, shrinking, func(doc Table) bool {
		err := guarded(check, Write(doc))
		return err != nil && kind(err) == way
	}))
}

var figure = regexp.MustCompile(`-?[0-9][0-9a-zµ.+-]*`)

// kind is what an error says in its first line, whatever the figures.
func kind(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return figure.ReplaceAllString(line, "#")
}

// kept writes a scenario where it stays, and says how to try it again.
func kept(t *testing.T, seed uint64, text string) string {
	path, err := Unpack(filepath.Join(os.TempDir(), "headroom-swarm"), fmt.Sprintf("%s-%d", t.Name(), seed), text)
	if err != nil {
		return err.Error() + "\n" + text
	}
	return fmt.Sprintf("%s\nagain: go test -run '^%s$' -swarm.file %s, in this folder", text, t.Name(), path)
}

// Unpack writes a scenario to a file, and beside it those that it may name.
func Unpack(folder, name, text string) (path string, err error) {
	path = filepath.Join(folder, name+".toml")
	err = os.MkdirAll(folder, 0o755)
	for name, text := range content {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return path, errors.Join(err, os.WriteFile(path, []byte(text), 0o644))
}

// brief is the beginning of an error.
func brief(err error) string {
	const most = 2000
	text := err.Error()
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}
