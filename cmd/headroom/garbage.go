package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Garbage may be four times what is in use, as long as it is little: a run keeps so
// few things that it is cheaper to collect seldom. Where much is kept, as of the
// minutes of a year, it may be half as much.
const (
	mostGarbage  = 400 // percent of what is in use
	leastGarbage = 50
	littleMemory = 256 << 20 // bytes of garbage
)

// garbage is how much garbage may lie about beside so many bytes in use.
func garbage(live uint64) int {
	return int(min(max(littleMemory*100/max(live, 1), leastGarbage), mostGarbage))
}

// collectSeldom lets garbage lie about, unless the environment says how much may. That
// is settled anew after each collection, which is when the finalizer of what nobody
// refers to runs.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		settle(&sentinel{live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}})
	}
}

type sentinel struct{ live []metrics.Sample }

func settle(s *sentinel) {
	metrics.Read(s.live)
	debug.SetGCPercent(garbage(s.live[0].Value.Uint64()))
	runtime.SetFinalizer(s, settle)
}
