package backend

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A zone is a name under test, with a server for each of its records.
type zone struct {
	*rig
	www     *DNS
	servers []*server
	log     timeline.Log
	dead    map[string]bool // balancers without a healthy target
}

func newZone(t testing.TB, spec DNSSpec) *zone {
	if spec.TTL == 0 {
		spec.TTL = span(engine.Minute)
	}
	if spec.Policy == "" {
		spec.Policy = "weighted"
	}
	if spec.Resolvers == 0 {
		spec.Resolvers = 1_000_000 // hardly anybody shares one
	}
	z := &zone{rig: newRig(t), dead: make(map[string]bool)}
	at := Resolution{Name: "www", Stream: stream, Log: &z.log}
	for _, name := range spec.Targets() {
		s := z.server(ms)
		z.servers = append(z.servers, s)
		at.Records = append(at.Records, Record{Name: name, To: s, Alive: func() bool { return !z.dead[name] }})
	}
	z.www = NewDNS(z.sim, &spec, at)
	z.www.Watch()
	return z
}

// got sends so many new visitors' requests, and tells where they went.
func (z *zone) got(n int) []int {
	before := make([]int, len(z.servers))
	for i, s := range z.servers {
		before[i] = s.got
	}
	z.visitor = nil
	z.sendMany(n, z.www)
	for i, s := range z.servers {
		before[i] = s.got - before[i]
	}
	return before
}

func (z *zone) requireShares(want []float64) {
	const n = 20_000
	for i, got := range z.got(n) {
		shared := 1 + n/float64(z.www.spec.Resolvers) // few visitors share a resolver, and so a record
		require.InDelta(z.t, want[i]*n, got, 3.3*math.Sqrt(n*want[i]*(1-want[i])*shared), "record %d", i)
	}
}

// spec 4 [R53-W]: share = weight / sum; weight 0 stops a record; all weights 0
// mean equal shares.
func TestWeightedRecords(t *testing.T) {
	for _, at := range []struct {
		weights map[string]int
		shares  []float64
	}{
		{map[string]int{"a": 90, "b": 10}, []float64{0.9, 0.1}},
		{map[string]int{"a": 1, "b": 1, "c": 2}, []float64{0.25, 0.25, 0.5}},
		{map[string]int{"a": 255, "b": 0}, []float64{1, 0}},
		{map[string]int{"a": 0, "b": 0, "c": 0, "d": 0}, []float64{0.25, 0.25, 0.25, 0.25}},
		{map[string]int{"a": 1}, []float64{1}},
	} {
		newZone(t, DNSSpec{Weights: at.weights}).requireShares(at.shares)
	}
}

// spec 4 [R53-W, R53-FT, R53-FP]: an unhealthy record that is picked is removed and
// the draw repeated without its weight; all non-zero ones unhealthy: those of
// weight 0 are used; all unhealthy: all are taken for healthy.
func TestUnhealthyRecords(t *testing.T) {
	z := newZone(t, DNSSpec{Weights: map[string]int{"a": 6, "b": 3, "c": 1, "d": 0, "e": 0}})
	sick := func(records string) {
		z.run(z.sim.Now() + engine.Minute) // no resolver has an answer
		for i := range z.www.records {
			z.www.records[i].sick = strings.Contains(records, z.www.records[i].Name)
		}
	}
	sick("a")
	z.requireShares([]float64{0, 0.75, 0.25, 0, 0})
	sick("ab")
	z.requireShares([]float64{0, 0, 1, 0, 0})
	sick("abc")
	z.requireShares([]float64{0, 0, 0, 0.5, 0.5})
	sick("abcd")
	z.requireShares([]float64{0, 0, 0, 0, 1})
	sick("abcde")
	z.requireShares([]float64{0.6, 0.3, 0.1, 0, 0})
}

// Health changes only where those go whose record is unhealthy.
func TestOthersKeepTheirRecord(t *testing.T) {
	z := newZone(t, DNSSpec{Weights: map[string]int{"a": 1, "b": 1, "c": 1}})
	z.got(3000)
	a, b := z.servers[0].got, z.servers[1].got
	z2 := newZone(t, DNSSpec{Weights: map[string]int{"a": 1, "b": 1, "c": 1}})
	z2.www.records[2].sick = true
	z2.got(3000)
	require.Greater(t, z2.servers[0].got, a)
	require.Equal(t, 3000-a-b, z2.servers[0].got-a+z2.servers[1].got-b)
}

// spec 4 [R53-FT, R53-FP]: the primary while it is healthy, else the secondary;
// both unhealthy: the primary.
func TestFailoverRecords(t *testing.T) {
	z := newZone(t, DNSSpec{Policy: "failover", Primary: "blue", Secondary: "amber"})
	require.Equal(t, []int{9, 0}, z.got(9))
	z.www.records[0].sick = true
	require.Equal(t, []int{0, 9}, z.got(9))
	z.www.records[1].sick = true
	require.Equal(t, []int{9, 0}, z.got(9))
}

