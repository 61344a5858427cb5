package swarm

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/scenario"
)

// What the author writes the program takes, as it is and with keys set by chance.
func TestScenariosAreValid(t *testing.T) {
	for seed := range uint64(60) {
		text := newAuthor(seed).scenario()
		_, problems := Spec(text)
		require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
	}
	for seed := range uint64(10) {
		text := Scenario(seed)
		_, problems := Spec(text)
		require.NoError(t, problems.Err(), "seed %d\n%s", seed, text)
		require.Equal(t, text, Scenario(seed))
	}
}

// A fault that takes a queue with a patience shows in a scenario with little else.
func TestShrink(t *testing.T) {
	const large = `duration = "1h"
[clients.a]
target = "lb"
rate = "10/s"
[clients.b]
target = "desk"
users = 200
think = "1s"
[balancers.lb]
kind = "application"
targets = ["web"]
[fleets.web]
vcpus = 2
zones = ["a", "b"]
min = 1
max = 3
upstream = "desk"
[services.desk]
kind = "station"
queue = 40
patience = "1s"
servers = 3
[routes.r]
demand.desk = "5ms"
demand.web = "5ms"
[faults.f]
at = "1m"
fleet = "web"
effect = "crash"
`
	doc, err := Read(large)
	require.NoError(t, err)
	small := Shrink(doc, shrinking, func(doc Table) bool {
		return Get(doc, "services", "desk", "queue") != nil && Get(doc, "services", "desk", "patience") != nil
	})
	require.Equal(t, `duration = "878.90625ms"

[clients]
[clients.b]
target = "desk"
users = 1

[routes]
[routes.r]

[services]
[services.desk]
kind = "station"
patience = "1s"
queue = 1
`, Write(small))
}

func TestPanicsAreFindings(t *testing.T) {
	require.EqualError(t, guarded(func(string) error { panic("lost") }, ""), "panic: lost")
	require.ErrorIs(t, guarded(func(string) error { return ErrTooLarge }, ""), ErrTooLarge)
	require.NoError(t, guarded(func(string) error { return nil }, ""))
}

func TestJudge(t *testing.T) {
	site := func(users string) *scenario.Spec {
		spec, problems := Spec(`duration = "1h"
[clients.a]
target = "desk"
` + users + `
[services.desk]
kind = "station"
[routes.r]
demand.desk = "5ms"
`)
		require.NoError(t, problems.Err())
		return spec
	}
	limit, stuck := &engine.EventLimitError{}, fmt.Errorf("in a loop: %w", &engine.StandstillError{})
	require.Equal(t, ErrTooLarge, Judge(site("rate = \"1/s\""), limit))
	require.Equal(t, ErrTooLarge, Judge(site("users = 3"), stuck), "users who do not pause")
	require.Equal(t, stuck, Judge(site("users = 3\nthink = \"1ns\""), stuck))
	require.Equal(t, stuck, Judge(site("rate = \"1/s\""), stuck))
	require.Equal(t, errors.New("else"), Judge(site("users = 3"), errors.New("else")))
	require.NoError(t, Judge(site("users = 3"), nil))
}

// A smaller scenario that fails for another reason is another finding.
func TestShrinkingKeepsTheKindOfFailure(t *testing.T) {
	require.Equal(t, kind(errors.New("fleet-1: 3 are lost after 1m3.5s\nseen")), kind(errors.New("fleet-1: -12 are lost after 2s")))
	require.NotEqual(t, kind(errors.New("3 are lost")), kind(errors.New("3 are late")))

	const both = `duration = "1h"
[clients.a]
target = "desk"
rate = "5/s"
[services.desk]
kind = "station"
servers = 8
[routes.r]
demand.desk = "5ms"
`
	small := smallest(both, kind(errors.New("8 servers")), func(text string) error {
		doc, err := Read(text)
		require.NoError(t, err)
		if n := Get(doc, "services", "desk", "servers"); n != nil {
			return fmt.Errorf("%d servers", n)
		}
		return errors.New("no servers")
	})
	require.Contains(t, small, "servers = 1")
}

// A check that few scenarios are about is told from one that luck has spared some.
func TestShare(t *testing.T) {
	share := func(asked, about int) *Share {
		var s Share
		for i := range asked {
			require.Equal(t, i < about, s.Count(i < about))
		}
		return &s
	}
	require.True(t, share(0, 0).most())
	require.True(t, share(2, 0).most())
	require.True(t, share(100, 40).most())
	require.False(t, share(100, 39).most())
	require.False(t, share(10, 1).most())
}

// What is in seconds takes longer, what is by the second is rarer, and all else stays.
func TestStretched(t *testing.T) {
	require.Equal(t, `rate = ["0s 2.5/s", "120s 15/s"] wait = "weibull(3ms, shape=0.8)" users = 7`,
		Stretched(`rate = ["0s 5/s", "60s 30/s"] wait = "weibull(1.5ms, shape=0.8)" users = 7`, 2))
}
