package backend

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A DNS is a name with several records, each of which leads to a place. A
// visitor asks for it when it needs a connection, and keeps the answer for its
// time to live; what is sent on an open connection goes where that leads.
type DNS struct {
	sim     *engine.Sim
	name    string
	spec    *DNSSpec
	records []record
	log     *timeline.Log
	ill     int // records that are unhealthy

	answer func(*traffic.Attempt) int32 // the record of a new answer

	luck    random.Stream // the record drawn
	again   random.Stream // the record drawn instead of an unhealthy one
	ignores random.Stream // who keeps answers for ever

	prober  *traffic.Prober
	queries uint64
	healthy tally.Level
}

// Record is a place that a name can lead to.
type Record struct {
	Name string
	To   traffic.Receiver
	// Alive tells whether each target group of the place has a healthy target, for
	// alias records that look at it; nil where there is no way to tell.
	Alive func() bool
}

type record struct {
	Record
	weight int
	sick   bool
	check
}

// Resolution is where a name stands.
type Resolution struct {
	Name    string
	Records []Record // in the order of DNSSpec.Targets
	Stream  func(name string) random.Stream
	Log     *timeline.Log // may be nil
}

// NewDNS makes a name from a checked Spec. All its records are healthy.
func NewDNS(sim *engine.Sim, spec *DNSSpec, at Resolution) *DNS {
	d := &DNS{
		sim: sim, name: at.Name, spec: spec, log: at.Log,
		luck: at.Stream("record/" + at.Name), again: at.Stream("instead/" + at.Name), ignores: at.Stream("ttl/" + at.Name),
	}
	for _, r := range at.Records {
		d.records = append(d.records, record{Record: r, weight: spec.Weights[r.Name]})
	}
	d.answer = d.draw
	if spec.failover() {
		d.answer = func(*traffic.Attempt) int32 { return d.active() }
	}
	d.healthy.Set(sim.Now(), int64(len(d.records)))
	d.bind(at.Stream)
	d.Cut()
	return d
}

// Receive implements traffic.Receiver.
func (d *DNS) Receive(a *traffic.Attempt) {
	if c := a.Link.Conn.Conn(); c != nil {
		a.Forward(c.Home)
		return
	}
	a.Forward(d.records[d.resolve(a)].To)
}

// Withdraw implements traffic.Receiver. Attempts are with the records' places,
// never here.
func (d *DNS) Withdraw(*traffic.Attempt, int32) {
	panic("backend: an attempt was withdrawn from the name " + d.name + ", which holds none")
}

// resolve is the record to which a visitor goes: the one that it knows, while
// the answer lives.
func (d *DNS) resolve(a *traffic.Attempt) int32 {
	now, v := d.sim.Now(), a.Visitor
	if v == nil {
		d.queries++
		return d.answer(a)
	}
	if now >= v.Address.Until {
		d.queries++
		v.Address = traffic.Address{Record: d.answer(a), Until: now + d.life(a)}
	}
	return v.Address.Record
}

// life is for how long the visitor keeps an answer: some keep it for as long as
// they are there.
func (d *DNS) life(a *traffic.Attempt) engine.Time {
	if d.spec.IgnoreTTL > 0 && d.ignores.Uniform(a.Session, uint64(a.Salt)) < float64(d.spec.IgnoreTTL) {
		return engine.Forever / 2
	}
	return d.spec.TTL.Time()
}

// active is the primary record while it is healthy, else the secondary [R53-FT];
// the primary when neither is [R53-FP].
func (d *DNS) active() int32 {
	if d.records[0].sick && !d.records[1].sick {
		return 1
	}
	return 0
}

// draw takes a record by the weights. An unhealthy one that is picked is removed,
// and the draw repeated without it (which comes to a draw among the healthy
// ones). When all that have a weight are unhealthy, those of weight 0 are used
// [R53-FT]; when all are unhealthy, all are taken for healthy [R53-FP]. Records
// that all have weight 0 get equal shares [R53-W].
func (d *DNS) draw(a *traffic.Attempt) int32 {
	if i := d.pick(d.luck.Uniform(a.Luck()), weight); i >= 0 && !d.records[i].sick {
		return i
	}
	u := d.again.Uniform(a.Luck())
	for _, weigh := range resorts {
		if i := d.pick(u, weigh); i >= 0 {
			return i
		}
	}
	panic("backend: the name " + d.name + " has no record")
}

// resorts are the ways to weigh records, in the order in which they are tried.
var resorts = [...]func(*record) int{
	func(r *record) int { return r.weight * well(r) }, well, weight, one,
}

func weight(r *record) int { return r.weight }
func one(*record) int      { return 1 }

func well(r *record) int {
	if r.sick {
		return 0
	}
	return 1
}

// pick is the record at the uniform u, with chances in proportion to the weights;
// -1 where all are 0.
func (d *DNS) pick(u float64, weigh func(*record) int) int32 {
	sum := 0
	for i := range d.records {
		sum += weigh(&d.records[i])
	}
	at := int(u * float64(sum))
	for i := range d.records {
		if at -= weigh(&d.records[i]); at < 0 {
			return int32(i)
		}
	}
	return -1
}

// DNSTally is what happened to a name in some time.
type DNSTally struct {
	Queries uint64           // that visitors made
	Healthy tally.LevelTally // records
}

// Merge adds another tally, of another time.
func (t *DNSTally) Merge(o *DNSTally) {
	t.Queries += o.Queries
	t.Healthy.Merge(o.Healthy)
}

// Cut returns what happened since the last cut.
func (d *DNS) Cut() DNSTally {
	t := DNSTally{Queries: d.queries, Healthy: d.healthy.Cut(d.sim.Now())}
	d.queries = 0
	return t
}
