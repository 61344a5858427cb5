package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/scenario"
)

// planner is one as headroom plan has it, but for what comes after the choice.
func planner() *Planner {
	return &Planner{Runner: new(Runner), PlanOptions: PlanOptions{Confidence: 0.95, Tolerance: 0.02, Replications: 10, Most: 62}}
}

func planOf(t *testing.T, p *Planner, text string, vary ...string) *Plan {
	t.Helper()
	sc, err := parse("site.toml", []byte(text), nil)
	require.NoError(t, err)
	factors, err := design.ParseVary(vary)
	require.NoError(t, err)
	plan, err := p.Plan(context.Background(), sc, nil, factors)
	require.NoError(t, err)
	return plan
}

// set is the value of a key in a configuration.
func (c *Candidate) set(key string) string {
	for _, s := range append(c.Sets, c.Follows...) {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

func desk(rate float64, expectation string) string {
	return arrivals(rate, "exponential(100ms)", "kind = \"station\"\nservers = 1\n[expectations.e]\n"+expectation)
}

// On a station of the textbooks the plan is the least number of servers that
// Erlang's formula gives, at every load that is half a server away from capacity:
// against the relaxation time of that ten minutes are long.
func TestPlanOfAStationIsErlangC(t *testing.T) {
	for _, load := range []float64{0.5, 1.7, 3.4, 5.5, 7.5, 12.5, 14.5} {
		for _, c := range []struct {
			expectation string
			meets       func(q theory.MMC) bool
		}{
			{"metric = \"services.desk.wait.mean\"\nat_most = \"20ms\"", func(q theory.MMC) bool { return q.MeanWait() <= 0.020 }},
			{"metric = \"services.desk.delayed\"\nat_most = \"20%\"", func(q theory.MMC) bool { return q.Delayed() <= 0.2 }},
			{"metric = \"services.desk.wait.p95\"\nat_most = \"80ms\"", func(q theory.MMC) bool { return q.WaitQuantile(0.95) <= 0.080 }},
			{"metric = \"latency.p99\"\nat_most = \"600ms\"", func(q theory.MMC) bool { return q.ResponseQuantile(0.99) <= 0.6 }},
		} {
			want := 1
			for !c.meets(theory.MMC{Arrival: 10 * load, Service: 10, Servers: want}) {
				want++
			}
			plan := planOf(t, planner(), desk(10*load, c.expectation), "services.desk.servers=1..20")
			require.NotNil(t, plan.Best)
			require.Equal(t, fmt.Sprint(want), plan.Best.set("services.desk.servers"), "%g erlangs, %s", load, c.expectation)
			require.Equal(t, 10, plan.Cells, "nothing is simulated but the answer")
			require.Equal(t, []string{"e"}, plan.Steady)
			require.InDelta(t, float64(want), plan.Best.Cost.Mean, 0, "one unit a server")
		}
	}
}

// pair is a fleet whose number of servers decides about the latency: 100 requests a
// second of 25 ms need more than 2.5 vCPUs. It takes a second or so to simulate
// them all.
const pair = `
duration = "3m"
discard  = "1m"
[clients.visitors]
target  = "lb"
rate    = "100/s"
timeout = "5s"
[routes.page]
demand.web = "exponential(25ms)"
size = "20KB"
[balancers.lb]
kind    = "application"
targets = ["web"]
algorithm = "least_outstanding_requests"
[fleets.web]
vcpus = 1
zones = ["a", "b"]
min   = 1
max   = 2
[expectations.fast]
metric  = "latency.p95"
at_most = "200ms"
[expectations.available]
metric   = "availability"
at_least = 0.99
`

// exhaustive is the cheapest of all points of a plan that pass with so many
// replications each, and the number of cells that it takes to find it.
func exhaustive(t *testing.T, text string, n int, vary ...string) (best string, cells int) {
	t.Helper()
	sc, err := parse("site.toml", []byte(text), nil)
	require.NoError(t, err)
	factors, err := design.ParseVary(vary)
	require.NoError(t, err)
	s := &search{Planner: planner(), scenario: sc, plan: &Plan{Vary: factors}}
	s.base, err = sc.Study(Options{})
	require.NoError(t, err)
	require.NoError(t, s.space(context.Background(), nil))
	least := 0.0
	for _, c := range s.plan.Tried {
		if c.Fate == Rejected {
			continue
		}
		study, err := sc.Study(Options{Sets: c.sets})
		require.NoError(t, err)
		c.trial = NewTrial(study)
		require.NoError(t, s.Runner.Extend(context.Background(), n, c.trial))
		cells += n
		r := c.trial.Result()
		cost := 0.0
		for _, v := range s.costs(c.trial) {
			cost += v / float64(n)
		}
		if r.Holds() {
			require.LessOrEqual(t, c.Floor, cost+1e-9, "the least cost of %v", c.Sets)
		}
		if r.Holds() && (best == "" || cost < least) {
			best, least = fmt.Sprint(setObject(c.Sets)), cost
		}
	}
	return best, cells
}

func TestPlanAgreesWithExhaustiveSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("all points ten times")
	}
	for _, c := range []struct {
		name, text string
		vary       []string
		share      float64 // of the cells of exhaustive search, at most
	}{
		{"servers", pair, []string{"fleets.web.min=1..12"}, 0.3},
		{"sizes of the catalogue, with transfer", strings.Replace(pair, "vcpus = 1", "instance = \"c6i.large\"", 1), []string{"fleets.web.instance=c6i.large,c6i.xlarge,m5.large", "fleets.web.min=1..6"}, 0.35},
		{"sizes with prices", strings.Replace(pair, "vcpus = 1", "vcpus = 1\nprice = 0.1", 1), []string{"fleets.web.vcpus=1,2", "fleets.web.min=1..8"}, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, all := exhaustive(t, c.text, 10, c.vary...)
			plan := planOf(t, planner(), c.text, c.vary...)
			require.NotNil(t, plan.Best)
			require.Equal(t, want, fmt.Sprint(setObject(plan.Best.Sets)))
			require.LessOrEqual(t, float64(plan.Cells), c.share*float64(all))
			for _, tried := range plan.Tried {
				if more := tried.Cause.More; tried.Fate == Dearer && tried.Replications > 0 {
					require.InDelta(t, tried.Cost.Mean-plan.Best.Cost.Mean, more.Mean, 0.05*plan.Best.Cost.Mean, "%v", tried.Sets)
				}
			}
		})
	}
}

