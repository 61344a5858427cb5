package swarm

import "strings"

func (a *author) service(name string) {
	a.line("[services.%s]", name)
	switch a.IntN(8) {
	case 0:
		a.stateless[name] = true
		a.function()
		a.managed[name] = true
	case 1:
		a.line("kind = \"pool\"\nthreads = %d\nvcpus = %d", a.between(1, 20), a.between(1, 4))
		a.maybe(2, "accept_count = %d", a.between(1, 10))
		a.maybe(2, "max_connections = %d", a.between(1, 60))
		a.maybe(3, "keepalive_timeout = \"%ds\"", a.IntN(4))
		a.maybe(3, "keepalive_requests = %d", a.between(1, 9))
	case 2, 3:
		a.cache(name)
	case 4:
		a.line("price = 0.25\nkind = \"database\"\nvcpus = %d", a.between(1, 4))
		a.maybe(3, "call_timeout = \"%dms\"", a.between(1, 300))
		a.maybe(2, "max_connections = %d", a.between(1, 60))
		if a.chance(2) {
			a.line("pool = %d\npool_timeout = \"%dms\"", a.between(1, 10), a.between(1, 3000))
		}
	case 5:
		a.managed[name] = true
		a.stateless[name] = true
		a.line("kind = \"queue\"\nworkers = %d\nwork = \"%s\"", a.between(1, 5), a.span(40))
		a.maybe(3, "max_length = %d", a.IntN(20))
	default:
		a.line("kind = \"station\"")
		a.station()
	}
	a.places, a.work = append(a.places, name), append(a.work, name)
}

func (a *author) function() {
	a.line("kind = \"function\"")
	a.maybe(2, "memory = \"%dMiB\"", a.between(128, 4000))
	a.maybe(3, "parallelism = %d", a.between(1, 3))
	concurrency := a.between(1, 40)
	a.maybe(2, "provisioned = %d", a.IntN(concurrency))
	a.line("concurrency = %d\nidle_timeout = \"%ds\"", concurrency, a.between(1, 100))
	a.maybe(2, "scaling = \"%d per %ds\"", a.between(1, 20), a.between(1, 20))
	a.maybe(2, "cold_start = \"%s\"", a.span(400))
	a.maybe(4, "timeout = \"1s\"")
}

// edge writes what clients may come by before they come to the site.
func (a *author) edge() {
	if a.chance(3) {
		a.line("[cdns.edge]\norigin = \"%s\"", a.pick(a.places...))
		if a.chance(2) {
			a.line("hit_ratio = %g", a.Float64())
		} else {
			a.line("keys = %d\nttl = \"%ds\"\nstart = \"%s\"", a.between(1, 2000), a.between(1, 200), a.pick("warm", "cold"))
		}
		a.maybe(2, "latency = \"%s\"", a.span(20))
		a.maybe(3, "origin_keepalive_timeout = \"%ds\"", a.between(1, 9))
		a.maybe(3, "origin_timeout = \"%ds\"", a.between(1, 9))
		a.places = append(a.places, "edge")
	}
	if !a.chance(3) {
		return
	}
	first, second := a.places[len(a.places)-1], a.pick(a.places...)
	a.line("[dns.example]\nttl = \"%ds\"\nresolvers = %d\nignore_ttl = 0.2", a.between(1, 90), a.between(1, 50))
	switch {
	case first != second && a.chance(2):
		a.line("kind = \"failover\"\nprimary = \"%s\"\nsecondary = \"%s\"", first, second)
	case first == second:
		a.line("weights = { %s = %d }", first, a.IntN(3))
	default:
		a.line("weights = { %s = %d, %s = %d }", first, a.IntN(3), second, a.IntN(3))
	}
	if a.chance(2) {
		a.line("health_check = { interval = \"10s\", failure_threshold = %d }", a.between(1, 3))
	} else {
		a.maybe(2, "evaluate_target_health = true")
	}
	a.places = append(a.places, "example")
}

func (a *author) cache(name string) {
	a.line("kind = \"cache\"\nnodes = %d\nengine = \"%s\"", a.between(1, 3), a.pick("memcached", "redis", "valkey"))
	a.maybe(2, "node = \"%s\"", a.pick("cache.t3.micro", "cache.m6g.large"))
	a.maybe(3, "max_connections = %d", a.between(1, 8))
	a.maybe(3, "latency = \"%s\"", a.span(1))
	a.maybe(3, "call_timeout = \"%dms\"", a.between(1, 300))
	if a.chance(2) {
		a.line("hit_ratio = %g", a.Float64())
	} else {
		a.line("keys = %d\nskew = %g", a.between(1, 5000), 2*a.Float64())
		a.maybe(2, "capacity = %d", a.between(1, 1000))
		a.maybe(2, "ttl = \"%ds\"", a.between(1, 100))
		a.maybe(2, "start = \"cold\"")
	}
	if len(a.places) > 0 && a.chance(2) {
		a.guards[name] = a.pick(a.places...)
		a.line("guards = \"%s\"", a.guards[name])
	}
}

func (a *author) station() {
	a.maybe(2, "servers = %d", a.between(1, 6))
	a.maybe(3, "queue = %d", a.IntN(20))
	switch a.IntN(4) {
	case 0:
		a.line("discipline = \"ps\"")
	case 1:
		a.line("discipline = \"lifo\"")
		fallthrough
	default:
		a.maybe(3, "patience = \"%s\"", a.span(200))
	}
}

// sessions says where signed-in state is kept.
func (a *author) sessions() {
	if a.chance(3) {
		return
	}
	a.line("[sessions]")
	a.maybe(2, "lifetime = \"%ds\"", a.between(1, 9))
	if strings.HasPrefix(a.work[0], "service") && !a.stateless[a.work[0]] && !a.chance(4) {
		a.line("store = \"shared\"\nin = \"%s\"", a.work[0])
	}
}
