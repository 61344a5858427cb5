package incident

import (
	"fmt"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

// plant notes what is done to it.
type plant struct {
	sim       *engine.Sim
	instances []string
	calls     []string
}

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
	p.calls = append(p.calls, fmt.Sprintf("%s %s %s %s %v", p.sim.Now(), what, at.Instance+at.Zone+at.Service, e.Kind, e.Load))
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
