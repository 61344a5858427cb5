package incident

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
)

// plant notes what is done to it.
type plant struct {
	sim       *engine.Sim
	instances []string
	calls     []string
}

func (p *plant) Nodes(string) int { return 3 }

func (p *plant) InService(fleet, zone string) (places []Place) {
	if fleet != "web" && fleet != "" {
		return nil
	}
	for _, id := range p.instances {
		places = append(places, Place{Fleet: "web", Instance: id})
	}
	return places
}

func (p *plant) Afflict(at Place, e Effect) { p.note("afflict", at, e) }
func (p *plant) Relieve(at Place, e Effect) { p.note("relieve", at, e) }

func (p *plant) note(what string, at Place, e Effect) {
	p.calls = append(p.calls, fmt.Sprintf("%s %s %s %s %v", p.sim.Now(), what, strings.TrimSuffix(at.Instance+at.Zone+at.Service+"#"+strconv.Itoa(at.Node), "#0"), e.Kind, e.Load))
}

func run(t *testing.T, f *Fault, change func(p *plant)) (*plant, []timeline.Event) {
	p := &plant{sim: engine.New(engine.Limits{}), instances: []string{"web-1", "web-2", "web-3"}}
	var log timeline.Log
	NewClock(p.sim, p, &log).Add("f", f)
	require.NoError(t, p.sim.Run(f.At.Time()))
	change(p)
	require.NoError(t, p.sim.Run(engine.Hour))
	return p, log.Events
}

func unchanged(*plant) {}

func minutes(n int) quantity.Duration { return quantity.Duration(engine.Time(n) * engine.Minute) }

// TestFaultOnOne hits the longest-running and leaves it again.
func TestFaultOnOne(t *testing.T) {
	ten := minutes(10)
	p, events := run(t, &Fault{At: minutes(5), For: &ten, Fleet: "web", Instances: &quantity.Portion{Count: 1}, Effect: "cpu", Load: 1.5}, unchanged)
	require.Equal(t, []string{"300s afflict web-1 cpu 1.5", "900s relieve web-1 cpu 1.5"}, p.calls)
	require.Equal(t, []timeline.Event{
		{At: 5 * engine.Minute, Kind: timeline.FaultStart, Fleet: "web", Subject: "f", Instance: "web-1", Text: "cpu: load 1.5, threads that never sleep, for 10m"},
		{At: 15 * engine.Minute, Kind: timeline.FaultEnd, Fleet: "web", Subject: "f", Instance: "web-1", Text: "cpu is over"},
	}, events)
}

// TestFaultForTheRest never ends.
func TestFaultForTheRest(t *testing.T) {
	p, _ := run(t, &Fault{At: minutes(5), Fleet: "web", Effect: "refuse"}, unchanged)
	require.Equal(t, []string{"300s afflict web-1 refuse 0", "300s afflict web-2 refuse 0", "300s afflict web-3 refuse 0"}, p.calls)
}

// TestVictimsAreChosenAtTheStart: what is launched later is spared, and who was
// hit is relieved, gone or not.
func TestVictimsAreChosenAtTheStart(t *testing.T) {
	one := minutes(1)
	p, _ := run(t, &Fault{At: minutes(5), For: &one, Fleet: "web", Instances: &quantity.Portion{Share: 0.5}, Effect: "refuse"}, func(p *plant) {
		p.instances[0] = "web-4"
	})
	require.Equal(t, []string{
		"300s afflict web-1 refuse 0", "300s afflict web-2 refuse 0", "360s relieve web-1 refuse 0", "360s relieve web-2 refuse 0",
	}, p.calls)
}

// TestLaunchFailure hits the launches of a fleet in a zone, whoever is there.
func TestLaunchFailure(t *testing.T) {
	ten := minutes(10)
	p, events := run(t, &Fault{At: minutes(5), For: &ten, Fleet: "app", Zone: "c", Effect: "launch_failure"}, unchanged)
	require.Equal(t, []string{"300s afflict c launch_failure 0", "900s relieve c launch_failure 0"}, p.calls)
	require.Equal(t, "launch_failure: zone c has no capacity for new instances, for 10m", events[0].Text)
	require.Equal(t, "launch_failure is over", events[1].Text)
	_, events = run(t, &Fault{At: minutes(5), Fleet: "web", Effect: "launch_failure"}, unchanged)
	require.Equal(t, "launch_failure: no zone has capacity for new instances", events[0].Text)
}

// TestNobodyThere says so.
func TestNobodyThere(t *testing.T) {
	p, events := run(t, &Fault{At: minutes(5), Fleet: "app", Effect: "refuse"}, unchanged)
	require.Empty(t, p.calls)
	require.Equal(t, "refuse: the port is closed; nothing is in service to be hit", events[0].Text)
}

