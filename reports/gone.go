package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
)

// someFailed is the share of the failures from which an outage is told that has a
// part in them.
const someFailed = 0.01

// noneUsable says when fleets had no usable server in the measured part of the first
// replication; empty if that does not account for most failures.
func noneUsable(r *experiments.Result) string {
	var failed float64
	for _, m := range failedMinutes(r, "") {
		failed += m.failed
	}
	all := tell(r, Filter{From: engine.Time(r.DiscardS * float64(engine.Second))}).outages()
	if !most(accounted(r, all), failed) {
		return ""
	}
	all = slices.DeleteFunc(all, func(o outage) bool { return accounted(r, []outage{o}) < float64(someFailed*failed) })
	clock := clockOf(r)
	var parts []string
	for _, o := range all[:min(3, len(all))] {
		parts = append(parts, fmt.Sprintf("%s from %s to %s", o.says(), clock.Second(o.from.Seconds()), clock.Second(o.to.Seconds())))
	}
	if more := len(all) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more times", more))
	}
	text := strings.Join(parts, ", ")
	if r.Replications > 1 {
		text = "in the first replication " + text
	}
	return text
}

// accounted is for how many failures outages can account: at most for the requests
// that can have come to the fleets meanwhile. Errors 500 are made by servers.
func accounted(r *experiments.Result, all []outage) float64 {
	var sum float64
	own, clients := failedMinutes(r, "500"), crowds(r)
	for i, m := range failedMinutes(r, "") {
		blamed := m.failed
		if i < len(own) {
			blamed -= own[i].failed
		}
		for _, c := range clients {
			sum += math.Min(float64(blamed*c.failed), float64(m.offered*c.offered*c.lost(r, all, m.span)))
		}
	}
	return sum
}

// crowd is a client with its shares of the requests and of the failures.
type crowd struct {
	client          string
	offered, failed float64
}

// crowds are all clients. Minutes do not tell them apart, and visits of the whole run
// stand for their requests: a visit ends when one fails.
func crowds(r *experiments.Result) []crowd {
	var list []crowd
	var offered, failed float64
	for _, name := range members(r, "clients.", ".visits.started") {
		c := crowd{name, orZero(r.Metrics["clients."+name+".visits.started"].Mean), orZero(r.Metrics["clients."+name+".visits.failed"].Mean)}
		list, offered, failed = append(list, c), offered+c.offered, failed+c.failed
	}
	if failed == 0 {
		return nil
	}
	for i := range list {
		list[i].offered /= offered
		list[i].failed /= failed
	}
	return list
}

// lost is the greatest share of the client's requests in a stretch of time that can
// have come to a fleet while it was out.
func (c crowd) lost(r *experiments.Result, all []outage, part span) float64 {
	var most float64
	for _, o := range all {
		if gone := (span{max(o.from, part.from), min(o.to, part.to)}).length(); gone > 0 {
			most = math.Max(most, r.Detail.Exposure[o.fleet][c.client]*float64(gone)/float64(part.length()))
		}
	}
	return most
}

// concerned reports whether some of the failed requests can have come to a place; what
// is no fleet is taken to concern all.
func concerned(r *experiments.Result, place string) bool {
	exposed, fleet := r.Detail.Exposure[place]
	if !fleet {
		return true
	}
	var sum float64
	for _, c := range crowds(r) {
		sum += float64(c.failed * exposed[c.client])
	}
	return sum >= someFailed
}
