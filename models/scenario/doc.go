// Package scenario reads scenario files.
//
//	file -> tree -> variant and flags merged over it -> Spec -> checks
//
// A scenario is one TOML file. [Parse] reads its syntax; [File.Spec] gives the
// configuration of the base or of a variant, with flags over it, or every
// problem of the file at once, each with the line to blame. [File.Idle] lists
// what is accepted but without effect, [File.Doubts] what is accepted but almost
// surely a slip.
//
// Every component declares its own keys in the tags of its Spec. This package
// decodes them by reflection and checks what spans several tables: targets,
// routes, calls, expectations. The JSON Schema ([Schema]) and the reference
// ([Reference]) are made of the same tags.
package scenario

//go:generate go test -run TestReferenceIsCurrent . -update
