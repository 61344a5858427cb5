package catalog

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// CacheNode is an ElastiCache node type with one of its engines.
type CacheNode struct {
	Name           string // "cache.t3.micro"
	Engine         string // "memcached", "redis" or "valkey"
	VCPU           int
	MemoryGiB      float64
	MaxConnections int // beyond which a connection is refused [EC-CONN, EC-MC]

	prices [regionCount]Money // USD per hour
}

// PricePerHour is what an hour of the node costs in the Region [PRICE-EC]. A
// begun hour counts whole (see [Money.ForBegunHours]).
func (n *CacheNode) PricePerHour(in Region) Money { return n.prices[in] }

//go:embed data/elasticache-catalogue.csv
var cacheNodeFile string

// cacheNodes are the known node types with their engines, in the order of the
// table.
var cacheNodes = parseCacheNodes(cacheNodeFile)

// LookupCacheNode returns the node type of that name with an engine:
// "memcached", "redis" or "valkey". The error of an unknown name offers the
// nearest known one.
func LookupCacheNode(name, engine string) (CacheNode, error) {
	var names []string
	for _, n := range cacheNodes {
		if n.Name == name && n.Engine == engine {
			return n, nil
		}
		names = append(names, n.Name)
	}
	if near := nearest(name, names); near != "" {
		return CacheNode{}, fmt.Errorf("unknown cache node type (have %q, did you mean %q?)", name, near)
	}
	return CacheNode{}, fmt.Errorf("unknown cache node type (have %q, known: %s)", name, strings.Join(slices.Compact(names), ", "))
}

func parseCacheNodes(file string) []CacheNode {
	var list []CacheNode
	for _, r := range parseRows(file) {
		n := CacheNode{
			Name:      r.text("node_type"),
			Engine:    strings.ToLower(r.text("engine")),
			VCPU:      int(r.number("vcpu")),
			MemoryGiB: number(r.text("node_type"), strings.TrimSuffix(r.text("memory"), " GiB")),
		}
		n.MaxConnections = connectionsOf(n.Name, n.Engine)
		n.prices[USEast1] = Dollars(r.number("usd_per_hour_us_east_1"))
		n.prices[APNortheast2] = Dollars(r.number("usd_per_hour_ap_northeast_2"))
		list = append(list, n)
	}
	return list
}

// connectionsOf is how many connections a node takes: 65,000, and fewer where
// Redis or Valkey runs on one of the smallest types [EC-CONN]. Memcached's limit
// is the same on all [EC-MC].
func connectionsOf(name, engine string) int {
	if engine != "memcached" {
		switch name {
		case "cache.t3.micro", "cache.t4g.micro":
			return 20_000
		case "cache.t3.small", "cache.t3.medium":
			return 46_000
		}
	}
	return 65_000
}

// parseRows reads an embedded table. It panics on a fault in the table, which is
// part of the program.
func parseRows(file string) []row {
	lines, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		panic("catalog: " + err.Error())
	}
	column := make(map[string]int)
	for at, name := range lines[0] {
		column[name] = at
	}
	var rows []row
	for _, fields := range lines[1:] {
		rows = append(rows, row{fields, column})
	}
	return rows
}
