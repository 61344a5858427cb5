// Command mutate tests the tests: it plants the faults of faults.toml in the
// simulator, one at a time, and tells which test catches each.
//
//	go run ./internal/mutate [-only REGEXP] [-timeout 5m]
//
// The working tree is never touched: a fault reaches the compiler as an overlay.
// Tests run with -short, and those of a package stop at the first that fails. The
// exit status is 1 where a fault survives that is not explained, where one is caught
// that is said to survive, and where one can't be planted: the list is to stay true.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "plant the faults whose name matches this regular expression")
	timeout := flag.Duration("timeout", 5*time.Minute, "how long the tests of a package may take")
	flag.Parse()
	if err := run(os.Stdout, *only, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run plants the faults of this module that are chosen, and prints a row for each.
func run(w io.Writer, only string, timeout time.Duration) error {
	chosen, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	faults, err := load(filepath.Join(root, list))
	if err != nil {
		return err
	}
	bench, err := newBench(root, timeout)
	if err != nil {
		return err
	}
	defer bench.close()
	var all summary
	for _, f := range faults {
		if chosen.MatchString(f.Name) {
			all.add(w, f, bench.try(f))
		}
	}
	return all.print(w)
}

// list is the file with the faults.
const list = "internal/mutate/faults.toml"

// moduleRoot is the folder of the module that the working folder is in.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

// summary counts what became of the faults.
type summary struct {
	planted, caught int
	wrong           []string // faults that did not end as the list says
}

func (s *summary) add(w io.Writer, f Fault, o outcome) {
	s.planted++
	expected := caught
	if f.Survives != "" {
		expected = survived
	}
	if o.verdict != expected {
		s.wrong = append(s.wrong, f.Name)
	}
	remark := o.words
	switch {
	case o.verdict == caught:
		s.caught++
	case o.verdict == survived:
		remark = f.Meaning
	}
	fmt.Fprintf(w, "%-8s %6.1f s  %-34s %s\n", o.verdict, o.took.Seconds(), f.Name, remark)
}

func (s *summary) print(w io.Writer) error {
	if s.planted == 0 {
		return fmt.Errorf("no fault has such a name")
	}
	fmt.Fprintf(w, "%d faults, %d caught (%.1f %%)\n", s.planted, s.caught, 100*float64(s.caught)/float64(s.planted))
	if len(s.wrong) > 0 {
		return fmt.Errorf("not as %s says: %s", list, strings.Join(s.wrong, ", "))
	}
	return nil
}
