package scenario

import "slices"

// Overruled are the keys that a variant sets in vain, since flags set them too,
// and a flag wins: what tells variants apart may be gone.
func (f *File) Overruled(variant string, sets []string) Problems {
	f, sets = f.variantFlags(sets)
	if !slices.Contains(f.Variants(), variant) || f.variants.table()[variant].table() == nil {
		return nil
	}
	var list Problems
	for _, text := range sets {
		flag, _, err := readFlag(text, flags)
		if err != nil {
			continue // the configuration has a problem
		}
		for _, p := range overruled(f.variants.table()[variant], flag, []string{"variants", variant}) {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list.sort()
}

// overruled are the keys of a node that another one replaces.
func overruled(below, above *node, path []string) (list Problems) {
	if below.table() == nil || above.table() == nil {
		return Problems{below.origins[0].problem(finding{path: path, text: "has no effect: what --set or another flag gives wins over a variant's value"})}
	}
	for _, key := range above.table().keys() {
		if n := below.table()[key]; n != nil {
			list = append(list, overruled(n, above.table()[key], append(slices.Clone(path), key))...)
		}
	}
	return list
}
