package balancer_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/balancer"
)

// Ranges and defaults of CLB-HC, CLB-IDLE, CLB-DRAIN, ALB-HC, API-LBATTR, ALB-TG,
// ALB-TGHEALTH and TG-DUMP (DNS failover), ALB-LISTEN, SDK-TG, ALB-STICKY, NLB-HC,
// NLB-TG, API-TGATTR, API-LSNATTR (spec 1 to 3), A5 and A7.
func TestSpecDocumentsTheVendorsDefaults(t *testing.T) {
	rows := []struct{ kind, key, text, limits string }{
		{"classic", "algorithm", "least_outstanding_requests", ""},
		{"application", "algorithm", "round_robin", ""},
		{"network", "algorithm", "flow_hash", ""},
		{"nginx", "algorithm", "round_robin", ""},
		{"haproxy", "algorithm", "round_robin", ""},
		{"classic", "cross_zone", "true", ""},
		{"application", "cross_zone", "true", ""},
		{"network", "cross_zone", "false", ""},
		{"classic", "idle_timeout", "60s", "1s..4000s"},
		{"application", "idle_timeout", "60s", "1s..4000s"},
		{"network", "idle_timeout", "350s", "60s..6000s"},
		{"nginx", "idle_timeout", "60s", "1s..6000s"},
		{"haproxy", "idle_timeout", "5s", "1s..6000s"},
		{"classic", "deregistration_delay", "300s", "0s..3600s"},
		{"application", "deregistration_delay", "300s", "0s..3600s"},
		{"network", "deregistration_delay", "300s", "0s..3600s"},
		{"classic", "deregistration_ends", "idle", ""},
		{"application", "deregistration_ends", "delay", ""},
		{"network", "deregistration_ends", "delay", ""},
		{"classic", "surge_queue", "1024", "1..1024"},
		{"classic", "path", "/index.html", ""},
		{"application", "path", "/", ""},
		{"classic", "interval", "30s", "5s..300s"},
		{"application", "interval", "30s", "5s..300s"},
		{"network", "interval", "30s", "5s..300s"},
		{"haproxy", "interval", "2s", "1ms..1h"},
		{"classic", "timeout", "5s", "2s..60s"},
		{"application", "timeout", "5s", "2s..120s"},
		{"classic", "healthy_threshold", "10", "2..10"},
		{"application", "healthy_threshold", "5", "2..10"},
		{"network", "healthy_threshold", "5", "2..10"},
		{"haproxy", "healthy_threshold", "2", "1..1000"},
		{"classic", "unhealthy_threshold", "2", "2..10"},
		{"application", "unhealthy_threshold", "2", "2..10"},
		{"network", "unhealthy_threshold", "2", "2..10"},
		{"haproxy", "unhealthy_threshold", "3", "1..1000"},
		{"classic", "protocol", "HTTP", ""},
		{"network", "protocol", "TCP", ""},
		{"application", "weights", "", "0..999"},
		{"application", "slow_start", "0s", "0s..900s"},
		{"application", "group_stickiness", "", "1s..7d"},
		{"application", "duration", "1d", "1s.."},
		{"application", "client_keep_alive", "3600s", "60s..604800s"},
		{"application", "dns_failover_count", "1", "0..1000"},
		{"application", "dns_failover_percentage", "0%", "0..1"},
		{"application", "routing_failover_count", "1", "1..1000"},
		{"application", "routing_failover_percentage", "0%", "0..1"},
		{"network", "unhealthy_connection_termination", "true", ""},
		{"network", "deregistration_connection_termination", "false", ""},
		{"nginx", "connect_timeout", "60s", "1ms..1h"},
		{"nginx", "server_timeout", "60s", "1ms..1d"},
		{"nginx", "worker_processes", "1", "1..1024"},
		{"nginx", "max_fails", "1", "0..1000000"},
		{"nginx", "fail_timeout", "10s", "0s..1d"},
		{"nginx", "next_upstream", "error timeout", ""},
		{"nginx", "upstream_keepalive", "0", "0..1000000"},
		{"haproxy", "retries", "3", "0..100"},
		{"haproxy", "redispatch", "false", ""},
		{"haproxy", "retry_on", "conn-failure", ""},
	}
	tags := map[string]reflect.StructTag{}
	collect(t, reflect.TypeFor[balancer.Spec](), tags)
	for _, row := range rows {
		tag := tags[row.key]
		text, limits := tag.Get("default"), tag.Get("range")
		if own, ok := tag.Lookup("default_" + row.kind); ok {
			text = own
		}
		if own, ok := tag.Lookup("range_" + row.kind); ok {
			limits = own
		}
		require.Equal(t, row.text, text, "%s %s", row.kind, row.key)
		require.Equal(t, row.limits, limits, "%s %s", row.kind, row.key)
		require.NotEmpty(t, tag.Get("source"), row.key)
	}
}

