package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/chart"
)

// mostRows is how many configurations a Markdown report shows.
const mostRows = 60

// PlanMarkdown writes the report that lies in the folder of a plan beside the
// plots, whose pictures it shows.
func PlanMarkdown(w io.Writer, p *experiments.Plan) error {
	d := &document{bufio.NewWriter(w)}
	title := p.Title
	if title == "" {
		title = p.Scenario
	}
	d.line("# " + escape(title))
	d.line(escape(strings.Join(plannedOf(p), ", ")) + ".")
	v, text := planVerdict(p)
	d.line("**" + escape(ticks[v]+" "+text) + ".**")
	d.line(escape(strings.Join(planSense(p), " ")))
	d.list("Warnings", PlanDoubts(p))
	if p.Best != nil {
		d.table(expectations(p.Best.Result))
	}
	for _, plot := range chart.PlanPlots(p) {
		d.line(fmt.Sprintf("![%s](plots/%s.svg)", escape(plot.Alt), plot.Name))
	}
	for _, b := range []block{nearest(p, mostNearest), grown(p), lost(p), tried(p, mostRows)} {
		d.table(b)
	}
	d.again(planAgain(p), fmt.Sprintf("With the same scenario and settings Headroom %s gives the same answer. The figures are in [summary.json](summary.json), all configurations in [tried.csv](tried.csv).", escape(experiments.Version)))
	return d.Flush()
}
