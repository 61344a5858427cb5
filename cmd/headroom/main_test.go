package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the command: where it is called "headroom",
// it is.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"headroom": main})
}

var update = flag.Bool("update", false, "write the golden files and those in scripts anew")

// TestScripts runs the sessions of testdata/script, each in a folder of its
// own with a copy of testdata/small.toml; $GROW is testdata/grow.toml. What they
// print is not pinned to the digits of a seed.
func TestScripts(t *testing.T) {
	small, err := os.ReadFile("testdata/small.toml")
	if err != nil {
		t.Fatal(err)
	}
	grow, err := filepath.Abs("testdata/grow.toml")
	if err != nil {
		t.Fatal(err)
	}
	dir, files := "testdata/script", []string(nil)
	if testing.Short() { // as under the race detector: only what runs in parallel
		dir, files = "", []string{"testdata/script/flags.txtar"}
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Files:               files,
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GROW", grow)
			return os.WriteFile(filepath.Join(env.WorkDir, "small.toml"), small, 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "json": isJSON, "fill": fill, "replace": replace, "holds": holds,
		},
	})
}

// exits STATUS COMMAND...: the command ends with that status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		status, err = ended.ExitCode(), nil
	}
	ts.Check(err)
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// json FILE KEY=VALUE...: the file is one JSON value, and an object with these
// keys, dotted, whose values read so.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: json FILE [KEY=VALUE...]")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &value))
	for _, pair := range args[1:] {
		path, want, _ := strings.Cut(pair, "=")
		at := value
		for key := range strings.SplitSeq(path, ".") {
			object, _ := at.(map[string]any)
			at = object[key]
		}
		text, err := json.Marshal(at)
		ts.Check(err)
		if string(text) != want {
			ts.Fatalf("%s is %s, want %s", path, text, want)
		}
	}
}

// fill FILE BYTES TEXT: makes a file of that size of the text, again and again.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE BYTES TEXT")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	text, err := strconv.Unquote(`"` + args[2] + `"`)
	ts.Check(err)
	all := bytes.Repeat([]byte(text), size/len(text)+1)[:size]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), all, 0o644))
}

// replace FILE OLD NEW: puts a text into the place of another, which must be
// there.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

// holds FOLDER NAME...: the folder holds exactly these, hidden ones too.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: holds FOLDER [NAME...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), strings.Join(args[1:], " "); got != want {
		ts.Fatalf("%s holds %q, want %q", args[0], got, want)
	}
}
