package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/models/traffic"
)

// Calls are those that came to a backend in some time, and how calls ended.
type Calls struct {
	Received  uint64 // health checks included
	Probes    uint64 // of these, health checks
	Completed uint64 // answered OK
	Failed    [traffic.Causes]uint64
	Withdrawn uint64 // taken back by their callers
}

// came counts a call that has come.
func (c *Calls) came(a *traffic.Attempt) {
	c.Received++
	if a.Probe {
		c.Probes++
	}
}

// answered counts an answer.
func (c *Calls) answered(cause traffic.Cause) {
	if cause == traffic.OK {
		c.Completed++
	} else {
		c.Failed[cause]++
	}
}

// Merge adds the calls of another time.
func (c *Calls) Merge(o *Calls) {
	c.Received += o.Received
	c.Probes += o.Probes
	c.Completed += o.Completed
	for cause := range c.Failed {
		c.Failed[cause] += o.Failed[cause]
	}
	c.Withdrawn += o.Withdrawn
}

func (c *Calls) ended() uint64 {
	n := c.Completed + c.Withdrawn
	for _, failed := range c.Failed {
		n += failed
	}
	return n
}

// books are the calls up to the last cut.
type books struct{ received, ended uint64 }

// enter adds what was cut.
func (b *books) enter(c *Calls) {
	b.received += c.Received
	b.ended += c.ended()
}

// check tells whether each call has ended or is held, with those since the last
// cut.
func (b *books) check(since *Calls, held int) error {
	received, ended := b.received+since.Received, b.ended+since.ended()
	if received != ended+uint64(held) {
		return fmt.Errorf("%d calls came and %d ended, but %d are in progress", received, ended, held)
	}
	return nil
}