// More servers, no worse: the same answer from fewer runs, with what borders on it
// simulated.
func TestPlanThatTakesMoreServersToBeNoWorse(t *testing.T) {
	slow := strings.NewReplacer("at_most = \"200ms\"", "at_most = \"1s\"", "vcpus = 1", "vcpus = 1\nspeed = 0.2").Replace(pair)
	want := planOf(t, planner(), slow, "fleets.web.min=1..24")
	p := planner()
	p.Monotone = true
	got := planOf(t, p, slow, "fleets.web.min=1..24")
	require.Equal(t, want.Best.Sets, got.Best.Sets)
	require.Less(t, got.Cells, want.Cells)
	below := got.Tried[got.Best.index-1]
	require.Equal(t, Fails, below.Fate, "simulated, not implied")
}

// The same bytes for any number of jobs, and when all cells were stored before.
func TestPlanIsTheSameForAnyJobs(t *testing.T) {
	text := func(r *Runner) string {
		p := planner()
		p.Runner, p.Growth, p.Zones = r, []float64{1.5, 2}, true
		data, err := json.Marshal(planOf(t, p, pair, "fleets.web.min=2..5"))
		require.NoError(t, err)
		return string(data)
	}
	want := text(&Runner{Jobs: 1})
	store, err := cells.Open(t.TempDir(), "site")
	require.NoError(t, err)
	defer store.Close()
	require.Equal(t, want, text(&Runner{Jobs: 3, Store: store}))
	require.Equal(t, want, text(&Runner{Jobs: 2, Store: store}))
}

