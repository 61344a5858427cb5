package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/reports"
)

// filterFlags are the flags that choose a part of the timeline.
type filterFlags struct {
	fleets, alarms, policies, instances, events []string
	from, to                                    string
}

func (f *filterFlags) declare(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.fleets, "fleet", nil, "only the fleet `NAME` (repeatable, as are those below; or a list with commas)")
	flags.StringSliceVar(&f.alarms, "alarm", nil, "only the alarm `NAME`")
	flags.StringSliceVar(&f.policies, "policy", nil, "only the policy `NAME`, with its alarms")
	flags.StringSliceVar(&f.instances, "instance", nil, "only the instance `ID`, as in web-2")
	flags.StringSliceVar(&f.events, "event", nil, "only events of the `KIND`, as in alarm,policy,desired")
	flags.StringVar(&f.from, "from", "", "only from the `TIME` on: 20m, or 8:05 by the clock that is shown")
	flags.StringVar(&f.to, "to", "", "only until the `TIME`")
	mustComplete(cmd, "event", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return texts(timeline.Kinds), cobra.ShellCompDirectiveNoFileComp
	})
}

// given reports whether any of the flags is used.
func (f *filterFlags) given() bool {
	return len(f.fleets)+len(f.alarms)+len(f.policies)+len(f.instances)+len(f.events) > 0 || f.from != "" || f.to != ""
}

// filter turns the flags into a filter for a scenario; names that it does not
// have are errors.
func (f *filterFlags) filter(spec *scenario.Spec) (reports.Filter, error) {
	known := namesOf(spec)
	err := errors.Join(
		unknown("fleet", f.fleets, known.fleets), unknown("alarm", f.alarms, known.alarms), unknown("policy", f.policies, known.policies),
		f.unknownInstance(known.fleets), unknownKind(f.events),
	)
	filter := reports.Filter{Fleets: f.fleets, Alarms: f.alarms, Policies: f.policies, Instances: f.instances}
	for _, k := range f.events {
		filter.Kinds = append(filter.Kinds, timeline.Kind(k))
	}
	var errFrom, errTo error
	filter.From, errFrom = instant("from", f.from, spec)
	filter.To, errTo = instant("to", f.to, spec)
	if f.to != "" && errTo == nil && errFrom == nil && filter.To <= filter.From {
		errTo = fmt.Errorf("--to: must be later than --from (from %s, to %s)", quantity.Duration(filter.From), quantity.Duration(filter.To))
	}
	return filter, errors.Join(err, errFrom, errTo)
}

// names are what a scenario's control plane has.
type names struct{ fleets, policies, alarms []string }

func namesOf(spec *scenario.Spec) names {
	n := names{fleets: slices.Sorted(maps.Keys(spec.Fleets))}
	for _, fleet := range n.fleets {
		policies := spec.Fleets[fleet].Policies
		for _, policy := range slices.Sorted(maps.Keys(policies)) {
			n.policies = append(n.policies, policy)
			for _, alarm := range policies[policy].Alarms(fleet, policy) {
				n.alarms = append(n.alarms, autoscaling.BriefAlarm(alarm), alarm)
			}
		}
	}
	n.alarms = append(n.alarms, slices.Sorted(maps.Keys(spec.Alarms))...)
	return n
}

// unknown finds a name that is not among the known ones.
func unknown(what string, given, known []string) error {
	for _, name := range given {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--%s: there is no %[1]s %q%s", what, name, hint(name, known))
		}
	}
	return nil
}

// hint guesses which name was meant, or lists them.
func hint(name string, known []string) string {
	const few = 8
	known = slices.Compact(slices.Clone(known))
	switch near := quantity.Nearest(name, known); {
	case near != "":
		return fmt.Sprintf(" (did you mean %q?)", near)
	case len(known) == 0:
		return " (the scenario has none)"
	case len(known) <= few:
		return " (known: " + strings.Join(known, ", ") + ")"
	}
	return ""
}

func unknownKind(given []string) error {
	for _, kind := range given {
		if !slices.Contains(timeline.Kinds, timeline.Kind(kind)) {
			known := texts(timeline.Kinds)
			near := hint(kind, known)
			if near == "" {
				near = " (known: " + strings.Join(known, ", ") + ")"
			}
			return fmt.Errorf("--event: there is no kind of event %q%s", kind, near)
		}
	}
	return nil
}

