package scenario

import (
	"fmt"
	_ "time/tzdata" // for places without a database of time zones

	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/catalog"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/deployment"
	"github.com/headroom-sim/headroom/models/incident"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/session"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Spec is one configuration of a scenario: all that a run depends on. A Spec
// that [File.Spec] returns is complete and consistent.
type Spec struct {
	Title        string            `toml:"title" doc:"What the scenario is about, in a line."`
	Notes        string            `toml:"notes" doc:"Anything else for readers."`
	Duration     quantity.Duration `toml:"duration" required:"true" range:"1ms.." doc:"Simulated time."`
	Discard      Discard           `toml:"discard" default:"0s" doc:"Initial transient that is left out of the statistics: a duration, or auto to find it by MSER-5." source:"DERIVED: the whole run counts unless said otherwise"`
	Seed         uint64            `toml:"seed" default:"1" doc:"Seed of all random numbers." source:"DERIVED: any fixed number"`
	Replications *int              `toml:"replications" range:"1..100000" doc:"Independent replications. Left out: as the command has it."`
	Start        *quantity.Instant `toml:"start" doc:"Wall-clock instant of time zero, such as 2026-03-02T08:00:00Z; without an offset in timezone. Needed by cron and daily, and to align traces."`
	Timezone     quantity.Zone     `toml:"timezone" default:"UTC" doc:"IANA name of the time zone of start, daily, cron and traces, such as Asia/Seoul." source:"sched: the default of scheduled actions"`
	Region       Region            `toml:"region" default:"us-east-1" doc:"Region whose prices hold." source:"DERIVED: the vendor's first"`

	Clients      map[string]*client.Spec      `toml:"clients" required:"true" write:"[clients.NAME] with target and rate" doc:"Who sends the load."`
	Routes       map[string]traffic.RouteSpec `toml:"routes" required:"true" write:"[routes.NAME] with demand = { PLACE = \"5ms\" }, the CPU time of a request" doc:"What a request costs, by the place that works on it."`
	Balancers    map[string]*balancer.Spec    `toml:"balancers" doc:"Load balancers."`
	Fleets       map[string]*Fleet            `toml:"fleets" doc:"Auto Scaling groups."`
	Services     map[string]*Service          `toml:"services" doc:"Parts that do not scale by themselves."`
	CDNs         map[string]*backend.CDNSpec  `toml:"cdns" doc:"Content delivery networks: they answer what they have, and pass the rest on to their origin."`
	DNS          map[string]*backend.DNSSpec  `toml:"dns" doc:"Names in DNS with several records, for clients to address."`
	Prices       Prices                       `toml:"prices" doc:"What transfers cost."`
	Network      Network                      `toml:"network" doc:"Delays between parts."`
	Sessions     session.Spec                 `toml:"sessions" doc:"Where signed-in state lives."`
	Alarms       map[string]*Alarm            `toml:"alarms" doc:"Alarms that are no policy's: they are in the timeline and the series, composite ones among them follow others, and deployments and instance refreshes can watch them."`
	Faults       map[string]*incident.Fault   `toml:"faults" doc:"What goes wrong, and when."`
	Deployments  map[string]*deployment.Spec  `toml:"deployments" doc:"New versions that come into service, and how."`
	Expectations map[string]*Expectation      `toml:"expectations" doc:"What must hold."`
	Plan         Plan                         `toml:"plan" doc:"Where headroom plan looks for the cheapest configuration that meets the expectations."`

	text text
}

// Network is the delay between parts.
type Network struct {
	WithinZone   quantity.Duration `toml:"within_zone" default:"0s" range:"0s..10s" doc:"Round trip that a call within a zone takes longer, half on the way there and half back: from a balancer's node to a target, and from an instance to what it calls. Services are in the zone of who calls them; clients, content delivery networks and DNS are outside and cost nothing." source:"DERIVED: no delay unless asked for"`
	BetweenZones quantity.Duration `toml:"between_zones" default:"0s" range:"0s..10s" doc:"The same for a call from one zone to another." source:"DERIVED: no delay unless asked for"`
}

// settle gives an instant without offset the scenario's time zone.
func (s *Spec) settle() {
	if s.Start != nil && s.Timezone.Location != nil {
		s.Start.Settle(s.Timezone.Location)
	}
}

// Discard is the length of the initial transient.
type Discard struct {
	Auto bool // found by MSER-5, For is 0
	For  quantity.Duration
}

// Read implements quantity.Reader.
func (d *Discard) Read(raw any, files quantity.Files) error {
	if raw == "auto" {
		*d = Discard{Auto: true}
		return nil
	}
	d.Auto = false
	if err := d.For.Read(raw, files); err != nil {
		if _, isText := raw.(string); isText {
			return fmt.Errorf(`must be a duration such as "10m", or "auto" %s`, quantity.Have(raw))
		}
		return err
	}
	return nil
}

// String is the canonical form.
func (d Discard) String() string {
	if d.Auto {
		return "auto"
	}
	return d.For.String()
}

// MarshalText gives the canonical form.
func (d Discard) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Region is where prices hold.
type Region struct{ catalog.Region }

// Read implements quantity.Reader.
func (r *Region) Read(raw any, _ quantity.Files) error {
	name, ok := raw.(string)
	if !ok {
		return wrong(`a region such as "us-east-1"`, raw)
	}
	region, err := catalog.ParseRegion(name)
	r.Region = region
	return err
}

// MarshalText gives the name.
func (r Region) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
