package reports

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/autoscaling"
)

// Timeline writes the control-plane timeline of the first replication for the
// terminal: every event in a line of its own, as wide as its words.
func Timeline(w io.Writer, r *experiments.Result) error {
	clock := clockOf(r)
	rows := [][]string{{"time", "event", "who", "what"}}
	for _, e := range r.Detail.Events {
		who := e.Fleet
		if e.Instance != "" {
			who = e.Instance
		}
		who = strings.TrimSpace(who + " " + autoscaling.BriefAlarm(e.Subject))
		rows = append(rows, []string{clock.Second(e.At.Seconds()), string(e.Kind), plain(who), plain(e.Text)})
	}
	var widths [3]int
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], cells.StringWidth(row[i]))
		}
	}
	out := bufio.NewWriter(w)
	for _, row := range rows {
		for i, width := range widths {
			out.WriteString(pad(row[i], width+gap, false))
		}
		out.WriteString(row[3] + "\n") // Flush tells of an error
	}
	return out.Flush()
}

// TimelineJSON writes the timeline as one JSON object on one line.
func TimelineJSON(w io.Writer, r *experiments.Result) error {
	events := make([]map[string]any, len(r.Detail.Events))
	for i, e := range r.Detail.Events {
		events[i] = map[string]any{
			"time_s": e.At.Seconds(), "event": e.Kind, "fleet": e.Fleet,
			"subject": e.Subject, "instance": e.Instance, "text": e.Text,
		}
	}
	var variant any
	if r.Variant != "" {
		variant = r.Variant
	}
	return json.NewEncoder(w).Encode(map[string]any{
		"scenario": r.Scenario, "variant": variant, "seed": r.Seed, "version": r.Version, "events": events,
	})
}
