package backend

import (
	"github.com/headroom-sim/headroom/models/traffic"
)

// Impair does to the function what faults do. When it goes down, work in progress
// fails with Reset, and environments are gone: they must be made anew, but for
// what is provisioned.
func (f *Function) Impair(i traffic.Impairment) {
	was := f.impaired
	f.impaired = i
	if i.Down() && !was.Down() {
		f.drop()
	}
	if i.Hung == was.Hung {
		return
	}
	for slot := range f.runs.All() {
		switch r := f.runs.At(int32(slot)); {
		case r.attempt == nil:
		case i.Hung:
			f.sim.Cancel(r.notice)
			r.due -= f.sim.Now()
			r.attempt.Note(traffic.Stalled)
		default:
			r.resume()
			f.await(int32(slot))
		}
	}
}

// resume notes what a run goes on with that has yet its due to go: its environment is
// made, unless it was, then it works.
func (r *run) resume() {
	making := r.due - r.span
	if making <= 0 {
		r.attempt.Note(traffic.Service)
		return
	}
	r.attempt.Note(traffic.Starting)
	r.attempt.NoteAfter(making, traffic.Service)
}

// drop ends all runs, and all environments with them.
func (f *Function) drop() {
	var failed []*traffic.Attempt
	for slot := range f.runs.All() {
		r := f.runs.At(int32(slot))
		if r.attempt == nil {
			continue
		}
		failed = append(failed, r.attempt)
		f.sim.Cancel(r.notice)
		r.cause = traffic.Reset // so that the environment is gone
		f.finish(int32(slot))
	}
	f.idle.clear()
	for _, a := range failed {
		f.answered(traffic.Reset)
		a.Reply(traffic.Reset)
	}
}
