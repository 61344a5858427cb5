package hpa

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Explain tells how the autoscaler came to a decision, with the figures behind
// it: "cpu: ceil(4 x 56 / 50) = 5". Instants are
// as clock writes them.
func (a *Autoscaler) Explain(d *Decision, clock func(engine.Time) string) string {
	var parts []string
	for i := range d.Proposals {
		parts = append(parts, a.Metrics[i].explain(&d.Proposals[i]))
	}
	text := strings.Join(parts, "; ")
	switch {
	case d.Answer == SwitchedOff:
		return "no replicas: an HPA with a minimum does not start them"
	case d.Answer == Blind && d.Metric >= 0:
		return text + ": no scale-down while a metric is missing"
	case len(parts) == 0:
		return fmt.Sprintf("replicas %d are out of bounds", d.Current)
	}
	if d.Until > 0 && d.Answer != Blind {
		text += fmt.Sprintf(", held at %d by scale-%s stabilization until %s", d.Stable, d.towards(), clock(d.Until))
	}
	switch {
	case d.Rate != nil:
		text += fmt.Sprintf(", rate policy %v allows %d", d.Rate, d.Limit)
	case d.Answer == Limited || d.Replicas != d.Stable && d.Bound < 0:
		text += fmt.Sprintf(", scaling %s is disabled", d.towards())
	case d.Bound >= 0 && d.Stable > d.Bound:
		text += fmt.Sprintf(", limited to max %d", d.Bound)
	case d.Bound >= 0:
		text += fmt.Sprintf(", limited to min %d", d.Bound)
	}
	return text
}

// towards is the direction in which the metrics point.
func (d *Decision) towards() string {
	if d.Proposed > d.Current {
		return "up"
	}
	return "down"
}

func (m *Metric) explain(p *Proposal) string {
	value, target := m.figureText(p.Value), m.figureText(m.Target)
	switch {
	case p.Finding == Failed:
		return m.Name + ": no pod has a value that counts"
	case p.Finding == Tolerated && m.Kind == External:
		return fmt.Sprintf("%s: %s / (%s x %d) = %s is within the tolerance", m.Name, value, target, p.Pods, ratioText(p.Value, m.Target*int64(p.Pods)))
	case p.Finding == Tolerated:
		return fmt.Sprintf("%s: %s / %s = %s%s is within the tolerance", m.Name, value, target, ratioText(p.Value, m.Target), m.aside(p))
	case p.Finding == Turned:
		more := "fewer"
		if p.Before > m.Target {
			more = "more"
		}
		return fmt.Sprintf("%s: %s / %s asks for %s, but %s / %s%s does not", m.Name, m.figureText(p.Before), target, more, value, target, m.aside(p))
	case m.Kind == External:
		return fmt.Sprintf("%s: ceil(%s / %s) = %d", m.Name, value, target, p.Replicas)
	default:
		return fmt.Sprintf("%s: ceil(%d x %s / %s) = %d%s", m.Name, p.Pods, value, target, p.Replicas, m.aside(p))
	}
}

func ratioText(value, target int64) string {
	return strconv.FormatFloat(float64(value)/float64(target), 'g', 4, 64)
}

// aside tells of the pods without a value that counts, and what has been made of
// them.
func (m *Metric) aside(p *Proposal) string {
	var parts []string
	if a := &p.Aside; a.Unready > 0 {
		fate := "left out"
		if a.Woken {
			fate = "taken as 0"
		}
		parts = append(parts, podsText(a.Unready, &a.Young)+" not ready yet: "+fate)
	}
	if a := &p.Aside; a.Missing > 0 {
		parts = append(parts, podsText(a.Missing, &a.Lacking)+" without a value: "+m.guess(p))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// guess is what missing pods are taken to use: [Observation.fill].
func (m *Metric) guess(p *Proposal) string {
	switch {
	case p.Before == m.Target:
		return "left out"
	case p.Before > m.Target:
		return "taken as 0"
	case m.Kind == CPU:
		return "taken as " + m.figureText(max(100, m.Target))
	default:
		return "taken as " + m.figureText(m.Target)
	}
}

func podsText(n int, names *timeline.Names) string {
	switch {
	case names.Len() > 0:
		return names.String()
	case n == 1:
		return "1 pod"
	default:
		return fmt.Sprintf("%d pods", n)
	}
}

// figureText is a value of the metric in its unit.
func (m *Metric) figureText(v int64) string {
	if m.Kind == CPU {
		return strconv.FormatInt(v, 10)
	}
	return strconv.FormatFloat(float64(v)/1000, 'f', -1, 64)
}

// String is the policy as scenarios have it: "4 pods per 15s".
func (r *Rate) String() string {
	what := " pods"
	switch {
	case r.Percent:
		what = "%"
	case r.Value == 1:
		what = " pod"
	}
	return fmt.Sprintf("%d%s per %s", r.Value, what, quantity.Duration(r.Period))
}
