package scenario

import "path"

// The language has words and tables that this version does not know. They are
// refused as such, and not as mistakes.

// laterKeys are keys and tables by the patterns of their paths.
var laterKeys = []string{
	"fleets/*/policies/*/profiles",
}

// isLater tells whether a key is one of a later version. Keys that a Spec has
// are never asked for here.
func isLater(at []string) bool {
	for _, pattern := range laterKeys {
		if matches(pattern, at) {
			return true
		}
	}
	return false
}

// matches compares a path with a pattern in which * stands for a name.
func matches(pattern string, at []string) bool {
	ok, err := path.Match(pattern, path.Join(at...))
	if err != nil {
		panic("scenario: " + err.Error())
	}
	return ok
}
