package chart

import "gonum.org/v1/plot/vg/draw"

// serviceStyles tell the services apart by their dashes as well as their
// colours; from the fifth on they repeat.
var serviceStyles = []draw.LineStyle{
	stroke(blue, 1.4), stroke(red, 1.4, 4, 2), stroke(green, 1.6, 1, 1.5), stroke(purple, 1.4, 6, 2, 1, 2),
}

// services shows how busy the services were that had anything to do.
func services(d *data) *Plot {
	busy, text := d.Services()
	if len(busy) == 0 {
		return nil
	}
	f := d.timed()
	p := &panel{heading: "Utilization of the services", height: 130, y: percentAxis()}
	for i, s := range busy {
		p.marks = append(p.marks, d.curve(s.Name, "share", s.Course, serviceStyles[i%len(serviceStyles)])...)
	}
	f.panels = []*panel{p}
	return &Plot{Name: "services", Title: "Services" + d.Over(), Alt: text, figure: f}
}
