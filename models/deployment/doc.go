// Package deployment brings new versions of a fleet's software into service, on a
// clock.
//
// A [Spec] says how: blue_green and canary put another fleet in the place of the
// present one, in a target group that both share or by the weights of a balancer;
// rolling replaces the instances of one fleet by an instance refresh. A [Clock]
// carries deployments out through narrow interfaces ([Fleet], [Balancer]), and
// takes them back when an alarm is in ALARM or too many instances of the new
// version fail their health checks. A [Regression] is what the new version does
// worse, so that there is something to find.
package deployment