// spec 4 [ELB-HOW]: a client keeps an answer for its time to live, and asks again
// only when it needs a connection.
func TestTimeToLive(t *testing.T) {
	z := newZone(t, DNSSpec{Policy: "failover", Primary: "blue", Secondary: "amber"})
	z.visitor = &traffic.Visitor{}
	where := func(at engine.Time) int {
		z.run(at)
		before := z.servers[0].got
		z.send(z.www, traffic.ConnRef{})
		return 1 - (z.servers[0].got - before)
	}
	require.Equal(t, 0, where(0))
	z.www.records[0].sick = true
	require.Equal(t, 0, where(59*engine.Second))
	require.Equal(t, 1, where(60*engine.Second))
	z.www.records[0].sick = false
	require.Equal(t, 1, where(119*engine.Second), "counted from the question")
	require.Equal(t, 0, where(120*engine.Second))
	require.EqualValues(t, 3, z.www.Cut().Queries)

	z.run(3 * engine.Minute)
	conn := z.visits[len(z.visits)-1].link.Conn
	z.www.records[0].sick = true
	got := z.servers[0].got
	z.send(z.www, conn)
	require.Equal(t, got+1, z.servers[0].got, "an open connection leads where it leads")
	require.Zero(t, z.www.Cut().Queries)
}

// New visitors are told what their resolver knows, and keep it for as long as that
// lives and no longer.
func TestResolversKeepAnswers(t *testing.T) {
	z := newZone(t, DNSSpec{Policy: "failover", Primary: "blue", Secondary: "amber", Resolvers: 1})
	require.Equal(t, []int{1, 0}, z.got(1))
	z.www.records[0].sick = true
	z.run(50 * engine.Second)
	require.Equal(t, []int{5, 0}, z.got(5))
	late := &traffic.Visitor{}
	z.visitor = late
	z.send(z.www, traffic.ConnRef{})
	require.Equal(t, engine.Minute, late.Address.Until)
	require.EqualValues(t, 1, z.www.Cut().Queries)
	z.run(engine.Minute)
	require.Equal(t, []int{0, 5}, z.got(5))
	require.EqualValues(t, 1, z.www.Cut().Queries)
}

// Theory: where x visitors ask a resolver in a time to live, by a Poisson stream,
// it has an answer with probability x / (1 + x), of any age alike: so at time zero.
func TestResolversBeginAsInTheLongRun(t *testing.T) {
	const n = 20_000
	for rate, want := range map[float64]float64{0: 0, n / 120.0: 1 / 3.0, math.Inf(1): 1} {
		spec := DNSSpec{Policy: "failover", TTL: span(engine.Minute), Resolvers: n}
		d := NewDNS(newRig(t).sim, &spec, Resolution{Name: "www", Records: []Record{{}, {}}, Rate: rate, Stream: stream})
		known, young := 0.0, 0.0
		for _, a := range d.resolvers {
			if a.Until > 0 {
				known++
			}
			if a.Until > 20*engine.Second {
				young++
			}
		}
		require.InDelta(t, want*n, known, 3.3*math.Sqrt(n*want*(1-want)))
		young /= max(known, 1)
		require.InDelta(t, known*2/3, young*known, 3.3*math.Sqrt(known*2/9))
	}
}

// Some clients keep their first answer (KC-UNEQ).
func TestIgnoredTimeToLive(t *testing.T) {
	const n = 2000
	z := newZone(t, DNSSpec{Policy: "failover", Primary: "blue", Secondary: "amber", IgnoreTTL: 0.3})
	ask := func(visitors []traffic.Visitor) {
		z.visits = nil
		for i := range visitors {
			z.visitor = &visitors[i]
			z.send(z.www, traffic.ConnRef{})
		}
	}
	visitors := make([]traffic.Visitor, n)
	ask(visitors)
	require.Equal(t, n, z.servers[0].got)
	z.run(engine.Minute)
	z.www.records[0].sick = true
	ask(visitors)
	require.InDelta(t, 0.3*n, z.servers[0].got-n, 3.3*math.Sqrt(n*0.3*0.7))
}

// spec 4 [R53-API, R53-HCV]: a threshold of 3 in a row, either way, at an
// interval of 30 s or 10 s: detection takes 2 to 3 intervals (INFERRED), and a
// client learns of it within its time to live.
func TestRecordChecks(t *testing.T) {
	for _, interval := range []engine.Time{30 * engine.Second, 10 * engine.Second} {
		z := newZone(t, DNSSpec{
			Policy: "failover", Primary: "blue", Secondary: "amber",
			HealthCheck: &RecordCheck{Interval: span(interval), Threshold: 3},
		})
		const fault, repair = 5 * engine.Minute, 10 * engine.Minute
		z.run(fault)
		z.servers[0].health = traffic.Refused
		z.run(repair)
		require.Len(t, z.log.Events, 1)
		e := z.log.Events[0]
		require.Equal(t, timeline.Unhealthy, e.Kind)
		require.Equal(t, "www", e.Subject)
		require.Equal(t, "record blue: 3 of 3 checks failed: refused; answered is amber, clients ask again within 1m", e.Text)
		require.GreaterOrEqual(t, e.At-fault, 2*interval)
		require.LessOrEqual(t, e.At-fault, 3*interval)
		require.EqualValues(t, 1, z.www.Cut().Healthy.Min)
		z.servers[0].health = traffic.OK
		z.run(repair + 3*interval)
		require.Len(t, z.log.Events, 2)
		require.Equal(t, timeline.Healthy, z.log.Events[1].Kind)
		require.Equal(t, []int{1, 0}, z.got(1))
		require.InDelta(t, float64(repair/interval), float64(z.servers[1].probes), 4)
	}
}

