// Package export writes results in the formats of other tools.
package export

import "strconv"

// number is the shortest text that reads back the same.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
