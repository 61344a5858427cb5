package backend

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A DNS is a name with several records, each of which leads to a place. A
// visitor asks its resolver when it needs a connection. The resolver asks the
// name's servers unless it has an answer whose time to live is not over, and the
// visitor keeps what it is told for as long as that lives; what is sent on an open
// connection goes where that leads.
type DNS struct {
	sim       *engine.Sim
	name      string
	spec      *DNSSpec
	records   []record
	resolvers []traffic.Address
	log       *timeline.Log
	ill       int // records that are unhealthy

	luck    random.Stream // the record drawn
	again   random.Stream // the record drawn instead of an unhealthy one
	near    random.Stream // whose resolver which is
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
	Rate    float64  // visitors per second around time zero; infinite: not known
	Stream  func(name string) random.Stream
	Log     *timeline.Log // may be nil
}

// NewDNS makes a name from a checked Spec. All its records are healthy, and its
// resolvers know what they do in the long run.
func NewDNS(sim *engine.Sim, spec *DNSSpec, at Resolution) *DNS {
	d := &DNS{
		sim: sim, name: at.Name, spec: spec, log: at.Log,
		luck: at.Stream("record/" + at.Name), again: at.Stream("instead/" + at.Name),
		near: at.Stream("resolver/" + at.Name), ignores: at.Stream("ttl/" + at.Name),
	}
	for _, r := range at.Records {
		d.records = append(d.records, record{Record: r, weight: spec.Weights[r.Name]})
	}
	d.warm(at.Rate, at.Stream("age/"+at.Name))
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

// warm gives each resolver the answer that it has with probability x / (1 + x),
// where x is how many of its visitors ask within a time to live, at an age spread
// evenly over it.
func (d *DNS) warm(rate float64, luck random.Stream) {
	d.resolvers = make([]traffic.Address, d.spec.Resolvers)
	ttl := d.spec.TTL.Time()
	x := rate * ttl.Seconds() / float64(len(d.resolvers))
	for i := range d.resolvers {
		if u := luck.Uniform(uint64(i), 0); u < 1-1/(1+x) {
			d.resolvers[i] = traffic.Address{Record: d.answer(uint64(i)), Until: engine.Time(luck.Uniform(uint64(i), 1) * float64(ttl))}
		}
	}
}

// resolve is the record to which a visitor goes: the one that it knows, while
// the answer lives; else the one that its resolver knows.
func (d *DNS) resolve(a *traffic.Attempt) int32 {
	v := a.Visitor
	if v == nil {
		return d.ask(a).Record
	}
	if d.sim.Now() >= v.Address.Until {
		v.Address = d.ask(a)
		if d.ignoresTTL(a) {
			v.Address.Until = engine.Forever / 2
		}
	}
	return v.Address.Record
}

// ask is what a visitor's resolver tells it. The same user has the same one.
func (d *DNS) ask(a *traffic.Attempt) traffic.Address {
	i := uint64(d.near.Uniform(a.User, 0) * float64(len(d.resolvers)))
	known, now := &d.resolvers[i], d.sim.Now()
	if now >= known.Until {
		d.queries++
		*known = traffic.Address{Record: d.answer(i), Until: now + d.spec.TTL.Time()}
	}
	return *known
}

// ignoresTTL tells whether a visitor keeps answers for as long as it is there.
func (d *DNS) ignoresTTL(a *traffic.Attempt) bool {
	return d.spec.IgnoreTTL > 0 && d.ignores.Uniform(a.Session, uint64(a.Salt)) < float64(d.spec.IgnoreTTL)
}

// answer is the record that the name's servers tell a resolver now.
func (d *DNS) answer(resolver uint64) int32 {
	if d.spec.failover() {
		return d.active()
	}
	return d.draw(resolver)
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
func (d *DNS) draw(resolver uint64) int32 {
	now := uint64(d.sim.Now())
	if i := d.pick(d.luck.Uniform(resolver, now), weight); i >= 0 && !d.records[i].sick {
		return i
	}
	u := d.again.Uniform(resolver, now)
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
	Queries uint64           // that resolvers made
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
