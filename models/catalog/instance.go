package catalog

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
)

// Instance is an EC2 instance type.
type Instance struct {
	Name         string // "t3.small"
	Family       string // "t3"
	Class        string // "General purpose"
	Arch         string // "amd64" or "arm64"
	VCPU         int    // virtual CPUs
	MemoryGiB    float64
	BaselineGbps float64 // network bandwidth that is always there; 0 where AWS gives only a word
	BurstGbps    float64 // "up to" network bandwidth; 0 where AWS gives only a word
	Credits      Credits // zero for types that are not burstable

	prices [regionCount]Money // USD per hour
}

// PricePerHour is what an hour of Linux on demand costs in the Region
// [PRICE-EC2].
func (i *Instance) PricePerHour(in Region) Money { return i.prices[in] }

//go:embed data/instance-catalogue.csv
var instanceFile string

// instances are the known types, by family and then by size.
var instances = parseInstances(instanceFile)

// Types returns all known types, by family and then by size.
func Types() []Instance { return slices.Clone(instances) }

// Lookup returns the type of that name. The error of an unknown name offers
// the nearest known one.
func Lookup(name string) (Instance, error) {
	for _, i := range instances {
		if i.Name == name {
			return i, nil
		}
	}
	var names []string
	for _, i := range instances {
		names = append(names, i.Name)
	}
	if near := nearest(name, names); near != "" {
		return Instance{}, fmt.Errorf("unknown instance type (have %q, did you mean %q?)", name, near)
	}
	return Instance{}, fmt.Errorf("unknown instance type (have %q; `headroom catalog` lists the known ones; any other: vcpus and price)", name)
}

func parseInstances(file string) []Instance {
	var list []Instance
	for _, r := range parseRows(file) {
		list = append(list, parseInstance(r))
	}
	slices.SortFunc(list, func(a, b Instance) int {
		return cmp.Or(
			cmp.Compare(a.Family, b.Family),
			cmp.Compare(a.VCPU, b.VCPU),
			cmp.Compare(a.MemoryGiB, b.MemoryGiB))
	})
	return list
}

func parseInstance(r row) Instance {
	i := Instance{
		Name:         r.text("instance_type"),
		Family:       r.text("family"),
		Class:        r.text("class"),
		Arch:         r.text("arch"),
		VCPU:         int(r.number("vcpu")),
		MemoryGiB:    r.number("memory_gib"),
		BaselineGbps: r.number("network_baseline_gbps"),
		BurstGbps:    r.number("network_burst_gbps"),
	}
	i.prices[USEast1] = Dollars(r.number("usd_per_hour_us_east_1"))
	i.prices[APNortheast2] = Dollars(r.number("usd_per_hour_ap_northeast_2"))
	if earn := r.number("cpu_credits_per_hour"); earn > 0 {
		i.Credits = Credits{
			PerHour:  earn,
			Max:      r.number("cpu_credits_max"),
			Baseline: r.number("cpu_baseline_pct_per_vcpu") / 100,
		}.ofFamily(i.Family, i.VCPU)
	}
	return i
}

// row is one line of a table, addressed by column name.
type row struct {
	fields []string
	column map[string]int
}

func (r row) text(name string) string {
	at, known := r.column[name]
	if !known {
		panic("catalog: no column " + name)
	}
	return r.fields[at]
}

// number is the value of a cell, 0 for an empty one.
func (r row) number(name string) float64 {
	text := r.text(name)
	if text == "" {
		return 0
	}
	return number(r.fields[0], text)
}

func number(what, text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("catalog: " + what + ": " + err.Error())
	}
	return value
}
