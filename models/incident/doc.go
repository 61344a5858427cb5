// Package incident brings faults upon a site, on a clock.
//
// A [Fault] names its place, its time and its effect. A [Clock] afflicts the
// instances, the service or the zone at that place through a narrow interface
// ([Plant]) and relieves them when the fault is over. [Effects] sums up what acts
// on one place at a time; what a [traffic.Impairment] does to a server is the
// server's business. A new type of fault is one more constant of [Kind] with its name.
package incident
