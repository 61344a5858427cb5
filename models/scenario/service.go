package scenario

import (
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
)

// Service is a part of the site that does not scale by itself: the table
// [services.NAME].
type Service struct {
	Type  string   `toml:"kind" required:"true" oneof:"station pool cache database queue function" doc:"station: a queue of the textbooks; pool: a thread pool; cache: Memcached or Redis; database: connections and processors; queue: messages that consumers work on later; function: each request in an environment of its own, as in AWS Lambda."`
	Price *float64 `toml:"price" range:"0..100000" for:"station pool cache database queue" doc:"USD per hour, of a cache for each node; a begun hour counts whole. Left out: nothing; with node the catalogue's."`

	server.Queueing
	backend.FunctionSpec `for:"function"`

	Threads           int               `toml:"threads" for:"pool" default:"200" range:"1..1000000" doc:"Threads: requests in service at a time." source:"Tomcat's maxThreads"`
	AcceptCount       int               `toml:"accept_count" for:"pool" default:"100" range:"1..1000000" doc:"Limit of the accept queue, which holds one more." source:"Tomcat's acceptCount"`
	MaxConnections    *int              `toml:"max_connections" for:"pool database cache" default_pool:"8192" default_database:"151" range:"1..1000000" doc:"pool: connections, idle ones included, at which the server stops accepting. database, cache: calls in progress, each of which holds a connection; further ones are refused at once (blocked). Left out for a cache: as many as the node type takes, or without one the software: Memcached 1024, Redis and Valkey 10000." source:"Tomcat's maxConnections; MySQL: max_connections"`
	KeepAlive         quantity.Duration `toml:"keepalive_timeout" for:"pool" default:"20s" doc:"Time after which an idle client connection is closed; 0s closes it after each answer." source:"Tomcat's shipped server.xml (connectionTimeout)"`
	KeepAliveRequests int               `toml:"keepalive_requests" for:"pool" default:"100" range:"1..1000000000" doc:"Requests after which a client connection is closed." source:"Tomcat's maxKeepAliveRequests"`
	VCPUs             int               `toml:"vcpus" for:"pool database" default:"1" range:"1..1024" doc:"Virtual CPUs that the threads, or the calls in progress, share." source:"UNSOURCED: the simplest machine"`

	CallTimeout *quantity.Duration `toml:"call_timeout" for:"cache database" range:"1ms.." doc:"Longest time that an instance of a fleet which calls it waits for the answer, and holds a thread. After it a call of a cache counts as a miss, and the request goes on; that of a database has failed, though the database goes on with its work. Left out: for ever, in nginx proxy_read_timeout." source:"UNSOURCED: drivers differ, and most wait for ever unless told otherwise"`

	backend.CacheSpec    `for:"cache"`
	backend.DatabaseSpec `for:"database"`
	backend.QueueSpec    `for:"queue"`
}

// Kind is the key that decides which others the service can use.
func (s *Service) Kind() string { return s.Type }

// Check reports what no single key shows.
func (s *Service) Check(report quantity.Report) {
	switch s.Type {
	case "station":
		(&server.StationSpec{Queueing: s.Queueing}).Check(report)
	case "function":
		s.FunctionSpec.Check(report)
	case "cache":
		s.CacheSpec.Check(report)
		if _, err := s.NodeType(); err != nil {
			report("node", "%v", err)
		}
	}
}

// NodeType is the node type of a cache, with its engine; blank where the cache
// names none.
func (s *Service) NodeType() (catalog.CacheNode, error) {
	if s.Node == "" {
		return catalog.CacheNode{}, nil
	}
	return catalog.LookupCacheNode(s.Node, s.Engine)
}

// Server is the software of a station or pool, as a fleet's instances would have
// it.
func (s *Service) Server() *server.Spec {
	spec := &server.Spec{
		Software:          s.Type,
		Threads:           s.Threads,
		AcceptCount:       s.AcceptCount,
		KeepaliveTimeout:  s.KeepAlive,
		KeepaliveRequests: s.KeepAliveRequests,
		Queueing:          s.Queueing,
	}
	if s.MaxConnections != nil {
		spec.MaxConnections = *s.MaxConnections
	}
	return spec
}