// Replications without a failure say little about rare ones: at 3 requests a second
// and 100 ms of work, five places lose 0.17 % of the 180 requests of a minute.
// Of many seeds hardly one takes what loses some, and what is taken passes.
func TestPlanOfRareFailures(t *testing.T) {
	rare := func(seed int, expectation string) *Plan {
		return planOf(t, planner(), fmt.Sprintf("seed = %d\n", seed)+strings.NewReplacer("12m", "1m", "2m", "0s").Replace(
			arrivals(3, "exponential(100ms)", "kind = \"station\"\nservers = 1\nqueue = 4\n[expectations.e]\n"+expectation)), "services.desk.queue=4,40")
	}
	wrong := 0
	for seed := range 12 {
		for _, expectation := range []string{"metric = \"requests.failed\"\nat_most = 0.1", "metric = \"requests.failed\"\nequals = 0"} {
			plan := rare(seed, expectation)
			if plan.Best == nil {
				continue
			}
			if plan.Best.set("services.desk.queue") == "4" {
				wrong++
			}
			require.True(t, plan.Best.Result.Holds())
			require.Greater(t, plan.Best.Replications, 10)
		}
	}
	require.LessOrEqual(t, wrong, 2)
}

// A cheaper configuration that stays undecided takes the confidence away.
func TestPlanWithAnUndecidedCheaperOne(t *testing.T) {
	p := planner()
	p.Most = 3
	plan := planOf(t, p, strings.Replace(pair, "at_most = \"200ms\"", "at_most = \"110ms\"", 1), "fleets.web.min=4..7")
	for _, c := range plan.Tried {
		if c.Fate == Undecided && plan.Best != nil {
			require.Zero(t, plan.Sure)
			require.Contains(t, plan.Doubts[0], "is cheaper and undecided")
			return
		}
	}
	t.Fatal("none is undecided")
}

// The best one has as many replications as its precision takes.
func TestPlanOfAPrecision(t *testing.T) {
	p := planner()
	rough := planOf(t, p, pair, "fleets.web.min=4..5")
	require.Equal(t, 10, rough.Best.Replications)
	p.Precision = 0.004
	require.Greater(t, planOf(t, p, pair, "fleets.web.min=4..5").Best.Replications, 10)
}

// The loss of a zone late in a long run: its instant has no exponent.
func TestPlanOfALongRun(t *testing.T) {
	p := planner()
	p.Zones, p.Replications = true, 3
	long := strings.NewReplacer("\"3m\"", "\"25d\"", "100/s", "1/h").Replace(pair)
	plan := planOf(t, p, long, "fleets.web.min=2..3")
	require.NotNil(t, plan.Loss)
	require.InDelta(t, (25*86400+60)/2, plan.Loss.AtS, 0)
	require.Empty(t, plan.Doubts)
}

// Where more servers are no worse a configuration is thrown out by any larger one.
func TestPlanDividesRejectionAlongTheChain(t *testing.T) {
	factors, err := design.ParseVary([]string{"fleets.web.min=1..8", "fleets.web.instance=c6i.large,c6i.xlarge"})
	require.NoError(t, err)
	s := &search{Planner: planner(), plan: &Plan{Vary: factors}}
	alone := s.reject()
	s.Monotone = true
	require.InDelta(t, alone/8, s.reject(), 1e-15)
}

// What is not varied gives way: max to min, and desired to both.
func TestPlanLiftsWhatIsNotVaried(t *testing.T) {
	plan := planOf(t, planner(), pair, "fleets.web.min=1..6")
	require.Equal(t, "max", plan.Tried[3].Follows[0].Key[len("fleets.web."):])
	require.Equal(t, "4", plan.Tried[3].set("fleets.web.max"))
	require.Empty(t, plan.Tried[1].Follows)
	desired := planOf(t, planner(), pair+"[plan.vary]\n", "fleets.web.desired=1..6")
	require.Equal(t, "6", desired.Tried[5].set("fleets.web.max"))
}

