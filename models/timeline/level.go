package timeline

import "github.com/headroom-sim/headroom/engine"

// Level is how many instances a group wants and has from an instant on.
type Level struct {
	At          engine.Time
	Fleet       string
	Desired     int
	InService   int
	Pending     int // launched and not in service yet
	Terminating int
}
