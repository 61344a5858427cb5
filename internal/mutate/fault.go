package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// A Fault is a mistake that somebody could make in one place of the code.
type Fault struct {
	Name     string   `toml:"-"`
	File     string   `toml:"file"`     // relative to the module
	Meaning  string   `toml:"meaning"`  // what the simulator does wrong with it
	Before   string   `toml:"before"`   // the right code, which occurs once in the file
	After    string   `toml:"after"`    // the wrong code
	Packages []string `toml:"packages"` // folders, whose tests must catch it; left out: the file's own
	Survives string   `toml:"survives"` // why no test can tell; left out: one must
}

// load reads the faults in the order of the list.
func load(file string) ([]Fault, error) {
	named := map[string]Fault{}
	meta, err := toml.DecodeFile(file, &named)
	if err != nil {
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: unknown key %s", file, unknown[0])
	}
	var faults []Fault
	for _, key := range meta.Keys() {
		if len(key) > 1 {
			continue
		}
		f := named[key[0]]
		f.Name = key[0]
		if len(f.Packages) == 0 {
			f.Packages = []string{path.Dir(f.File)}
		}
		faults = append(faults, f)
	}
	return faults, nil
}

// plant returns the fault's file with the wrong code in it.
func (f Fault) plant(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.File)))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), f.Before); n != 1 {
		return "", fmt.Errorf("the code before is %d times in %s, not once:\n%s", n, f.File, f.Before)
	}
	return strings.Replace(string(source), f.Before, f.After, 1), nil
}
