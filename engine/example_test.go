package engine_test

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
)

// A queue before one server: jobs come every 2 s and take 3 s each.
func Example() {
	sim := engine.New(engine.Limits{Events: 1000})
	var waiting []int
	busy := false

	var depart *engine.Routine[int]
	serve := func(job int) {
		busy = true
		depart.After(3*engine.Second, job)
	}
	depart = engine.NewRoutine(sim, "depart", engine.Release, func(job int) {
		fmt.Printf("%3v job %d done\n", sim.Now(), job)
		if busy = false; len(waiting) > 0 {
			next := waiting[0]
			waiting = waiting[1:]
			serve(next)
		}
	})
	arrive := engine.NewRoutine(sim, "arrive", engine.Seize, func(job int) {
		if busy {
			waiting = append(waiting, job)
			return
		}
		serve(job)
	})
	for job := range 4 {
		arrive.At(engine.Time(2*job)*engine.Second, job)
	}
	if err := sim.Run(engine.Minute); err != nil {
		fmt.Println(err)
	}
	fmt.Println("at", sim.Now(), "after", sim.Events(), "events")
	// Output:
	//  3s job 0 done
	//  6s job 1 done
	//  9s job 2 done
	// 12s job 3 done
	// at 60s after 8 events
}

// An answer and a timeout race; whoever comes first calls the other off. At the
// same instant the answer wins: its phase is earlier.
func ExampleLane() {
	sim := engine.New(engine.Limits{})
	timeouts := engine.NewLane(sim, "timeout", engine.Expire, 5*engine.Second, func(request string) {
		fmt.Println(sim.Now(), request, "timed out")
	})
	answer := engine.NewRoutine(sim, "answer", engine.Release, func(timeout engine.Notice) {
		if sim.Cancel(timeout) {
			fmt.Println(sim.Now(), "answered in time")
		}
	})
	answer.After(2*engine.Second, timeouts.Start("quick"))
	answer.After(5*engine.Second, timeouts.Start("just so"))
	answer.After(9*engine.Second, timeouts.Start("slow"))
	if err := sim.Run(engine.Minute); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2s answered in time
	// 5s answered in time
	// 5s slow timed out
}

// Each minute a tick; Stop ends the run.
func ExampleSim_Stop() {
	sim := engine.New(engine.Limits{})
	var tick *engine.Lane[int]
	tick = engine.NewLane(sim, "tick", engine.Measure, engine.Minute, func(n int) {
		fmt.Println(sim.Now(), "tick", n)
		if n == 3 {
			sim.Stop()
			return
		}
		tick.Start(n + 1)
	})
	tick.Start(1)
	if err := sim.Run(engine.Hour); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 60s tick 1
	// 120s tick 2
	// 180s tick 3
}
