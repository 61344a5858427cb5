package reports

import (
	"fmt"
	"io"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/chart"
	"github.com/headroom-sim/headroom/reports/export"
)

// The kinds of reports, with the files of each in their order. A new format is a
// row here and nothing else: the commands, the report folder and the reference
// follow.
var (
	// Runs are reports on one configuration.
	Runs = &Kind[*experiments.Result]{
		Name: "run", Text: Text, Plots: chart.Plots,
		Formats: []Format[*experiments.Result]{
			{Name: "json", File: mark, Write: JSON},
			{Name: "csv", File: "series.csv", Write: asCSV(seriesTable)},
			{Name: "parquet", File: "series.parquet", Write: asParquet(seriesTable)},
			{Name: "csv", File: "targets.csv", Write: asCSV(targetsTable)},
			{Name: "parquet", File: "targets.parquet", Write: asParquet(targetsTable)},
			{Name: "csv", File: "events.csv", Write: EventsCSV},
			{Name: "openmetrics", File: "openmetrics.txt", Write: export.OpenMetrics, Asked: true},
			{Name: "infracost", File: "infracost-usage.yml", Write: export.Infracost, Asked: true},
			{Name: "trace", File: "trace.json", Write: export.Trace, Lacks: export.Unrecorded},
			{Name: "markdown", File: "report.md", Write: Markdown},
			{Name: "html", File: "report.html", Write: HTML},
		},
	}
	// Comparisons are reports on several configurations.
	Comparisons = &Kind[*experiments.Comparison]{
		Name: "compare", Text: CompareText, Plots: chart.ComparePlots,
		Formats: []Format[*experiments.Comparison]{
			{Name: "json", File: mark, Write: CompareJSON},
			{Name: "csv", File: "differences.csv", Write: DifferencesCSV},
			{Name: "markdown", File: "report.md", Write: CompareMarkdown},
			{Name: "html", File: "report.html", Write: CompareHTML},
		},
	}
	// Sweeps are reports on designs of experiments.
	Sweeps = &Kind[*experiments.SweepResult]{
		Name: "sweep", Text: SweepText, Plots: chart.SweepPlots,
		Formats: []Format[*experiments.SweepResult]{
			{Name: "json", File: mark, Write: SweepJSON},
			{Name: "markdown", File: "report.md", Write: SweepMarkdown},
			{Name: "html", File: "report.html", Write: SweepHTML},
			{Name: "csv", File: "results.csv", Write: asCSV(pointsTable)},
			{Name: "parquet", File: "results.parquet", Write: asParquet(pointsTable)},
			{Name: "csv", File: "cells.csv", Write: asCSV(cellsTable)},
			{Name: "parquet", File: "cells.parquet", Write: asParquet(cellsTable)},
			{Name: "csv", File: "effects.csv", Write: asCSV(effectsTable)},
		},
	}
	// Plans are reports on searches for the cheapest configuration.
	Plans = &Kind[*experiments.Plan]{
		Name: "plan", Text: PlanText, Plots: chart.PlanPlots,
		Formats: []Format[*experiments.Plan]{
			{Name: "json", File: mark, Write: PlanJSON},
			{Name: "csv", File: "tried.csv", Write: TriedCSV},
			{Name: "markdown", File: "report.md", Write: PlanMarkdown},
			{Name: "html", File: "report.html", Write: PlanHTML},
		},
	}
	// Checks are reports on policy tests.
	Checks = &Kind[*experiments.Checked]{
		Name: "check", Text: CheckText,
		Formats: []Format[*experiments.Checked]{
			{Name: "json", File: mark, Write: CheckJSON},
			{Name: "markdown", File: "report.md", Write: CheckMarkdown},
			{Name: "html", File: "report.html", Write: CheckHTML},
			{Name: "junit", File: "junit.xml", Write: junitOfOne},
		},
	}
	// Verifications are reports on theory against simulation.
	Verifications = &Kind[*experiments.Verification]{
		Name: "verify", Text: VerifyText,
		Formats: []Format[*experiments.Verification]{
			{Name: "json", File: mark, Write: VerifyJSON},
			{Name: "markdown", File: "report.md", Write: VerifyMarkdown},
			{Name: "html", File: "report.html", Write: VerifyHTML},
		},
	}
)

// reportOn is the report on a result of any kind.
func reportOn(result any) *Report {
	switch x := result.(type) {
	case *experiments.Result:
		return Runs.Report(x)
	case *experiments.Comparison:
		return Comparisons.Report(x)
	case *experiments.SweepResult:
		return Sweeps.Report(x)
	case *experiments.Plan:
		return Plans.Report(x)
	case *experiments.Checked:
		return Checks.Report(x)
	case *experiments.Verification:
		return Verifications.Report(x)
	}
	panic(fmt.Sprintf("reports: there is no report on a %T", result))
}

// Named is a kind of report, whatever it is on, by the names of its formats.
type Named interface{ Names() []string }

// FormatNames are those of all formats that any kind of report has.
func FormatNames() []string {
	var names []string
	for _, kind := range []Named{Runs, Comparisons, Sweeps, Plans, Checks, Verifications} {
		names = appendNew(names, kind.Names()...)
	}
	return names
}

// asCSV writes a table of a result as CSV.
func asCSV[T any](table func(T) *dataset) func(io.Writer, T) error {
	return func(w io.Writer, x T) error { return table(x).csv(w) }
}

// asParquet writes a table of a result as Parquet.
func asParquet[T any](table func(T) *dataset) func(io.Writer, T) error {
	return func(w io.Writer, x T) error { return table(x).parquet(w) }
}

func junitOfOne(w io.Writer, c *experiments.Checked) error {
	return JUnit(w, []*experiments.Checked{c})
}
