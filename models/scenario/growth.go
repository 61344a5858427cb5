package scenario

import (
	"fmt"
	"math"
	"strconv"

	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Grow are the overrides "KEY=VALUE" that make the load of all clients factor
// times as large: rates, counts of traces, and numbers of users, which are rounded
// up.
func (s *Spec) Grow(factor float64) []string {
	var sets []string
	for _, name := range sorted(s.Clients) {
		key := "clients." + name + "."
		for _, set := range grow(s.Clients[name], factor) {
			sets = append(sets, key+set)
		}
	}
	return sets
}

func grow(c *client.Spec, factor float64) []string {
	switch c.Kind() {
	case "closed":
		return []string{"users=" + strconv.Itoa(int(math.Ceil(float64(float64(c.Users)*factor)-1e-9)))}
	case "trace":
		return []string{"scale=" + strconv.FormatFloat(c.Scale*factor, 'f', -1, 64)}
	}
	var sets []string
	if len(c.Daily.Points) > 0 {
		sets = append(sets, fmt.Sprintf("daily=%s", quantity.DailyProfile{Points: scaled(c.Daily.Points, factor)}))
	} else {
		sets = append(sets, fmt.Sprintf("rate=%s", quantity.RateProfile{Points: scaled(c.Rate.Points, factor)}))
	}
	if c.BurstRate > 0 {
		sets = append(sets, fmt.Sprintf("burst_rate=%s", c.BurstRate*quantity.Rate(factor)))
	}
	return sets
}

func scaled(points []quantity.RatePoint, factor float64) []quantity.RatePoint {
	grown := make([]quantity.RatePoint, len(points))
	for i, p := range points {
		grown[i] = quantity.RatePoint{At: p.At, Rate: p.Rate * quantity.Rate(factor)}
	}
	return grown
}

// FullestZone is the zone that has most instances at time zero, the first by name
// of those that have as many, and how many zones have some.
func (s *Spec) FullestZone() (zone string, zones int) {
	count := make(map[string]int)
	reached := s.Reached()
	for _, name := range sorted(s.Fleets) {
		f := s.Fleets[name]
		for i := range f.Start() {
			if reached[name] {
				count[f.Zones[i%len(f.Zones)]]++
			}
		}
	}
	for _, name := range sorted(count) {
		if zone == "" || count[name] > count[zone] {
			zone = name
		}
	}
	return zone, len(count)
}
