// Command mutate tests the tests: it plants the faults of faults.toml in the
// simulator, one at a time, and tells which test catches each.
//
//	go run ./internal/mutate [-only REGEXP] [-every N -from K] [-timeout 5m]
//
// The working tree is never touched: a fault reaches the compiler as an overlay.
// Tests run with -short, and those of a package stop at the first that fails, which must
// pass without the fault; tests that only compare bits with those of before are left out.
// The exit status is 1 where the tests fail without a fault, where one survives that is not
// explained, where one is noticed that is said to survive, and where one can't be
// planted: the list is to stay true.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	only := flag.String("only", "", "plant the faults whose name matches this regular expression")
	every := flag.Int("every", 1, "plant only each `N`-th of those faults")
	from := flag.Int("from", 0, "begin with the `K`-th of them, counted round and round")
	timeout := flag.Duration("timeout", 5*time.Minute, "how long the tests of a package may take")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, sample{*only, *every, *from}, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// sample says which faults of a list to plant.
type sample struct {
	only        string // a regular expression for their names
	every, from int
}

func (s sample) of(faults []Fault) ([]Fault, error) {
	named, err := regexp.Compile(s.only)
	if err != nil {
		return nil, err
	}
	if s.every < 1 || s.from < 0 {
		return nil, errors.New("-every must be at least 1, and -from at least 0")
	}
	var chosen []Fault
	for _, f := range faults {
		if named.MatchString(f.Name) {
			chosen = append(chosen, f)
		}
	}
	n := 0
	return slices.DeleteFunc(chosen, func(Fault) bool { n++; return (n-1)%s.every != s.from%s.every }), nil
}

// run plants the faults of this module that are chosen, and prints a row for each.
func run(ctx context.Context, w io.Writer, chosen sample, timeout time.Duration) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	faults, err := load(filepath.Join(root, list))
	if err != nil {
		return err
	}
	if faults, err = chosen.of(faults); err != nil {
		return err
	}
	bench, err := newBench(ctx, root, timeout)
	if err != nil {
		return err
	}
	defer bench.close()
	return bench.plant(w, faults)
}

var errInterrupted = errors.New("interrupted")

// plant plants faults and prints a row for each, once the tests pass without them.
func (b *bench) plant(w io.Writer, faults []Fault) error {
	if len(faults) == 0 {
		return errors.New("no fault has such a name")
	}
	var packages []string
	for _, f := range faults {
		packages = append(packages, f.Packages...)
	}
	slices.Sort(packages)
	switch o := b.test(slices.Compact(packages)); {
	case b.ctx.Err() != nil:
		return errInterrupted
	case o.verdict != survived:
		return fmt.Errorf("without a fault: %s: %s", o.verdict, o.words)
	}
	var all summary
	for _, f := range faults {
		o := b.try(f)
		if b.ctx.Err() != nil {
			return errInterrupted
		}
		all.add(w, f, o)
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
	planted, caught, hung int
	wrong                 []string // faults that did not end as the list says
}

func (s *summary) add(w io.Writer, f Fault, o outcome) {
	s.planted++
	remark, noticed := o.words, false
	switch o.verdict {
	case caught:
		s.caught++
		noticed = true
	case hung:
		s.hung++
		noticed = true
	case survived:
		remark = f.Meaning
	}
	if o.verdict == broken || o.verdict == flaky || noticed != (f.Survives == "") {
		s.wrong = append(s.wrong, f.Name)
	}
	fmt.Fprintf(w, "%-8s %6.1f s  %-34s %s\n", o.verdict, o.took.Seconds(), f.Name, remark)
}

func (s *summary) print(w io.Writer) error {
	fmt.Fprintf(w, "%d faults, %d caught, %d hung (%.1f %%)\n", s.planted, s.caught, s.hung, 100*float64(s.caught+s.hung)/float64(s.planted))
	if len(s.wrong) > 0 {
		return fmt.Errorf("not as %s says: %s", list, strings.Join(s.wrong, ", "))
	}
	return nil
}
