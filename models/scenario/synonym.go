package scenario

import (
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// synonyms are keys that other tools have for one of ours, by the pattern of
// their path: no edit distance leads from one to the other.
var synonyms = []struct{ pattern, meant string }{
	{"clients/*/retries", "retry.attempts"},
	{"clients/*/max_retries", "retry.attempts"},
	{"clients/*/backoff", "retry.wait"},
	{"clients/*/type", "arrivals"},
	{"clients/*/kind", "arrivals"},
	{"balancers/*/type", "kind"},
	{"services/*/type", "kind"},
	{"fleets/*/instance_type", "instance"},
	{"fleets/*/policy", "policies"},
	{"fleets/*/policies/*/type", "kind"},
	{"fleets/*/server/type", "software"},
	{"fleets/*/server/kind", "software"},
	{"fleets/*/policies/*/alarm/missing_data", "treat_missing_data"},
	{"alarms/*/missing_data", "treat_missing_data"},
	{"faults/*/type", "effect"},
	{"faults/*/kind", "effect"},
	{"variant", "variants"},
}

// wordSynonyms are values that other tools have for one of ours, by the pattern of the
// key's path: products for what they are, and the algorithms of nginx and HAProxy.
var wordSynonyms = []struct{ pattern, word, meant string }{
	{"balancers/*/algorithm", "least_conn", "least_outstanding_requests"},
	{"balancers/*/algorithm", "leastconn", "least_outstanding_requests"},
	{"balancers/*/algorithm", "random two", "power_of_two"},
	{"balancers/*/algorithm", "random two least_conn", "power_of_two"},
	{"balancers/*/algorithm", "random(2)", "power_of_two"},
	{"balancers/*/algorithm", "random(1)", "random"},
	{"balancers/*/kind", "alb", "application"},
	{"balancers/*/kind", "nlb", "network"},
	{"balancers/*/kind", "clb", "classic"},
	{"balancers/*/kind", "elb", "classic"},
	{"services/*/kind", "redis", "cache"},
	{"services/*/kind", "valkey", "cache"},
	{"services/*/kind", "memcached", "cache"},
	{"services/*/kind", "elasticache", "cache"},
	{"services/*/kind", "mysql", "database"},
	{"services/*/kind", "postgres", "database"},
	{"services/*/kind", "postgresql", "database"},
	{"services/*/kind", "rds", "database"},
	{"services/*/kind", "sqs", "queue"},
	{"services/*/kind", "lambda", "function"},
	{"faults/*/effect", "kill", "crash"},
	{"faults/*/effect", "stop", "crash"},
	{"faults/*/effect", "freeze", "hang"},
	{"faults/*/effect", "delay", "latency"},
	{"deployments/*/kind", "instance_refresh", "rolling"},
}

// wordFor is our value for the one at the path, "" where there is none.
func wordFor(at []string, text string) string {
	for _, w := range wordSynonyms {
		if strings.EqualFold(w.word, text) && matches(w.pattern, at) {
			return w.meant
		}
	}
	return ""
}

// synonym is our key for the one at the path, "" where there is none.
func synonym(at []string) string {
	for _, s := range synonyms {
		if matches(s.pattern, at) {
			return s.meant
		}
	}
	return ""
}

// nearestWord is the word that was probably meant: what other tools call it, or
// one that differs in its capitals or a few letters; "" where none is near.
func nearestWord(path []string, text string, words []string) string {
	if meant := wordFor(path, text); meant != "" {
		return meant
	}
	if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, text) }); i >= 0 {
		return words[i]
	}
	return quantity.Nearest(text, words)
}
