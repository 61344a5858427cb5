package server

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// An Image is what the instances of a fleet have in common: their software, the
// demands of the routes, what they call, and the routines of their events. It
// keeps no record of its instances: a stopped one leaves nothing behind.
type Image struct {
	sim       *engine.Sim
	demands   *traffic.Demands
	calls     []Call
	keeper    Keeper
	software  software
	perWorker bool // each nginx worker serves its own requests one by one

	holds  bool // it counts the attempts that a server holds: of nginx that would say little
	crowds bool // it has limits that crowded looks at

	workers     int // 0: one per vCPU
	slots       int // of a worker, for clients and upstreams
	drainAt     int // free slots at which reusable connections are closed; -1: never
	nearFull    int // free slots at which a worker may be full
	keptCalls   int // idle connections to upstreams that a worker keeps
	backlog     int // connections that the accept queue holds
	keepalive   engine.Time
	header      engine.Time // for the first request on a connection
	maxRequests int         // on a connection

	seats   int // threads or servers; 0: one per vCPU
	room    int // places to wait for one
	lifo    bool
	sharing bool // the servers of a station are shared by all present

	minded       bool // somebody minds how long jobs wait in line: who is impatient, or follows them
	patience     quantity.Span
	patienceLuck random.Stream
	workerLuck   random.Stream
	errorLuck    random.Stream

	complete  *engine.Routine[*cpu]
	done      *engine.Routine[*job]
	audit     *engine.Routine[*cpu]
	waited    *engine.Routine[*job]
	late      *engine.Routine[*job]
	redial    *engine.Routine[*job]
	impatient *engine.Routine[*job]
	expire    *engine.Routine[*worker]
	headers   *engine.Lane[*conn]
	proxy     *engine.Lane[*job]
	limits    []*engine.Lane[*job] // by call: its own timeout, nil for none; nil where no call has one

	requestBytes, responseBytes []uint64 // by route; nil: bytes are not counted

	saturated [Limits]union
}

type software uint8

const (
	nginx software = iota
	pool
	station
)

// Wiring is what a fleet's servers need to know of the rest of the site.
type Wiring struct {
	Name    string           // of the fleet or service; names streams and routines
	Demands *traffic.Demands // at this place
	// Calls are made in this order, one after the other, for an attempt that has
	// been on the CPU and has waited: a reverse proxy's upstream, or the calls
	// of a thread.
	Calls  []Call
	Stream func(name string) random.Stream
	// Keeper, unless nil, is told of each request that has been completed.
	Keeper Keeper
	// Followed: somebody follows attempts.
	Followed bool
}

// A Keeper looks after the state of signed-in visitors: it is told of completed
// requests, with the memory of the instance, and of the loss of what is in one.
type Keeper interface {
	Serve(a *traffic.Attempt, at *traffic.Memory)
	Drop(m *traffic.Memory)
}

// Call is a place further down.
type Call struct {
	To     traffic.Receiver
	Routes []bool // by the index of the route: whether attempts go there
	// Tolerant: an answer other than OK is no failure, and the job goes on.
	Tolerant bool
	// Spares is the bit of the later call that an answer of OK spares, unless it is
	// a cache's miss: 1 shifted by its index, 0 for none.
	Spares uint64
	// Write, unless nil, stores what the call has missed, as soon as the one that
	// it spares has been answered OK or is not to be made.
	Write func(a *traffic.Attempt)
	// Timeout is the longest wait for the answer; 0: for ever, in nginx the time
	// for an upstream.
	Timeout engine.Time
}

// MostCalls is how many calls an Image can have.
const MostCalls = 64

// Figures that the sources fix, without a key of their own.
const (
	// reservedSlots of worker_connections hold the listening socket and the
	// channel to the master process [A1].
	reservedSlots = 2
	// somaxconn is the kernel's own limit of accept queues, since Linux 5.4 [A4].
	somaxconn = 4096
	// headerTimeout is nginx's client_header_timeout [A3].
	headerTimeout = 60 * engine.Second
	// keptTimeout closes idle connections to an upstream
	// (ngx_http_upstream_keepalive_module: keepalive_timeout).
	keptTimeout = 60 * engine.Second
)

// NewImage makes the image of a fleet from a checked Spec.
func NewImage(sim *engine.Sim, spec *Spec, w Wiring) *Image {
	im := &Image{sim: sim, demands: w.Demands, calls: w.Calls, keeper: w.Keeper, seats: unbounded, room: unbounded}
	switch spec.Software {
	case "nginx":
		im.nginx(spec)
	case "pool":
		im.pool(spec)
	default:
		im.station(&spec.Queueing)
	}
	im.holds = im.software != nginx
	im.crowds = im.holds && (im.calls != nil || im.demands.Waits || im.room != unbounded)
	im.maxRequests = spec.KeepaliveRequests
	im.workerLuck = w.Stream("workers/" + w.Name)
	im.minded = w.Followed || im.patience.Distribution != nil
	im.patienceLuck = w.Stream("patience/" + w.Name)
	im.errorLuck = w.Stream("errors/" + w.Name)
	im.bind(w.Name, spec.ProxyReadTimeout.Time())
	return im
}