// Fewer failures than the threshold change nothing.
func TestChecksMustFailInARow(t *testing.T) {
	z := newZone(t, DNSSpec{Weights: map[string]int{"a": 1}, HealthCheck: &RecordCheck{Interval: span(10 * engine.Second), Threshold: 3}})
	for k := engine.Time(1); k <= 30; k++ {
		z.servers[0].health = traffic.Status503
		if k%3 == 0 {
			z.servers[0].health = traffic.OK
		}
		z.run(k * 10 * engine.Second)
	}
	require.Empty(t, z.log.Events)
}

// spec 4 [R53-DET]: an endpoint that does not answer within 4 + 2 s is failing.
func TestChecksTimeOut(t *testing.T) {
	z := newZone(t, DNSSpec{Weights: map[string]int{"a": 1}, HealthCheck: &RecordCheck{Interval: span(10 * engine.Second), Threshold: 1}})
	z.www.records[0].To = z.function(functionSpec(), 0)
	z.www.records[0].To.(*Function).Impair(traffic.Impairment{Hung: true})
	z.run(engine.Minute)
	require.Len(t, z.log.Events, 1)
	require.Equal(t, "record a: 1 of 1 checks failed: timeout; all records are unhealthy and taken for healthy", z.log.Events[0].Text)
	require.Equal(t, 6*engine.Second, (z.log.Events[0].At-z.www.records[0].phase)%(10*engine.Second))
}

// spec 4 [R53-ALIASV]: an alias record is as healthy as its balancer's targets.
func TestAliasRecords(t *testing.T) {
	z := newZone(t, DNSSpec{Weights: map[string]int{"a": 1, "b": 1}, EvaluateTargetHealth: true})
	z.run(engine.Minute)
	z.dead["a"] = true
	z.run(engine.Minute + 10*engine.Second)
	require.Equal(t, []int{0, 9}, z.got(9))
	z.dead["a"] = false
	z.run(2 * engine.Minute)
	require.Len(t, z.log.Events, 2)
	require.Equal(t, "record a: a target group has no healthy target; 1 of 2 records are answered, clients ask again within 1m", z.log.Events[0].Text)
	require.Zero(t, z.servers[0].probes)
}

func TestDNSAllocatesNothing(t *testing.T) {
	z := newZone(t, DNSSpec{Weights: map[string]int{"a": 1, "b": 2}, HealthCheck: &RecordCheck{Interval: span(10 * engine.Second), Threshold: 3}})
	pool := &traffic.Pool{}
	z.www.records[0].To, z.www.records[1].To = z.function(functionSpec(), 0), z.function(functionSpec(), 0)
	visitor := &traffic.Visitor{}
	var next *engine.Routine[uint64]
	next = engine.NewRoutine(z.sim, "arrive", engine.Seize, func(n uint64) {
		next.After(engine.Second, n+1)
		a := pool.Get()
		a.Session, a.User, a.Visitor = n, n, visitor
		a.Call(z.www, pool, 0)
	})
	next.After(0, 0)
	z.run(10 * engine.Minute)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		z.run(z.sim.Now() + engine.Minute)
		z.www.Cut()
	}))
}

// spec 4 [R53-W, R53-API, R53-HCV, ELB-HOW]: what the vendor documents: weights from
// 0 to 255, checks every 30 s or 10 s, three results in a row of 1 to 10, 60 s.
func TestRecordsDocumentTheVendorsDefaults(t *testing.T) {
	for _, row := range []struct {
		of                reflect.Type
		key, text, limits string
	}{
		{reflect.TypeFor[DNSSpec](), "weights", "", "0..255"},
		{reflect.TypeFor[DNSSpec](), "ttl", "60s", "1s..7d"},
		{reflect.TypeFor[RecordCheck](), "interval", "30s", "10s..30s"},
		{reflect.TypeFor[RecordCheck](), "failure_threshold", "3", "1..10"},
	} {
		found := false
		for i := range row.of.NumField() {
			tag := row.of.Field(i).Tag
			if tag.Get("toml") == row.key {
				found = true
				require.Equal(t, row.text, tag.Get("default"), row.key)
				require.Equal(t, row.limits, tag.Get("range"), row.key)
			}
		}
		require.True(t, found, row.key)
	}
	for interval, fits := range map[engine.Time]bool{10: true, 20: false, 30: true} {
		c := RecordCheck{Interval: span(interval * engine.Second)}
		refused := false
		c.Check(func(string, string, ...any) { refused = true })
		require.Equal(t, fits, !refused, interval)
	}
}
