package swarm

import (
	"slices"
	"strings"
)

// pair remembers that the first two targets of a balancer may take each other's
// place, if they are fleets; with weights they must be all.
func (a *author) pair(weighted string, targets []string) {
	if weighted != "" {
		a.grouped = append(a.grouped, strings.Join(targets, " "))
	}
	if len(targets) < 2 || weighted != "" && len(targets) > 2 {
		return
	}
	from, to := strings.Trim(targets[0], `"`), strings.Trim(targets[1], `"`)
	is := func(name string) bool {
		return slices.ContainsFunc(a.groups, func(g group) bool { return g.name == name })
	}
	if is(from) && is(to) {
		a.pairs = append(a.pairs, [3]string{weighted, from, to})
	}
}

// together tells whether two places are target groups of a balancer with weights:
// then a deployment must say so.
func (a *author) together(from, to string) bool {
	return slices.ContainsFunc(a.grouped, func(targets string) bool {
		return strings.Contains(targets, `"`+from+`"`) && strings.Contains(targets, `"`+to+`"`)
	})
}

// deployment brings a new version into service.
func (a *author) deployment(name string) {
	at := a.IntN(280)
	switch {
	case len(a.groups) == 0:
		return
	case len(a.pairs) == 0 || a.chance(3):
		g := a.groups[a.IntN(len(a.groups))]
		a.line("[deployments.%s]\nkind = \"rolling\"\nat = \"%ds\"\nfleet = \"%s\"", name, at, g.name)
		a.maybe(2, "instance_warmup = \"%ds\"\nauto_rollback = true", a.IntN(60))
		a.regression()
		return
	}
	p := a.pairs[a.IntN(len(a.pairs))]
	if p[0] == "" && a.together(p[1], p[2]) {
		return
	}
	if a.chance(3) {
		p[1], p[2] = p[2], p[1]
	}
	a.line("[deployments.%s]\nat = \"%ds\"\nfrom = \"%s\"\nto = \"%s\"\noverlap = \"%ds\"", name, at, p[1], p[2], a.IntN(100))
	a.maybe(2, "max_unhealthy = \"%d%%\"", a.IntN(101))
	kind := "blue_green"
	if p[0] != "" {
		a.line("balancer = \"%s\"\nready_within = \"%ds\"", p[0], a.between(1, 200))
		kind = a.pick("blue_green", "canary")
	}
	a.line("kind = \"%s\"", kind)
	if kind == "canary" {
		a.line("steps = [\"%d%% for %ds\", \"60%% for 10s\"]", a.between(1, 50), a.IntN(60))
	}
	a.regression()
}

// regression ends a deployment: what watches it, and what is worse with it.
func (a *author) regression() {
	if strings.Contains(a.String(), "[alarms.watch]") {
		a.maybe(2, "alarms = [\"%s\"]", a.pick("watch", "either"))
	}
	a.maybe(2, "regression = { errors = %g, slow = %d, latency = \"%dms\" }", a.Float64(), a.between(1, 3), a.IntN(30))
}
