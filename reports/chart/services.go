package chart

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/reports/units"
)

// serviceStyles tell the services apart by their dashes as well as their
// colours; from the fifth on they repeat.
var serviceStyles = []draw.LineStyle{
	stroke(blue, 1.4), stroke(red, 1.4, 4, 2), stroke(green, 1.6, 1, 1.5), stroke(purple, 1.4, 6, 2, 1, 2),
}

// services shows how busy the services were that had anything to do.
func services(d *data) *Plot {
	f := d.timed()
	p := &panel{heading: "Utilization of the services", height: 130, y: percentAxis()}
	var said []string
	for _, name := range d.names("services.", ".utilization") {
		values := d.column("services.%s.utilization", name)
		at, most := peak(values)
		if most == 0 {
			continue
		}
		style := serviceStyles[len(p.marks)%len(serviceStyles)]
		p.marks = append(p.marks, curve{name, d.middles(), values, style})
		said = append(said, fmt.Sprintf("%s is busy to %s at most, at %s", name, units.Format(most, "share"), d.clock.Minute(d.edges[at])))
	}
	if len(p.marks) == 0 {
		return nil
	}
	f.panels = []*panel{p}
	return &Plot{Name: "services", Title: "Services" + d.first(), Alt: strings.Join(said, "; ") + ".", figure: f}
}
