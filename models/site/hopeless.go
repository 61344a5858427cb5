package site

import (
	"errors"
	"fmt"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// crowded is an error where more goes on than the run may hold, besides the users of
// closed populations and a request of each.
func (s *System) crowded() error {
	limit := s.config.Crowd
	if limit == 0 {
		return nil
	}
	visits := -s.users
	for _, c := range s.clients {
		visits += c.Held()
	}
	var what string
	var keys []string
	switch {
	case visits > limit:
		what = fmt.Sprintf("%d visits went on at once", visits)
		keys = s.clientKeys(func(c *population) bool { return s.spec.Clients[c.name].Kind() != "closed" })
	case s.pool.Out()-s.users > limit:
		what = fmt.Sprintf("%d requests were under way at once", s.pool.Out())
		keys = s.clientKeys(func(*population) bool { return true })
	default:
		return nil
	}
	return fmt.Errorf("%s by %v, and a run holds %d in memory: more comes than is answered; lower the load of %s, or set a timeout and bound the queues",
		what, s.sim.Now(), limit, strings.Join(keys, ", "))
}

// grown ends the run where that is too much: at once, as in the time between two
// looks a great load takes any memory.
func (s *System) grown() {
	if s.crowded() != nil {
		s.sim.Stop()
	}
}

// explain adds to an error of the run what to change, where that is known: users
// who do not pause come back at once when they are refused.
func (s *System) explain(err error) error {
	var clock *engine.ClockError
	if errors.As(err, &clock) {
		return &InvariantError{err}
	}
	var stuck *engine.StandstillError
	if !errors.As(err, &stuck) {
		return err
	}
	keys := s.clientKeys(func(c *population) bool { return s.spec.Clients[c.name].Restless() })
	if len(keys) == 0 {
		return err
	}
	return fmt.Errorf("%w: users who are refused come back without a pause: set think, as in \"1s\", in %s", err, strings.Join(keys, ", "))
}

// clientKeys are the tables of some populations.
func (s *System) clientKeys(of func(*population) bool) []string {
	var keys []string
	for _, c := range s.clients {
		if of(c) {
			keys = append(keys, "clients."+c.name)
		}
	}
	return keys
}
