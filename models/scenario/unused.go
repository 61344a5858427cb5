package scenario

import "slices"

// Unused are the places that requests come to in the base, and in the variant no
// longer: its figures do not tell what they do and cost. It is nil where the base
// or the variant has problems.
func (f *File) Unused(variant string, sets []string) []string {
	f, sets = f.variantFlags(sets)
	if !slices.Contains(f.Variants(), variant) || f.variants.table()[variant].table() == nil {
		return nil
	}
	before := f.configure(f.base)
	root, problems := layFlags(f.lay(variant), sets)
	now := f.configure(root)
	if len(problems)+len(before.findings)+len(now.findings) > 0 {
		return nil
	}
	used, still := before.places(), now.places()
	return slices.DeleteFunc(now.spec.places(), func(name string) bool { return !used[name] || still[name] })
}

// places are those that requests come to.
func (c *configuration) places() map[string]bool {
	l := &lint{Spec: c.spec, root: c.root, reached: make(map[string][]string)}
	l.reach()
	places := make(map[string]bool, len(l.reached))
	for name := range l.reached {
		places[name] = true
	}
	return places
}

// places are the names of everything that takes requests, in their order.
func (s *Spec) places() []string {
	return slices.Concat(sorted(s.DNS), sorted(s.CDNs), sorted(s.Balancers), sorted(s.Fleets), sorted(s.Services))
}
