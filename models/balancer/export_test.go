package balancer

// DNS lists the nodes that DNS has.
func DNS(b *Balancer) []int32 { return b.dns.in }
