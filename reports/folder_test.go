package reports

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// names lists a folder, hidden files too.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestFolderIsReplacedAsAWhole(t *testing.T) {
	parent := t.TempDir()
	place := filepath.Join(parent, "new", "parents", "report")
	folder, err := NewFolder(place)
	require.NoError(t, err)
	require.Empty(t, names(t, parent), "a promise alone leaves nothing")

	require.NoError(t, Runs.Report(sample.Single()).Fill(folder))
	require.Equal(t, []string{"events.csv", "plots", "report.html", "report.md", "results.headroom", "series.csv", "series.parquet", "summary.json", "targets.csv", "targets.parquet"}, names(t, place))

	require.NoError(t, os.WriteFile(filepath.Join(place, "stale.csv"), nil, 0o644))
	again, err := NewFolder(place)
	require.NoError(t, err)
	require.NoError(t, Runs.Report(sample.Single()).Fill(again))
	require.NotContains(t, names(t, place), "stale.csv")
	require.Equal(t, []string{"report"}, names(t, filepath.Dir(place)), "no scratch folder is left")
}

func TestFolderRefusesWhatIsNotItsOwn(t *testing.T) {
	parent := t.TempDir()
	t.Chdir(parent)
	require.NoError(t, os.WriteFile("file", nil, 0o644))
	require.NoError(t, os.Mkdir("empty", 0o755))
	require.NoError(t, os.MkdirAll("photos/2026", 0o755))
	for folder, text := range map[string]string{"coverage": `{"total": {"lines": 98}}`, "notes": "all is well", "schemes": `{"schema": "https://example.com/headroom"}`} {
		require.NoError(t, os.Mkdir(folder, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, mark), []byte(text), 0o644))
	}
	require.NoError(t, os.Symlink("photos", "link"))
	before := names(t, ".")

	for path, want := range map[string]string{
		"file":         "report folder file: is in the way: not a folder",
		"file/report":  "report folder file/report: not a directory",
		"photos":       "report folder photos: is in the way: it holds no summary.json, so it is no report to replace",
		"coverage":     "report folder coverage: is in the way: it holds a summary.json of another program, so it is no report to replace",
		"notes":        "report folder notes: is in the way: it holds a summary.json of another program, so it is no report to replace",
		"schemes":      "report folder schemes: is in the way: it holds a summary.json of another program, so it is no report to replace",
		"link":         "report folder link: is in the way: not a folder",
		".":            "report folder .: is, or holds, the current folder: cannot be replaced",
		"photos/../..": "report folder ..: is, or holds, the current folder: cannot be replaced",
	} {
		_, err := NewFolder(path)
		require.EqualError(t, err, want)
	}
	for _, path := range []string{"empty", "empty/report", "photos/report", "..report"} {
		_, err := NewFolder(path)
		require.NoError(t, err, path)
	}
	require.Equal(t, before, names(t, "."))
}

func TestFolderThatFailsLeavesTheOneBeforeItAlone(t *testing.T) {
	parent := t.TempDir()
	place := filepath.Join(parent, "report")
	folder, err := NewFolder(place)
	require.NoError(t, err)
	require.NoError(t, Runs.Report(sample.Single()).Fill(folder))

	// The new report vanishes before it can be moved.
	scratch := filepath.Join(parent, "scratch")
	require.NoError(t, os.Mkdir(scratch, 0o755))
	require.ErrorIs(t, folder.place(scratch), fs.ErrNotExist)
	require.Contains(t, names(t, place), mark)
}

// A file of a report is inside its folder, whatever it is called, and belongs to
// whoever runs the program.
func TestFolderKeepsItsFilesInside(t *testing.T) {
	for _, name := range []string{"../out.csv", "plots/../../out.csv", "/out.csv", "..", "plots/\x00.csv", ""} {
		parent := t.TempDir()
		folder, err := NewFolder(filepath.Join(parent, "report"))
		require.NoError(t, err)
		written := func(w io.Writer) error { _, err := io.WriteString(w, "1"); return err }
		require.Error(t, folder.Write([]File{{"series.csv", written}, {name, written}}), name)
		require.Empty(t, names(t, parent), name)

		require.NoError(t, folder.Write([]File{{"plots/servers.svg", written}}))
		info, err := os.Stat(filepath.Join(parent, "report", "plots", "servers.svg"))
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o133, "nobody executes it, others read it at most")
	}
}

func TestFolderSaysWhichFileFailed(t *testing.T) {
	err := create(filepath.Join(t.TempDir(), "b.csv"), func(io.Writer) error { return errors.New("no numbers") })
	require.EqualError(t, err, "no numbers")

	f := &Folder{"out"}
	err = f.wrong(&fs.PathError{Op: "mkdir", Path: ".out-123/new", Err: fs.ErrPermission})
	require.EqualError(t, err, "report folder out: permission denied")
	err = f.wrong(&os.LinkError{Op: "rename", Old: "a", New: "b", Err: fs.ErrExist})
	require.EqualError(t, err, "report folder out: file already exists")
}

// What a link in a replaced folder leads to stays as it is.
func TestFolderFollowsNoLinks(t *testing.T) {
	parent := t.TempDir()
	place, precious := filepath.Join(parent, "report"), filepath.Join(parent, "precious")
	require.NoError(t, os.Mkdir(precious, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(precious, "thesis"), nil, 0o644))
	folder, err := NewFolder(place)
	require.NoError(t, err)
	require.NoError(t, Runs.Report(sample.Single()).Fill(folder, "json"))
	require.NoError(t, os.RemoveAll(filepath.Join(place, "plots")))
	require.NoError(t, os.Symlink(precious, filepath.Join(place, "plots")))

	again, err := NewFolder(place)
	require.NoError(t, err)
	require.NoError(t, Runs.Report(sample.Single()).Fill(again, "json", "svg"))
	require.Equal(t, []string{"thesis"}, names(t, precious))
	info, err := os.Lstat(filepath.Join(place, "plots"))
	require.NoError(t, err)
	require.True(t, info.IsDir(), "a folder of its own")
}
