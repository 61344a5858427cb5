package site

import (
	"slices"

	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// cache is a service of kind "cache": in front, whatever all nodes have in
// common; on each node, threads that work on one command at a time.
type cache struct {
	*backend.Cache
	image *server.Image
	nodes []*cacheNode
	limit int // of connections, all nodes together
}

// cacheNode is one of the nodes of a cache.
type cacheNode struct {
	*server.Server
	cache   *cache
	index   int
	effects incident.Effects
}

func (s *System) newCache(name string, spec *scenario.Service) *cache {
	node := nodeType(spec)
	threads := spec.CacheSpec.Threads(node.VCPU)
	c := &cache{}
	c.image = server.NewImage(s.sim, &server.Spec{Software: "station", Queueing: server.Queueing{Servers: &threads}},
		server.Wiring{Name: name, Demands: s.demands(name), Stream: s.stream, Followed: s.recorder != nil})
	config := backend.CacheConfig{Name: name, Connections: spec.CacheSpec.OwnConnections(), Stream: s.stream}
	if node.MaxConnections > 0 {
		config.Connections = node.MaxConnections
	}
	if spec.MaxConnections != nil {
		config.Connections = *spec.MaxConnections
	}
	if spec.Keys != nil {
		config.Rate = orUnknown(s.spec.Lookups(name))
		config.Items = spec.CacheSpec.Items(node.MemoryGiB * (1 << 30))
	}
	for i := range spec.Nodes {
		n := &cacheNode{Server: c.image.Launch(server.Machine{VCPUs: threads}, uint64(i)), cache: c, index: i}
		n.SetState(server.Up)
		c.nodes = append(c.nodes, n)
		config.Nodes = append(config.Nodes, n.Server)
	}
	c.limit = config.Connections * spec.Nodes
	c.Cache = backend.NewCache(s.sim, &spec.CacheSpec, config)
	return c
}

// nodeType is that of a checked Spec.
func nodeType(spec *scenario.Service) catalog.CacheNode {
	node, err := spec.NodeType()
	if err != nil {
		panic("site: unchecked cache node type: " + err.Error())
	}
	return node
}

func (c *cache) cut() serviceTally {
	var t serviceTally
	for _, n := range c.nodes {
		of := n.Cut()
		t.Merge(&of)
	}
	own := c.Cache.Cut()
	t.Span = own.Number.Span
	t.Received, t.Probes, t.Completed, t.Failed, t.Withdrawn = own.Received, own.Probes, own.Completed, own.Failed, own.Withdrawn
	t.Number, t.Connections = own.Number, own.Number
	t.hits, t.lookups = own.Hits, own.Hits+own.Misses
	return t
}

func (c *cache) connectionLimit() int { return c.limit }

// Audit checks the books of the cache and its nodes.
func (c *cache) Audit() error {
	for _, n := range c.nodes {
		if err := n.Audit(); err != nil {
			return err
		}
	}
	return c.Cache.Audit()
}

// parts are the node of that number, from 1, or with 0 all.
func (c *cache) parts(number int) []affected {
	var list []affected
	for k, n := range c.nodes {
		if number == 0 || number == k+1 {
			list = append(list, affected{n, &n.effects, n.index})
		}
	}
	return list
}

// Impair implements impairable.
func (n *cacheNode) Impair(i traffic.Impairment) {
	n.cache.Impair(n.index, i)
	n.Server.Impair(i)
	n.SetState(server.Impaired(i))
}

// cacheAt is the cache at a place, if it is one.
func cacheAt(p traffic.Receiver) (*cache, bool) {
	if v, ok := p.(*service); ok {
		c, isCache := v.facility.(*cache)
		return c, isCache
	}
	return nil, false
}

// guard makes the calls of a fleet to caches what they are: without an answer the
// request goes on, a hit spares the call that the cache guards, and after a miss
// that call's answer is written. The first of the calls has the given index in the
// fleet's image.
func (s *System) guard(spec *scenario.Fleet, calls []server.Call, first int) {
	for i, name := range spec.Calls {
		c, ok := cacheAt(calls[i].To)
		if !ok {
			continue
		}
		calls[i].Tolerant = true
		guards := s.spec.Services[name].Guards
		if k := slices.Index(spec.Calls[i+1:], guards); k >= 0 {
			calls[i].Spares = 1 << (first + i + 1 + k)
			calls[i].To, calls[i].Write = c.Aside(), c.Write
		}
	}
}
