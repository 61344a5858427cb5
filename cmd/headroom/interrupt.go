package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/cells"
)

// A ledger is a store that counts the cells of a command that are finished.
type ledger struct {
	kept experiments.Store // nil: nothing is kept
	in   string            // where

	mu       sync.Mutex
	finished map[cells.Key]bool
}

func newLedger(kept experiments.Store, in string) *ledger {
	return &ledger{kept: kept, in: in, finished: make(map[cells.Key]bool)}
}

// Get implements experiments.Store.
func (l *ledger) Get(key cells.Key) (data []byte, ok bool, err error) {
	if l.kept == nil {
		return nil, false, nil
	}
	if data, ok, err = l.kept.Get(key); ok {
		l.enter(key)
	}
	return data, ok, err
}

// Put implements experiments.Store.
func (l *ledger) Put(key cells.Key, data []byte) error {
	if l.kept != nil {
		if err := l.kept.Put(key, data); err != nil {
			return err
		}
	}
	l.enter(key)
	return nil
}

func (l *ledger) enter(key cells.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finished[key] = true
}

// ended is the end of a command whose simulation gave an error, the context's
// where it was interrupted.
func (l *ledger) ended(err error) error {
	if !errors.Is(err, context.Canceled) {
		return unfinished(err)
	}
	return l.interrupted()
}

// interrupted is the end of a command by Ctrl-C: no report is written, so that
// one of the whole is not replaced by one of a part.
func (l *ledger) interrupted() error {
	l.mu.Lock()
	n := len(l.finished)
	l.mu.Unlock()
	text := fmt.Sprintf("interrupted: %d replications are finished", n)
	switch {
	case n == 0:
		text = "interrupted before a replication was finished"
	case n == 1:
		text = "interrupted: 1 replication is finished"
	}
	switch {
	case n > 0 && l.kept == nil:
		text += ", and not kept (--cells none)"
	case n > 0:
		text += " and kept in " + l.in + "; the same command goes on from there"
	}
	return &exit{exitInterrupted, errors.New(text)}
}
