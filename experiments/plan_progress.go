package experiments

import "sync"

// progress is that of a whole plan: by how many configurations and further looks
// are done. It never goes back.
type progress struct {
	mu   sync.Mutex
	most float64
}

// runner is the planner's, with the progress of the plan in place of that of each
// piece of it.
func (s *search) runner() *Runner {
	if s.Runner.Progress == nil {
		return s.Runner
	}
	done, all := len(s.plan.Growth)+len(s.leading), len(s.plan.Tried)+len(s.Growth)+1
	for _, c := range s.plan.Tried {
		if c.Fate != untried {
			done++
		}
	}
	scaled := *s.Runner
	scaled.Progress = func(share float64) {
		s.progress.mu.Lock()
		s.progress.most = max(s.progress.most, min(1, (float64(done)+share)/float64(all)))
		most := s.progress.most
		s.progress.mu.Unlock()
		s.Runner.Progress(most)
	}
	return &scaled
}