func (im *Image) nginx(spec *Spec) {
	im.software = nginx
	im.perWorker = spec.CPUSharing == "per_worker"
	im.workers = int(spec.WorkerProcesses)
	im.slots = spec.WorkerConnections - reservedSlots
	im.drainAt = spec.WorkerConnections / 16
	im.nearFull = im.drainAt
	im.keptCalls = spec.UpstreamKeepalive
	im.backlog = min(spec.Backlog, somaxconn) + 1
	im.keepalive, im.header = spec.KeepaliveTimeout.Time(), headerTimeout
}

func (im *Image) pool(spec *Spec) {
	im.software = pool
	im.workers = 1
	im.slots, im.drainAt = spec.MaxConnections, -1
	im.seats, im.keptCalls = spec.Threads, spec.Threads
	im.backlog = min(spec.AcceptCount, somaxconn) + 1
	im.keepalive = spec.KeepaliveTimeout.Time()
	im.header = im.keepalive
}

func (im *Image) station(q *Queueing) {
	im.software = station
	im.workers = 1
	im.seats = 0
	if q.Servers != nil {
		im.seats = *q.Servers
	}
	if q.Queue != nil {
		im.room = *q.Queue
	}
	im.lifo, im.sharing = q.Discipline == "lifo", q.Discipline == "ps"
	im.patience = q.Patience
}

func (im *Image) bind(name string, proxyTimeout engine.Time) {
	sim := im.sim
	im.complete = engine.NewRoutine(sim, name+": request done", engine.Release, (*cpu).complete)
	im.done = engine.NewRoutine(sim, name+": request done", engine.Release, (*job).done)
	im.audit = engine.NewRoutine(sim, name+": credits", engine.Change, (*cpu).audit)
	im.waited = engine.NewRoutine(sim, name+": wait over", engine.Release, im.waitOver)
	im.late = engine.NewRoutine(sim, name+": late request", engine.Seize, im.latencyOver)
	im.redial = engine.NewRoutine(sim, name+": SYN sent again", engine.Seize, im.dialAgain)
	im.impatient = engine.NewRoutine(sim, name+": patience over", engine.Expire, im.abandon)
	im.expire = engine.NewRoutine(sim, name+": keep-alive timeout", engine.Expire, im.expireIdle)
	im.headers = engine.NewLane(sim, name+": header timeout", engine.Expire, im.header, im.giveUpHeader)
	im.proxy = engine.NewLane(sim, name+": proxy timeout", engine.Expire, proxyTimeout, im.timeOut)
	for k, call := range im.calls {
		if call.Timeout == 0 {
			continue
		}
		if im.limits == nil {
			im.limits = make([]*engine.Lane[*job], len(im.calls))
		}
		im.limits[k] = engine.NewLane(sim, fmt.Sprintf("%s: timeout of call %d", name, k), engine.Expire, call.Timeout, im.timeOut)
	}
}

// CountBytes makes the servers count the bytes that they receive and send, given
// the sizes of requests and good responses by route. Health checks and errors
// count for nothing.
func (im *Image) CountBytes(requests, responses []uint64) {
	im.requestBytes, im.responseBytes = requests, responses
}

// Saturated returns, and begins anew, the time since the last call in which any
// instance of the image was at each limit.
func (im *Image) Saturated() (t [Limits]engine.Time) {
	for l := range im.saturated {
		t[l] = im.saturated[l].cut(im.sim.Now())
	}
	return t
}

// Machine is the hardware of an instance.
type Machine struct {
	VCPUs   int
	Speed   float64  // of a vCPU; 1, which 0 stands for, is what demands refer to
	Credits *Credits // nil: not a burstable type
}

// Launch makes an instance, which is Off. Its ordinal, unique in the fleet,
// decides its luck.
func (im *Image) Launch(m Machine, ordinal uint64) *Server {
	s := &Server{sim: im.sim, image: im, ordinal: ordinal, backlog: newLine(), parked: newLine()}
	s.hangup = s.hungUp
	workers, seats := im.workers, im.seats
	if workers == 0 {
		workers = m.VCPUs
	}
	if seats == 0 {
		seats = m.VCPUs
	}
	s.gate = im.gate(seats)
	s.cpu.init(s, m, im.occupied(workers, seats), s.gate.free)
	s.workers = make([]worker, workers)
	for i := range s.workers {
		s.workers[i] = worker{server: s, free: im.slots, loop: gate{free: 1, room: unbounded, line: newLine()}}
	}
	if im.keeper != nil {
		s.memory = &traffic.Memory{}
	}
	s.Cut()
	return s
}

// ConnectionLimit is how many connections an instance on such a machine can
// have, upstreams' included; 0 where the software sets no limit.
func (im *Image) ConnectionLimit(m Machine) int {
	switch {
	case im.software == station:
		return 0
	case im.workers == 0:
		return im.slots * m.VCPUs
	}
	return im.slots * im.workers
}

// occupied is how many vCPUs requests can occupy at a time.
func (im *Image) occupied(workers, seats int) int {
	switch im.software {
	case nginx:
		return workers
	case station:
		return seats
	}
	return unbounded
}

// gate is the one that all requests of a pool or station pass.
func (im *Image) gate(seats int) gate {
	g := gate{free: seats, room: im.room, line: newLine(), lifo: im.lifo}
	if im.sharing {
		g.room = 0
		g.free = unbounded
		if im.room != unbounded {
			g.free = seats + im.room
		}
	}
	return g
}
