// Package site wires a scenario's components into a running system and measures
// it. It is the only package that knows all components.
//
//	spec --Build--> System --Run--> Outcome
//
// The data plane is made of traffic.Receivers: balancers, fleets of servers,
// services. The control plane, a group per fleet with its alarms and policies,
// decides how many servers there are; between the two stands [fleet], the door:
// who is in service goes down through it, what the servers did comes up.
//
// Every minute, or more often where a group looks more often, and at the edges of
// the windows that were asked for, the meter cuts all statistics. Cuts hold
// integers and merge exactly: a window is the sum of its cuts. The metrics that a
// group does not measure itself are made of the cuts too (feed.go, with
// balancing.go and gauge.go as their sources).
package site
