package balancer

// DNS lists the nodes that DNS has.
func DNS(b *Balancer) []int32 { return b.dns.in }

// A Miscount is a way to count wrongly, and what the audit says of it.
type Miscount struct {
	Harm func(*Balancer)
	Want string
}

// Miscounted is a way to count the flows of a network balancer wrongly.
var Miscounted = Miscount{func(b *Balancer) { b.clients.Up(b.sim.Now()) }, "2 connections of clients are open, but the level says 3"}

var Miscounts = []Miscount{
	{func(b *Balancer) { b.open++ }, "1 requests are with targets, but 2 are in flight"},
	{func(b *Balancer) { b.nodes[0].load[0]++ }, "2 requests are with targets, but 1 are in flight"},
	{func(b *Balancer) { b.nodes[0].kept++ }, ": 1 idle connections to targets, but 2 are counted"},
	{func(b *Balancer) { b.clients.Up(b.sim.Now()) }, "3 connections of clients are open, but the level says 4"},
}
