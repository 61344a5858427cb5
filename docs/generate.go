//go:build ignore

// Generate writes the reference of the scenario language to the file named on
// the command line: go run generate.go reference.md
package main

import (
	"log"
	"os"

	"github.com/headroom-sim/headroom/models/scenario"
)

func main() {
	if err := os.WriteFile(os.Args[1], scenario.Reference(), 0o644); err != nil {
		log.Fatal(err)
	}
}
