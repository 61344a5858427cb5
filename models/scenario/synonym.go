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
	{"faults/*/type", "effect"},
	{"faults/*/kind", "effect"},
	{"variant", "variants"},
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
