// Package balancer models load balancers: AWS's Classic, Application and Network
// Load Balancers, nginx and HAProxy, with their nodes, algorithms, health checks
// and failures.
//
// A balancer of AWS's has one node in each zone of its targets' fleets. Clients
// find a node by DNS; each node balances on its own and checks every target in its
// reach on its own:
//
//	client --DNS--> node a --> target 1, target 2
//	                node c --> target 1, target 2
//
// Classic and Application Load Balancers keep their own connections to the
// targets; a network one passes clients' connections through, each to one target
// for its life. nginx and HAProxy are reached at one address. HAProxy is a single
// node; of nginx each worker is one, unless they share what they know. HAProxy
// checks its servers, nginx learns from the requests that they fail. Both may send
// a request again, to the same server or another one ([retries]).
//
// [Balancer] is a traffic.Receiver for clients and a traffic.Caller of its
// targets. The control plane adds and removes targets ([Balancer.AddTarget],
// [Balancer.Deregister], [Balancer.Remove]) and hears about their health.
//
// Simplifications, besides the settings marked UNSOURCED in [Spec]:
//   - A connection on which no client comes back is counted when it begins, and
//     then forgotten.
//   - A request reaches its node as soon as it is sent: bodies take no time.
//   - A balancer has the capacity for everything that is sent to it: there is no
//     limit of 55,000 connections to a target of a network balancer either.
//   - nginx and HAProxy stand in no zone, and survive the loss of each.
//   - A network balancer's passive checks, which cannot be tuned, are left out, and
//     it forgets an idle connection for good only when the target closes it.
//   - First checks are spread at random, not evenly as HAProxy's are.
//
// The source keys in comments are those of the reference's list of sources.
package balancer
