package site

import (
	"strconv"

	"github.com/headroom-sim/headroom/models/network"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Landmark is a place as a trace names it.
type Landmark struct {
	Kind     string // balancer, fleet, service, cdn, dns or network
	Place    string // its name
	Instance string // of a fleet
}

// landmark is a place with what a good answer of it tells.
type landmark struct {
	Landmark
	cache bool // it finds what it looks for unless it says that it missed it
	edge  bool // it finds what it looks for unless it calls for it
}

// landmarks tell which place a receiver is.
type landmarks struct {
	places map[traffic.Receiver]landmark
	images map[*server.Image]Landmark
}

func (s *System) landmarks() landmarks {
	m := landmarks{make(map[traffic.Receiver]landmark), make(map[*server.Image]Landmark)}
	for _, b := range s.balancers {
		m.places[b] = landmark{Landmark: Landmark{Kind: "balancer", Place: b.name}}
		m.places[b.Balancer] = m.places[b]
	}
	for _, v := range s.services {
		m.service(v)
	}
	for _, c := range s.cdns {
		m.places[c] = landmark{Landmark: Landmark{Kind: "cdn", Place: c.name}, edge: true}
	}
	for _, d := range s.dns {
		m.places[d] = landmark{Landmark: Landmark{Kind: "dns", Place: d.name}}
	}
	for _, f := range s.fleets {
		m.fleet(f)
	}
	return m
}

func (m *landmarks) service(v *service) {
	at := Landmark{Kind: "service", Place: v.name}
	_, cache := cacheAt(v)
	m.places[v] = landmark{Landmark: at, cache: cache}
	switch of := v.facility.(type) {
	case *function:
		m.places[of.Behind()] = m.places[v]
	case *machine:
		m.images[of.image] = at
	case *database:
		m.images[of.image] = at
	}
}

// fleet takes in where a fleet's instances send what they call: to a door of its own
// at a cache.
func (m *landmarks) fleet(f *fleet) {
	at := Landmark{Kind: "fleet", Place: f.name}
	m.places[f] = landmark{Landmark: at}
	m.images[f.image] = at
	own := len(f.calls) - len(f.below) // about signed-in state, which no cache looks up
	for i, c := range f.calls {
		if i < own {
			in := m.places[f.sys.places[f.sys.spec.Sessions.In]]
			in.cache = false
			m.places[c.To] = in
			continue
		}
		m.places[c.To] = m.places[f.below[i-own]]
	}
}

// of is the place of a hop; false where it is a part of the one above.
func (m *landmarks) of(h *traffic.Hop) (landmark, bool) {
	if s, ok := h.Last().(*server.Server); ok {
		image, ordinal := s.Origin()
		if at, ok := m.images[image]; ok {
			if at.Kind == "fleet" {
				at.Instance = at.Place + "-" + strconv.FormatUint(ordinal, 10)
			}
			return landmark{Landmark: at}, true
		}
	}
	last, first := h.Last(), h.First
	if way, ok := first.(*network.Way); ok {
		if last == first {
			return landmark{Landmark: Landmark{Kind: "network", Place: "network"}}, true
		}
		first = way.To // it takes no time: it has handed over at once
	}
	at, ok := m.places[last]
	if !ok {
		at, ok = m.places[first]
	}
	return at, ok
}

// found is whether a lookup that was answered well found what it looked for; "" of
// what is none.
func (l *landmark) found(h *traffic.Hop, calls bool) string {
	switch {
	case h.Over < 0 || h.Withdrawn || h.Cause != traffic.OK || !l.cache && !l.edge:
		return ""
	case l.cache && h.Missed || l.edge && calls:
		return "miss"
	}
	return "hit"
}
