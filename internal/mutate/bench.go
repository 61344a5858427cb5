package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// A bench is where faults are tried.
type bench struct {
	ctx     context.Context
	root    string // of the module
	dir     string // for what the compiler is to see in place of a file
	timeout time.Duration
}

func newBench(ctx context.Context, root string, timeout time.Duration) (*bench, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	return &bench{ctx, root, dir, timeout}, err
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) } // what is left there harms nobody

// A verdict is what became of a fault.
type verdict string

const (
	caught   verdict = "caught"   // a test failed
	hung     verdict = "hung"     // a test did not come to its end, as it does without the fault
	flaky    verdict = "flaky"    // a test failed, and fails without the fault too
	survived verdict = "survived" // no test noticed
	broken   verdict = "broken"   // it could not be planted, or does not compile
)

// outcome is a verdict with what it rests on.
type outcome struct {
	verdict
	words string // the test that noticed the fault, or why it is broken
	took  time.Duration
}

// try plants a fault and runs the tests that should catch it. One that fails must pass
// without the fault: else it was no fault that it noticed.
func (b *bench) try(f Fault) outcome {
	overlay, err := b.overlay(f)
	if err != nil {
		return outcome{verdict: broken, words: err.Error()}
	}
	o := b.test(f.Packages, "-overlay", overlay)
	if o.verdict != caught {
		return o
	}
	if again := b.test(f.Packages, "-count=1", "-run", "^"+o.words+"$"); again.verdict != survived {
		o.verdict = flaky
	}
	return o
}

// pins are tests that compare bits with those of before: any change of the code trips
// them, right or wrong.
const pins = "^TestBits$"

// test runs the tests of packages, with further flags for go test.
func (b *bench) test(packages []string, flags ...string) outcome {
	args := append([]string{"test", "-short", "-failfast", "-vet=off", "-skip", pins, "-timeout", b.timeout.String()}, flags...)
	for _, p := range packages {
		args = append(args, "./"+p)
	}
	cmd := exec.CommandContext(b.ctx, "go", args...)
	cmd.WaitDelay = time.Second // a test that outlives an interrupted go test holds its output open
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "RAPID_NOFAILFILE=true") // rapid would leave files beside the tests
	begin := time.Now()
	out, err := cmd.CombinedOutput()
	o := outcome{survived, "", time.Since(begin)}
	if err != nil {
		o.verdict, o.words = judge(string(out))
	}
	return o
}

// overlay writes the file that makes the compiler see a fault, and returns its name.
func (b *bench) overlay(f Fault) (string, error) {
	wrong, err := f.plant(b.root)
	if err != nil {
		return "", err
	}
	source, list := filepath.Join(b.dir, "wrong.go"), filepath.Join(b.dir, "overlay.json")
	replace := map[string]string{filepath.Join(b.root, filepath.FromSlash(f.File)): source}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	return list, errors.Join(err, os.WriteFile(source, []byte(wrong), 0o600), os.WriteFile(list, text, 0o600))
}

var (
	failure = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	hanging = regexp.MustCompile(`panic: test timed out.*\n\s*running tests:\n\s*(\S+)`)
)

// judge reads the output of a go test that failed: the first test that did, or the
// one that ran when the time was over; neither where the code does not compile.
func judge(out string) (verdict, string) {
	if m := failure.FindStringSubmatch(out); m != nil {
		return caught, m[1]
	}
	if m := hanging.FindStringSubmatch(out); m != nil {
		return hung, m[1]
	}
	return broken, "no test failed:\n" + out[:min(len(out), 500)]
}
