package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/models/quantity"
)

// CacheSpec is a cache of one or several nodes: [services.NAME] with
// kind = "cache".
type CacheSpec struct {
	Node    string        `toml:"node" doc:"ElastiCache node type, such as cache.t3.micro, with its vCPUs, memory, connection limit and price. Left out: a node without price, with the connection limit of the software itself."`
	Nodes   int           `toml:"nodes" default:"1" range:"1..500" doc:"Nodes. Each has its own keys, by a hash: while a node is lost its keys are, and no other node takes them over." source:"DERIVED: the simplest set-up"`
	Engine  string        `toml:"engine" default:"memcached" oneof:"memcached redis valkey" doc:"Software: decides the threads, the connection limit and the price." source:"UNSOURCED: the cache that does nothing else"`
	Latency quantity.Span `toml:"latency" default:"lognormal(0.34ms, p95=0.82ms)" doc:"Time on the way to a node and back: of every answer, a miss too, besides the demand, which is the time of the command in its thread." source:"EC-BENCH: mean 0.34 ms and 99th percentile 1.3 ms in one zone"`

	HitRatio *quantity.Share `toml:"hit_ratio" range:"0..1" doc:"Share of the lookups that find what they look for, whatever the cache holds. Left out: all, or as keys and capacity have it."`
	Guards   string          `toml:"guards" doc:"Balancer, fleet or service that whoever calls this cache calls later on the way: a hit spares that call."`

	Keys     *int               `toml:"keys" range:"1..10000000" doc:"Number of different keys that are looked up, by Zipf's law: then the cache has a store, and what it holds decides. The least recently used key goes when there is no room. Whoever misses a key stores it, at no cost, when the guarded call has been answered well; until then all who look it up miss. Where nothing is guarded, a miss stores its key at once."`
	Skew     float64            `toml:"skew" default:"0.99" range:"0..10" doc:"Exponent of Zipf's law: the key of rank k is looked up in proportion to k^-skew." source:"YCSB"`
	Capacity Capacity           `toml:"capacity" doc:"What each node can hold: a number of keys, or a size of memory. Left out: the memory of the node type, or without one all keys."`
	ItemSize quantity.Size      `toml:"item_size" default:"1KiB" range:"1B.." doc:"Memory that a key takes with its value." source:"UNSOURCED: the size with which caches are measured"`
	TTL      *quantity.Duration `toml:"ttl" range:"1ms.." doc:"Time after which a stored key is stale, and a lookup misses. Left out: never."`
	Start    string             `toml:"start" default:"warm" oneof:"warm cold" doc:"What the store has at time zero: warm, what it holds in the long run under the lookups per second of time zero: the keys looked up last, as many as fit, with what is left of their ttl; cold, nothing. Where that rate is zero, warm has nothing either. Where it is not known (traces, closed users who do not pause, behind stores of content delivery networks or other caches), warm has what is asked for at any rate, stored at instants spread evenly over the ttl." source:"DERIVED: time zero is the middle of life"`
}

// MostKeys are how many keys, all caches and content delivery networks together, a
// scenario may have: each takes memory.
const MostKeys = 20_000_000

// Check reports what no single key shows.
func (s *CacheSpec) Check(report quantity.Report) {
	if s.Guards != "" && s.Keys == nil && s.HitRatio == nil {
		report("hit_ratio", "is required with guards (or keys)")
	}
}

// Threads is how many commands a node with so many vCPUs, 0 for any number, works
// on at a time: Redis and Valkey have one thread for commands, Memcached four,
// each on a vCPU [A8].
func (s *CacheSpec) Threads(vcpus int) int {
	const memcachedThreads = 4
	switch {
	case s.Engine != "memcached":
		return 1
	case vcpus == 0:
		return memcachedThreads
	}
	return min(memcachedThreads, vcpus)
}

// OwnConnections is the connection limit of the software itself [A8].
func (s *CacheSpec) OwnConnections() int {
	if s.Engine == "memcached" {
		return 1024
	}
	return 10_000
}

// Items is how many keys a node with so much memory, in bytes, can hold; 0 is
// memory for all. There is room for one at least.
func (s *CacheSpec) Items(memory float64) int {
	switch {
	case s.Capacity.Items > 0:
		return min(s.Capacity.Items, *s.Keys)
	case s.Capacity.Bytes > 0:
		memory = float64(s.Capacity.Bytes)
	case memory == 0:
		return *s.Keys
	}
	return max(int(min(memory/float64(s.ItemSize), float64(*s.Keys))), 1)
}

// Capacity is a number of keys, or memory: a whole number, or a size such as
// "256MiB". The zero Capacity is none.
type Capacity struct {
	Items int
	Bytes quantity.Size
}

// Read implements quantity.Reader.
func (c *Capacity) Read(raw any, files quantity.Files) error {
	*c = Capacity{}
	if n, ok := raw.(int64); ok && n > 0 {
		c.Items = int(n)
		return nil
	}
	if _, ok := raw.(string); ok {
		if err := c.Bytes.Read(raw, files); err != nil || c.Bytes > 0 {
			return err
		}
	}
	return fmt.Errorf(`must be a number of keys, 1 or more, or a size such as "256MiB" %s`, quantity.Have(raw))
}

// String is the number, or the size.
func (c Capacity) String() string {
	if c.Items > 0 {
		return fmt.Sprint(c.Items)
	}
	return c.Bytes.String()
}

// MarshalText gives the number, or the size.
func (c Capacity) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
