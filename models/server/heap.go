package server

// An entry of a cpu's heap is a runnable request with the virtual time at which
// it will be done. The job knows its place, so that it can be taken out.
type entry struct {
	finish float64
	job    *job
}

func (c *cpu) push(e entry) {
	c.ready = append(c.ready, e)
	c.up(len(c.ready)-1, e)
}

// delete removes entry i of the heap.
func (c *cpu) delete(i int) {
	last := len(c.ready) - 1
	e := c.ready[last]
	c.ready = c.ready[:last]
	switch {
	case i == last:
	case i > 0 && e.finish < c.ready[(i-1)/2].finish:
		c.up(i, e)
	default:
		c.down(i, e)
	}
}

func (c *cpu) up(i int, e entry) {
	for i > 0 {
		parent := (i - 1) / 2
		if e.finish >= c.ready[parent].finish {
			break
		}
		c.put(i, c.ready[parent])
		i = parent
	}
	c.put(i, e)
}

func (c *cpu) down(i int, e entry) {
	for {
		child := 2*i + 1
		if child >= len(c.ready) {
			break
		}
		if child+1 < len(c.ready) && c.ready[child+1].finish < c.ready[child].finish {
			child++
		}
		if e.finish <= c.ready[child].finish {
			break
		}
		c.put(i, c.ready[child])
		i = child
	}
	c.put(i, e)
}

func (c *cpu) put(i int, e entry) {
	c.ready[i] = e
	e.job.place = int32(i)
}
