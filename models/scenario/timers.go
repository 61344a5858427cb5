package scenario

import (
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/quantity"
)

// ready is how long an instance takes from InService until its server answers:
// on average, and what one in twenty exceeds. Launching hooks make it come later
// into service, and thereby nearer to its answer.
type ready struct{ mean, p95 engine.Time }

// ready is that of a fleet's instances. Of the sum of boot and start-up the
// excess of the p95 over the mean is taken as the root of the squares: exact if
// one of them is constant.
func (f *Fleet) ready() ready {
	boot, startup := excess(f.Boot), excess(f.Startup)
	mean, wait := f.Boot.Mean()+f.Startup.Mean(), f.launchWait()
	p95 := mean + math.Sqrt(float64(boot*boot)+float64(startup*startup))
	return ready{max(engine.Time(mean)-wait, 0), max(engine.Time(p95)-wait, 0)}
}

func excess(s quantity.Span) float64 { return max(s.Quantile(0.95)-s.Mean(), 0) }

// timers finds those of a fleet's policies that end before new instances are of
// use.
func (l *lint) timers(name string, f *Fleet, path []string) {
	for _, policy := range sorted(f.Policies) {
		p, at := f.Policies[policy], sub(path, "policies", policy)
		switch p.Type {
		case "simple":
			l.cooldown(name, f, p, at)
		case "step", "target_tracking":
			l.warmup(f, p, at)
		}
	}
}

// inFront names the balancers that have the fleet among their targets.
func (l *lint) inFront(fleet string) []string {
	var names []string
	for _, name := range sorted(l.Balancers) {
		if slices.Contains(l.Balancers[name].Places(), fleet) {
			names = append(names, name)
		}
	}
	return names
}

// grace finds a grace period that ends before a new instance is healthy: the
// group then replaces it, and its successor too [grace, issue-202].
func (l *lint) grace(f *Fleet, name string, path []string) {
	b := l.Balancers[name]
	h := &b.HealthCheck
	grace, r := f.HealthCheckGracePeriod.Time(), f.ready()
	verdict := verdictAfter(b)
	if f.HealthCheckType != "ELB" || !b.Elastic() || r.p95 <= verdict {
		return // the group minds no checks, or it answers before it can have failed
	}
	mean, slow := r.mean+b.FirstPass(true), r.p95+b.FirstPass(true)
	wanted := roughly(slow + h.Interval.Time())
	at := sub(path, "health_check_grace_period")
	switch {
	case grace < mean && r.mean > verdict:
		l.doubt(at, "endless replacement: a new instance answers %s after InService and is healthy at %s %s after that at the earliest, but the group replaces it as unhealthy after %s; so with the next. Write at least %s",
			quantity.Duration(r.mean).Rough(), name, quantity.Duration(b.FirstPass(true)).Rough(), f.HealthCheckGracePeriod, wanted)
	case grace < slow:
		l.doubt(at, "slow instances are replaced before they serve: one in twenty needs %s or more from InService to being healthy at %s, but the group replaces it after %s. Write at least %s",
			quantity.Duration(slow).Rough(), name, f.HealthCheckGracePeriod, wanted)
	}
}

// verdictAfter is how long a new target fails checks before it is unhealthy.
func verdictAfter(b *balancer.Spec) engine.Time {
	return b.RegistrationDelay.Time() + engine.Time(b.HealthCheck.UnhealthyThreshold-1)*b.HealthCheck.Interval.Time()
}

// roughly rounds a time up to ten seconds.
func roughly(t engine.Time) quantity.Duration {
	const ten = 10 * engine.Second
	return quantity.Duration((t + ten - 1) / ten * ten)
}

// cooldown finds a simple policy that may act again before the instance that it
// has launched is of use: it then launches another one for the same load.
func (l *lint) cooldown(fleet string, f *Fleet, p *autoscaling.PolicySpec, path []string) {
	if p.Alarm.Comparison[0] != '>' || p.Adjustment.Type == autoscaling.ExactCapacity || p.Adjustment.Amount <= 0 || f.Max-f.Min < 2 {
		return
	}
	deaf, at := f.DefaultCooldown, []string{"default_cooldown"}
	if p.Cooldown != nil || !l.root.has(sub(path[:2], "default_cooldown")...) {
		at = append(path[2:len(path):len(path)], "cooldown")
	}
	if p.Cooldown != nil {
		deaf = *p.Cooldown
	}
	if f.InstanceWarmup != nil {
		deaf = max(deaf, *f.InstanceWarmup) // the activity lasts so long
	}
	needs, checks := f.ready().mean, l.firstPasses(fleet)
	if deaf.Time() >= needs+checks {
		return
	}
	l.doubt(sub(path[:2], at...), "double scaling: the policy may act again %s after InService, but an instance is of use only after %s of boot and start-up%s. Write at least %s, and as much more as the alarm takes to see the effect",
		deaf, quantity.Duration(needs).Rough(), checksInWords(checks), roughly(needs+checks))
}

// firstPasses is what health checks take at least before any balancer may use a
// new instance of the fleet; 0 without a balancer.
func (l *lint) firstPasses(fleet string) engine.Time {
	var least engine.Time
	for i, name := range l.inFront(fleet) {
		if t := l.Balancers[name].FirstPass(false); i == 0 || t < least {
			least = t
		}
	}
	return least
}

func checksInWords(t engine.Time) string {
	if t == 0 {
		return ""
	}
	return fmt.Sprintf(" and %s of health checks", quantity.Duration(t).Rough())
}

// warmup finds a warm-up that is over before the server answers: the instance
// counts as capacity that it is not, and the policy launches another one.
func (l *lint) warmup(f *Fleet, p *autoscaling.PolicySpec, path []string) {
	warmup, at := f.DefaultCooldown, sub(path[:2], "default_cooldown")
	switch {
	case p.EstimatedInstanceWarmup != nil:
		warmup, at = *p.EstimatedInstanceWarmup, sub(path, "estimated_instance_warmup")
	case f.InstanceWarmup != nil:
		warmup, at = *f.InstanceWarmup, sub(path[:2], "instance_warmup")
	}
	if p.Alarm != nil && p.Alarm.Comparison[0] != '>' || f.Max-f.Min < 2 {
		return
	}
	if r := f.ready(); warmup.Time() < r.mean {
		l.doubt(at, "double scaling: instances count as warm %s after InService, but answer only after %s of boot and start-up: %s then launches more for the same load. Write at least %s, and as much more as the alarm takes to see the effect",
			warmup, quantity.Duration(r.mean).Rough(), path[len(path)-1], roughly(r.p95))
	}
}
