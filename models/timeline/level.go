package timeline

import "github.com/headroom-sim/headroom/engine"

// Level is how many instances a group wants and has from an instant on.
type Level struct {
	At          engine.Time
	Fleet       string
	Desired     int
	InService   int
	Usable      int // of those: running and healthy for some balancer, or where there is none serving
	Pending     int // launched and not in service yet
	Terminating int
}
