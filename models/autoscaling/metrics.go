package autoscaling

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// The metrics of a group that alarms can name: of its instances, aggregated over
// those that count, and of the group itself.
const (
	CPUUtilization          = "CPUUtilization"
	NetworkIn               = "NetworkIn"
	NetworkOut              = "NetworkOut"
	CPUCreditBalance        = "CPUCreditBalance"
	CPUCreditUsage          = "CPUCreditUsage"
	CPUSurplusCreditBalance = "CPUSurplusCreditBalance"

	GroupMinSize              = "GroupMinSize"
	GroupMaxSize              = "GroupMaxSize"
	GroupDesiredCapacity      = "GroupDesiredCapacity"
	GroupInServiceInstances   = "GroupInServiceInstances"
	GroupPendingInstances     = "GroupPendingInstances"
	GroupStandbyInstances     = "GroupStandbyInstances"
	GroupTerminatingInstances = "GroupTerminatingInstances"
	GroupTotalInstances       = "GroupTotalInstances"

	WarmPoolMinSize                 = "WarmPoolMinSize"
	WarmPoolDesiredCapacity         = "WarmPoolDesiredCapacity"
	WarmPoolPendingCapacity         = "WarmPoolPendingCapacity"
	WarmPoolWarmedCapacity          = "WarmPoolWarmedCapacity"
	WarmPoolTerminatingCapacity     = "WarmPoolTerminatingCapacity"
	WarmPoolTotalCapacity           = "WarmPoolTotalCapacity"
	GroupAndWarmPoolDesiredCapacity = "GroupAndWarmPoolDesiredCapacity"
	GroupAndWarmPoolTotalCapacity   = "GroupAndWarmPoolTotalCapacity"
)

// The metrics of the balancers in front of a group that alarms can name.
const (
	RequestCountPerTarget = "RequestCountPerTarget"
	RequestCount          = "RequestCount"
	TargetResponseTime    = "TargetResponseTime"
	HealthyHostCount      = "HealthyHostCount"
	UnHealthyHostCount    = "UnHealthyHostCount"
	HTTPCodeTarget2XX     = "HTTPCode_Target_2XX_Count"
	HTTPCodeTarget4XX     = "HTTPCode_Target_4XX_Count"
	HTTPCodeTarget5XX     = "HTTPCode_Target_5XX_Count"
	HTTPCodeELB4XX        = "HTTPCode_ELB_4XX_Count"
	HTTPCodeELB5XX        = "HTTPCode_ELB_5XX_Count"
	HTTPCodeELB502        = "HTTPCode_ELB_502_Count"
	HTTPCodeELB503        = "HTTPCode_ELB_503_Count"
	HTTPCodeELB504        = "HTTPCode_ELB_504_Count"

	ClassicLatency        = "Latency"
	HTTPCodeBackend2XX    = "HTTPCode_Backend_2XX"
	HTTPCodeBackend4XX    = "HTTPCode_Backend_4XX"
	HTTPCodeBackend5XX    = "HTTPCode_Backend_5XX"
	HTTPCodeClassicELB5XX = "HTTPCode_ELB_5XX"
	SurgeQueueLength      = "SurgeQueueLength"
	SpilloverCount        = "SpilloverCount"

	NewFlowCount        = "NewFlowCount"
	ActiveFlowCount     = "ActiveFlowCount"
	TCPELBResetCount    = "TCP_ELB_Reset_Count"
	TCPTargetResetCount = "TCP_Target_Reset_Count"
)

// MetricInfo says what is known of a metric by its name alone.
type MetricInfo struct {
	Name string
	Unit string // of its values, "" for counts
	Doc  string // what it is and when there are datapoints
	// Needs says what a fleet must have for it.
	Needs Need
	// Balancers are the kinds of balancers that have it, for metrics of balancers.
	Balancers []string
	// Instead is the counterpart that balancers of another kind have, or "".
	Instead string
	// Statistics are those that mean something; none: all do.
	Statistics []string

	// A group's own metrics are made of a sample from each instance, or are a
	// number of the group's. Without a period they have that of its monitoring.
	period   engine.Time
	instance func(*Instance) (cloudwatch.Value, bool)
	group    func(*Group) int
}

// Need is what a fleet must have for a metric.
type Need uint8

// What metrics need.
const (
	NeedsNothing   Need = iota
	NeedsBurstable      // a burstable instance type
	NeedsUnlimited      // one that goes on without CPU credits
	NeedsSizes          // routes with a size
	NeedsBalancer       // a balancer in front, of a kind that has it
	NeedsWarmPool       // a warm pool
)

