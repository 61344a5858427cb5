package backend

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Trouble is what faults do to a backend. One without any has a Slowdown of 1.
type Trouble struct {
	Down     bool        // connections are refused; when it begins, work in progress fails with Reset, and what was kept is lost
	Hung     bool        // nothing is answered
	Slowdown float64     // factor on the time of work that begins
	Errors   float64     // share of the requests that are answered with 500 at once
	Latency  engine.Time // added to each request that comes
}

// Suffer puts the function in trouble, or out of it. Environments that are gone
// must be made anew, but for what is provisioned.
func (f *Function) Suffer(t Trouble) {
	was := f.trouble
	f.trouble = t
	if t.Down && !was.Down {
		f.drop()
	}
	if t.Hung == was.Hung {
		return
	}
	for slot := range f.runs.All() {
		switch r := f.runs.At(int32(slot)); {
		case r.attempt == nil:
		case t.Hung:
			f.sim.Cancel(r.notice)
			r.due -= f.sim.Now()
		default:
			f.await(int32(slot))
		}
	}
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
