package site

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/timeline"
)

// meter cuts the statistics of the site at each full minute, more often where a
// group looks more often, at the edges of the windows and at the end of the run,
// and adds the cuts up.
type meter struct {
	sys     *System
	end     engine.Time
	edges   []engine.Time // of windows and the run, ascending, not yet reached
	cutting *engine.Routine[struct{}]

	windows  []*window
	segments []segment   // whose requests have not all ended, in order
	begun    engine.Time // start of the present segment
	last     engine.Time
	tick     engine.Time // between two cuts; a divisor of a minute

	cut    *siteTally // since the last cut
	minute *siteTally // since the last full minute
	bill   []entry
	limits []*watch
	hours  []float64 // of instances, by fleet

	series  *Series
	columns columns
	clients client.Tally // of the row whose requests are being added up
}

// window is a part of the run with its sums.
type window struct {
	Span
	siteTally
	violations int // minutes in which an objective did not hold
}

// segment is the time between two edges of windows or full minutes.
type segment struct {
	Span
	row  int  // of the series
	ends bool // the row
}

func newMeter(s *System) *meter {
	m := &meter{sys: s, end: s.spec.Duration.Time(), tick: engine.Minute}
	m.cutting = engine.NewRoutine(s.sim, "cut", engine.Measure, m.onCut)
	return m
}

// begin makes room for the parts of the site, which are known by now, and
// awaits the first cut.
func (m *meter) begin() {
	s := m.sys
	m.bill = s.entries()
	m.edges = []engine.Time{m.end}
	for _, span := range append([]Span{s.config.Measured}, s.config.During...) {
		m.windows = append(m.windows, &window{Span: span, siteTally: *newSiteTally(s)})
		m.edges = append(m.edges, span.From, span.To)
	}
	slices.Sort(m.edges)
	m.edges = slices.Compact(m.edges)
	if m.edges[0] == 0 {
		m.edges = m.edges[1:]
	}
	for _, f := range s.fleets {
		m.tick = commonTick(m.tick, f.tick())
		f.watchNetwork()
	}
	m.cut, m.minute = newSiteTally(s), newSiteTally(s)
	m.hours = make([]float64, len(s.fleets))
	m.limits = s.watches()
	m.series, m.columns = newSeries(s)
	m.await()
}

