package scenario

import (
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/client"
)

// count is a number that a key has.
type count struct {
	path []string
	n    int
}

// mostInstances are how many all fleets together may have.
const mostInstances = 1_000_000

// checkMemory finds more users, keys of caches or instances than a run holds in
// memory.
func (c *crossChecker) checkMemory() {
	var users, keys, instances []count
	for _, name := range sorted(c.Clients) {
		users = append(users, count{[]string{"clients", name, "users"}, c.Clients[name].Users})
	}
	for _, name := range sorted(c.CDNs) {
		if n := c.CDNs[name].Keys; n != nil {
			keys = append(keys, count{[]string{"cdns", name, "keys"}, *n})
		}
	}
	for _, name := range sorted(c.Services) {
		if n := c.Services[name].Keys; n != nil {
			keys = append(keys, count{[]string{"services", name, "keys"}, *n})
		}
	}
	for _, name := range sorted(c.Fleets) {
		instances = append(instances, count{[]string{"fleets", name, "max"}, c.Fleets[name].Max})
	}
	c.checkSum(client.MostUsers, "users to all clients", users)
	c.checkSum(backend.MostKeys, "keys to all caches", keys)
	c.checkSum(mostInstances, "instances to all fleets", instances)
}

// checkSum reports the number with which the sum of all is too much.
func (c *crossChecker) checkSum(most int, what string, all []count) {
	sum := 0
	for _, one := range all {
		if one.n <= most && sum <= most && sum+one.n > most {
			c.report(one.path, "must leave at most %d %s together (have %d, and %d in those before)", most, what, one.n, sum)
		}
		sum += one.n
	}
}
