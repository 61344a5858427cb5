package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/models/site"
)

// everything takes all that is put there.
type everything struct{}

func (everything) Get(cells.Key) ([]byte, bool, error) { return nil, true, nil }
func (everything) Put(cells.Key, []byte) error         { return nil }

// What an interruption says, for any command.
func TestInterrupted(t *testing.T) {
	for want, l := range map[string]*ledger{
		"interrupted before a replication was finished":                                                 newLedger(everything{}, "out"),
		"interrupted: 1 replication is finished and kept in out; the same command goes on from there":   after(t, newLedger(everything{}, "out"), 1),
		"interrupted: 3 replications are finished and kept in out; the same command goes on from there": after(t, newLedger(everything{}, "out"), 3),
		"interrupted: 3 replications are finished, and not kept (--cells none)":                         after(t, newLedger(nil, ""), 3),
	} {
		err := l.ended(context.Canceled)
		require.EqualError(t, err, want)
		require.Equal(t, exitInterrupted, err.(*exit).status)
	}
	require.Equal(t, exitUnfinished, newLedger(nil, "").ended(errors.New("disk full")).(*exit).status)
}

// after is the ledger after so many cells, of which each is asked for twice.
func after(t *testing.T, l *ledger, n int) *ledger {
	for i := range n {
		key := cells.Key{byte(i)}
		require.NoError(t, l.Put(key, nil))
		_, found, err := l.Get(key)
		require.NoError(t, err)
		require.Equal(t, l.kept != nil, found)
	}
	return l
}

// A run that breaks an invariant is one that could not finish.
func TestBrokenInvariant(t *testing.T) {
	err := newLedger(everything{}, "out").ended(fmt.Errorf("replication 2: %w", &site.InvariantError{Err: errors.New("fleet web: 2 instances run, but 3 are billed")}))
	require.EqualError(t, err, "replication 2: internal error: fleet web: 2 instances run, but 3 are billed. The figures would be wrong, so there are none: please report this with the scenario and the seed")
	require.Equal(t, exitUnfinished, err.(*exit).status)
}
