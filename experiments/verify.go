package experiments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/experiments/gallery"
	"github.com/headroom-sim/headroom/experiments/laws"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

// VerifySeed is the seed of a verification that names none.
const VerifySeed = 1

// VerifyBudget is the budget of a verification that names none. Two ordinary cores
// take less than a third of a budget for all built-in cases.
const VerifyBudget = 20 * time.Second

// VerifyOptions choose what is verified, and how.
type VerifyOptions struct {
	Names  []string // built-in cases, with or without "verify/" in front, or files; none: all built-in ones
	Sets   []string // "KEY=VALUE" over each of them
	Seed   uint64
	Budget time.Duration
	// Wrong is a share by which all exact values are made larger, to see that a
	// verification can fail.
	Wrong float64
}

// Buys is how many replications of each case the budget buys: one a second. They
// depend on nothing else, so that the figures of a case are the same alone as among
// others, and on every machine. The error is for a budget that buys too few for a
// spread to be told, or so many that what a run's length does to deviations and
// quantiles would show.
func (o VerifyOptions) Buys() (replications int, err error) {
	const least, most = 5, 60
	n := int(o.Budget / time.Second)
	if n < least || n > most || o.Budget%time.Second != 0 {
		return 0, fmt.Errorf("must be whole seconds from %ds to %ds (have %v)", least, most, o.Budget)
	}
	return n, nil
}

// A Case is a scenario with the law that it obeys.
type Case struct {
	*Trial
	// Name is that of a built-in case, without its folder, or a file's path.
	Name    string
	BuiltIn bool
	Law     *laws.Law
	idle    []string // keys of its file that a verification does not use
}

// Verifier simulates cases and compares them with their laws.
type Verifier struct {
	VerifyOptions
	Cases []*Case
}

// NewVerifier reads the cases that the options name, or tells all that is wrong with
// any of them. No two may have the same name, by which each has its luck. Of all built-in
// ones those that hold only as they are are left out where there are overrides.
func NewVerifier(o VerifyOptions) (*Verifier, error) {
	names, open := o.Names, find
	if len(names) == 0 {
		names, open = gallery.Verified(), loadBuiltIn
		if len(o.Sets) > 0 {
			names = slices.DeleteFunc(names, gallery.Documented)
		}
	}
	v := &Verifier{VerifyOptions: o}
	var failures []error
	for _, set := range readSets(o.Sets) {
		if flag, ok := verifyFlags[set.Key]; ok {
			failures = append(failures, fmt.Errorf("--set %s: must be given by %s here", set.Text, flag))
		}
	}
	if len(failures) > 0 {
		return nil, joined(failures)
	}
	for _, name := range names {
		s, err := open(name)
		var c *Case
		if err == nil {
			c, err = v.read(s)
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if i := slices.IndexFunc(v.Cases, func(other *Case) bool { return other.Name == c.Name }); i >= 0 {
			failures = append(failures, fmt.Errorf("%s: has the same name as %s: verify one after the other", name, v.Cases[i].Source))
		}
		v.Cases = append(v.Cases, c)
	}
	if len(failures) > 0 {
		return nil, joined(failures)
	}
	return v, nil
}

// find is a file, or where there is none the built-in case of that name.
func find(name string) (*Scenario, error) {
	if builtIn := gallery.Verify + "/" + name; slices.Contains(gallery.Verified(), builtIn) {
		return load(name, builtIn)
	}
	_, err := os.Stat(name)
	if _, ok := gallery.Scenario(name); errors.Is(err, fs.ErrNotExist) && !ok {
		return nil, unknownCase(name)
	}
	return Load(name)
}

func unknownCase(name string) error {
	hint := `"headroom verify --list" names them`
	names := gallery.Verified()
	for i := range names {
		names[i] = path.Base(names[i])
	}
	if near := quantity.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	return fmt.Errorf("%s: no such file, and no built-in case of that name (%s)", cmp.Or(name, `""`), hint)
}

// read is a case. It has random numbers of its own, which depend on its name, so
// that cases have no luck in common.
func (v *Verifier) read(scenario *Scenario) (*Case, error) {
	s, err := scenario.Study(Options{Sets: v.Sets})
	if err != nil {
		return nil, err
	}
	c := &Case{Trial: NewTrial(s), Name: scenario.Name, BuiltIn: scenario.BuiltIn, idle: scenario.idle(s.Spec)}
	if !c.BuiltIn {
		c.Name = filepath.ToSlash(filepath.Clean(s.Source))
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "verify %d %s", v.Seed, c.Name)
	s.Spec.Seed = h.Sum64() >> 1
	law := laws.Of
	if c.BuiltIn && gallery.Documented(s.Source) && len(v.Sets) == 0 {
		law = laws.Documented
	}
	if c.Law, err = law(s.Spec); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Source, err)
	}
	return c, nil
}

// verifyFlags are the flags that a verification has in place of keys of a scenario.
var verifyFlags = map[string]string{"seed": "--seed", "replications": "--budget"}

// idle tells of what a scenario says that a verification of its base does not use.
func (s *Scenario) idle(base *scenario.Spec) []string {
	var list []string
	for _, key := range base.Settings() {
		if flag, ok := verifyFlags[key.Key]; ok && key.Table == "" && key.Origin == scenario.Set {
			list = append(list, fmt.Sprintf("%s, %s: %s = %s is not used: a verification has %s", s.Source, key.Where, key.Key, key.Value, flag))
		}
	}
	if names := s.Variants(); len(names) > 0 {
		list = append(list, fmt.Sprintf("%s: [variants] is not used (%s): a verification is of the base, which --set changes", s.Source, strings.Join(names, ", ")))
	}
	return list
}

// Verify simulates the cases and judges what comes of them: as many replications of
// each as the budget buys, one where nothing is left to chance.
func (r *Runner) Verify(ctx context.Context, cases *Verifier) (*Verification, error) {
	n, err := cases.Buys()
	if err != nil {
		return nil, fmt.Errorf("the budget %w", err)
	}
	var certain, chancy []*Trial
	for _, c := range cases.Cases {
		if c.Law.Certain() {
			certain = append(certain, c.Trial)
		} else {
			chancy = append(chancy, c.Trial)
		}
	}
	quiet := *r
	quiet.Progress = nil // it is soon done
	if err := quiet.Extend(ctx, 1, certain...); err != nil {
		return nil, err
	}
	if err := r.Extend(ctx, n, chancy...); err != nil {
		return nil, err
	}
	v := &Verification{VerifyOptions: cases.VerifyOptions, Replications: n, Version: Version}
	if len(cases.Names) == 0 && len(cases.Sets) > 0 {
		v.Warnings = append(v.Warnings, "worked examples are left out: they hold only as they are, without --set")
	}
	for _, c := range cases.Cases {
		v.Cases = append(v.Cases, c.compare(cases.Wrong))
		v.Warnings = append(v.Warnings, c.idle...)
		for _, told := range c.Law.Rare {
			v.Warnings = append(v.Warnings, c.Name+": "+told)
		}
	}
	v.judge()
	return v, nil
}
