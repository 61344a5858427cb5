package scenario

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/quantity"
)

// timeouts finds those of a balancer and of the servers behind it that do not go
// together.
func (l *lint) timeouts(name string, b *balancer.Spec) {
	path := []string{"balancers", name}
	for _, target := range b.Places() {
		f := l.Fleets[target]
		if f == nil {
			continue
		}
		l.idleTimeout(b, path, target, f)
		l.checkTimeout(b, path, target, f)
		l.overload(b, path, target, f)
	}
}

// idleTimeout finds a server that closes idle connections before its balancer
// does: a request sent at that instant is lost, 502 [ALB-LB, CLB-BE, U5]. Where
// neither figure is the author's, nobody has thought of them, and it is passed
// over.
func (l *lint) idleTimeout(b *balancer.Spec, path []string, target string, f *Fleet) {
	keepalive := []string{"fleets", target, "server", "keepalive_timeout"}
	idle := sub(path, "idle_timeout")
	keeps := b.Product == "classic" || b.Product == "application"
	if !keeps || f.Server.Software == "station" || f.Server.KeepaliveTimeout == 0 || b.IdleTimeout < f.Server.KeepaliveTimeout {
		return
	}
	if !l.root.has(keepalive...) && !l.root.has(idle...) {
		return
	}
	at := keepalive
	if !l.root.has(keepalive...) {
		at = idle
	}
	l.doubt(at, "the servers of %s close an idle connection after %s, while %s would still use it (idle_timeout %s): a request sent at that instant fails with 502. Keep keepalive_timeout above idle_timeout, by 15s or more",
		target, f.Server.KeepaliveTimeout, path[1], b.IdleTimeout)
}

// checkTimeout finds checks that no server can answer in time.
func (l *lint) checkTimeout(b *balancer.Spec, path []string, target string, f *Fleet) {
	h := &b.HealthCheck
	if takes := engine.Time(float64(h.Demand) / f.Speed); b.Checks() && takes >= b.Within() {
		l.doubt(sub(path, "health_check", "timeout"), "every check fails: an idle server of %s needs %s for it (demand %s), the balancer waits for %s",
			target, quantity.Duration(takes).Rough(), h.Demand, quantity.Duration(b.Within()))
	}
}

// overload finds ELB checks under a load that is too much even for max: what is
// full answers them too late, the group replaces it, and the others get its
// load.
func (l *lint) overload(b *balancer.Spec, path []string, target string, f *Fleet) {
	slots := f.slots()
	if f.HealthCheckType != "ELB" || !b.Elastic() || !b.Checks() || slots == 0 || f.Max == 0 {
		return
	}
	load := l.offered(target)
	work, requests, vcpus := peak(load.work), peak(load.requests), f.vcpus()
	if requests == 0 || work <= float64(f.Max)*vcpus {
		return
	}
	answers := engine.Time(float64(slots) * work / requests / vcpus * float64(engine.Second))
	if answers <= b.Within() {
		return
	}
	l.doubt(sub(path, "health_check", "timeout"), "cascade: the load asks for up to %s vCPUs, max = %d has %s; a server of %s with its %d slots full answers a check after %s, the balancer waits for %s, and with health_check_type = \"ELB\" the group replaces what is busiest. Use \"EC2\", or a larger max",
		figure(work), f.Max, figure(float64(f.Max)*vcpus), target, slots, quantity.Duration(answers).Rough(), quantity.Duration(b.Within()))
}

// slots are the requests that a server has in service at most; 0: unbounded, or
// not sharing its CPU.
func (f *Fleet) slots() int {
	switch s := &f.Server; s.Software {
	case "pool":
		return s.Threads
	case "nginx":
		workers := int(s.WorkerProcesses)
		if workers == 0 {
			workers = int(f.vcpus() / f.Speed)
		}
		return workers * s.WorkerConnections
	}
	return 0
}