// TestEveryEffectInWords: what happens to whom, with the figures.
func TestEveryEffectInWords(t *testing.T) {
	for _, v := range []struct {
		fault Fault
		text  string
	}{
		{Fault{Fleet: "web", Effect: "crash"}, "crash: the instance stops: connections are reset, work is lost"},
		{Fault{Fleet: "web", Effect: "hang"}, "hang: connections are accepted, nothing is answered"},
		{Fault{Fleet: "web", Effect: "errors", Share: 0.3}, "errors: 500 at once to 30% of the requests"},
		{Fault{Fleet: "web", Effect: "slow", Factor: 3}, "slow: work takes 3 times as long"},
		{Fault{Fleet: "web", Effect: "latency", Latency: quantity.Duration(50 * engine.Millisecond)}, "latency: each request takes 50ms longer"},
		{Fault{Service: "db", Effect: "crash"}, "service db: crash: connections are reset, what it kept is lost, the port is closed"},
		{Fault{Zone: "c", Effect: "crash"}, "crash: zone c is lost: its instances and load balancers' nodes there stop, launches there fail"},
		{Fault{Zone: "c", Effect: "hang"}, "hang: connections are accepted, nothing is answered"},
	} {
		one := minutes(1)
		v.fault.For = &one
		_, events := run(t, &v.fault, unchanged)
		require.Equal(t, v.text+", for 1m", events[0].Text)
	}
}

// TestRecovery: after for, one by one, evenly, the last at the end of recover.
func TestRecovery(t *testing.T) {
	two, three := minutes(2), minutes(3)
	p, events := run(t, &Fault{At: minutes(5), For: &two, Recover: &three, Fleet: "web", Effect: "hang"}, unchanged)
	require.Equal(t, []string{
		"300s afflict web-1 hang 0", "300s afflict web-2 hang 0", "300s afflict web-3 hang 0",
		"480s relieve web-1 hang 0", "540s relieve web-2 hang 0", "600s relieve web-3 hang 0",
	}, p.calls)
	require.Equal(t, "hang: connections are accepted, nothing is answered, for 3m", events[0].Text)
}

// TestPlaces: a service and the loss of a zone are one place each; any other fault
// in a zone hits the instances there.
func TestPlaces(t *testing.T) {
	p, _ := run(t, &Fault{Service: "db", Effect: "refuse"}, unchanged)
	require.Equal(t, []string{"0s afflict db refuse 0"}, p.calls)
	p, _ = run(t, &Fault{Zone: "c", Effect: "crash"}, unchanged)
	require.Equal(t, []string{"0s afflict c crash 0"}, p.calls)
	p, _ = run(t, &Fault{Zone: "c", Effect: "refuse"}, unchanged)
	require.Len(t, p.calls, 3)
	p, _ = run(t, &Fault{Fleet: "web", Zone: "c", Effect: "crash"}, unchanged)
	require.Len(t, p.calls, 3)
}

// TestImpairment: effects on one place add up, and leave nothing when they are over.
func TestImpairment(t *testing.T) {
	var l Effects
	require.Zero(t, l.Impairment())
	effects := []Effect{
		{Kind: Crash}, {Kind: Refuse}, {Kind: Refuse}, {Kind: Hang}, {Kind: CPU, Load: 0.1}, {Kind: CPU, Load: 0.2},
		{Kind: Slow, Factor: 2}, {Kind: Slow, Factor: 3}, {Kind: Errors, Share: 0.5}, {Kind: Errors, Share: 0.2},
		{Kind: Latency, Add: 5}, {Kind: Latency, Add: 7},
	}
	for _, e := range effects {
		l.Add(e)
	}
	c := l.Impairment()
	require.InDelta(t, 0.3, c.Load, 1e-15)
	require.InDelta(t, 0.6, c.Errors, 1e-15, "independent of each other")
	c.Load, c.Errors = 0, 0
	require.Equal(t, traffic.Impairment{Crashed: true, Refusing: true, Hung: true, Slowdown: 6, Latency: 12}, c)
	for _, e := range effects {
		require.True(t, l.Remove(e))
		require.NotContains(t, l, Effect{Kind: Crash}, "the first is gone")
	}
	require.Zero(t, l.Impairment())
	require.False(t, l.Remove(Effect{Kind: Hang}))
}

// TestNodesOfAService hits the first of them.
func TestNodesOfAService(t *testing.T) {
	ten := minutes(10)
	p, events := run(t, &Fault{At: minutes(5), For: &ten, Service: "mc", Instances: &quantity.Portion{Share: 0.5}, Effect: "refuse"}, unchanged)
	require.Equal(t, []string{"300s afflict mc#1 refuse 0", "300s afflict mc#2 refuse 0", "900s relieve mc#1 refuse 0", "900s relieve mc#2 refuse 0"}, p.calls)
	require.Equal(t, "service mc, node 2: refuse: the port is closed, for 10m", events[1].Text)
	p, events = run(t, &Fault{At: minutes(5), Service: "mc", Effect: "refuse"}, unchanged)
	require.Equal(t, []string{"300s afflict mc refuse 0"}, p.calls)
	require.Equal(t, "service mc: refuse: the port is closed", events[0].Text)
}
