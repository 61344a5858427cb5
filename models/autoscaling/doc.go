// Package autoscaling models Amazon EC2 Auto Scaling: a group of instances with
// their life cycle, scaling policies driven by CloudWatch alarms, schedules and
// health replacement.
//
// A [Group] decides how many instances there are and tells why in the timeline.
// It never sees a request. Through a narrow door it makes the data plane follow
// ([Compute], [Registry]) and hears from it: what each instance used
// ([Group.Measure]), that draining is over ([Group.Deregistered]), that a
// balancer may use an instance ([Group.Usable]), what health checks say
// ([Group.Verdict], [Group.Stopped]), that a server answers ([Group.Serving]),
// where EC2 has no capacity ([Group.Fail]).
//
// The way of an instance from launch to end is in lifecycle.go: hook.go makes it
// wait, warmpool.go keeps it ready, launchfail.go says what happens when it
// cannot be had.
//
// Whatever is replaced, for its health, by a refresh, for its age or its zone, is
// replaced as replace.go says, within the bounds of maintenance.go.
//
// Who wins when several act at once, and what blocks whom, is in decide.go;
// what each kind of policy asks for is in simple.go, stepwise.go, tracking.go
// and predictive.go.
//
// What an operator does through the API, and when AWS refuses it, is in
// operation.go; which instance goes on a scale-in in termination.go; what a
// suspended process ([Process]) stops is asked where it would act.
//
// Source keys in doc comments, such as [cool], are those of the reference's
// list of sources on Auto Scaling. UNSOURCED marks what AWS does not document;
// DERIVED what follows from documentation only by reasoning.
package autoscaling