// Where max is varied too it is held: what contradicts it is refused, and told.
func TestPlanTellsWhatTheScenarioRefuses(t *testing.T) {
	plan := planOf(t, planner(), pair, "fleets.web.min=2..5", "fleets.web.max=3,5")
	refused := 0
	for _, c := range plan.Tried {
		if c.Fate == Rejected {
			refused++
			require.Contains(t, c.Cause.Text, "must not exceed max")
		}
	}
	require.Equal(t, 2, refused)
	require.NotNil(t, plan.Best)

	min := planOf(t, planner(), pair, "fleets.web.min=2..4", "fleets.web.max=3")
	require.Equal(t, Rejected, min.Tried[2].Fate, "4 is refused for the max beside it alone")

	sc, err := parse("site.toml", []byte(pair), nil)
	require.NoError(t, err)
	factors, err := design.ParseVary([]string{"fleets.web.instance=c6i.large,t3.smal", "fleets.web.min=2..3"})
	require.NoError(t, err)
	_, err = planner().Plan(context.Background(), sc, nil, factors)
	require.ErrorContains(t, err, `--vary fleets.web.instance=t3.smal: fleets.web.instance: `)
	require.ErrorContains(t, err, "2 of 4 points are refused, the first is fleets.web.instance=t3.smal")
	var problems scenario.Problems
	require.ErrorAs(t, err, &problems)
	for _, c := range []struct{ vary, want string }{
		{"fleets.web.mni=1..3", `--vary fleets.web.mni=1: fleets.web.mni: unknown key (did you mean "min"?)`},
		{"expectations.fast.at_most=1s,2s", "cannot be planned over"},
		{"fleets.web.min=1..20000", "more than 10000"},
	} {
		factors, err := design.ParseVary([]string{c.vary})
		require.NoError(t, err)
		_, err = planner().Plan(context.Background(), sc, nil, factors)
		require.ErrorContains(t, err, c.want)
	}
}

// Where nothing meets the expectations, each configuration tells which one it
// fails.
func TestPlanOfTheImpossible(t *testing.T) {
	plan := planOf(t, planner(), pair, "fleets.web.min=1..2", "fleets.web.max=2")
	require.Nil(t, plan.Best)
	for _, c := range plan.Tried {
		require.Contains(t, []Fate{Fails, Excluded}, c.Fate)
		require.NotEmpty(t, c.Cause.Expectation)
	}
}

// An interrupted plan tells so; what is finished is in the store.
func TestPlanIsInterrupted(t *testing.T) {
	sc, err := parse("site.toml", []byte(pair), nil)
	require.NoError(t, err)
	factors, err := design.ParseVary([]string{"fleets.web.min=3..5"})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	p := planner()
	p.Runner.Progress = func(float64) { cancel() }
	_, err = p.Plan(ctx, sc, nil, factors)
	require.ErrorIs(t, err, context.Canceled)
}

// With more load the best configuration breaks sooner or later, and with a zone of
// two lost it has half of its servers.
func TestPlanTellsOfGrowthAndLoss(t *testing.T) {
	p := planner()
	p.Growth, p.Zones = []float64{1.1, 3, 4}, true
	plan := planOf(t, p, pair, "fleets.web.min=4..6", "fleets.web.max=6")
	require.NotNil(t, plan.Best)
	last := plan.Growth[len(plan.Growth)-1]
	require.Equal(t, 3.0, last.Factor, "the table ends where it breaks")
	require.NotEmpty(t, last.Expectation)
	require.Equal(t, "cpu", last.Binds.Name)
	require.Equal(t, "a", plan.Loss.Zone)
	require.False(t, plan.Loss.Only)
	require.Less(t, plan.Loss.Availability.Mean, 1.0)
	require.Len(t, plan.Loss.Verdicts, 2)
}

// overloaded is a site with twice the load that it can take, whose clients wait for
// less than the expectation allows.
const overloaded = `
duration = "4m"
[clients.users]
target  = "web"
rate    = "200/s"
timeout = "300ms"
[routes.page]
demand.web = "20ms"
[fleets.web]
instance = "c6i.large"
zones = ["a"]
min = 1
max = 1
[expectations.fast]
metric  = "latency.p99"
at_most = "400ms"
`

