package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// inOrder is a test that a page says one thing after the other.
func inOrder(t *testing.T, page string, parts ...string) {
	t.Helper()
	last := 0
	for _, part := range parts {
		at := strings.Index(page[last:], part)
		require.GreaterOrEqual(t, at, 0, part)
		last += at
	}
}

// decided is Compared with expectations that hold, so that one arm is chosen.
func decided() *experiments.Comparison {
	c := sample.Compared()
	for i := range c.Arms {
		kept := make(map[string]experiments.Expectation)
		for name, e := range c.Arms[i].Expectations {
			if name == "grows" {
				kept[name] = e
			}
		}
		c.Arms[i].Expectations = kept
	}
	return c
}

// The first screen tells which arm to choose, at what cost, how sure that is and
// what is nearest to its limit, before anything else.
func TestComparePageAnswersFirst(t *testing.T) {
	c := decided()
	best := c.Arms[bestArm(c)]
	best.Result.Detail.Settings = []scenario.Setting{{Key: "fleets.web.instance", Value: "t3.small"}}
	inOrder(t, compareWritten(t, CompareHTML, c),
		"The cheapest that keeps all its expectations: "+best.Name, metric(best.Result, experiments.CostRate), "95 % intervals over 10 replications",
		"Nearest to its limit: grows", "The limit that binds", "in figures", "The choice", "Differences from base", "Cost against what it buys", "Expectations",
		"The bill by part", "Cost: "+best.Name, "transfer", "Over time", "Assumptions: "+best.Name, "fleets.web.instance", "Reproduction", "headroom compare sites/burst.toml")
}

// The arm that is chosen has the star of a plan's choice, and no other has.
func TestComparePageMarksTheChoice(t *testing.T) {
	c := decided()
	for i, row := range lineup(c).rows {
		require.Equal(t, i == bestArm(c), row[0] == "★", "%v", row)
	}
	for _, row := range lineup(sample.Compared()).rows {
		require.NotEqual(t, "★", row[0], "none keeps its expectations")
	}
}

// Who is to run on a single server hears that its failure was not simulated, unless it
// was: by a fault that took that server away, or the loss of its zone.
func TestComparePageOfASingleServer(t *testing.T) {
	const caution = "A single server: web. What its failure does was not simulated"
	c := decided()
	require.NotContains(t, compareWritten(t, CompareHTML, c), caution)
	r := c.Arms[bestArm(c)].Result
	r.Metrics["fleets.web.instances.max"] = experiments.Metric{Mean: 1, N: 10}
	for _, row := range []struct {
		name, effect string
		event        timeline.Event
		told         bool
	}{
		{"none", "crash", timeline.Event{Kind: timeline.Launch, Fleet: "web", Subject: "f", Instance: "web-1"}, true},
		{"a crash", "crash", timeline.Event{Kind: timeline.FaultStart, Fleet: "web", Subject: "f", Instance: "web-1"}, false},
		{"a hang", "hang", timeline.Event{Kind: timeline.FaultStart, Fleet: "web", Subject: "f", Instance: "web-1"}, false},
		{"its zone", "crash", timeline.Event{Kind: timeline.FaultStart, Fleet: "web", Instance: "web-1", Text: "stops with zone a"}, false},
		{"another zone", "crash", timeline.Event{Kind: timeline.FaultStart, Subject: "f"}, true},
		{"another fleet", "crash", timeline.Event{Kind: timeline.FaultStart, Fleet: "api", Subject: "f", Instance: "api-1"}, true},
		{"a service", "crash", timeline.Event{Kind: timeline.FaultStart, Subject: "f", Text: "service db: crash"}, true},
		{"a slow server", "slow", timeline.Event{Kind: timeline.FaultStart, Fleet: "web", Subject: "f", Instance: "web-1"}, true},
		{"nobody to hit", "crash", timeline.Event{Kind: timeline.FaultStart, Fleet: "web", Subject: "f"}, true},
	} {
		r.Detail.Events = []timeline.Event{row.event}
		r.Detail.Settings = []scenario.Setting{{Table: "faults.f", Key: "effect", Value: row.effect}}
		require.Equal(t, row.told, strings.Contains(compareWritten(t, CompareHTML, c), caution), row.name)
	}
}

// The expectation nearest to its limit is one that leaves room: not one that must be
// equal, and is.
func TestNearestToItsLimit(t *testing.T) {
	equal := experiments.Expectation{Metric: "availability", Unit: "share", Value: 1, Lo: 1, Hi: 1, Verdict: output.Pass, Bound: output.NewBound(output.Equals, 1, 1)}
	cost := experiments.Expectation{Metric: "cost.total", Unit: "USD", Value: 0.05, Lo: 0.05, Hi: 0.05, Verdict: output.Pass, Bound: output.NewBound(output.AtMost, 0, 0.2)}
	r := &experiments.Result{Expectations: map[string]experiments.Expectation{"all": equal}}
	require.Empty(t, first(r))
	r.Expectations["cheap"] = cost
	require.Contains(t, first(r), "Nearest to its limit: cheap, cost.total is")
}

// Where no arm keeps its expectations none is recommended.
func TestComparePageOfNoneThatKeeps(t *testing.T) {
	page := compareWritten(t, CompareHTML, sample.Compared())
	inOrder(t, page, `class="verdict fail"`, "None keeps all its expectations", "The choice")
	require.NotContains(t, page, "in figures")
}

// A setting is told where any arm has another value, or none.
func TestSettingsApart(t *testing.T) {
	c := sample.Compared()
	set := func(arm int, table, key, value string) {
		s := scenario.Setting{Table: table, Key: key, Value: value}
		c.Arms[arm].Detail.Settings = append(c.Arms[arm].Detail.Settings, s)
	}
	for i := range c.Arms {
		c.Arms[i].Detail.Settings = nil
		set(i, "", "duration", "1h")
	}
	set(0, "fleets.web", "min", "1")
	set(1, "fleets.web", "min", "4")
	require.Equal(t, [][]string{{"fleets.web.min", "1", "4", "-"}}, settingsApart(c).rows)
}

// The page tells what the chosen arm is: the settings that it has and the base has not,
// as far as a sentence holds them.
func TestMadeOf(t *testing.T) {
	c := sample.Compared()
	set := func(arm int, values ...string) {
		c.Arms[arm].Detail.Settings = nil
		for i, v := range values {
			c.Arms[arm].Detail.Settings = append(c.Arms[arm].Detail.Settings, scenario.Setting{Table: "fleets.web", Key: fmt.Sprint("k", i), Value: v, Origin: scenario.Set})
		}
	}
	set(0, "1", "2", "3", "4", "5", "6")
	set(1, "1", "9", "3", "8")
	c.Arms[1].Detail.Settings[3].Origin = scenario.Derived // follows another
	require.Equal(t, "What larger is, in brackets base: fleets.web.k1 = 9 (2)", madeOf(c, 1))
	set(1, "0", "0", "0", "0", "0", "0")
	require.Contains(t, madeOf(c, 1), "fleets.web.k3 = 0 (4), 2 more")
	require.Empty(t, madeOf(c, 0))
}
