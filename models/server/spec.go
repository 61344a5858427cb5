package server

import (
	"fmt"
	"strconv"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Spec is the software on the instances of a fleet: [fleets.NAME.server].
type Spec struct {
	Software string `toml:"software" default:"nginx" oneof:"nginx pool station" doc:"nginx; pool: a thread pool such as Tomcat's; station: a textbook queue." source:"UNSOURCED: the subject of the simulator"`

	WorkerProcesses   Workers           `toml:"worker_processes" default:"auto" for:"nginx" doc:"Worker processes: a number, or auto for one per vCPU." source:"packaged nginx.conf; built in: 1 (ngx_core_module)"`
	WorkerConnections int               `toml:"worker_connections" default:"1024" range:"3..1000000" for:"nginx" doc:"Connections of one worker, with clients, upstreams, the listening socket and the master." source:"packaged nginx.conf; built in: 512 (ngx_core_module)"`
	CPUSharing        string            `toml:"cpu_sharing" default:"pooled" oneof:"pooled per_worker" for:"nginx" doc:"pooled: all requests share the vCPUs, whichever worker holds them; per_worker: each worker serves its own requests first in, first out, on at most one vCPU." source:"DERIVED: pooled errs towards short waits, since idle workers help a busy one; per_worker errs towards long ones, since no request lets another go ahead"`
	UpstreamKeepalive int               `toml:"upstream_keepalive" default:"0" range:"0..1000000" for:"nginx" doc:"Idle connections to the upstream that each worker keeps." source:"ngx_http_upstream_module: off by default up to 1.29.6"`
	ProxyReadTimeout  quantity.Duration `toml:"proxy_read_timeout" default:"60s" range:"1ms.." for:"nginx" doc:"Longest wait for the upstream's answer, connecting included; then 504." source:"ngx_http_proxy_module"`
	Backlog           int               `toml:"backlog" default:"511" range:"1..1000000" for:"nginx" doc:"Limit of the accept queue, which holds one more; the kernel caps it at 4096 (somaxconn)." source:"ngx_linux_config.h; somaxconn: ip-sysctl.rst"`

	KeepaliveTimeout  quantity.Duration `toml:"keepalive_timeout" default:"75s" default_pool:"20s" for:"nginx pool" doc:"Time after which an idle client connection is closed; 0s closes it after each answer." source:"ngx_http_core_module; Tomcat's shipped server.xml (connectionTimeout)"`
	KeepaliveRequests int               `toml:"keepalive_requests" default:"1000" default_pool:"100" range:"1..1000000000" for:"nginx pool" doc:"Requests after which a client connection is closed." source:"ngx_http_core_module; Tomcat's maxKeepAliveRequests"`

	Threads        int `toml:"threads" default:"200" range:"1..1000000" for:"pool" doc:"Threads: requests in service at a time." source:"Tomcat's maxThreads"`
	AcceptCount    int `toml:"accept_count" default:"100" range:"1..1000000" for:"pool" doc:"Limit of the accept queue, which holds one more." source:"Tomcat's acceptCount"`
	MaxConnections int `toml:"max_connections" default:"8192" range:"1..1000000" for:"pool" doc:"Connections, idle ones included, at which the server stops accepting." source:"Tomcat's maxConnections"`

	Queueing
}

// Queueing is what makes a station of the textbooks, in Kendall's notation
// G/G/servers/(servers + queue), with or without abandonment.
type Queueing struct {
	Servers    *int          `toml:"servers" range:"1..1000000" for:"station" doc:"Servers; left out: one per vCPU, in a service one." source:"UNSOURCED: the simplest queue"`
	Queue      *int          `toml:"queue" range:"0..1000000000" for:"station" doc:"Waiting places; who finds them taken is turned away. Left out: unbounded." source:"UNSOURCED: the simplest queue"`
	Discipline string        `toml:"discipline" default:"fifo" oneof:"fifo ps lifo" for:"station" doc:"fifo: first in, first out; lifo: last in, first out, without interruption; ps: all present share the servers equally, at most one each." source:"UNSOURCED: the simplest queue"`
	Patience   quantity.Span `toml:"patience" for:"station" doc:"Time after which a request leaves the queue unserved; left out: never." source:"UNSOURCED: the simplest queue"`
}

// Kind is the software.
func (s *Spec) Kind() string { return s.Software }

// Check reports what the fields' own ranges cannot say.
func (s *Spec) Check(report quantity.Report) {
	if s.Software == "station" {
		s.Queueing.check(report)
	}
	if usable := s.WorkerConnections - reservedSlots; s.Software == "nginx" && s.UpstreamKeepalive >= usable {
		report("upstream_keepalive", "must leave slots for clients (have %d, and %d usable of worker_connections)", s.UpstreamKeepalive, usable)
	}
}

// StationSpec is a station that stands for itself: [services.NAME] with
// kind = "station".
type StationSpec struct {
	Queueing
}

// Kind is "station".
func (s *StationSpec) Kind() string { return "station" }

// Check reports what the fields' own ranges cannot say.
func (s *StationSpec) Check(report quantity.Report) { s.Queueing.check(report) }

func (q *Queueing) check(report quantity.Report) {
	if q.Discipline == "ps" && q.Patience.Distribution != nil {
		report("patience", "has no meaning with discipline \"ps\", where nobody waits")
	}
}

// Workers is a number of worker processes; 0 stands for "auto", one per vCPU.
type Workers int

const mostWorkers = 1024

// Read implements quantity.Reader.
func (w *Workers) Read(raw any, _ quantity.Files) error {
	switch v := raw.(type) {
	case string:
		if v == "auto" {
			*w = 0
			return nil
		}
	case int64:
		if v >= 1 && v <= mostWorkers {
			*w = Workers(v)
			return nil
		}
	}
	return fmt.Errorf("must be a whole number from 1 to %d, or \"auto\" %s", mostWorkers, quantity.Have(raw))
}

// String is the number, or "auto".
func (w Workers) String() string {
	if w == 0 {
		return "auto"
	}
	return strconv.Itoa(int(w))
}

// MarshalText gives the number, or "auto".
func (w Workers) MarshalText() ([]byte, error) { return []byte(w.String()), nil }
