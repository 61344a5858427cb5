package client

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A Tally is what became of the requests that were first offered in a stretch
// of time, and which visits began and ended in it.
type Tally struct {
	From, To engine.Time // from From on, up to but without To
	Routes   int         // number of routes
	Cells    []Cell      // by client index x Routes + route index
	Visits   []Visits    // by client index
}

// Visits counts the sessions of one population, or a sum of such, at the instants
// at which they begin and end.
type Visits struct {
	Started uint64 // with their first request
	Ended   uint64
	Erred   uint64 // of those ended: an attempt failed, whether or not a retry mended it
	Failed  uint64 // of those erred: they ended with a request that failed for good
}

// Merge adds what another has counted.
func (v *Visits) Merge(other *Visits) {
	v.Started += other.Started
	v.Ended += other.Ended
	v.Erred += other.Erred
	v.Failed += other.Failed
}

// A Cell counts the requests of one population on one route, or a sum of such.
type Cell struct {
	Offered  uint64
	Attempts uint64                 // retries included
	Ended    [traffic.Causes]uint64 // by cause: Ended[traffic.OK] were completed, the rest failed
	Latency  tally.Histogram        // of completed requests, first attempt to answer, ns
}

// Failed is the number of requests that failed for good.
func (c *Cell) Failed() uint64 {
	var n uint64
	for _, ended := range c.Ended[traffic.OK+1:] {
		n += ended
	}
	return n
}

// InFlight is the number of requests that had not ended when the tally was
// delivered.
func (c *Cell) InFlight() uint64 { return c.Offered - c.Ended[traffic.OK] - c.Failed() }

// Merge adds what another cell has counted.
func (c *Cell) Merge(other *Cell) {
	c.Offered += other.Offered
	c.Attempts += other.Attempts
	for i, n := range other.Ended {
		c.Ended[i] += n
	}
	c.Latency.Merge(&other.Latency)
}

// Reset empties the cell and keeps its memory.
func (c *Cell) Reset() {
	c.Latency.Reset()
	*c = Cell{Latency: c.Latency}
}

// Merge adds another tally of the same site: of the time before or after, or
// of another replication. The zero Tally takes the other's shape.
func (t *Tally) Merge(other *Tally) {
	if t.Cells == nil {
		t.From, t.To, t.Routes = other.From, other.To, other.Routes
		t.Cells, t.Visits = make([]Cell, len(other.Cells)), make([]Visits, len(other.Visits))
	}
	t.From, t.To = min(t.From, other.From), max(t.To, other.To)
	for i := range t.Cells {
		t.Cells[i].Merge(&other.Cells[i])
	}
	for i := range t.Visits {
		t.Visits[i].Merge(&other.Visits[i])
	}
}

// AddAll adds the sum over all populations and routes to a cell.
func (t *Tally) AddAll(sum *Cell) {
	for i := range t.Cells {
		sum.Merge(&t.Cells[i])
	}
}

// AddClient adds the sum over the routes of one population to a cell.
func (t *Tally) AddClient(client int, sum *Cell) {
	for i := range t.Routes {
		sum.Merge(&t.Cells[client*t.Routes+i])
	}
}

// AddRoute adds the sum over the populations on one route to a cell.
func (t *Tally) AddRoute(route int, sum *Cell) {
	for i := route; i < len(t.Cells); i += t.Routes {
		sum.Merge(&t.Cells[i])
	}
}

// Reset empties the tally and keeps its memory.
func (t *Tally) Reset() {
	for i := range t.Cells {
		t.Cells[i].Reset()
	}
	clear(t.Visits)
}
