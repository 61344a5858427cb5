package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// checkGuards checks what a cache guards: something that whoever calls the cache
// calls later.
func (c *crossChecker) checkGuards(name string) {
	s, path := c.Services[name], []string{"services", name, "guards"}
	if s.Kind() != "cache" || s.Guards == "" || !c.sound(path...) {
		return
	}
	if !slices.Contains(c.targets(), s.Guards) {
		c.lookUp(path, "balancer, fleet or service", s.Guards, c.targets())
		return
	}
	for _, fleet := range c.fleets {
		calls := c.Fleets[fleet].Calls
		if slices.Contains(calls, name) && slices.Contains(calls, s.Guards) && !callsLater(calls, name, s.Guards) {
			c.report(path, "must be something that is called later: fleet %q calls %q before %q (calls %s)", fleet, s.Guards, name, strings.Join(calls, ", "))
		}
	}
}

// callsLater tells whether the calls have one name somewhere after another.
func callsLater(calls []string, first, later string) bool {
	k := slices.Index(calls, first)
	return k >= 0 && slices.Contains(calls[k+1:], later)
}

// service lists settings of a service that are idle.
func (l *lint) service(name string) {
	s, path := l.Services[name], []string{"services", name}
	if l.Sessions.In != name && !some(l.Fleets, func(f *Fleet) bool { return slices.Contains(f.Below(), name) }) {
		l.idle(sub(path, "call_timeout"), "has no effect: no fleet calls this service")
	}
	switch s.Kind() {
	case "cache":
		l.cache(name, s, path)
	case "function":
		l.function(s, path)
	case "database":
		if s.Pool == nil {
			l.idle(sub(path, "pool_timeout"), "has no effect without pool")
		}
	}
}

func (l *lint) cache(name string, s *Service, path []string) {
	if s.Keys == nil {
		for _, k := range []string{"skew", "capacity", "item_size", "ttl", "start"} {
			l.idle(sub(path, k), "has no effect without keys")
		}
	} else if s.Capacity.Items > 0 || s.Capacity.Bytes == 0 && s.Node == "" {
		l.idle(sub(path, "item_size"), "has no effect where capacity is not a size of memory")
	}
	guarded := slices.ContainsFunc(sorted(l.Fleets), func(fleet string) bool {
		return callsLater(l.Fleets[fleet].Calls, name, s.Guards)
	})
	if s.Guards != "" && !guarded {
		l.idle(sub(path, "guards"), "has no effect: no fleet calls %q after this cache", s.Guards)
	}
}

// fault lists a fault that does nothing.
func (l *lint) fault(name string) {
	f := l.Faults[name]
	if v := l.Services[f.Service]; v != nil && v.Kind() == "queue" && f.Effect == "cpu" {
		l.idle([]string{"faults", name}, "has no effect: nothing that a message queue does takes CPU")
	}
}

// doubtPool finds connection pools that are too large for their database once
// all instances are there.
func (l *lint) doubtPool(name string) {
	s, path := l.Services[name], []string{"services", name, "pool"}
	if s.Kind() != "database" || s.Pool == nil {
		return
	}
	callers, parts := 0, []string(nil)
	for _, fleet := range sorted(l.Fleets) {
		if f := l.Fleets[fleet]; slices.Contains(f.Below(), name) {
			callers += f.Max
			parts = append(parts, fmt.Sprintf("%d of %s", f.Max, fleet))
		}
	}
	if need := callers * *s.Pool; need > *s.MaxConnections {
		l.doubt(path, "is too much for max_connections: %d connections of each of %d instances (%s) are %d, and calls beyond %d are refused", *s.Pool, callers, strings.Join(parts, ", "), need, *s.MaxConnections)
	}
}

func (l *lint) function(s *Service, path []string) {
	if s.Parallelism > 1 && s.Speed() <= 1 {
		l.idle(sub(path, "parallelism"), "has no effect: so much memory comes with one vCPU at most")
	}
	if s.Provisioned == s.Concurrency {
		for _, k := range []string{"scaling", "cold_start", "idle_timeout"} {
			l.idle(sub(path, k), "has no effect where all of concurrency is provisioned")
		}
	}
}
