package swarm

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
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
	require.Equal(t, errors.New("else"), Judge(errors.New("else")))
}
