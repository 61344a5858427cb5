package docs_test

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

// faults checks the table of the faults that test the tests, by the package that they
// are in: how many there are, and how many of them no test can tell.
func (c *checker) faults() {
	c.hasChecks = true
	var list map[string]struct{ File, Survives string }
	_, err := toml.DecodeFile(filepath.Join(root, "internal/mutate/faults.toml"), &list)
	require.NoError(c.t, err)
	planted, survive := map[string]int{}, map[string]int{}
	for _, f := range list {
		for _, of := range []string{path.Dir(f.File), "all"} {
			planted[of]++
			if f.Survives != "" {
				survive[of]++
			}
		}
	}
	rows := [][]string{{"package", "faults", "of these no test can tell"}}
	row := func(of, bold string) {
		rows = append(rows, []string{bold + of + bold, bold + strconv.Itoa(planted[of]) + bold, bold + strconv.Itoa(survive[of]) + bold})
	}
	for _, of := range slices.Sorted(maps.Keys(planted)) {
		if of != "all" {
			row(of, "")
		}
	}
	row("all", "**")
	c.table(rows)
}
