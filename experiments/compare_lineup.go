package experiments

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/models/scenario"
)

// BaseArm is what the first arm is called where it is the base of variants, and
// in JSON always.
const BaseArm = "base"

// Lineup chooses what is compared, with the same options: of one scenario its
// base and its variants, all or those that the options name, of several their bases, the first of which is the
// one that others are compared with. All get its seed, so that they meet the same
// random numbers; warnings tell of those that had another.
//
// The error is scenario.Problems where scenarios are wrong.
func Lineup(names []string, o Options) (arms []Arm, warnings []string, err error) {
	var files []*Scenario
	var failures []error
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			failures = append(failures, fmt.Errorf("%s: is named twice", name))
			continue
		}
		file, err := Load(name)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		files = append(files, file)
	}
	if len(failures) > 0 {
		return nil, nil, joined(failures)
	}
	switch {
	case len(files) == 1:
		arms, err = variants(files[0], o)
	case len(o.Variants) > 0:
		err = fmt.Errorf("--variant: is of one scenario, and of several the bases are compared (have %d)", len(files))
	default:
		arms, err = bases(files, o)
	}
	if err != nil {
		return nil, nil, err
	}
	warnings, err = align(arms)
	return arms, warnings, err
}

// variants are the arms of one scenario.
func variants(file *Scenario, o Options) ([]Arm, error) {
	var list []choice
	names := o.Variants
	if len(names) == 0 {
		names = file.Variants()
	}
	for i, name := range names {
		if name == "" {
			return nil, errors.New("--variant: must name one")
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("--variant %s: is named twice", name)
		}
	}
	for _, name := range append([]string{""}, names...) {
		list = append(list, choice{file, name, name})
	}
	list[0].name = BaseArm
	arms, err := enter(list, o)
	if err == nil && len(arms) == 1 {
		err = fmt.Errorf("%s: has no variants to compare its base with: add [variants.NAME], or name a second scenario", file.Source)
	}
	return arms, err
}

// bases are the arms of several scenarios; those of the same name are told apart
// by their paths.
func bases(files []*Scenario, o Options) ([]Arm, error) {
	var list []choice
	for i, file := range files {
		name := file.Name
		if i > 0 && name == BaseArm || slices.ContainsFunc(files, func(other *Scenario) bool { return other != file && other.Name == name }) {
			name = file.Source
		}
		list = append(list, choice{file, "", name})
	}
	return enter(list, o)
}

// choice is a configuration with the name that its arm is to have.
type choice struct {
	file          *Scenario
	variant, name string
}

// enter makes the arms of the configurations that were chosen, or tells all that
// is wrong with any of them, once.
func enter(list []choice, o Options) ([]Arm, error) {
	var arms []Arm
	var failures []error
	for _, c := range list {
		o.Variant = c.variant
		study, err := c.file.Study(o)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		arms = append(arms, Arm{c.name, NewTrial(study)})
	}
	if len(failures) > 0 {
		return nil, joined(failures)
	}
	return arms, nil
}

// joined are all problems of the errors, each once; or the errors, where any is
// something else.
func joined(failures []error) error {
	var all scenario.Problems
	for _, err := range failures {
		var problems scenario.Problems
		if !errors.As(err, &problems) {
			return errors.Join(failures...)
		}
		for _, p := range problems {
			if !slices.ContainsFunc(all, func(known scenario.Problem) bool { return known.Error() == p.Error() }) {
				all = append(all, p)
			}
		}
	}
	return all
}

// align refuses arms over different times, whose counts and cost say nothing
// about each other, and gives all of them the seed of the first.
func align(arms []Arm) (warnings []string, err error) {
	base := arms[0]
	var failures []error
	for i, a := range arms[1:] {
		if have, want := a.Spec.Duration, base.Spec.Duration; have != want {
			failures = append(failures, fmt.Errorf("%s: duration: must be that of %s, %s (have %s); --duration sets it for all", a.Name, base.Name, want, have))
		}
		if have, want := a.Spec.Discard, base.Spec.Discard; have != want {
			failures = append(failures, fmt.Errorf("%s: discard: must be that of %s, %s (have %s); --set discard=%[3]s sets it for all", a.Name, base.Name, want, have))
		}
		if a.Spec.Seed == base.Spec.Seed {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%s: seed %d is not used: all have seed %d of %s, so that they meet the same random numbers", a.Name, a.Spec.Seed, base.Spec.Seed, base.Name))
		o := a.options
		o.Sets = append(slices.Clone(o.Sets), "seed="+strconv.FormatUint(base.Spec.Seed, 10))
		study, problems := (&Scenario{File: a.file, Name: a.Trial.Name, Source: a.Source}).Study(o)
		if problems != nil {
			return nil, problems
		}
		arms[i+1].Trial = NewTrial(study)
	}
	return warnings, errors.Join(failures...)
}