// Where most requests fail and no expectation judges that, whatever holds for the
// others is told with a warning.
func TestFewAreAnswered(t *testing.T) {
	const text = "no expectation says how many must be"
	for name, c := range map[string]struct {
		sets []string
		few  bool
	}{
		"nothing judges them":  {nil, true},
		"enough servers":       {[]string{"fleets.web.min=6", "fleets.web.max=6"}, false},
		"availability":         {[]string{"expectations.up={metric=\"availability\",at_least=0.001}"}, false},
		"their causes":         {[]string{"expectations.up={metric=\"errors.timeout\",at_most=1e9}", "expectations.open={metric=\"errors.reset\",at_most=1e9}"}, false},
		"another cause":        {[]string{"expectations.up={metric=\"errors.503\",equals=0}"}, true},
		"only a part of it":    {[]string{"expectations.up={metric=\"availability\",at_least=0.001,during=\"0m..1m\"}"}, true},
		"an expectation there": {[]string{"expectations.fast.during=\"1m..2m\"", "expectations.up={metric=\"availability\",at_least=0.001}"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := result(t, study(t, overloaded, c.sets...), 1)
			require.Equal(t, c.few, strings.Contains(strings.Join(r.Warnings, "\n"), text), "%v", r.Warnings)
		})
	}
	require.Empty(t, result(t, study(t, strings.Split(overloaded, "[expectations")[0]), 1).Warnings, "nothing is judged")
	require.Contains(t, result(t, study(t, overloaded, "expectations.fast.during=\"1m..2m\""), 1).Warnings[0], "of the requests from 1m to 2m were answered")
}

// A plan tells so of what is chosen, of more load and of the loss of a zone.
func TestPlanThatFewAnswer(t *testing.T) {
	p := planner()
	p.Growth, p.Zones = []float64{1.25, 1.5}, true
	plan := planOf(t, p, overloaded, "fleets.web.min=1..2")
	require.Equal(t, "1", plan.Best.set("fleets.web.min"), "the expectations are the judge")
	require.Contains(t, plan.Best.Result.Warnings[0], "no expectation says how many must be")
	require.Len(t, plan.Doubts, 1, "growth needs no word of its own")
	require.Regexp(t, "^with zone a lost: .* of the requests were answered", plan.Doubts[0])
	require.True(t, plan.Loss.Only)
	data, err := json.Marshal(plan)
	require.NoError(t, err)
	require.Regexp(t, `"zone_loss":\{"at_s":120,"availability":\{"hi":0\.\d+,"lo":`, string(data))

	enough := planOf(t, p, strings.Replace(overloaded, "200/s", "85/s", 1), "fleets.web.min=1")
	require.Empty(t, enough.Best.Result.Warnings)
	require.Len(t, enough.Doubts, 2)
	require.Regexp(t, "^with 1.25 times the load: ", enough.Doubts[0])
}

// noon is a site on which a policy with a high target is as good as one with a low
// one, and cheaper: those with one server at least are hard to tell.
const noon = `
duration = "1h"
[clients.users]
target  = "lb"
rate    = ["0m 40/s", "5m 40/s", "10m 120/s", "30m 120/s"]
timeout = "5s"
[routes.page]
demand.web = "exponential(20ms)"
[balancers.lb]
kind    = "application"
targets = ["web"]
[fleets.web]
instance = "c6i.large"
zones = ["a", "b"]
min = 1
max = 5
boot = "40s"
monitoring = "detailed"
[fleets.web.policies.cpu]
kind   = "target_tracking"
metric = "ASGAverageCPUUtilization"
target = 75
[expectations.fast]
metric  = "latency.p99"
at_most = "300ms"
[expectations.up]
metric   = "availability"
at_least = "99.9%"
`

// What is hard to tell, and dearer than another that is easy, costs few
// replications; and no row says of itself what its interval denies.
func TestPlanLetsWaitWhatIsHardToTell(t *testing.T) {
	plan := planOf(t, planner(), noon, "fleets.web.min=1,2", "fleets.web.policies.cpu.target=30,40,70")
	require.Equal(t, "[[fleets.web.min 2] [fleets.web.policies.cpu.target 70]]", pairsOf(plan.Best.Sets))
	for _, c := range plan.Tried {
		require.LessOrEqual(t, c.Replications, 18, "%v", c.Sets)
		switch c.Fate {
		case Undecided:
			t.Errorf("%v is undecided, and costs %v more", c.Sets, c.Cost.Mean-plan.Best.Cost.Mean)
		case AsCheap:
			require.LessOrEqual(t, c.Cause.More.Lo, 0.0, "%v", c.Sets)
		case Dearer:
			require.Greater(t, c.Cause.More.Mean, 0.0, "%v", c.Sets)
		}
	}
}

func pairsOf(sets []Set) string {
	var list [][2]string
	for _, s := range sets {
		list = append(list, [2]string{s.Key, s.Value})
	}
	return fmt.Sprint(list)
}
