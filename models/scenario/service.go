package scenario

import (
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
)

// Service is a part of the site that does not scale by itself: the table
// [services.NAME].
type Service struct {
	Type string `toml:"kind" required:"true" oneof:"station pool function" doc:"station: a queue of the textbooks; pool: a thread pool; function: each request in an environment of its own, as in AWS Lambda."`

	server.Queueing
	backend.FunctionSpec `for:"function"`

	Threads           int               `toml:"threads" for:"pool" default:"200" range:"1..1000000" doc:"Threads: requests in service at a time." source:"Tomcat's maxThreads"`
	AcceptCount       int               `toml:"accept_count" for:"pool" default:"100" range:"1..1000000" doc:"Limit of the accept queue, which holds one more." source:"Tomcat's acceptCount"`
	MaxConnections    int               `toml:"max_connections" for:"pool" default:"8192" range:"1..1000000" doc:"Connections, idle ones included, at which the server stops accepting." source:"Tomcat's maxConnections"`
	KeepAlive         quantity.Duration `toml:"keepalive_timeout" for:"pool" default:"20s" doc:"Time after which an idle client connection is closed; 0s closes it after each answer." source:"Tomcat's shipped server.xml (connectionTimeout)"`
	KeepAliveRequests int               `toml:"keepalive_requests" for:"pool" default:"100" range:"1..1000000000" doc:"Requests after which a client connection is closed." source:"Tomcat's maxKeepAliveRequests"`
	VCPUs             int               `toml:"vcpus" for:"pool" default:"1" range:"1..1024" doc:"Virtual CPUs that the threads share." source:"UNSOURCED: the simplest machine"`
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
	}
}

// Server is the software of the service, as a fleet's instances would have it.
func (s *Service) Server() *server.Spec {
	return &server.Spec{
		Software:          s.Type,
		Threads:           s.Threads,
		AcceptCount:       s.AcceptCount,
		MaxConnections:    s.MaxConnections,
		KeepaliveTimeout:  s.KeepAlive,
		KeepaliveRequests: s.KeepAliveRequests,
		Queueing:          s.Queueing,
	}
}
