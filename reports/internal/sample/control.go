package sample

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
)

// clock is an instant in minutes and seconds.
func clock(m, s int) engine.Time { return engine.Time(60*m+s) * engine.Second }

func burstLevels() []timeline.Level {
	at := func(m, s, desired, inService, pending, terminating int) timeline.Level {
		return timeline.Level{At: clock(m, s), Fleet: "web", Desired: desired, InService: inService, Usable: inService, Pending: pending, Terminating: terminating}
	}
	levels := []timeline.Level{
		at(0, 0, 1, 1, 0, 0), at(27, 0, 2, 1, 0, 0), at(27, 6, 2, 1, 1, 0), at(27, 11, 2, 2, 0, 0), at(32, 14, 2, 2, 0, 0),
		at(33, 0, 3, 2, 0, 0), at(33, 4, 3, 2, 1, 0), at(33, 9, 3, 3, 0, 0),
		at(74, 0, 2, 3, 0, 0), at(74, 2, 2, 2, 0, 1), at(79, 2, 2, 2, 0, 0),
		at(84, 0, 1, 2, 0, 0), at(84, 3, 1, 1, 0, 1), at(89, 3, 1, 1, 0, 0),
	}
	levels[3].Usable = 1 // until it is healthy
	return levels
}

// burstScaleOuts are the changes of desired behind the scalings, and one between
// them that the same breach led to.
func burstScaleOuts() []*timeline.ScaleOut {
	scalings, between := burstScalings(), timeline.NewScaling()
	between.Fleet, between.Alarm, between.Policy, between.Instance = "web", "cpu-high", "cpu-high", "web-3"
	for i, at := range map[timeline.Instant]engine.Time{
		timeline.AtDesired: clock(33, 0), timeline.AtLaunched: clock(33, 4), timeline.AtRunning: clock(33, 9),
		timeline.AtBooted: clock(33, 40), timeline.AtServing: clock(33, 50), timeline.AtInService: clock(33, 9), timeline.AtUsable: clock(34, 2),
	} {
		between.Reach(i, at)
	}
	const never = timeline.NotReached
	out := func(from, to, launched, usable, gone int, first, last engine.Time, s *timeline.Scaling) *timeline.ScaleOut {
		return &timeline.ScaleOut{
			Fleet: "web", By: s.Policy, Alarm: s.Alarm, At: s.At[timeline.AtDesired], From: from, To: to,
			Launched: launched, Usable: usable, Gone: gone, FirstUsable: first, LastUsable: last, First: s,
		}
	}
	return []*timeline.ScaleOut{
		out(1, 2, 1, 1, 0, clock(32, 14), clock(32, 14), scalings[0]),
		out(2, 3, 1, 1, 0, clock(34, 2), clock(34, 2), between),
		out(1, 2, 1, 0, 1, never, never, scalings[1]),
	}
}

// burstScalings are one that came to its end, and one that the run's end, or a
// termination, cut short.
func burstScalings() []*timeline.Scaling {
	first, second := timeline.NewScaling(), timeline.NewScaling()
	first.Instance, second.Instance = "web-2", "web-4"
	for _, s := range []*timeline.Scaling{first, second} {
		s.Fleet, s.Alarm, s.Policy = "web", "cpu-high", "cpu-high"
	}
	for i, at := range []engine.Time{
		clock(20, 0), clock(25, 0), clock(26, 0), clock(26, 10), clock(27, 0), clock(27, 6), clock(27, 11), clock(27, 42), clock(27, 52), clock(27, 11), clock(32, 14), clock(32, 11),
	} {
		first.Reach(timeline.Instant(i), at)
	}
	for i, at := range []engine.Time{clock(110, 0), clock(115, 0), clock(116, 0), clock(117, 0), clock(117, 0), clock(117, 6), clock(117, 11)} {
		second.Reach(timeline.Instant(i), at)
	}
	return []*timeline.Scaling{first, second}
}

func burstAnswers() []*timeline.Answer {
	at := func(policy string, reason timeline.Reason, by string, from, to int) *timeline.Answer {
		return &timeline.Answer{Fleet: "web", Policy: policy, Alarm: policy, Reason: reason, By: by, From: clock(from, 0), To: clock(to, 0)}
	}
	return []*timeline.Answer{
		at("cpu-high", timeline.InCooldown, "", 26, 27), at("cpu-high", timeline.Applied, "", 27, 28), at("cpu-high", timeline.NoNeed, "", 28, 33),
		at("cpu-high", timeline.Applied, "", 33, 34), at("cpu-high", timeline.AtBound, "max 3", 34, 41),
		at("cpu-low", timeline.InWarmup, "web-3", 66, 74), at("cpu-low", timeline.Applied, "", 74, 75), at("cpu-low", timeline.InActivity, "web-1", 75, 84),
		at("cpu-low", timeline.Applied, "", 84, 85), at("cpu-low", timeline.AtBound, "min 1", 85, 120),
	}
}
