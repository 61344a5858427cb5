package balancer

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Proxying is what nginx and HAProxy alone can be told: keys of the balancer's
// own table.
type Proxying struct {
	ConnectTimeout   quantity.Duration `toml:"connect_timeout" default:"60s" default_haproxy:"5s" range:"1ms..1h" doc:"How long a target may take to accept a connection: proxy_connect_timeout, timeout connect." source:"ngx_http_proxy_module; haproxy has no default: as in Debian's haproxy.cfg"`
	ServerTimeout    quantity.Duration `toml:"server_timeout" default:"60s" default_haproxy:"50s" range:"1ms..1d" doc:"How long a target may take to answer: proxy_read_timeout, timeout server." source:"ngx_http_proxy_module; haproxy has no default: as in Debian's haproxy.cfg"`
	KeepaliveTimeout quantity.Duration `toml:"keepalive_timeout" default:"75s" default_haproxy:"50s" range:"1ms..1d" doc:"How long a client's connection may be idle: keepalive_timeout, timeout http-keep-alive (else timeout client)." source:"ngx_http_core_module; haproxy has no default: as in Debian's haproxy.cfg"`
}

// Upstream is what nginx alone can be told.
type Upstream struct {
	WorkerProcesses     int               `toml:"worker_processes" default:"1" range:"1..1024" doc:"Workers. Each knows for itself which servers fail, whose turn it is and how busy they are, unless zone is on." source:"ngx_core_module, ngx_http_upstream_module"`
	SharedZone          bool              `toml:"zone" default:"false" doc:"The workers share what they know of the servers, in shared memory." source:"ngx_http_upstream_module"`
	MaxFails            int               `toml:"max_fails" default:"1" range:"0..1000000" doc:"Failures within fail_timeout after which a server is passed over for fail_timeout, then tried with one request; 0 turns it off. A server that is the only one is never passed over." source:"ngx_http_upstream_module"`
	FailTimeout         quantity.Duration `toml:"fail_timeout" default:"10s" range:"0s..1d" doc:"In whole seconds." source:"ngx_http_upstream_module"`
	NextUpstream        []string          `toml:"next_upstream" default:"error timeout" oneof:"error timeout http_429 http_500 http_502 http_503 http_504 non_idempotent off" doc:"After what another server is asked: proxy_next_upstream. Errors and timeouts count as failures of the server in any case, statuses if they are named." source:"ngx_http_proxy_module"`
	NextUpstreamTries   int               `toml:"next_upstream_tries" default:"0" range:"0..1000000" doc:"Servers asked at most; 0: each of them once." source:"ngx_http_proxy_module"`
	NextUpstreamTimeout quantity.Duration `toml:"next_upstream_timeout" default:"0s" range:"0s..1d" doc:"No other server is asked later than this; 0s: no limit." source:"ngx_http_proxy_module"`
	UpstreamKeepalive   int               `toml:"upstream_keepalive" default:"0" range:"0..1000000" doc:"Idle connections to servers that each worker keeps; 0: a new connection for each request." source:"ngx_http_upstream_module, off up to nginx 1.29.6"`
}

// Retrying is what HAProxy alone can be told.
type Retrying struct {
	Retries    int      `toml:"retries" default:"3" range:"0..100" doc:"Tries after the first. The same server is tried again a second (or connect_timeout, if that is less) after it has refused a connection." source:"HAProxy"`
	Redispatch bool     `toml:"redispatch" default:"false" doc:"option redispatch: another server is tried, at once; where a cookie or source asked for this one, only the last time, or when it is down." source:"HAProxy"`
	RetryOn    []string `toml:"retry_on" default:"conn-failure" oneof:"none conn-failure empty-response response-timeout 429 500 502 503 504 all-retryable-errors" doc:"After what a request is sent again; all-retryable-errors are all but 429. Nobody minds whether it is idempotent." source:"HAProxy"`
	InitState  string   `toml:"init_state" default:"up" oneof:"up fully-up down fully-down" doc:"What a new server counts as before its checks. up: it is used, and down after one failed check; down: up after one passed check; fully-up and fully-down: after unhealthy_threshold and healthy_threshold checks." source:"HAProxy, init-state; up in older versions too"`
}

// checkUpstream reports what does not go together in nginx.
func (s *Spec) checkUpstream(report quantity.Report) {
	if s.FailTimeout.Time()%engine.Second != 0 {
		report("fail_timeout", "must be whole seconds (have %s)", s.FailTimeout)
	}
	for _, name := range s.Places() {
		if weight, ok := s.Weights[name]; ok && weight == 0 {
			report("weights."+name, "must be at least 1 on nginx (have 0)")
		}
	}
	for _, word := range s.NextUpstream {
		if word == "off" && len(s.NextUpstream) > 1 {
			report("next_upstream", "off cannot be together with others")
		}
	}
}

// checkRetrying reports what does not go together in HAProxy.
func (s *Spec) checkRetrying(report quantity.Report) {
	if slices.Contains(s.RetryOn, "none") && len(s.RetryOn) > 1 {
		report("retry_on", "none cannot be together with others")
	}
}
