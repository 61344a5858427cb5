package experiments

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/headroom-sim/headroom/experiments/cells"
)

// Runner simulates cells, several at a time. What it gives does not depend on
// how many, nor on which of the cells were stored before.
type Runner struct {
	Jobs     int                // cells at a time; 0: as many as there are processors
	Store    Store              // where finished cells are kept and looked for; nil: nowhere
	Progress func(done float64) // is told, from several goroutines, which share of the work is done; may be nil
}

// Store keeps what finished cells gave, under their keys. Several goroutines may
// Put at once.
type Store interface {
	Get(cells.Key) (data []byte, ok bool, err error)
	Put(key cells.Key, data []byte) error
}

// Run simulates the study's replications, one where the scenario does not say
// how many, and adds others as long as its precision asks for them.
//
// When the context is cancelled, the error is its cause; the result is then
// that of the first replications, as many as were finished, or nil.
func (r *Runner) Run(ctx context.Context, s *Study) (*Result, error) {
	t := NewTrial(s)
	t.history = newHistory()
	n := s.Replications(1)
	err := r.pursue(ctx, func() (int, []*Trial) {
		n = max(n, t.next())
		return n, []*Trial{t}
	})
	interrupted := ctx.Err() != nil && errors.Is(err, context.Cause(ctx))
	if err != nil && (len(t.Cells) == 0 || !interrupted) {
		return nil, err
	}
	result := t.Result()
	if err != nil {
		result.Warnings = append(result.Warnings, fmt.Sprintf("interrupted: %d of %d replications", len(t.Cells), n))
	}
	return result, err
}

// pursue extends trials as long as any lack replications of those that next asks
// for, which it does anew after each step: of some trials that have as many, n.
func (r *Runner) pursue(ctx context.Context, next func() (n int, trials []*Trial)) error {
	for {
		n, trials := next()
		if !slices.ContainsFunc(trials, func(t *Trial) bool { return len(t.Cells) < n }) {
			return nil
		}
		if err := r.after(len(trials[0].Cells), n).Extend(ctx, n, trials...); err != nil {
			return err
		}
	}
}