// commonTick is the longest time that divides two.
func commonTick(a, b engine.Time) engine.Time {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// await schedules the next cut.
func (m *meter) await() {
	next := m.last - m.last%m.tick + m.tick
	m.cutting.At(min(next, m.edges[0]), struct{}{})
}

func (m *meter) onCut(struct{}) {
	now := m.sys.sim.Now()
	m.collect(now)
	for _, f := range m.sys.fleets {
		f.feedAlarms(now, m.cut)
	}
	span := Span{m.last, now}
	m.last = now
	for _, w := range m.windows {
		if w.includes(span) {
			w.mergePlant(m.cut)
		}
	}
	m.minute.mergePlant(m.cut)
	m.cut.resetPlant()
	m.measure(now)
	if now == m.edges[0] || now%engine.Minute == 0 {
		m.closeSegment(now)
	}
	if now == m.end {
		m.sys.sim.Stop()
		return
	}
	m.await()
}

// closeSegment ends a segment, and with the minute a row of the series.
func (m *meter) closeSegment(now engine.Time) {
	ends := now%engine.Minute == 0 || now == m.end
	m.segments = append(m.segments, segment{Span{m.begun, now}, len(m.series.Rows), ends})
	m.begun = now
	if ends {
		m.closeMinute(now)
	}
	if now == m.end {
		return
	}
	if now == m.edges[0] {
		m.edges = m.edges[1:]
	}
	m.sys.ledger.Cut(now)
}

// collect cuts every part of the site.
func (m *meter) collect(now engine.Time) {
	for i, f := range m.sys.fleets {
		t := &m.cut.fleets[i]
		t.group = f.group.Cut(now)
		f.paid.Merge(t.group.Billed)
		m.collectHosts(f)
		t.saturated = f.image.Saturated()
		if m.sys.reached[f.name] {
			hours := f.bill.Hours(now)
			t.hours, m.hours[i] = hours-m.hours[i], hours
		}
	}
	for i, b := range m.sys.balancers {
		t := &m.cut.balancers[i]
		*t = b.Cut(now)
		b.received.Merge(t)
		b.use(now, t)
	}
	if m.sys.store != nil {
		m.cut.sessions = m.sys.store.Cut()
	}
	for i, v := range m.sys.services {
		m.cut.services[i] = v.cut()
	}
	for i, c := range m.sys.cdns {
		m.cut.cdns[i] = c.Cut()
	}
	for i, d := range m.sys.dns {
		m.cut.dns[i] = d.Cut()
	}
	for i := range m.bill {
		m.cut.expenses[i] = m.bill[i].charge(now)
	}
	m.cut.moved = m.sys.transfer.cut()
}

// collectHosts cuts the instances of a fleet; the idle ones, of which there may
// be many, together.
func (m *meter) collectHosts(f *fleet) {
	t := &m.cut.fleets[f.index]
	var span engine.Time // of idle instances in service
	vcpus := engine.Time(f.machine.VCPUs)
	for _, h := range f.hosts {
		inService := h.instance.State == autoscaling.InService
		idle, ok := h.cutIdle()
		if !ok {
			m.host(h, inService)
			continue
		}
		h.used.Capacity += vcpus * idle
		if inService {
			span += idle
		}
		if h.working {
			t.strain.span += idle
		}
	}
	if span > 0 {
		of := server.Idle(span, vcpus*span)
		t.servers.Merge(&of)
	}
}

// cutIdle cuts an instance that was idle, unless a gauge wants to know.
func (h *host) cutIdle() (engine.Time, bool) {
	if len(h.fleet.gauges) > 0 {
		return 0, false
	}
	return h.server.CutIdle()
}

// host cuts an instance, and adds what it did since its last cut; inService
// tells whether that was in service. When that changes, or whether it works, the
// instance must be cut.
func (m *meter) host(h *host, inService bool) {
	t := &m.cut.fleets[h.fleet.index]
	h.cut = h.server.Cut()
	if inService {
		t.servers.Merge(&h.cut)
	}
	if h.working {
		t.strain.add(&h.cut)
	}
	h.used.Busy += h.cut.CPU
	h.used.Capacity += h.cut.Capacity
	h.used.NetworkIn += h.cut.NetworkIn
	h.used.NetworkOut += h.cut.NetworkOut
	h.sent += h.cut.NetworkOut
	h.used.Credits = h.cut.Credits
	h.measure()
	t.peak = max(t.peak, h.cut.Connections.Max)
	if n := h.cut.Received - h.cut.Probes; n > 0 {
		t.count(h.instance.Ordinal, n)
	}
	if h.cut.Burstable {
		t.burst(h.cut.CreditsMin)
		if h.held() {
			t.held = true
			h.runOut()
		}
		h.fleet.bill.Surplus(h.cut.SurplusBilled)
	}
}

// held reports whether the instance was held down to its baseline, for want of CPU
// credits, for most of the time between two ticks. Where it starts without any it
// is so for moments.
func (h *host) held() bool {
	of := strain{h.cut.Span, h.cut.Saturated}
	return !h.fleet.machine.Credits.Unlimited && h.cut.CreditsMin < emptyPurse && h.cut.Span >= h.fleet.sys.meter.tick && of.binds(server.CPU)
}

// runOut tells the first time that the instance is held down.
func (h *host) runOut() {
	if h.spent {
		return
	}
	h.spent = true
	h.fleet.sys.log.Add(timeline.Event{At: h.fleet.sys.sim.Now(), Kind: timeline.Credits, Fleet: h.fleet.name, Instance: h.instance.ID,
		Text: "the CPU credits have run out: it is held down to its baseline"})
}

// measure tells the groups what their instances used.
func (m *meter) measure(now engine.Time) {
	for _, f := range m.sys.fleets {
		if now%f.group.Resolution() == 0 {
			f.group.Measure(f.usage)
		}
	}
}

// closeMinute ends a row of the series.
func (m *meter) closeMinute(now engine.Time) {
	from := now - 1 - (now-1)%engine.Minute
	m.series.Rows = append(m.series.Rows, m.columns.plant(m, Span{from, now}))
	if from >= m.sys.config.Measured.From {
		m.bind(Span{from, now}) // what the statistics leave out is no verdict's business
	}
	m.noteLoads()
	m.minute.resetPlant()
	for _, f := range m.sys.fleets {
		if f.bandwidth != nil {
			f.bandwidth.compare(f.hosts, Span{from, now})
		}
	}
}

// usage is what an instance used since the group last asked.
func (f *fleet) usage(i *autoscaling.Instance) autoscaling.Usage {
	h := f.host(i)
	u := h.used
	h.used = autoscaling.Usage{}
	if h.crashed {
		return h.used // CloudWatch hears nothing of it
	}
	return u
}

// requests takes what became of the requests first offered in a segment. The
// segments come in order, each when its last request has ended.
func (m *meter) requests(_ int, t *client.Tally) {
	s := m.segments[0]
	m.segments = slices.Delete(m.segments, 0, 1)
	for _, w := range m.windows {
		if w.includes(s.Span) {
			w.clients.Merge(t)
		}
	}
	m.clients.Merge(t)
	if !s.ends {
		return
	}
	m.columns.requests(m.series.Rows[s.row], &m.clients)
	from := engine.Time(s.row) * engine.Minute
	m.judge(Span{from, s.To})
	m.clients.Reset()
}

// outcome is the sum of it all.
func (m *meter) outcome() *Outcome {
	// Alarms tell of a breach when they know that it was one.
	slices.SortStableFunc(m.sys.log.Events, func(a, b timeline.Event) int { return cmp.Compare(a.At, b.At) })
	o := &Outcome{
		Series: m.series, Log: *m.sys.log, Alarms: m.columns.alarms,
		Digest: m.sys.sim.Digest(), Simulated: m.sys.sim.Events(),
	}
	for i, n := range m.columns.nearness {
		o.Alarms[i].Nearness = *n
	}
	for _, w := range m.windows {
		o.Windows = append(o.Windows, m.result(w))
	}
	o.Usage, o.Trace = m.usage(m.windows[0]), m.sys.trace()
	o.Limits = m.boundLimits()
	o.Warnings = m.warnings(o)
	return o
}
