// Package balancer models Elastic Load Balancing: Classic and Application Load
// Balancers with their nodes, algorithms, health checks and failures.
//
// A balancer has one node in each zone of its targets' fleets. Clients find a
// node by DNS; each node balances on its own, checks every target in its reach
// on its own, and keeps its own connections to the targets:
//
//	client --DNS--> node a --> target 1, target 2
//	                node c --> target 1, target 2
//
// [Balancer] is a traffic.Receiver for clients and a traffic.Caller of its
// targets. The control plane adds and removes targets ([Balancer.AddTarget],
// [Balancer.Deregister], [Balancer.Remove]) and hears about their health.
//
// Simplifications, besides the settings marked UNSOURCED in [Spec]:
//   - A connection on which no client comes back is counted when it begins, and
//     then forgotten.
//   - A request reaches its node as soon as it is sent: bodies take no time.
//   - A balancer has the capacity for everything that is sent to it.
//
// The source keys in comments are those of the reference's list of sources.
package balancer