// collect gathers the tags of all keys.
func collect(t *testing.T, of reflect.Type, tags map[string]reflect.StructTag) {
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Type.Kind() == reflect.Struct && f.Type.PkgPath() == of.PkgPath() {
			collect(t, f.Type, tags)
		}
		if !f.Anonymous {
			require.NotEmpty(t, f.Tag.Get("doc"), f.Name)
			tags[f.Tag.Get("toml")] = f.Tag
		}
	}
}

func TestSpecCheck(t *testing.T) {
	rows := []struct {
		name string
		spec func(*balancer.Spec)
		want []string
	}{
		{"defaults", func(*balancer.Spec) {}, nil},
		{"no targets", func(s *balancer.Spec) { s.Targets = nil },
			[]string{"targets: must name at least one target"}},
		{"no weights", func(s *balancer.Spec) { s.Targets, s.Weights = nil, map[string]int{} },
			[]string{"weights: must name at least one target"}},
		{"twice", func(s *balancer.Spec) { s.Targets = []string{"web", "app", "web"} },
			[]string{`targets: names "web" twice`}},
		{"timeout", func(s *balancer.Spec) { s.HealthCheck.Interval = s.HealthCheck.Timeout },
			[]string{"health_check.timeout: must be less than interval (timeout 5s, interval 5s)"}},
		{"network timeout", func(s *balancer.Spec) { *s = *spec("network"); s.HealthCheck.Interval = seconds(9) },
			[]string{"health_check.timeout: must not exceed interval (timeout 10s, interval 9s)"}},
		{"network timeout of the interval", func(s *balancer.Spec) { *s = *spec("network"); s.HealthCheck.Interval = seconds(10) }, nil},
		{"network short timeout", func(s *balancer.Spec) { *s = *spec("network"); s.HealthCheck.Timeout = seconds(1) },
			[]string{"health_check.timeout: must be between 2s and 120s, or 0s (have 1s)"}},
		{"haproxy", func(s *balancer.Spec) { *s = *spec("haproxy") }, nil},
		{"haproxy retries", func(s *balancer.Spec) { *s = *spec("haproxy"); s.RetryOn = []string{"none", "500"} },
			[]string{"retry_on: none cannot be together with others"}},
		{"nginx", func(s *balancer.Spec) { *s = *spec("nginx") }, nil},
		{"nginx all wrong", func(s *balancer.Spec) {
			*s = *spec("nginx")
			s.Targets, s.Weights = nil, map[string]int{"web": 0}
			s.FailTimeout, s.NextUpstream = seconds(0.5), []string{"off", "error"}
		}, []string{
			"fail_timeout: must be whole seconds (have 500ms)",
			"weights.web: must be at least 1 on nginx (have 0)",
			"next_upstream: off cannot be together with others",
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec("application")
			row.spec(s)
			require.Equal(t, row.want, complaints(s))
		})
	}
}

// complaints are what a Spec's Check reports.
func complaints(s *balancer.Spec) []string {
	var got []string
	s.Check(func(key, format string, args ...any) {
		got = append(got, key+": "+fmt.Sprintf(format, args...))
	})
	return got
}