var ownMetrics = []MetricInfo{
	{Name: CPUUtilization, Unit: "%", Doc: "CPU time used, of what the vCPUs could give, whatever the CPU credits: one sample from each instance in service and warmed up.",
		instance: (*Instance).utilization},
	{Name: NetworkIn, Unit: "B", Doc: "Bytes received in the period: `request_size` of each request that comes in, `size` of each good answer to a request passed on.",
		instance: (*Instance).networkIn},
	{Name: NetworkOut, Unit: "B", Needs: NeedsSizes, Doc: "Bytes sent in the period: `size` of each good answer, `request_size` of each request passed on.",
		instance: (*Instance).networkOut},
	{Name: CPUCreditBalance, Needs: NeedsBurstable, Doc: "CPU credits that can be spent, launch credits included; every 5 min.",
		period: creditPeriod, instance: (*Instance).balance},
	{Name: CPUCreditUsage, Needs: NeedsBurstable, Doc: "CPU credits spent in the period; every 5 min.",
		period: creditPeriod, instance: (*Instance).spending},
	{Name: CPUSurplusCreditBalance, Needs: NeedsUnlimited, Doc: "Surplus credits spent and not yet earned back; every 5 min.",
		period: creditPeriod, instance: (*Instance).surplus},
	{Name: GroupMinSize, Doc: "Smallest capacity of the group.",
		period: engine.Minute, group: func(g *Group) int { return g.Min }},
	{Name: GroupMaxSize, Doc: "Largest capacity of the group.",
		period: engine.Minute, group: func(g *Group) int { return g.Max }},
	{Name: GroupDesiredCapacity, Doc: "Desired capacity.",
		period: engine.Minute, group: func(g *Group) int { return g.Desired }},
	{Name: GroupInServiceInstances, Doc: "Instances in service.",
		period: engine.Minute, group: counted(InService)},
	{Name: GroupPendingInstances, Doc: "Instances not yet in service, launch hooks included.",
		period: engine.Minute, group: counted(Pending)},
	{Name: GroupStandbyInstances, Doc: "Instances in standby.",
		period: engine.Minute, group: counted(Standby)},
	{Name: GroupTerminatingInstances, Doc: "Instances that are terminating, termination hooks included.",
		period: engine.Minute, group: counted(Terminating)},
	{Name: GroupTotalInstances, Doc: "Instances in service, pending, in standby and terminating.",
		period: engine.Minute, group: func(g *Group) int { return len(g.Instances) }},
	{Name: WarmPoolMinSize, Needs: NeedsWarmPool, Doc: "Smallest size of the warm pool.",
		period: engine.Minute, group: func(g *Group) int { return g.spec.WarmPool.MinSize }},
	{Name: WarmPoolDesiredCapacity, Needs: NeedsWarmPool, Doc: "Size that the warm pool should have.",
		period: engine.Minute, group: (*Group).poolSize},
	{Name: WarmPoolPendingCapacity, Needs: NeedsWarmPool, Doc: "Instances of the warm pool that are not ready yet.",
		period: engine.Minute, group: func(g *Group) int { return g.pooledIn(WarmedPending) }},
	{Name: WarmPoolWarmedCapacity, Needs: NeedsWarmPool, Doc: "Instances that are ready in the warm pool.",
		period: engine.Minute, group: counted(WarmedStopped)},
	{Name: WarmPoolTerminatingCapacity, Needs: NeedsWarmPool, Doc: "Instances of the warm pool that are terminating.",
		period: engine.Minute, group: func(g *Group) int { return g.pooledIn(WarmedTerminating) }},
	{Name: WarmPoolTotalCapacity, Needs: NeedsWarmPool, Doc: "Instances of the warm pool in any state.",
		period: engine.Minute, group: func(g *Group) int { return len(g.Pool) }},
	{Name: GroupAndWarmPoolDesiredCapacity, Needs: NeedsWarmPool, Doc: "Desired capacity with the size that the warm pool should have.",
		period: engine.Minute, group: func(g *Group) int { return g.Desired + g.poolSize() }},
	{Name: GroupAndWarmPoolTotalCapacity, Needs: NeedsWarmPool, Doc: "Instances of the group and the warm pool.",
		period: engine.Minute, group: func(g *Group) int { return len(g.Instances) + len(g.Pool) }},
}

var sum, counts = []string{"Sum"}, []string{"Average", "Minimum", "Maximum"}

// The kinds of balancers that have a metric [alb-cw, CLB-CW; network UNSOURCED: the
// names of CloudWatch's namespace AWS/NetworkELB]. nginx and HAProxy have none.
var (
	ofApplication = []string{"application"}
	ofClassic     = []string{"classic"}
	ofNetwork     = []string{"network"}
	ofHTTP        = []string{"application", "classic"}
	ofAWS         = []string{"application", "classic", "network"}
)

