package site

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/timeline"
)

// powerOn gives an instance a server. It costs from here on.
func (f *fleet) powerOn(h *host) {
	h.server = f.image.Launch(f.machine, uint64(h.instance.Ordinal))
	f.connect(h)
	if len(h.effects) > 0 {
		h.server.Impair(h.effects.Impairment())
	}
	h.instance.Host = h
	f.hosts = append(f.hosts, h)
	f.numbered[h.instance.Ordinal] = h
	f.serving[h.server] = h
	h.charge()
}

// charge begins to bill an instance.
func (h *host) charge() {
	h.billed = h.fleet.sys.sim.Now()
	h.fleet.bill.Launch(h.billed)
}

// discharge bills an instance no more.
func (h *host) discharge() { h.fleet.bill.Terminate(h.billed, h.fleet.sys.sim.Now()) }

// powerOff takes the server away, and what it does not answer is lost.
func (f *fleet) powerOff(h *host) {
	f.sys.sim.Cancel(h.next)
	f.leave(h)
	for _, b := range f.balancers {
		b.Remove(b.target(h))
	}
	if !h.crashed {
		h.saved = h.server.Halt()
	}
	h.server.Stop()
	f.leak = cmp.Or(f.leak, h.audit())
	f.sys.meter.host(h, false)
	if !h.crashed {
		h.discharge()
	}
	f.hosts = slices.DeleteFunc(f.hosts, func(other *host) bool { return other == h })
	delete(f.numbered, h.instance.Ordinal)
	delete(f.serving, h.server)
	h.server, h.runs, h.started, h.crashed = nil, false, false, false
}

func (f *fleet) host(i *autoscaling.Instance) *host { return i.Host.(*host) }

// Launch implements autoscaling.Compute.
func (f *fleet) Launch(i *autoscaling.Instance) {
	f.powerOn(&host{fleet: f, instance: i, effects: slices.Clone(f.releases.of(i))})
}

// Start implements autoscaling.Compute.
func (f *fleet) Start(i *autoscaling.Instance) {
	k := f.sleeper(i)
	h := f.asleep[k]
	f.asleep = slices.Delete(f.asleep, k, k+1)
	f.powerOn(h)
	h.server.Wake(h.saved)
}

// sleeper is the place of an instance among those asleep, -1 if it is not there.
func (f *fleet) sleeper(i *autoscaling.Instance) int {
	return slices.IndexFunc(f.asleep, func(h *host) bool { return h.instance == i })
}

// Run implements autoscaling.Compute: the instance boots, then its software
// starts, then it serves. One from the warm pool has less to do, if it had
// finished before: a stopped one boots as the pool says, a hibernated one goes on
// where it was.
func (f *fleet) Run(i *autoscaling.Instance) {
	h := f.host(i)
	h.runs = true
	boot := f.spec.Boot
	switch {
	case h.crashed:
		return // it boots when it is restarted
	case !h.ready:
	case f.spec.WarmPool.PoolState == "Hibernated":
		f.answer(h, "goes on where it was")
		return
	default:
		boot = f.spec.WarmPool.Boot
	}
	f.boot(h, boot)
}

func (f *fleet) boot(h *host, takes quantity.Span) {
	h.boots++
	h.next = f.booted.After(takes.Draw(f.bootLuck.Uniform(uint64(h.instance.Ordinal), h.boots-1)), h)
}

// forget drops what metrics have seen of an instance: they begin with its
// service.
func (h *host) forget() {
	h.used = autoscaling.Usage{}
	clear(h.seen)
}

func (f *fleet) onBooted(h *host) {
	h.server.SetState(server.Down)
	f.group.Booted(h.instance)
	h.next = f.started.After(f.spec.Startup.Draw(f.startupLuck.Uniform(uint64(h.instance.Ordinal), h.boots-1)), h)
}

func (f *fleet) onStarted(h *host) { f.answer(h, "booted and started") }

// answer makes a server answer, after what it has done.
func (f *fleet) answer(h *host, done string) {
	h.next = engine.Notice{}
	h.started, h.ready = true, true
	h.refresh()
	if !h.instance.Quiet {
		now := f.sys.sim.Now()
		f.sys.log.Add(timeline.Event{At: now, Kind: timeline.Serving, Fleet: f.name, Instance: h.instance.ID,
			Text: fmt.Sprintf("%s, %s after its launch: the server answers", done, duration(now-h.instance.Launched))})
	}
	f.group.Serving(h.instance)
	f.join(h)
}

// join lets those who address the fleet directly have a host that serves and is
// in service.
func (f *fleet) join(h *host) {
	if !h.started || !h.registered || slices.Contains(f.up, h) {
		return
	}
	f.up = append(f.up, h)
	if len(f.balancers) == 0 {
		f.group.Usable(h.instance)
	}
}

// Stop implements autoscaling.Compute.
func (f *fleet) Stop(i *autoscaling.Instance) {
	h := f.host(i)
	f.powerOff(h)
	f.asleep = append(f.asleep, h)
}

// Terminate implements autoscaling.Compute.
func (f *fleet) Terminate(i *autoscaling.Instance) {
	if k := f.sleeper(i); k >= 0 {
		f.asleep = slices.Delete(f.asleep, k, k+1)
		return
	}
	f.powerOff(f.host(i))
}
