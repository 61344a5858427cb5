package scenario

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
// key's path: those of nginx and HAProxy.
var wordSynonyms = []struct{ pattern, word, meant string }{
	{"balancers/*/algorithm", "least_conn", "least_outstanding_requests"},
	{"balancers/*/algorithm", "leastconn", "least_outstanding_requests"},
	{"balancers/*/algorithm", "random two", "power_of_two"},
	{"balancers/*/algorithm", "random two least_conn", "power_of_two"},
	{"balancers/*/algorithm", "random(2)", "power_of_two"},
	{"balancers/*/algorithm", "random(1)", "random"},
}

// wordFor is our value for the one at the path, "" where there is none.
func wordFor(at []string, text string) string {
	for _, w := range wordSynonyms {
		if w.word == text && matches(w.pattern, at) {
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
