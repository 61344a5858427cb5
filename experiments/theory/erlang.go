package theory

// ErlangB is the share of arrivals that find all servers busy and are lost,
// where nobody can wait: M/G/c/c with an offered load in erlangs (arrival rate
// times mean service time). Only the mean of the service law matters.
//
// It is computed by the recursion over the number of servers, which adds and
// divides positive numbers only ([Gross] section 2.4, 2.5).
func ErlangB(servers int, load float64) float64 {
	const nothing = 1e-300
	blocked := 1.0
	for c := 1; c <= servers; c++ {
		if blocked < nothing {
			return 0
		}
		carried := float64(load * blocked)
		blocked = carried / (float64(c) + carried)
	}
	return blocked
}

// ErlangC is the share of arrivals that find all servers busy and wait, where
// everybody waits: M/M/c with an offered load in erlangs ([Gross] section
// 2.3). It is 1 where the load is not below the number of servers.
func ErlangC(servers int, load float64) float64 {
	c := float64(servers)
	if load >= c {
		return 1
	}
	blocked := ErlangB(servers, load)
	return blocked * c / (c - float64(load*(1-blocked)))
}
