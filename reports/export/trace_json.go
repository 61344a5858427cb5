package export

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
)

// track is what a place or one of its instances shows, on as many threads as
// slices overlap.
type track struct {
	process, name string
	pid, tid      int           // of the process, and of the first thread
	lanes         []engine.Time // ends of the latest slices
}

// track is the one of a process by its name.
func (d *drawing) track(process, name string) *track {
	for _, t := range d.tracks {
		if t.process == process && t.name == name {
			return t
		}
	}
	t := &track{process: process, name: name}
	d.tracks = append(d.tracks, t)
	return t
}

// lane is the first thread, from 0, that is free for a slice.
func (t *track) lane(s *slice) int {
	i := slices.IndexFunc(t.lanes, func(end engine.Time) bool { return end <= s.From })
	if i < 0 {
		i = len(t.lanes)
		t.lanes = append(t.lanes, 0)
	}
	t.lanes[i] = s.To
	return i
}

// number gives processes and threads their numbers: processes in the order in which
// requests come to them, instances in that of theirs.
func (d *drawing) number() {
	processes := make(map[string]int)
	for _, t := range d.tracks {
		if processes[t.process] == 0 {
			processes[t.process] = len(processes) + 1
		}
		t.pid = processes[t.process]
	}
	slices.SortStableFunc(d.tracks, func(a, b *track) int {
		return cmp.Or(cmp.Compare(a.pid, b.pid), cmp.Compare(len(a.name), len(b.name)), cmp.Compare(a.name, b.name))
	})
	next := len(processes) + 1 // a number stands for one process or thread
	for _, t := range d.tracks {
		t.tid = next
		next += max(len(t.lanes), 1)
	}
}

// write writes the drawing.
func (d *drawing) write(w io.Writer, about fields) error {
	out := bufio.NewWriter(w)
	slices.SortStableFunc(d.bars, func(a, b bar) int { return cmp.Compare(a.From, b.From) })
	lanes := make([]int, len(d.bars))
	for i := range d.bars {
		lanes[i] = d.bars[i].track.lane(&d.bars[i].slice)
	}
	d.number()
	fmt.Fprintf(out, `{"displayTimeUnit":"ms","otherData":%s,"traceEvents":[`, about.text())
	p := &pen{out: out}
	for i, t := range d.tracks {
		p.names(t, i == 0 || d.tracks[i-1].pid != t.pid)
	}
	for i := range d.bars {
		b := &d.bars[i]
		p.pid, p.tid = b.track.pid, b.track.tid+lanes[i]
		p.slice(&b.slice)
	}
	for _, m := range d.marks {
		p.pid, p.tid = m.track.pid, m.track.tid
		p.event("i", m.At, field{"name", string(m.Kind)}, field{"cat", "control plane"}, field{"s", "t"},
			field{"args", fields{{"subject", m.Subject}, {"instance", m.Instance}, {"text", m.Text}}})
	}
	fmt.Fprint(out, "\n]}\n")
	return out.Flush()
}

// A pen writes events of a thread.
type pen struct {
	out      *bufio.Writer
	pid, tid int
	written  int
}

// names writes those of a track's process, where it is the first of it, and threads.
func (p *pen) names(t *track, first bool) {
	p.pid = t.pid
	if first {
		p.tid = t.tid
		p.meta("process_name", field{"name", t.process})
		p.meta("process_sort_index", field{"sort_index", t.pid})
	}
	for i := range max(len(t.lanes), 1) {
		p.tid = t.tid + i
		name := t.name
		if i > 0 {
			name += " (" + strconv.Itoa(i+1) + ")"
		}
		p.meta("thread_name", field{"name", name})
		p.meta("thread_sort_index", field{"sort_index", p.tid})
	}
}

func (p *pen) meta(name string, arg field) {
	p.event("M", 0, field{"name", name}, field{"args", fields{arg}})
}

// slice writes a slice with all that lies within, in order. Readers put events of
// one instant in the order in which they stand here.
func (p *pen) slice(s *slice) {
	p.event("B", s.From, field{"name", s.name}, field{"cat", s.category}, field{"args", s.args})
	if s.arrow > 0 {
		p.arrow("f", arrow{s.From, s.arrow}, field{"bp", "e"})
	}
	arrows := s.arrows
	for i := range s.inner {
		for ; len(arrows) > 0 && arrows[0].at <= s.inner[i].From; arrows = arrows[1:] {
			p.arrow("s", arrows[0])
		}
		p.slice(&s.inner[i])
	}
	for _, a := range arrows {
		p.arrow("s", a)
	}
	p.event("E", s.To)
}

func (p *pen) arrow(phase string, a arrow, more ...field) {
	p.event(phase, a.at, append([]field{{"name", "call"}, {"cat", "call"}, {"id", a.number}}, more...)...)
}

func (p *pen) event(phase string, at engine.Time, more ...field) {
	if p.written > 0 {
		fmt.Fprint(p.out, ",")
	}
	p.written++
	f := append(fields{{"ph", phase}, {"pid", p.pid}, {"tid", p.tid}, {"ts", micros(at)}}, more...)
	fmt.Fprint(p.out, "\n", f.text())
}

// text is the object of the fields, in their order.
func (f fields) text() string {
	text := []byte("{")
	for i, one := range f {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(strconv.AppendQuote(text, one.name), ':')
		text = append(text, jsonOf(one.value)...)
	}
	return string(append(text, '}'))
}

func jsonOf(value any) string {
	if f, ok := value.(fields); ok {
		return f.text()
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic("export: " + err.Error())
	}
	return string(text)
}

// micros is an instant in microseconds, to the nanosecond.
func micros(t engine.Time) json.Number {
	whole, rest := t/engine.Microsecond, t%engine.Microsecond
	if rest == 0 {
		return json.Number(strconv.FormatInt(int64(whole), 10))
	}
	return json.Number(fmt.Sprintf("%d.%03d", whole, rest))
}
