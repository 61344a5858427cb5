package laws

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A law is compared only with runs that are long enough for it.
const (
	settling = 5   // relaxation times, after which e^-5 is left of the empty start
	lasting  = 100 // relaxation times, so that a mean is over many independent ones
	longer   = 500 // relaxation times, for a deviation: it is low by the share of one in the run
	seldom   = 10  // events in a replication: fewer have no normal mean
	greatest = 100 // values that decide a moment: fewer have none either
)

// variability is how much longer a queue remembers with a squared coefficient of
// variation of its service than with an exponential one.
func variability(scv float64) float64 { return (1 + scv) / 2 }

// enough tells what a run is too short for, and leaves out figures of which it shows too
// little.
func (s *site) enough(l *Law) error {
	discard, span := s.Discard.For.Time().Seconds(), s.span()
	if !(discard >= settling*l.relaxation && span >= lasting*l.relaxation) {
		return fmt.Errorf("%s: must discard %s at least and measure %s at least for its steady state to be seen (have %s and %s)",
			l.Name, lasts(settling*l.relaxation), lasts(lasting*l.relaxation), lasts(discard), lasts(span))
	}
	if l.requests < seldom {
		return fmt.Errorf("%s: requests are too rare to be seen: %s in a replication (at least %d)", l.Name, digits(l.requests), seldom)
	}
	l.Figures = slices.DeleteFunc(l.Figures, func(f Figure) bool {
		why := f.unseen(l.requests, l.relaxation/span)
		if why != "" {
			l.Rare = append(l.Rare, f.Metric+" is left out: "+why)
		}
		return why != ""
	})
	return l.lead()
}

// unseen says why a replication of so many requests, over which the queue remembers for
// a share of the time, does not show a figure; "" if it does.
func (f Figure) unseen(requests, remembered float64) string {
	if events := f.events(requests); events < seldom {
		return fmt.Sprintf("%s events in a replication (at least %d)", digits(events), seldom)
	}
	if n := requests * f.decisive; f.decisive > 0 && n < greatest {
		return fmt.Sprintf("half of it lies with the %s longest demands of a replication (at least %d)", digits(n), greatest)
	}
	const few = 1.0 / 5000 // of all requests
	if f.underway > few*requests {
		return fmt.Sprintf("%s of %s requests are under way at the end of a replication (at most 1 in %g)", digits(f.underway), digits(requests), 1/few)
	}
	if strings.HasSuffix(f.Metric, ".sd") && longer*remembered > 1 {
		return fmt.Sprintf("a deviation is low over %.0f relaxation times (at least %d)", 1/remembered, longer)
	}
	// A quantile of a wait is 0 in the replications in which more than its share do not
	// wait: where luck makes some of them such, its mean is not that of theory.
	const sigmas = 4
	if spread := math.Sqrt(f.level * (1 - f.level) * (2*remembered + 1/requests)); f.atom > 0 && f.level-f.atom < sigmas*spread {
		return fmt.Sprintf("too near to those who do not wait (%s %%)", digits(100*f.atom))
	}
	return ""
}

// lead brings to the front the figure that stands for the law where laws are judged
// together: the first whose score is a normal variate, for it has no slack.
func (l *Law) lead() error {
	i := slices.IndexFunc(l.Figures, func(f Figure) bool { return f.Within == 0 && !f.Certain })
	if i < 0 {
		return fmt.Errorf("%s: no figure is seen often enough: %s", l.Name, strings.Join(l.Rare, "; "))
	}
	lead := l.Figures[i]
	copy(l.Figures[1:i+1], l.Figures[:i])
	l.Figures[0] = lead
	return nil
}

// lasts writes seconds as scenarios do, from a minute on in whole ones, rounded up.
func lasts(seconds float64) string {
	switch {
	case seconds > engine.Forever.Seconds():
		return "more than can be simulated"
	case seconds > 60:
		return quantity.Duration(math.Ceil(seconds) * float64(engine.Second)).String()
	}
	return quantity.Duration(math.Ceil(seconds*1e3) * float64(engine.Millisecond)).String()
}

// events is how many of so many requests a figure tells of.
func (f Figure) events(requests float64) float64 {
	if f.share > 0 {
		return requests * f.share
	}
	switch end := f.Metric[strings.LastIndex(f.Metric, ".")+1:]; end {
	case "blocked":
		return f.Exact
	case "utilization": // what is rare is an idle server
		return requests * max(0, 1-f.Exact)
	case "availability", "delayed":
		return requests * min(f.Exact, 1-f.Exact)
	default:
		return requests * (1 - f.level)
	}
}
