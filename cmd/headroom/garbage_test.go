package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGarbage(t *testing.T) {
	for live, want := range map[uint64]int{
		0: 400, 64 << 20: 400, 128 << 20: 200, 512 << 20: 50, 64 << 30: 50,
	} {
		require.Equal(t, want, garbage(live), live)
	}
}
