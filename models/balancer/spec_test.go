package balancer_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/balancer"
)

// Ranges and defaults of CLB-HC, CLB-IDLE, CLB-DRAIN, ALB-HC, API-LBATTR and
// ALB-TG.
func TestSpecDocumentsTheVendorsDefaults(t *testing.T) {
	rows := []struct{ key, classic, application, limits string }{
		{"algorithm", "least_outstanding_requests", "round_robin", ""},
		{"cross_zone", "true", "true", ""},
		{"idle_timeout", "60s", "60s", "1s..4000s"},
		{"deregistration_delay", "300s", "300s", "0s..3600s"},
		{"deregistration_ends", "idle", "delay", ""},
		{"surge_queue", "1024", "1024", "1..1024"},
		{"path", "/index.html", "/", ""},
		{"interval", "30s", "30s", "5s..300s"},
		{"timeout", "5s", "5s", "2s..120s"},
		{"healthy_threshold", "10", "5", "2..10"},
		{"unhealthy_threshold", "2", "2", "2..10"},
	}
	tags := map[string]reflect.StructTag{}
	for _, part := range []reflect.Type{reflect.TypeFor[balancer.Spec](), reflect.TypeFor[balancer.HealthCheck](), reflect.TypeFor[balancer.Forwarding](), reflect.TypeFor[balancer.GroupHealth](), reflect.TypeFor[balancer.Stickiness]()} {
		for i := range part.NumField() {
			tag := part.Field(i).Tag
			if part.Field(i).Anonymous {
				continue
			}
			require.NotEmpty(t, tag.Get("doc"), part.Field(i).Name)
			tags[tag.Get("toml")] = tag
		}
	}
	for _, row := range rows {
		tag := tags[row.key]
		classic, own := tag.Lookup("default_classic")
		if !own {
			classic = tag.Get("default")
		}
		require.Equal(t, row.classic, classic, row.key)
		require.Equal(t, row.application, tag.Get("default"), row.key)
		require.Equal(t, row.limits, tag.Get("range"), row.key)
		require.NotEmpty(t, tag.Get("source"), row.key)
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
		{"twice", func(s *balancer.Spec) { s.Targets = []string{"web", "app", "web"} },
			[]string{`targets: names "web" twice`}},
		{"timeout", func(s *balancer.Spec) { s.HealthCheck.Interval = s.HealthCheck.Timeout },
			[]string{"health_check.timeout: must be less than interval (timeout 5s, interval 5s)"}},
		{"classic", func(s *balancer.Spec) {
			s.Product, s.HealthCheck.Timeout, s.HealthCheck.Interval = "classic", seconds(61), seconds(300)
		}, []string{"health_check.timeout: must not exceed 60s on a classic balancer (have 61s)"}},
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
