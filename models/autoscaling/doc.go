// Package autoscaling models Amazon EC2 Auto Scaling: a group of instances with
// their life cycle, scaling policies driven by CloudWatch alarms, schedules,
// replacement, warm pools and what an operator does through the API.
//
// A [Group] decides how many instances there are and tells why in the timeline.
// It never sees a request. Through a narrow door it makes the data plane follow
// ([Compute], [Registry]) and hears from it: what each instance used
// ([Group.Measure]), that draining is over ([Group.Deregistered]), that its
// server has booted and answers ([Group.Booted], [Group.Serving]), that a
// balancer may use it ([Group.Usable]), what health checks say
// ([Group.Verdict], [Group.Stopped]), where EC2 has no capacity ([Group.Fail]).
//
// # The way through it
//
// All that wants another number of instances sets the desired capacity, and does
// so in decide.go; all that makes the group follow is in reconcile.go, which
// launches and terminates through lifecycle.go.
//
//	group.go                 what a group is made of
//	decide.go                who wins and what blocks whom; the only way to change desired
//	zone.go                  what is where
//	reconcile.go             launching and terminating until the group is as desired
//	lifecycle.go             an instance's way from launch to end; instance.go has its states
//	  hook.go                  life-cycle hooks, which make it wait
//	  warmpool.go              instances kept ready
//	  launchfail.go            launches that fail, zones without capacity
//	  termination.go           which one goes on a scale-in
//	  standby.go               out of service for a while
//
//	replace.go               how an instance is exchanged for another, whatever for
//	  maintenance.go           how many at a time
//	  health.go, rebalance.go, lifetime.go, refresh.go    when, and why
//	  refreshstate.go, refreshpool.go    how far a refresh is; the warm pool's turn
//
//	policy.go                policies and the alarms that invoke them; each law is a file:
//	  simple.go, stepwise.go, tracking.go, predictive.go
//	  adjustment.go, steps.go, alarms.go    what they adjust by; their alarms' names
//	clock.go                 policies that are asked by the clock; from outside AWS
//	  hpa.go, gcp.go, azure.go    adapt packages of their own; scrape.go is how they measure
//	schedule.go              scheduled actions
//	operation.go             what an operator calls, and when AWS refuses it
//	deploy.go                what a deployment asks for
//	suspend.go               processes that are suspended, and what that prevents
//
//	measure.go               what instances used; own.go makes the group's metrics of it,
//	  metrics.go               names all that alarms can watch, custom.go reads the fleet's own
//	answer.go, record.go, scaleout.go    what the timeline is told of policies and scalings;
//	  awaiting.go              what the capacity that has been asked for waits for
//	tally.go                 statistics
//
// The keys of a scenario are in spec.go and in the files named after what they
// describe with spec at the end.
//
// Source keys in doc comments, such as [cool], are those of the reference's
// list of sources on Auto Scaling. UNSOURCED marks what AWS does not document;
// DERIVED what follows from documentation only by reasoning.
package autoscaling
