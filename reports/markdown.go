package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/chart"
	"github.com/headroom-sim/headroom/reports/view"
)

// tableEvents is how many lines of the timeline a Markdown report shows.
const tableEvents = 40

// Markdown writes the report that lies in the report folder beside the plots,
// whose pictures it shows: the verdict, the expectations, the cost, the
// figures, the plots, what bound, the control-plane timeline, and how to get
// the same again.
func Markdown(w io.Writer, r *experiments.Result) error {
	d := &document{bufio.NewWriter(w)}
	title := r.Title
	if title == "" {
		title = r.Scenario
	}
	d.line("# " + escape(title))
	d.line(escape(strings.Join(asked(r), ", ")) + ".")
	v, text := verdict(r)
	if len(r.Expectations) > 0 {
		text = ticks[v] + " " + text
	}
	d.line("**" + escape(text) + ".**")
	if text := binding(r); text != "" {
		d.line(escape(text) + ".")
	}
	d.list("Warnings", r.Warnings)
	for _, b := range []block{expectations(r), each(r), costs(r), served(r), latencies(r), failures(r), capacity(r), resolving(r), delivery(r), balancing(r), services(r), scaling(r)} {
		d.table(b)
	}
	d.plots(r)
	if bound := limits(r); len(bound) > 0 {
		d.list("What bound, and when", bound)
		d.line(whenLimitsBind)
	}
	events := story(r, tableEvents)
	events.note = strings.Replace(events.note, "events.csv", "[events.csv](events.csv)", 1)
	d.table(events)
	d.again(runAgain(r), fmt.Sprintf("With the same scenario and settings Headroom %s gives the digest %s again. The figures are in [summary.json](summary.json), every minute in [series.csv](series.csv), the whole timeline in [events.csv](events.csv).", escape(r.Version), escape(r.Digest)))
	return d.Flush()
}

// document is Markdown in the making; Flush tells of an error.
type document struct{ *bufio.Writer }

// line writes a paragraph.
func (d *document) line(text string) { fmt.Fprintf(d, "%s\n\n", text) }

// table writes a block under a heading; one without rows is left out.
func (d *document) table(b block) {
	if len(b.rows) == 0 {
		return
	}
	b = b.filled()
	heading := b.title
	if b.of != "" {
		heading += ": " + b.of
	}
	d.line("## " + escape(heading))
	head, left := b.head, b.left
	if head == nil {
		head, left = []string{"", ""}, 1
	}
	rule := make([]string, len(head))
	for c := range head {
		rule[c] = "---"
		if c >= left {
			rule[c] = "---:"
		}
	}
	d.row(head)
	fmt.Fprintf(d, "| %s |\n", strings.Join(rule, " | "))
	for _, row := range b.rows {
		d.row(row)
	}
	d.WriteString("\n")
	if b.note != "" {
		d.line(b.note)
	}
}

func (d *document) row(cells []string) {
	escaped := make([]string, len(cells))
	for i, text := range cells {
		escaped[i] = escape(text)
	}
	fmt.Fprintf(d, "| %s |\n", strings.Join(escaped, " | "))
}

// plots shows the pictures with what there is to see in them.
func (d *document) plots(r *experiments.Result) {
	plots := chart.Plots(r)
	if len(plots) > 0 {
		d.line("## Over time")
	}
	if text := aboutMinutes(view.New(r)); text != "" && len(plots) > 0 {
		d.line(text + " The distribution of latencies is that of all.")
	}
	for _, p := range plots {
		d.line(fmt.Sprintf("![%s](plots/%s.svg)", escape(p.Alt), p.Name))
	}
}

func (d *document) list(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	d.line("## " + heading)
	for _, text := range items {
		fmt.Fprintf(d, "- %s\n", escape(text))
	}
	d.WriteString("\n")
}

// escape makes the author's words mean themselves in Markdown: no markup, no
// HTML, no link, no end of a table's cell, and nobody is mentioned.
func escape(text string) string {
	var b strings.Builder
	for _, r := range plain(text) {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '@':
			b.WriteString("@&#8203;") // a space without width keeps a mention apart
		case strings.ContainsRune("\\`*_{}[]#|~!$", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "://", ":&#8203;//") // no automatic link
}
