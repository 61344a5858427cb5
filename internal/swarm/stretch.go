package swarm

import (
	"fmt"
	"regexp"
	"strconv"
)

var durationOrRate = regexp.MustCompile(`\b(\d+(?:\.\d+)?)(ms|s|m|h|/s)\b`)

// Stretched is a scenario's text in which all that is set takes so many times as long:
// each duration is longer, and each rate lower.
func Stretched(text string, times float64) string {
	return durationOrRate.ReplaceAllStringFunc(text, func(found string) string {
		part := durationOrRate.FindStringSubmatch(found)
		value, _ := strconv.ParseFloat(part[1], 64)
		if part[2] == "/s" {
			return fmt.Sprintf("%g/s", value/times)
		}
		return strconv.FormatFloat(value*times, 'f', -1, 64) + part[2]
	})
}
