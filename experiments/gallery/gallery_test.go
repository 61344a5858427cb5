package gallery_test

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/models/scenario"
)

func TestScenarios(t *testing.T) {
	names := gallery.Names()
	require.True(t, slices.IsSorted(names))
	require.Contains(t, names, gallery.Default)
	verified := gallery.Verified()
	require.True(t, slices.IsSorted(verified))
	require.Contains(t, verified, "verify/mm1")
	for _, name := range slices.Concat(names, verified) {
		t.Run(name, func(t *testing.T) {
			src, ok := gallery.Scenario(name)
			require.True(t, ok)
			file, problems := scenario.Parse(name, src, gallery.Trace)
			require.NoError(t, problems.Err())
			for _, variant := range append([]string{""}, file.Variants()...) {
				spec, problems := file.Spec(variant, nil)
				require.NoError(t, problems.Err(), variant)
				require.NotEmpty(t, spec.Title)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	for _, name := range []string{"", "bootcam", "bootcamp.toml", "../scenarios/bootcamp", "scenarios/bootcamp", "/bootcamp", ".", "verify", "verify/", "verify/../scenarios/bootcamp", "mm1"} {
		_, ok := gallery.Scenario(name)
		require.False(t, ok, name)
	}
	for _, name := range []string{"", ".", "nothing.csv", "../gallery.go", "../scenarios/bootcamp.toml", "/etc/passwd"} {
		_, err := gallery.Trace(name)
		require.Error(t, err, name)
	}
	_, err := gallery.Trace("nothing.csv")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// The day has 1440 minutes and 75,207,657 requests.
func TestWorldCupTrace(t *testing.T) {
	data, err := gallery.Trace("worldcup98-1998-06-30.csv")
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	sum, minutes := 0, 0
	for _, row := range rows {
		if n, err := strconv.Atoi(row[1]); err == nil {
			sum, minutes = sum+n, minutes+1
		}
	}
	require.Equal(t, 75_207_657, sum)
	require.Equal(t, 1440, minutes)
}
