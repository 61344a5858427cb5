package reports

import (
	"io"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/chart"
)

// RunFiles are the files of the report on one configuration.
func RunFiles(r *experiments.Result) []File {
	of := func(write func(io.Writer, *experiments.Result) error) func(io.Writer) error {
		return func(w io.Writer) error { return write(w, r) }
	}
	files := []File{
		{mark, of(JSON)}, {"series.csv", of(SeriesCSV)}, {"events.csv", of(EventsCSV)}, {"report.md", of(Markdown)}, {"report.html", of(HTML)},
	}
	for _, plot := range chart.Plots(r) {
		files = append(files, plotFiles(plot)...)
	}
	return files
}

// plotFiles are a plot's files, one for each format.
func plotFiles(plot chart.Plot) []File {
	var files []File
	for _, format := range []string{"png", "svg"} {
		files = append(files, File{"plots/" + plot.Name + "." + format, func(w io.Writer) error { return plot.Write(w, format) }})
	}
	return files
}
