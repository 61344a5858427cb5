// Package page writes the report on one configuration as a page of HTML: one
// file that needs no network and reads without its script. The script brings the
// charts to life: a cursor and a zoom that all of them follow.
//
// Words and tables come from who asks for the page; the charts are drawn here, of
// what package view says of the result.
package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"sync"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/view"
)

// Report is what the page says around its charts, all of it plain text.
type Report struct {
	Title    string
	Asked    []string // what was simulated, in parts
	Verdict  Verdict
	Binding  string // what limits the site
	Figures  []Figure
	Warnings []string
	Judged   []Table // on the first screen: the expectations
	Each     []Table // the replications one by one
	Bound    List    // which limits bound, and when
	Latency  []Table // beside the distribution
	Tables   []Table // the figures
	Events   []Event
	Omitted  string  // which events are not among them; "" if all are
	Control  []Table // what became of alarms and changes
	Settings []SettingTable
	Checks   []Check
	Command  string // that gives the same again
	Digest   string
	Version  string
}

// Verdict is the first line of the report.
type Verdict struct {
	Kind string // "pass", "fail", "open", or "none" where nothing is judged
	Text string
}

// Figure is a key figure.
type Figure struct {
	Name     string
	Value    string // with its unit
	Interval string // half-width, "±0.12 ms", or ""
	Note     string
}

// Table is a table under a title; one without rows is left out.
type Table struct {
	Title string
	Head  []string // names of the columns; none: the rows are name and value
	Rows  [][]string
	Left  int // so many columns are aligned at their left, the rest at their right
	Note  string
	Look  string // "stack": on a narrow page each cell has a line of its own; or ""
}

// List is a list under a title.
type List struct {
	Title, Note string
	Items       []string
}

// Event is a line of the timeline.
type Event struct {
	At              float64 // seconds
	Time            string
	Kind, Who, What string
	Mark            string // "out", "in", "alarm", "fault", "other": drawn into the charts; or ""
	Told            bool   // important enough for the short form
}

// SettingTable are the settings of one table of the scenario.
type SettingTable struct {
	Name string
	Rows []Setting
	Open bool // shown without a click
}

// Count says how many there are, and how many were written.
func (t SettingTable) Count() string {
	set := 0
	for _, s := range t.Rows {
		if s.Where != "" {
			set++
		}
	}
	return fmt.Sprintf("%d settings, %d set", len(t.Rows), set)
}

// Setting is one of them.
type Setting struct{ Key, Value, Origin, Where, Doc, Source string }

// Check is a law that the run obeyed.
type Check struct{ Name, Law, Figures string }

//go:embed page.html page.css page.js
var files embed.FS

// parsed is the template of the page, read when the first page is written.
var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page.html").Funcs(functions).ParseFS(files, "page.html"))
})

// functions are those of the template.
var functions = template.FuncMap{
	"inc":     func(i int) int { return i + 1 },
	"meaning": func(tick string) string { return meanings[tick] },
	"legend":  func() []legend { return stripLegend },
	"dict":    func(c *chart, ticks []tick) timed { return timed{c, ticks} },
}

// meanings are what signs of verdicts say to who cannot see them.
var meanings = map[string]string{"pass": "holds", "fail": "does not hold", "open": "inconclusive"}

// legend is what a state of a strip looks like.
type legend struct{ Look, Text string }

var stripLegend = []legend{{"in-alarm", "in ALARM"}, {"ok", "OK"}, {"no-data", "insufficient data"}, {"blocked", "its policy cannot act"}}

// timed is a chart with the marks of the time axis.
type timed struct {
	Chart *chart
	Ticks []tick
}

// contents is what the template is filled with.
type contents struct {
	*Report
	Style  template.CSS
	Script template.JS
	Charts []*chart
	Spread []*spread
	Marks  []mark
	Bands  []bandLabel
	Ticks  []tick
	Clock  string // what the clock shows
	First  string // which replication the charts show
	Pooled string // which ones the distributions
	Island *island
}

// Write writes the page of a result.
func Write(w io.Writer, report *Report, r *experiments.Result) error {
	d := &data{Data: view.New(r)}
	c := &contents{Report: report, Charts: d.charts(), Spread: d.spreads(), Clock: d.Clock.Name(), First: d.First(), Pooled: d.Pooled()}
	c.Marks, c.Bands, c.Ticks = d.marks(report.Events), d.bandLabels(), d.ticks()
	c.Island = d.island(c.Charts, report.Events)
	c.Style, c.Script = template.CSS(embedded("page.css")), template.JS(embedded("page.js"))
	return parsed().Execute(w, c)
}

// embedded is the text of a file of this package, which nobody else has written.
func embedded(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("page: " + err.Error())
	}
	return string(text)
}
