package azure

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// Explain tells how the autoscaler came to a decision, with the figures behind
// it: "out: 72.4 > 70, 3 + 1 = 4". Instants
// are as clock writes them.
func (a *Autoscaler) Explain(d *Decision, clock func(engine.Time) string) string {
	switch {
	case d.Answer == Cooling:
		return "cooldown until " + clock(d.Until)
	case d.Defaulted:
		return fmt.Sprintf("%s: at least the default capacity %d", a.unread(d), a.Default)
	case d.Answer == Blind:
		return a.unread(d)
	case d.Rule < 0 && d.Bound >= 0:
		return fmt.Sprintf("capacity %d is out of bounds", d.Current)
	case d.Rule < 0:
		return a.conditions(d)
	}
	r := &a.Rules[d.Rule]
	text := fmt.Sprintf("%s: %s, %s", r.Name, r.condition(d.Readings[d.Rule]), r.arithmetic(d))
	switch {
	case d.Bound >= 0 && d.Bound < d.Intended:
		text += fmt.Sprintf(", limited to max %d", d.Bound)
	case d.Bound >= 0:
		text += fmt.Sprintf(", limited to min %d", d.Bound)
	}
	if d.Flaps < 0 {
		return text
	}
	text += ", but " + a.projection(d)
	if d.Answer == Deferred {
		return text + ": deferred to avoid flapping"
	}
	return text + fmt.Sprintf(": only to %d, to avoid flapping", d.Capacity)
}

// projection is the rule that would scale out again, with its value then.
func (a *Autoscaler) projection(d *Decision) string {
	r, v := &a.Rules[d.Flaps], d.Readings[d.Flaps]
	goal := max(d.Intended, d.Bound)
	if r.Total {
		return fmt.Sprintf("%s still has %s", r.Name, r.condition(v))
	}
	if goal == 0 {
		return fmt.Sprintf("%s would fire with no instance left", r.Name)
	}
	value := v.float() * float64(d.Current) / float64(goal)
	return fmt.Sprintf("%s would fire: %s x %d / %d = %s %v %s", r.Name, number(v.float()), d.Current, goal, number(value), r.Operator, threshold(r))
}

// conditions lists what the rules compare, none of which leads to an action.
func (a *Autoscaler) conditions(d *Decision) string {
	var parts []string
	for i := range a.Rules {
		r, v := &a.Rules[i], d.Readings[i]
		fact := "not "
		if r.fires(v, d.Current, d.Current) {
			fact = ""
		}
		parts = append(parts, fmt.Sprintf("%s: %s%s", r.Name, fact, r.condition(v)))
	}
	return strings.Join(parts, "; ")
}

// unread names the rules whose metric cannot be read.
func (a *Autoscaler) unread(d *Decision) string {
	var names []string
	for i, v := range d.Readings {
		if !v.Known {
			names = append(names, a.Rules[i].Name)
		}
	}
	rules := "the rule "
	if len(names) > 1 {
		rules = "the rules "
	}
	return "no value of the metric of " + rules + strings.Join(names, ", ")
}

func (r *Rule) condition(v Reading) string {
	return fmt.Sprintf("%s %v %s", number(v.float()), r.Operator, threshold(r))
}

// arithmetic is how the capacity came about.
func (r *Rule) arithmetic(d *Decision) string {
	sign, percent := "-", ""
	if r.Out {
		sign = "+"
	}
	switch r.Action.Type {
	case ExactCount:
		return fmt.Sprintf("exactly %d", r.Action.Amount)
	case PercentChangeCount:
		percent = "%"
	}
	return fmt.Sprintf("%d %s %d%s = %d", d.Current, sign, r.Action.Amount, percent, d.Intended)
}

func (v Reading) float() float64 { return float64(v.Sum) / float64(v.Count) / 1e6 }

func threshold(r *Rule) string { return number(float64(r.Threshold) / 1e6) }

// number has two decimals at most.
func number(v float64) string {
	text := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// String is the operator as scenarios have it.
func (o Operator) String() string { return [...]string{">", ">=", "<", "<="}[o] }