var balancerMetrics = []MetricInfo{
	{Name: RequestCountPerTarget, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Requests sent to the fleet, over the targets that a balancer may use; zeros too."},
	{Name: RequestCount, Instead: NewFlowCount, Needs: NeedsBalancer, Balancers: ofHTTP, Statistics: sum, Doc: "Requests sent to the fleet, where there were any."},
	{Name: TargetResponseTime, Instead: ClassicLatency, Unit: "s", Needs: NeedsBalancer, Balancers: ofApplication, Doc: "From a request's leaving the balancer to the target's answer, where there were any."},
	{Name: HealthyHostCount, Needs: NeedsBalancer, Balancers: ofAWS, Statistics: counts, Doc: "Instances that some node of the balancer regards as healthy."},
	{Name: UnHealthyHostCount, Needs: NeedsBalancer, Balancers: ofAWS, Statistics: counts, Doc: "Instances that all nodes of the balancer regard as unhealthy."},
	{Name: HTTPCodeTarget2XX, Instead: HTTPCodeBackend2XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Good answers of the fleet's instances, where there were any."},
	{Name: HTTPCodeTarget4XX, Instead: HTTPCodeBackend4XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Answers 4xx of the fleet's instances, where there were any."},
	{Name: HTTPCodeTarget5XX, Instead: HTTPCodeBackend5XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Answers 5xx of the fleet's instances, where there were any."},
	{Name: HTTPCodeELB4XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Clients that left before the answer (460), where there were any; counted when the target has answered or the balancer has given up."},
	{Name: HTTPCodeELB5XX, Instead: HTTPCodeClassicELB5XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Answers 5xx of the balancer's own, where there were any."},
	{Name: HTTPCodeELB502, Instead: HTTPCodeClassicELB5XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Answers 502 of the balancer's own, where there were any."},
	{Name: HTTPCodeELB503, Instead: HTTPCodeClassicELB5XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Answers 503 of the balancer's own, where there were any."},
	{Name: HTTPCodeELB504, Instead: HTTPCodeClassicELB5XX, Needs: NeedsBalancer, Balancers: ofApplication, Statistics: sum, Doc: "Answers 504 of the balancer's own, where there were any."},
	{Name: ClassicLatency, Instead: TargetResponseTime, Unit: "s", Needs: NeedsBalancer, Balancers: ofClassic, Doc: "From a request's leaving the balancer to the instance's answer, where there were any."},
	{Name: HTTPCodeBackend2XX, Instead: HTTPCodeTarget2XX, Needs: NeedsBalancer, Balancers: ofClassic, Statistics: sum, Doc: "Good answers of the fleet's instances, where there were any."},
	{Name: HTTPCodeBackend4XX, Instead: HTTPCodeTarget4XX, Needs: NeedsBalancer, Balancers: ofClassic, Statistics: sum, Doc: "Answers 4xx of the fleet's instances, where there were any."},
	{Name: HTTPCodeBackend5XX, Instead: HTTPCodeTarget5XX, Needs: NeedsBalancer, Balancers: ofClassic, Statistics: sum, Doc: "Answers 5xx of the fleet's instances, where there were any."},
	{Name: HTTPCodeClassicELB5XX, Instead: HTTPCodeELB5XX, Needs: NeedsBalancer, Balancers: ofClassic, Statistics: sum, Doc: "Answers 5xx of the balancer's own, where there were any."},
	{Name: SurgeQueueLength, Needs: NeedsBalancer, Balancers: ofClassic, Statistics: []string{"Maximum"}, Doc: "Most requests that waited at a node of the balancer for an instance to accept their connection, where any did."},
	{Name: SpilloverCount, Instead: HTTPCodeELB503, Needs: NeedsBalancer, Balancers: ofClassic, Statistics: sum, Doc: "Requests turned away since the surge queue was full, where there were any."},
	{Name: NewFlowCount, Instead: RequestCount, Needs: NeedsBalancer, Balancers: ofNetwork, Statistics: sum, Doc: "Connections that clients opened through the balancer, where there were any."},
	{Name: ActiveFlowCount, Needs: NeedsBalancer, Balancers: ofNetwork, Statistics: []string{"Average"}, Doc: "Mean number of clients' connections through the balancer, where there were any."},
	{Name: TCPELBResetCount, Instead: HTTPCodeELB5XX, Needs: NeedsBalancer, Balancers: ofNetwork, Statistics: sum, Doc: "Requests that met a reset of the balancer's own: on connections of targets that became unhealthy, or idle for too long; where there were any."},
	{Name: TCPTargetResetCount, Instead: HTTPCodeTarget5XX, Needs: NeedsBalancer, Balancers: ofNetwork, Statistics: sum, Doc: "Resets by the fleet's instances, where there were any."},
}

// Metrics lists the metrics of CloudWatch's that alarms can name, in the order of
// the reference.
func Metrics() []MetricInfo { return slices.Concat(ownMetrics, balancerMetrics) }

// FindMetric returns what is known of a metric of CloudWatch's.
func FindMetric(name string) (MetricInfo, bool) {
	all := Metrics()
	k := slices.IndexFunc(all, func(m MetricInfo) bool { return m.Name == name })
	if k < 0 {
		return MetricInfo{}, false
	}
	return all[k], true
}
