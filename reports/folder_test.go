package reports

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
	require.ErrorIs(t, folder.place(filepath.Join(parent, "new"), filepath.Join(parent, "old")), fs.ErrNotExist)
	require.Contains(t, names(t, place), mark)
	require.Equal(t, []string{"report"}, names(t, parent))
}

// What comes into the way while the simulation runs stays, and so does the report,
// where the error says.
func TestFolderLeavesWhatCameMeanwhile(t *testing.T) {
	report := []File{{mark, text3}}
	for what, come := range map[string]func() error{
		"a folder": func() error {
			return errors.Join(os.Mkdir("report", 0o755), os.WriteFile("report/thesis", []byte("mine"), 0o644))
		},
		"a file":            func() error { return os.WriteFile("report", []byte("mine"), 0o644) },
		"a link":            func() error { return os.Symlink("elsewhere", "report") },
		"a link to nowhere": func() error { return os.Symlink("nowhere", "report") },
	} {
		t.Run(what, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.NoError(t, os.Mkdir("elsewhere", 0o755))
			folder, err := NewFolder("report")
			require.NoError(t, err)
			require.NoError(t, come())
			before, err := os.Lstat("report")
			require.NoError(t, err)

			err = folder.Write(report)
			require.ErrorContains(t, err, "report folder report: is in the way: ")
			after, statErr := os.Lstat("report")
			require.NoError(t, statErr)
			require.True(t, os.SameFile(before, after))
			if before.IsDir() {
				require.Equal(t, []string{"thesis"}, names(t, "report"))
			}
			_, kept, found := strings.Cut(err.Error(), "; the finished report is in ")
			require.True(t, found)
			require.Equal(t, []string{mark}, names(t, kept))
		})
	}
	t.Run("an empty folder", func(t *testing.T) {
		t.Chdir(t.TempDir())
		folder, err := NewFolder("report")
		require.NoError(t, err)
		require.NoError(t, os.Mkdir("report", 0o755))
		require.NoError(t, folder.Write(report))
		require.Equal(t, []string{mark}, names(t, "report"))
		require.Equal(t, []string{"report"}, names(t, "."))
	})
}

// What comes in the instant before it is moved is known by what was moved: a folder goes
// back, and nothing takes the place of what has come there since.
func TestFolderJudgesWhatWasTaken(t *testing.T) {
	t.Chdir(t.TempDir())
	folder := &Folder{"report"}
	require.NoError(t, folder.take("old"), "the place is free")
	require.NoError(t, os.Mkdir("report", 0o755))
	require.NoError(t, os.WriteFile("report/thesis", nil, 0o644))
	require.EqualError(t, folder.take("old"), "is in the way: it holds no summary.json, so it is no report to replace")
	require.Equal(t, []string{"report"}, names(t, "."))
	require.Equal(t, []string{"thesis"}, names(t, "report"))

	require.NoError(t, os.Rename("report", "old"))
	require.NoError(t, os.WriteFile("report", nil, 0o644))
	full := errors.New("no space left")
	require.EqualError(t, folder.giveBack("old", full), "no space left; what was there is in old")
	require.Equal(t, []string{"old", "report"}, names(t, "."))
	require.EqualError(t, folder.take("older"), "is in the way: not a folder; what was there is in older")
	require.Equal(t, []string{"old", "older"}, names(t, "."))
}

// The current folder is known by what it is: it may have several names.
func TestFolderIsNotTheCurrentOneByAnotherName(t *testing.T) {
	root := t.TempDir()
	current := filepath.Join(root, "a", "b")
	require.NoError(t, os.MkdirAll(filepath.Join(current, "c"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(current, mark), []byte(`{"schema": "headroom.run/1"}`), 0o644))
	require.NoError(t, os.Symlink("a", filepath.Join(root, "link")))
	for _, here := range []string{current, filepath.Join(current, "c")} {
		t.Chdir(here)
		for _, place := range []string{current, filepath.Join(root, "link", "b")} {
			_, err := NewFolder(place)
			require.EqualError(t, err, "report folder "+place+": is, or holds, the current folder: cannot be replaced")
		}
	}
	t.Chdir(root)
	_, err := NewFolder(filepath.Join("link", "b"))
	require.NoError(t, err)
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
	f := &Folder{"out"}
	err := f.wrong(&fs.PathError{Op: "mkdir", Path: ".out-123/new", Err: fs.ErrPermission})
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