func texts(kinds []timeline.Kind) []string {
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = string(k)
	}
	return list
}

var instanceID = regexp.MustCompile(`^(.+)-[1-9][0-9]*$`)

// unknownInstance finds an instance that no fleet can have.
func (f *filterFlags) unknownInstance(fleets []string) error {
	for _, id := range f.instances {
		m := instanceID.FindStringSubmatch(id)
		if m == nil {
			return fmt.Errorf("--instance: must be a fleet's name and a number, as in web-2 (have %q)", id)
		}
		if !slices.Contains(fleets, m[1]) {
			return fmt.Errorf("--instance: there is no fleet %q%s", m[1], hint(m[1], fleets))
		}
	}
	return nil
}

// absent finds an instance that the run never had.
func (f *filterFlags) absent(r *experiments.Result) error {
	for _, id := range f.instances {
		if !slices.ContainsFunc(r.Detail.Events, func(e timeline.Event) bool { return e.Instance == id }) {
			return fmt.Errorf("--instance: the run has no %s", id)
		}
	}
	return nil
}

// hours is a time since the start as it is shown where the scenario has none of
// the day: h:mm or h:mm:ss.
var hours = regexp.MustCompile(`^([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?$`)

// instant reads a time of the run: a duration since its start, what the clock
// shows, or where the scenario has a start an instant. "" is 0.
func instant(flag, text string, spec *scenario.Spec) (engine.Time, error) {
	if text == "" {
		return 0, nil
	}
	at, err := since(text, spec)
	switch {
	case err != nil:
		return 0, fmt.Errorf("--%s: %w", flag, err)
	case at < 0 || at > spec.Duration.Time():
		return 0, fmt.Errorf("--%s: must be within the run, %s (have %q)", flag, extent(spec), text)
	}
	return at, nil
}

// extent tells from when to when a run is, by the clock that is shown.
func extent(spec *scenario.Spec) string {
	if spec.Start == nil {
		return fmt.Sprintf("which lasts %s", spec.Duration)
	}
	start := spec.Start.In(spec.Timezone.Location)
	end := start.Add(time.Duration(spec.Duration.Time()))
	return fmt.Sprintf("from %s to %s", start.Format(time.DateTime), end.Format(time.DateTime))
}

func since(text string, spec *scenario.Spec) (engine.Time, error) {
	if d, err := quantity.ParseDuration(text); err == nil {
		return d.Time(), nil
	}
	if spec.Start == nil {
		m := hours.FindStringSubmatch(text)
		if m == nil {
			return 0, fmt.Errorf("must be a time since the start of the run, as in 20m or 0:20:00 (have %q)", text)
		}
		h, _ := strconv.Atoi(m[1]) // the pattern admits digits only
		minutes, _ := strconv.Atoi(m[2])
		s, _ := strconv.Atoi("0" + m[3])
		return engine.Time(3600*h+60*minutes+s) * engine.Second, nil
	}
	return sinceStart(text, spec)
}

// sinceStart reads a time of day, the first one of the run, or a date with it.
func sinceStart(text string, spec *scenario.Spec) (engine.Time, error) {
	start := spec.Start.In(spec.Timezone.Location)
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			day := time.Date(start.Year(), start.Month(), start.Day(), t.Hour(), t.Minute(), t.Second(), 0, start.Location())
			if day.Before(start) {
				day = day.AddDate(0, 0, 1)
			}
			return engine.Time(day.Sub(start)), nil
		}
	}
	if t, err := time.Parse("2 Jan 15:04:05", text); err == nil {
		return engine.Time(time.Date(start.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, start.Location()).Sub(start)), nil
	}
	if t, err := time.ParseInLocation("2006-01-02 15:04", text, start.Location()); err == nil {
		return engine.Time(t.Sub(start)), nil
	}
	var i quantity.Instant
	if err := i.Read(text, nil); err != nil {
		return 0, fmt.Errorf("must be a time of the run, as in 20m, 08:20 or %s (have %q)", start.Format(time.DateTime), text)
	}
	i.Settle(start.Location())
	return engine.Time(i.Sub(start)), nil
}
