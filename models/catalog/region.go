package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Region is a place with a price list of its own.
type Region uint8

// The Regions whose prices are known.
const (
	USEast1      Region = iota // Northern Virginia, the default
	APNortheast2               // Seoul
	regionCount
)

var regionNames = [regionCount]string{"us-east-1", "ap-northeast-2"}

// String is AWS's name of the Region, such as "us-east-1".
func (r Region) String() string { return regionNames[r] }

// Regions returns every Region with prices, the default first.
func Regions() []Region { return []Region{USEast1, APNortheast2} }

// RegionNames returns AWS's names of the Regions with prices, the default first.
func RegionNames() []string { return slices.Clone(regionNames[:]) }

// ParseRegion returns the Region with AWS's name; the error lists the known ones.
func ParseRegion(name string) (Region, error) {
	for r, known := range regionNames {
		if name == known {
			return Region(r), nil
		}
	}
	return 0, fmt.Errorf("no prices for this Region (have %q, known: %s)", name, strings.Join(RegionNames(), ", "))
}
