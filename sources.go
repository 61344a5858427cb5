// Package headroom holds the sources of the model, by which a build of the program
// tells its results from those of another.
package headroom

import "embed"

// Sources are all files of this module on which figures depend beside the scenario:
// the code of experiments and what it imports, tables of the catalogue, and the
// versions of other modules. Tests are among them. However a binary was built, they
// are those that it was built from.
//
//go:embed go.mod engine/*.go engine/*/*.go models/*/*.go models/*/*/*.go models/catalog/data
//go:embed experiments/*.go experiments/*/*.go
var Sources embed.FS
