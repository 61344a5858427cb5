// Package page writes reports as pages of HTML: one file each that needs no network
// and reads without its script. The script brings the charts over time to life: a
// cursor and a zoom that all of them follow.
//
// A page is a head with the answer, and sections of parts under it: words, tables,
// charts. Words and tables come from who asks for the page; charts are drawn here.
package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
)

// Report is what the page says, all of it plain text.
type Report struct {
	Title    string
	Asked    []string // what was simulated, in parts
	Verdict  Verdict
	Answer   []Part // the rest of the first screen
	Sections []Section
	Version  string
}

// Verdict is the first line of the report.
type Verdict struct {
	Kind string   // "pass", "fail", "open", or "none" where nothing is judged
	Text string   // a sentence without its full stop
	More []string // what limits the site, and how sure that is
}

// Section is a part of the page to which its head leads. One without parts is left
// out.
type Section struct {
	ID    string // unique on the page
	Name  string // in the head
	Title string
	Note  string
	Parts []Part
}

// Shown are the parts as they stand there: a table called as the section is has no title
// of its own.
func (s Section) Shown() []Part {
	list := slices.Clone(s.Parts)
	for i, p := range list {
		if t, ok := p.(Table); ok && t.Title == s.Title {
			t.Bare = true
			list[i] = t
		}
	}
	return list
}

// Part is what stands in a section. Its kind is the name of the template that
// writes it.
type Part interface{ Kind() string }

// Figures are the key figures, in a frame.
type Figures []Figure

// Kind implements Part.
func (Figures) Kind() string { return "figures" }

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
	Bare  bool     // the title is not shown: it stands above already
	Head  []string // names of the columns; none: the rows are name and value
	Rows  [][]string
	Left  int // so many columns are aligned at their left, the rest at their right
	Note  string
	Look  string // "stack": on a narrow page each cell has a line of its own; or ""
	// Tones are those of the cells: "good", "bad", "doubt", "dim" or "". None: as
	// the rows have them.
	Tones [][]string
}

// Kind implements Part.
func (Table) Kind() string { return "table" }

// Columns are small tables in two columns, where there is room.
type Columns []Table

// Kind implements Part.
func (Columns) Kind() string { return "columns" }

// List is a list under a title; one without items is left out.
type List struct {
	Title, Note string
	Items       []string
}

// Kind implements Part.
func (List) Kind() string { return "list" }

// Warnings are what makes the answer doubtful.
type Warnings []string

// Kind implements Part.
func (Warnings) Kind() string { return "warnings" }

// Words are a paragraph.
type Words string

// Kind implements Part.
func (Words) Kind() string { return "words" }

// Command is what to type to get the same again.
type Command string

// Kind implements Part.
func (Command) Kind() string { return "command" }

// Fold are tables that are shown after a click.
type Fold struct {
	Title  string
	Tables []Table
}

// Kind implements Part.
func (Fold) Kind() string { return "fold" }

// Timeline are the events of the control plane.
type Timeline struct {
	Events  []Event
	Omitted string // which events are not among them; "" if all are
}

// Kind implements Part.
func (Timeline) Kind() string { return "timeline" }

// Event is a line of the timeline.
type Event struct {
	At              float64 // seconds
	Time            string
	Kind, Who, What string
	Mark            string // "out", "in", "alarm", "fault", "other": drawn into the charts; or ""
	Told            bool   // important enough for the short form
}

// Settings are the keys of a configuration, by the table of the scenario that has
// them.
type Settings []SettingTable

// Kind implements Part.
func (Settings) Kind() string { return "settings" }

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

//go:embed page.html parts.html page.css page.js
var files embed.FS

// parsed is the template of the page, read when the first page is written.
var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page.html").Funcs(functions).ParseFS(files, "page.html", "parts.html"))
})

// functions are those of the template.
var functions = template.FuncMap{
	"inc":      func(i int) int { return i + 1 },
	"tens":     func(i int) int { return 10 * (i - 1) },
	"meaning":  func(tick string) string { return meanings[tick] },
	"dotted":   func(name string) []string { return strings.SplitAfter(name, ".") },
	"headline": headline,
	"legend":   func() []legend { return stripLegend },
	"dict":     func(c *chart, ticks []tick) timed { return timed{c, ticks} },
}

// meanings are what signs of verdicts say to who cannot see them.
var meanings = map[string]string{"pass": "holds", "fail": "does not hold", "open": "inconclusive", "best": "chosen", "dear": "dearer"}

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
}

// Write writes the page of a report.
func Write(w io.Writer, report *Report) error {
	filled := *report
	filled.Sections = slices.DeleteFunc(slices.Clone(report.Sections), func(s Section) bool { return len(s.Parts) == 0 })
	return parsed().Execute(w, &contents{&filled, template.CSS(embedded("page.css")), template.JS(embedded("page.js"))})
}

// embedded is the text of a file of this package, which nobody else has written.
func embedded(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic("page: " + err.Error())
	}
	return string(text)
}
