package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/scenario"
)

// contrast is a setting that is not the same in all arms.
type contrast struct {
	key    string
	values []string // of each arm
	set    []bool   // whether it was written there
}

// contrasts are the settings of a comparison that differ, in the order of the arms.
func contrasts(c *experiments.Comparison) []contrast {
	var list []contrast
	at := make(map[string]int)
	for i, a := range c.Arms {
		for _, s := range a.Detail.Settings {
			key := strings.TrimPrefix(s.Table+"."+s.Key, ".")
			k, known := at[key]
			if !known {
				k, at[key] = len(list), len(list)
				list = append(list, contrast{key, slices.Repeat([]string{units.None}, len(c.Arms)), make([]bool, len(c.Arms))})
			}
			list[k].values[i], list[k].set[i] = s.Value, s.Origin == scenario.Set
		}
	}
	return slices.DeleteFunc(list, func(one contrast) bool { return len(slices.Compact(slices.Clone(one.values))) == 1 })
}

// settingsApart has a row for each setting that is not the same in all arms.
func settingsApart(c *experiments.Comparison) block {
	b := block{title: "Settings that differ", head: append([]string{"setting"}, armNames(c.Arms)...), left: 1 + len(c.Arms)}
	for _, one := range contrasts(c) {
		b.rows = append(b.rows, append([]string{one.key}, one.values...))
	}
	return b
}

// mostContrasts are as many as a sentence tells.
const mostContrasts = 4

// madeOf tells by which settings an arm is not the base, as they are written there.
func madeOf(c *experiments.Comparison, arm int) string {
	var parts []string
	for _, one := range contrasts(c) {
		if one.set[arm] && one.values[arm] != one.values[0] {
			parts = append(parts, fmt.Sprintf("%s = %s (%s)", one.key, one.values[arm], one.values[0]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if more := len(parts) - mostContrasts; more > 0 {
		parts = append(parts[:mostContrasts], fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("What %s is, in brackets %s: %s", c.Arms[arm].Name, c.Arms[0].Name, strings.Join(parts, ", "))
}
