// Package engine is the clock and the future event list of a discrete-event
// simulation.
//
// A [Sim] holds simulated time and the events still to come. A [Routine] is a
// kind of event: a name, a [Phase] and the function that carries it out, bound
// once to the component that owns it. Scheduling an event is one call on its
// routine, with a payload of the routine's own type:
//
//	sim := engine.New(engine.Limits{Events: 1e9})
//	depart := engine.NewRoutine(sim, "depart", engine.Release, server.onDepart)
//	notice := depart.After(3*engine.Millisecond, job) // calls server.onDepart(job)
//	sim.Cancel(notice)                                // unless it is called off
//	err := sim.Run(engine.Hour)
//
// Events fire in the order of (time, phase, sequence): earliest first; at one
// instant in the order of the phases, so that capacity comes free before it is
// asked for; within a phase in the order in which they were scheduled. The
// order is total, so a run is a function of its inputs, and [Sim.Digest] tells
// two runs apart.
//
// A [Lane] is a routine whose delay is always the same, as timeouts and ticks
// mostly are. Its events come in order by themselves, so scheduling and
// cancelling take constant time however many are pending.
//
// The engine knows no requests, no randomness, no wall clock and no goroutine;
// a Sim is for one goroutine. Scheduling, firing and cancelling allocate
// nothing once the tables have grown to the largest number of pending events.
// Mistakes of the caller, such as an event in the past, panic.
package engine
