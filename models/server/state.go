package server

import "github.com/headroom-sim/headroom/models/traffic"

// SetState changes what callers find. When the software stops (Down, Off) its
// requests in progress fail with Reset, as do those in the accept queue, and its
// connections are closed. SYNs that are being sent again meet the new state.
// When a server no longer hangs, it first reads what came in on its open
// connections, then accepts those that wait, then closes what is overdue: the
// order of nginx's event loop [A3].
func (s *Server) SetState(to State) {
	from := s.state
	if to == from {
		return
	}
	s.state = to
	switch {
	case to == Off || to == Down:
		s.drop()
		s.cpu.change(func(c *cpu) { c.frozen = false })
	case to == Hung:
		s.cpu.change(func(c *cpu) { c.frozen = true })
	case from == Hung:
		s.cpu.change(func(c *cpu) { c.frozen = false })
		s.resume()
	}
}

// Stop ends the instance: it is Off for good, what it did is answered with
// Reset, what it used is closed, and nothing of the Image refers to it any more,
// but for attempts whose SYNs are still being sent again.
func (s *Server) Stop() {
	s.Crash()
	s.setLoad(0)
	sim := s.image.sim
	for len(s.cpu.alarms) > 0 {
		s.cpu.disarm()
	}
	if p := s.cpu.purse; p != nil {
		sim.Cancel(p.check)
		p.close(s.now())
	}
	for i := range s.workers {
		sim.Cancel(s.workers[i].expiry)
	}
}

// drop ends all connections and all work in progress.
func (s *Server) drop() {
	var failed []*traffic.Attempt
	for _, j := range s.jobs {
		if j.stage == unused || j.stage == dialling {
			continue
		}
		if j.stage == calling {
			s.cutOff(j)
		} else {
			s.abort(j)
		}
		failed = append(failed, j.attempt)
		s.discard(j)
	}
	for _, c := range s.conns {
		if c.worker != nil {
			s.close(c)
		}
	}
	for i := range s.workers {
		for w := &s.workers[i]; len(w.kept) > 0; w.kept = w.kept[:len(w.kept)-1] {
			s.hangUp(w, w.kept[len(w.kept)-1].conn)
		}
	}
	for _, a := range failed {
		s.failed[traffic.Reset]++
		a.Reply(traffic.Reset)
	}
}

// discard forgets a job, and hands its place to nobody.
func (s *Server) discard(j *job) {
	if j.seated {
		s.gateOf(j).free++
		s.busy.Down(s.now())
		s.crowded()
	}
	if c := j.conn; c != nil {
		c.job = nil
	}
	s.release(j)
}

// park keeps a job until the server no longer hangs.
func (s *Server) park(j *job, e event) {
	j.stage, j.resume = parked, e
	j.attempt.Note(traffic.Stalled)
	s.parked.push(j)
}

// resume catches up with what happened while the server hung.
func (s *Server) resume() {
	for n := s.parked.n; n > 0 && s.parked.n > 0; n-- {
		s.goOn(s.parked.first())
	}
	for n := s.backlog.n; n > 0 && s.backlog.n > 0; n-- { // a worker that is through accepts more by itself
		w := s.acceptor()
		if w == nil {
			break
		}
		s.acceptFirst(w)
	}
	for _, j := range s.jobs {
		if j.overdue {
			s.giveUp(j)
		}
	}
	for i := range s.workers {
		s.closeIdle(&s.workers[i])
	}
}

func (s *Server) goOn(j *job) {
	s.parked.remove(j)
	j.attempt.Note(traffic.Service)
	switch j.resume {
	case arrived:
		s.start(j)
	case late:
		s.begin(j)
	case waited:
		s.proceed(j)
	case answered:
		s.answer(j, j.cause)
	}
}