// Extend brings each trial to at least n replications: those that are stored
// are taken from there, the others are simulated, all trials' first ones first.
//
// On an error, and when the context is cancelled, a trial keeps its first
// replications as far as they are finished; the store has all that are. The
// error of a cancelled context is its cause.
func (r *Runner) Extend(ctx context.Context, n int, trials ...*Trial) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b := newBatch(n, trials)
	todo, err := r.lacking(ctx, b)
	if err != nil {
		return err
	}
	work := newWork(b, todo, r.Progress)
	var next atomic.Int64
	var workers sync.WaitGroup
	var failed atomic.Pointer[error]
	for range min(r.jobs(), len(todo)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(todo) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := r.do(ctx, b, todo[i], work.one(b.trials[todo[i].trial].work())); err != nil {
					failed.CompareAndSwap(nil, &err)
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	switch all := b.settle(); {
	case failed.Load() != nil:
		return *failed.Load()
	case all:
		return nil
	}
	return context.Cause(ctx)
}

// after is the runner as it reports progress where so many of n replications are
// done before.
func (r *Runner) after(before, n int) *Runner {
	further := *r
	if r.Progress != nil {
		further.Progress = func(done float64) { r.Progress((float64(before) + float64(done*float64(n-before))) / float64(n)) }
	}
	return &further
}

func (r *Runner) jobs() int {
	if r.Jobs > 0 {
		return r.Jobs
	}
	return runtime.NumCPU()
}

// A task is to simulate a replication of a trial.
type task struct{ trial, replication int }

// A batch is a number of trials on their way to n replications each.
type batch struct {
	trials []*Trial
	cells  [][]*Figures      // of each trial; nil as long as they are not finished
	spent  [][]time.Duration // on each of them
}

func newBatch(n int, trials []*Trial) *batch {
	b := &batch{trials, make([][]*Figures, len(trials)), make([][]time.Duration, len(trials))}
	for i, t := range trials {
		b.cells[i] = make([]*Figures, max(n, len(t.Cells)))
		copy(b.cells[i], t.Cells)
		b.spent[i] = make([]time.Duration, len(b.cells[i]))
	}
	return b
}

// settle gives each trial what is finished without a gap, and reports whether
// that is all.
func (b *batch) settle() bool {
	all := true
	for i, t := range b.trials {
		finished := 0
		for finished < len(b.cells[i]) && b.cells[i][finished] != nil {
			finished++
		}
		t.Cells = b.cells[i][:finished]
		for _, spent := range b.spent[i] {
			t.spent += spent
		}
		all = all && finished == len(b.cells[i])
	}
	return all
}

// lacking are the cells that are neither done nor stored: the first
// replications of all trials, then the second ones.
func (r *Runner) lacking(ctx context.Context, b *batch) ([]task, error) {
	var todo []task
	for replication := 0; ctx.Err() == nil; replication++ { // of many that are stored each is read
		ended := true
		for i, t := range b.trials {
			if replication >= len(b.cells[i]) {
				continue
			}
			ended = false
			if b.cells[i][replication] != nil {
				continue
			}
			f, err := r.stored(ctx, t, replication)
			if err != nil {
				return nil, err
			}
			b.cells[i][replication] = f
			if f == nil {
				todo = append(todo, task{i, replication})
			}
		}
		if ended {
			break
		}
	}
	return todo, nil
}

// stored looks for a cell in the store; nil where it must be simulated: where it is
// not there, or without the minutes that are to be kept of it. Of the first
// replication more is kept than is ever stored.
func (r *Runner) stored(ctx context.Context, t *Trial, replication int) (*Figures, error) {
	if r.Store == nil || replication == 0 && t.history != nil {
		return nil, nil
	}
	key := t.Key(replication)
	data, ok, err := r.Store.Get(key)
	if err != nil || !ok {
		return nil, err
	}
	f, err := t.decodeFigures(data)
	if err != nil {
		return nil, fmt.Errorf("the stored cell %x cannot be read: %w", key, err)
	}
	if t.history == nil {
		return f, nil
	}
	if _, ok, err := r.Store.Get(coursesKey(key)); err != nil || !ok {
		return nil, err
	}
	return f, t.history.add(ctx, replication, r.storedCourses(key))
}

// storedCourses are those of a cell that has some in the store, where they are left
// until they are summed up.
func (r *Runner) storedCourses(key cells.Key) courses {
	return func(m *Minutes, take func(column int, values []float64) error) error {
		data, _, err := r.Store.Get(coursesKey(key))
		if err != nil {
			return err
		}
		if err := stored(data)(m, take); err != nil {
			return fmt.Errorf("the minutes of the stored cell %x cannot be read: %w", key, err)
		}
		return nil
	}
}

// do simulates a cell and stores it.
func (r *Runner) do(ctx context.Context, b *batch, c task, progress func(done float64)) error {
	t := b.trials[c.trial]
	began := time.Now()
	o, err := t.cell(ctx, c.replication, progress)
	b.spent[c.trial][c.replication] = time.Since(began)
	if err != nil {
		return fmt.Errorf("%sreplication %d: %w", t.which(), t.first()+c.replication+1, err)
	}
	if o.Outcome == nil {
		return nil // cancelled
	}
	f := t.figures(o)
	b.cells[c.trial][c.replication] = f
	if err := t.history.note(ctx, c.replication, o.Outcome); err != nil {
		return err
	}
	key := t.Key(c.replication)
	if err := r.keep(key, f.encode); err != nil || t.history == nil || t.first()+c.replication == 0 {
		return err // nobody asks for the minutes of the first replication
	}
	return r.keep(coursesKey(key), func() ([]byte, error) { return encode(o.Outcome) })
}

// keep puts into the store, where there is one, what a function encodes.
func (r *Runner) keep(key cells.Key, encode func() ([]byte, error)) error {
	if r.Store == nil {
		return nil
	}
	data, err := encode()
	if err != nil {
		return err
	}
	return r.Store.Put(key, data)
}

// which names the configuration at the front of an error.
func (s *Study) which() string {
	text := ""
	if s.Variant != "" {
		text = "variant " + s.Variant + ", "
	}
	for _, set := range s.Sets {
		text += set.Key + "=" + set.Value + ", "
	}
	return text
}

// work adds up how far the tasks have come, each by what it has to simulate.
type work struct {
	all    float64
	done   atomic.Int64 // in parts of all
	report func(done float64)
}

// workParts are those of the work as a whole.
const workParts = 1 << 40

func newWork(b *batch, todo []task, report func(done float64)) *work {
	w := &work{report: report}
	for _, c := range todo {
		w.all += b.trials[c.trial].work()
	}
	return w
}

// one is the function by which a task of the given work tells how far it is.
func (w *work) one(share float64) func(done float64) {
	parts := share / w.all * workParts
	var last int64
	return func(done float64) {
		now := int64(float64(done * parts))
		sum := w.done.Add(now - last)
		last = now
		if w.report != nil {
			w.report(float64(sum) / workParts)
		}
	}
}
