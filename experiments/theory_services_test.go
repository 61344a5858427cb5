package experiments

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/theory"
)

// ofMessages is what M/M/c says of the messages in a queue, whose producers do
// not wait for them.
func ofMessages(q theory.MMC) law {
	l := ofMMC(q)
	maps.DeleteFunc(l, func(metric string, _ float64) bool { return strings.HasPrefix(metric, "latency.") })
	l["latency.mean"] = 0.005
	return l
}

// ofConnections is what M/M/c/K says of a database whose processors are shared by
// the calls in progress: their number has the law of a queue's.
func ofConnections(q theory.MMCK) law {
	l := ofMMCK(q)
	delete(l, "services.desk.wait.mean")
	delete(l, "services.desk.delayed")
	return l
}

// Databases, caches and message queues are stations of the textbooks in their
// way: processor sharing, one thread for commands, consumers behind a line.
func TestTheoryOfServices(t *testing.T) {
	const database = "kind = \"database\"\nvcpus = 4\n"
	for _, c := range []struct {
		name, text string
		law        law
	}{
		{"database, M/M/4 shared", arrivals(150, "exponential(20ms)", database), ofSharing(theory.MGCPS{Arrival: 150, Service: 50, Cores: 4})},
		{"database, M/H2/4 shared", arrivals(170, "hyperexponential(20ms, scv=4)", database), ofSharing(theory.MGCPS{Arrival: 170, Service: 50, Cores: 4})},
		{"database, M/M/4/10 shared", arrivals(240, "exponential(20ms)", database+"max_connections = 10"), ofConnections(theory.MMCK{Arrival: 240, Service: 50, Servers: 4, Capacity: 10})},
		{"database, a pool for four", arrivals(170, "exponential(20ms)", database+"pool = 4"), ofMMC(theory.MMC{Arrival: 170, Service: 50, Servers: 4})},
		{"cache, one thread", arrivals(700, "exponential(1ms)", "kind = \"cache\"\nengine = \"redis\"\nlatency = \"0s\""), ofMMC(theory.MMC{Arrival: 700, Service: 1000, Servers: 1})},
		{"cache, four threads", arrivals(170, "exponential(20ms)", "kind = \"cache\"\nlatency = \"0s\""), ofMMC(theory.MMC{Arrival: 170, Service: 50, Servers: 4})},
		{"queue, M/M/1 at 0.8", arrivals(80, "5ms", "kind = \"queue\"\nworkers = 1\nwork = \"exponential(10ms)\""), ofMessages(theory.MMC{Arrival: 80, Service: 100, Servers: 1})},
		{"queue, M/M/4 at 0.85", arrivals(170, "5ms", "kind = \"queue\"\nworkers = 4\nwork = \"exponential(20ms)\""), ofMessages(theory.MMC{Arrival: 170, Service: 50, Servers: 4})},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Empty(t, misses(t, c.text, c.law))
		})
	}
}

func TestTheoryOfServicesRejects(t *testing.T) {
	const database = "kind = \"database\"\nvcpus = 4\n"
	messages := ofMessages(theory.MMC{Arrival: 170, Service: 50, Servers: 4})
	for _, c := range []struct {
		name, text string
		law        law
	}{
		{"one connection less", arrivals(240, "exponential(20ms)", database+"max_connections = 9"), ofConnections(theory.MMCK{Arrival: 240, Service: 50, Servers: 4, Capacity: 10})},
		{"a larger pool", arrivals(170, "exponential(20ms)", database+"pool = 5"), law{"services.desk.delayed": messages["services.desk.delayed"]}},
		{"one thread less", arrivals(170, "exponential(20ms)", "kind = \"cache\"\nnode = \"cache.t3.micro\"\nlatency = \"0s\""), law{"services.desk.delayed": messages["services.desk.delayed"]}},
		{"one consumer more", arrivals(170, "5ms", "kind = \"queue\"\nworkers = 5\nwork = \"exponential(20ms)\""), messages},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.NotEmpty(t, misses(t, c.text, c.law))
		})
	}
}
