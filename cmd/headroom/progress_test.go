package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		name    string
		done    float64
		elapsed time.Duration
		width   int
		want    string
	}{
		{"nothing known yet", 0, 0, 80, "simulating [........................]   0 %"},
		{"too early to tell the time left", 0.005, time.Second, 80, "simulating [........................]   0 %"},
		{"a quarter", 0.25, 20 * time.Second, 80, "simulating [######..................]  25 %  about 1m0s left"},
		{"the same, wide", 0.25, 20 * time.Second, 200, "simulating [######..................]  25 %  about 1m0s left"},
		{"the end", 1, 3 * time.Hour, 80, "simulating [########################] 100 %  about 0s left"},
		{"hours", 0.5, 3 * time.Hour, 80, "simulating [############............]  50 %  about 3h0m0s left"},
		{"fits with a column free", 0.25, 20 * time.Second, 61, "simulating [######..................]  25 %  about 1m0s left"},
		{"no room for a bar", 0.25, 20 * time.Second, 60, "simulating  25 %  about 1m0s left"},
		{"no room for the time", 0.25, 20 * time.Second, 30, " 25 %"},
		{"just room for the share", 0.25, 20 * time.Second, 6, " 25 %"},
		{"no room", 0.25, 20 * time.Second, 5, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, progressLine(c.done, c.elapsed, c.width))
		})
	}
	for width := range 100 {
		for _, done := range []float64{0, 0.3, 0.999, 1} {
			require.Less(t, len(progressLine(done, time.Hour, width)), max(width, 1), "the last column stays free")
		}
	}
}

func TestProgressIsForTerminalsOnly(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	defer file.Close()
	for name, p := range map[string]*progress{"file": newProgress(file, false), "buffer": newProgress(new(bytes.Buffer), false)} {
		p.update(0.5)
		p.clear()
		require.Nil(t, p.w, name)
	}
	info, err := file.Stat()
	require.NoError(t, err)
	require.Zero(t, info.Size())
}
