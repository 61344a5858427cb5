package reports

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/reports/chart"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

func namesOf(files []File) []string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

// A report has the files of the formats that are chosen, and what every report has.
func TestFilesOfFormats(t *testing.T) {
	for _, c := range []struct {
		name          string
		formats, want []string
	}{
		{"none chosen", nil, []string{"results.headroom", "summary.json", "report.md", "report.html", "junit.xml"}},
		{"one", []string{"junit"}, []string{"results.headroom", "summary.json", "junit.xml"}},
		{"one that is only written where it is asked for", []string{"text"}, []string{"results.headroom", "summary.json", "report.txt"}},
		{"the mark itself", []string{"json"}, []string{"results.headroom", "summary.json"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, err := Checks.Report(sample.Check()).Files(c.formats...)
			require.NoError(t, err)
			require.Equal(t, c.want, namesOf(files))
		})
	}
}

func TestFilesOfAnUnknownFormat(t *testing.T) {
	_, err := Checks.Report(sample.Check()).Files("markdown", "docx")
	require.EqualError(t, err, `a report of headroom check has no format "docx" (has json, markdown, html, junit, text)`)
}

// What is in the folder as text is what a terminal of that width shows.
func TestTextFile(t *testing.T) {
	report := Runs.Report(sample.Burst())
	files, err := report.Files("text")
	require.NoError(t, err)
	var file, terminal bytes.Buffer
	require.NoError(t, files[2].Write(&file))
	require.NoError(t, report.Text(&terminal, TextOptions{Width: textWidth}))
	require.Equal(t, terminal.String(), file.String())
}

// Every picture is there in every format of pictures.
func TestFilesOfPictures(t *testing.T) {
	report := Runs.Report(sample.Burst())
	png, err := report.Files("png")
	require.NoError(t, err)
	svg, err := report.Files("svg")
	require.NoError(t, err)
	require.Len(t, svg, len(png))
	require.Contains(t, namesOf(svg), "plots/load.svg")
	require.NotContains(t, namesOf(svg), "plots/load.png")
}

// guideOfReports has the table of all formats.
const guideOfReports = "../docs/guides/reports.md"

// formatsTable is the table of all formats with their files, by kind of report.
func formatsTable() string {
	files := make(map[string]map[string]string) // by format and kind
	note := func(format, kind, file string, asked bool) {
		if asked {
			file = "(" + file + ")"
		}
		if files[format] == nil {
			files[format] = make(map[string]string)
		}
		files[format][kind] = strings.TrimPrefix(files[format][kind]+", "+file, ", ")
	}
	noteKind(note, Runs)
	noteKind(note, Comparisons)
	noteKind(note, Sweeps)
	noteKind(note, Plans)
	noteKind(note, Checks)
	noteKind(note, Verifications)
	kinds := []string{Runs.Name, Comparisons.Name, Sweeps.Name, Plans.Name, Checks.Name, Verifications.Name}
	table := "| format | " + strings.Join(kinds, " | ") + " |\n|---|" + strings.Repeat("---|", len(kinds)) + "\n"
	for _, format := range FormatNames() {
		table += "| `" + format + "` |"
		for _, kind := range kinds {
			table += strings.TrimRight(" "+files[format][kind], " ") + " |"
		}
		table += "\n"
	}
	return table
}

func noteKind[T any](note func(format, kind, file string, asked bool), k *Kind[T]) {
	for _, f := range k.formats() {
		note(f.Name, k.Name, f.File, f.Asked || f.Lacks != nil)
	}
	for _, format := range chart.Formats {
		if k.Plots != nil {
			note(format, k.Name, plotsFolder, slices.Contains(askedPictures, format))
		}
	}
}

// The guide lists what there is.
func TestGuideListsFormats(t *testing.T) {
	page, err := os.ReadFile(guideOfReports)
	require.NoError(t, err)
	const begin, end = "<!-- formats -->\n", "<!-- end of formats -->"
	head, rest, found := strings.Cut(string(page), begin)
	require.True(t, found)
	listed, tail, found := strings.Cut(rest, end)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile(guideOfReports, []byte(head+begin+formatsTable()+end+tail), 0o644))
		return
	}
	require.Equal(t, formatsTable(), listed, "read it and run the test with -update")
}
