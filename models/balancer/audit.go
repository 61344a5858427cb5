package balancer

import "fmt"

// Audit checks the balancer's books: each call that is open counts at one node and
// target, and connections that are said to be open or idle are there.
func (b *Balancer) Audit() error {
	outstanding := 0
	for i := range b.nodes {
		n := &b.nodes[i]
		idle := 0
		for slot := range n.load {
			outstanding += int(n.load[slot])
			idle += n.idle[slot].Len()
		}
		if idle != n.kept {
			return fmt.Errorf("%s: %d idle connections to targets, but %d are counted", n.name, idle, n.kept)
		}
	}
	if outstanding != b.open {
		return fmt.Errorf("%d requests are with targets, but %d are in flight", outstanding, b.open)
	}
	if b.clients == nil {
		return nil
	}
	if open := int64(b.connected()); open != b.clients.Value() {
		return fmt.Errorf("%d connections of clients are open, but the level says %d", open, b.clients.Value())
	}
	return nil
}

// connected is the number of clients' connections, from the records of them.
func (b *Balancer) connected() int {
	if b.network != nil {
		return len(b.network.flows) - len(b.network.free)
	}
	return len(b.conns.list) - len(b.conns.free)
}
