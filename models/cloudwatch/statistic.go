package cloudwatch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Statistic says how the samples of a period become one value [api-alarm]: one
// of the five below, or a percentile.
type Statistic uint64

// The statistics that every metric has. Percentiles follow them, in units of
// 10^-10 percent: p99.9 is the least sample that at least 99.9 percent of the
// samples do not exceed.
const (
	Average Statistic = iota
	Sum
	Minimum
	Maximum
	SampleCount
)

var statisticNames = []string{"Average", "Sum", "Minimum", "Maximum", "SampleCount"}

// A percentile has up to ten decimals [cw-concepts].
const (
	percentileDecimals = 10
	percent            = 1e10
	hundredPercent     = 100 * percent
)

// isPercentile reports whether the statistic needs the distribution of the
// samples: a set without one cannot be read by it.
func (s Statistic) isPercentile() bool { return s > SampleCount }

// ofHundred is the percentile in units of 10^-10 percent, at most
// hundredPercent.
func (s Statistic) ofHundred() uint64 { return uint64(s - SampleCount) }

// fewest is the number of samples below which a percentile says little: 10 /
// (1 - p) from the median up, 10 / p below it [cw]. Of p100 it is 0.
func (s Statistic) fewest() int64 {
	p := s.ofHundred()
	if p >= hundredPercent/2 {
		p = hundredPercent - p
	}
	if p == 0 {
		return 0
	}
	return int64((10*hundredPercent + p - 1) / p)
}

// String is CloudWatch's name of the statistic.
func (s Statistic) String() string {
	if !s.isPercentile() {
		return statisticNames[s]
	}
	whole, part := s.ofHundred()/percent, s.ofHundred()%percent
	if part == 0 {
		return fmt.Sprintf("p%d", whole)
	}
	return strings.TrimRight(fmt.Sprintf("p%d.%0*d", whole, percentileDecimals, part), "0")
}

// StatisticName is a statistic as scenarios write it: "Average", "p99.9".
type StatisticName string

// Read implements quantity.Reader.
func (n *StatisticName) Read(raw any, _ quantity.Files) error {
	text, _ := raw.(string)
	if slices.Contains(statisticNames, text) {
		*n = StatisticName(text)
		return nil
	}
	if len(text) > 1 && text[0] == 'p' && text[1] >= '0' && text[1] <= '9' {
		s, err := parsePercentile(text)
		*n = StatisticName(s.String())
		return err
	}
	if near := quantity.Nearest(text, statisticNames); near != "" {
		return fmt.Errorf("unknown value %q (did you mean %q?)", text, near)
	}
	return fmt.Errorf(`must be one of %s, or a percentile such as "p99" %s`, strings.Join(statisticNames, ", "), quantity.Have(raw))
}

// MarshalText gives the name.
func (n StatisticName) MarshalText() ([]byte, error) { return []byte(n), nil }

// statistic is the typed value of a name that has been read.
func (n StatisticName) statistic() Statistic {
	if i := slices.Index(statisticNames, string(n)); i >= 0 {
		return Statistic(i)
	}
	s, err := parsePercentile(string(n))
	if err != nil {
		panic("cloudwatch: unchecked statistic: " + err.Error())
	}
	return s
}

// parsePercentile reads "p" and a decimal number above 0 and up to 100.
func parsePercentile(text string) (Statistic, error) {
	whole, part, dotted := strings.Cut(strings.TrimPrefix(text, "p"), ".")
	digits := strings.Trim(whole+part, "0123456789") == ""
	if !digits || whole == "" || dotted && part == "" || len(whole) > 3 || len(part) > percentileDecimals {
		return 0, fmt.Errorf("a percentile is p and a number with up to %d decimals %s", percentileDecimals, quantity.Have(text))
	}
	p, _ := strconv.ParseUint(whole+part+strings.Repeat("0", percentileDecimals-len(part)), 10, 64) // at most 13 digits
	if p == 0 || p > hundredPercent {
		return 0, fmt.Errorf("a percentile is above p0 and at most p100 %s", quantity.Have(text))
	}
	return SampleCount + Statistic(p), nil
}
