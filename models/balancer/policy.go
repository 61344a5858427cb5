package balancer

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// policy is a Spec in the terms in which it is carried out.
type policy struct {
	kind      kind
	crossZone bool
	inDNS     bool // clients find nodes by DNS
	answers   answers

	idleTimeout                            engine.Time   // of connections that are not in use
	silence                                engine.Time   // of a target with a request
	silent                                 traffic.Cause // the end after that
	keeps                                  bool          // connections to targets
	mostIdle                               int           // of them per node; 0: any number
	deregistrationDelay, deregistrationLag engine.Time
	waitsOut                               bool          // a draining target is let go only after the whole delay
	cut                                    traffic.Cause // for requests in flight when that delay is over
	cutsDrained, cutsIll                   bool          // what goes on at targets that have drained, or become unhealthy, ends
	failOpen                               bool          // without healthy targets in reach, a node uses all
	failsTogether                          bool          // network: a node does so only where no other has one
	usesIll                                bool          // nginx: unhealthy targets are passed over by a rule of its own
	connectTimeout                         engine.Time   // a target should have accepted by then; 0: whenever it likes
	surgeQueue                             int           // per node; 0: none
	dnsFailover, routingFailover           threshold
	slowStart, weightLag                   engine.Time
	closeNotice, clientKeepAlive           engine.Time
	clientIdle                             engine.Time // of clients' connections
	paidRules                              uint64      // evaluated for a request
}

func newPolicy(s *Spec) policy {
	p := policy{
		kind: kinds[s.Product], crossZone: s.CrossZone, inDNS: true,
		idleTimeout: s.IdleTimeout.Time(), silence: s.IdleTimeout.Time(), silent: traffic.Timeout, keeps: true,
		deregistrationDelay: s.DeregistrationDelay.Time(),
		deregistrationLag:   s.DeregistrationLag.Time(),
		waitsOut:            s.DeregistrationEnds == "delay",
		cutsDrained:         true,
		connectTimeout:      connectTimeout,
		closeNotice:         s.CloseNotice.Time(), clientKeepAlive: engine.Forever, clientIdle: s.IdleTimeout.Time(),
		dnsFailover: threshold{count: 1}, routingFailover: threshold{count: 1},
	}
	switch p.kind {
	case application:
		p.answers, p.cut, p.failOpen = applicationAnswers, traffic.Status502, true
		p.clientKeepAlive, p.paidRules = s.ClientKeepAlive.Time(), uint64(max(0, s.Rules-freeRules))
		p.slowStart, p.weightLag = s.SlowStart.Time(), s.WeightLag.Time()
		p.dnsFailover = newThreshold(s.GroupHealth.DNSCount, s.GroupHealth.DNSShare)
		p.routingFailover = newThreshold(s.GroupHealth.RoutingCount, s.GroupHealth.RoutingShare)
	case classic:
		p.answers, p.cut = classicAnswers(s.RefusedStatus), traffic.Closed
		p.surgeQueue, p.cutsIll = s.SurgeQueue, s.DeregistrationDelay == 0
	case networkKind:
		p.answers, p.cut, p.silent = networkAnswers, traffic.Reset, traffic.Reset
		p.cutsDrained, p.cutsIll, p.failsTogether, p.connectTimeout = s.CutsDrained, s.CutsIll, true, 0
	default:
		p.proxying(s)
	}
	return p
}

// proxying is for nginx and HAProxy, which clients reach at one address.
func (p *policy) proxying(s *Spec) {
	p.crossZone, p.inDNS = true, false
	p.connectTimeout, p.silence, p.clientIdle = s.ConnectTimeout.Time(), s.ServerTimeout.Time(), s.KeepaliveTimeout.Time()
	if p.kind == nginxKind {
		p.answers, p.cut = nginxAnswers, traffic.Status502
		p.keeps, p.mostIdle = s.UpstreamKeepalive > 0, s.UpstreamKeepalive
		p.usesIll = true
		return
	}
	p.answers, p.cut = haproxyAnswers, traffic.Status502
}
