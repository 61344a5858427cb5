package export

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A parsed exposition, as strictly as the text of OpenMetrics 1.0 has it
// (prometheus.io/docs/specs/om/open_metrics_spec): its ABNF, and what it demands
// of the order of lines, of names, of counters and of timestamps.
type parsed struct {
	families map[string]*parsedFamily
	samples  []parsedSample

	order   []string                // of the families
	last    map[string]parsedSample // of each name and labels
	points  map[string]float64      // the last timestamp of each metric
	current string                  // the metric of the line before
	seen    map[string]bool         // metrics whose samples have begun
}

type parsedFamily struct {
	kind, unit, help string
	sampled          bool
}

type parsedSample struct {
	name, labels     string // the labels as they are written
	family           string
	value, timestamp float64
}

var (
	descriptor = regexp.MustCompile(`^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\S+) (\S+)$`)
	labelText  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)`)
	realNumber = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
)

// suffixes of the samples of a family, by its type.
var suffixes = map[string][]string{"counter": {"_total"}, "gauge": {""}, "summary": {"", "_sum", "_count"}}

// parse reads OpenMetrics text. The error names the line.
func parse(text string) (*parsed, error) {
	body, ended := strings.CutSuffix(text, "# EOF\n")
	if !ended {
		return nil, fmt.Errorf("does not end with # EOF")
	}
	p := &parsed{families: map[string]*parsedFamily{}, last: map[string]parsedSample{}, points: map[string]float64{}, seen: map[string]bool{}}
	for i, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w: %s", i+1, err, line)
		}
	}
	return p, nil
}

func (p *parsed) line(line string) error {
	if m := descriptor.FindStringSubmatch(line); m != nil {
		return p.describe(m[1], m[2], m[3])
	}
	if m := sampleLine.FindStringSubmatch(line); m != nil {
		return p.sample(m[1], m[2], m[3], m[4])
	}
	return fmt.Errorf("is neither a descriptor nor a sample")
}

func (p *parsed) describe(what, name, text string) error {
	f := p.families[name]
	if f == nil {
		f = &parsedFamily{}
		p.families[name] = f
		p.order = append(p.order, name)
	}
	if p.order[len(p.order)-1] != name || f.sampled {
		return fmt.Errorf("family is described again, or after its samples")
	}
	of := map[string]*string{"TYPE": &f.kind, "UNIT": &f.unit, "HELP": &f.help}[what]
	switch {
	case *of != "":
		return fmt.Errorf("said twice")
	case what == "TYPE" && suffixes[text] == nil:
		return fmt.Errorf("no such type")
	case what == "UNIT" && !strings.HasSuffix(name, "_"+text):
		return fmt.Errorf("the name does not end in its unit")
	}
	*of = text
	return nil
}

func (p *parsed) sample(name, text, value, timestamp string) error {
	if len(p.order) == 0 {
		return fmt.Errorf("no family")
	}
	s := parsedSample{name: name, labels: text, family: p.order[len(p.order)-1]}
	f := p.families[s.family]
	f.sampled = true
	suffix, ok := strings.CutPrefix(name, s.family)
	if !ok || !slices.Contains(suffixes[f.kind], suffix) {
		return fmt.Errorf("is no sample of the family %s, a %s", s.family, f.kind)
	}
	named, err := parseLabels(text)
	if err != nil {
		return err
	}
	quantile, has := named["quantile"]
	if of := f.kind == "summary" && suffix == ""; has != of {
		return fmt.Errorf("only samples of a summary have a quantile, and all without a suffix")
	} else if q, err := strconv.ParseFloat(quantile, 64); of && (err != nil || q < 0 || q > 1) {
		return fmt.Errorf("no quantile")
	}
	if !realNumber.MatchString(value) || !realNumber.MatchString(timestamp) {
		return fmt.Errorf("no number")
	}
	s.value, _ = strconv.ParseFloat(value, 64)
	s.timestamp, _ = strconv.ParseFloat(timestamp, 64)
	delete(named, "quantile")
	if err := p.inOrder(s, suffix, metricOf(s.family, named)); err != nil {
		return err
	}
	p.samples = append(p.samples, s)
	return nil
}

// inOrder checks a sample against those before it.
func (p *parsed) inOrder(s parsedSample, suffix, metric string) error {
	if metric != p.current && p.seen[metric] {
		return fmt.Errorf("the samples of a metric do not stand together")
	}
	p.current, p.seen[metric] = metric, true
	if last, some := p.points[metric]; some && s.timestamp < last {
		return fmt.Errorf("goes back in time")
	}
	p.points[metric] = s.timestamp
	key := s.name + "{" + s.labels + "}"
	before, some := p.last[key]
	switch sums := suffix != ""; {
	case some && s.timestamp <= before.timestamp:
		return fmt.Errorf("two samples at one instant")
	case sums && s.value < 0, sums && some && s.value < before.value:
		return fmt.Errorf("a sum falls")
	}
	p.last[key] = s
	return nil
}

func metricOf(family string, named map[string]string) string {
	var b strings.Builder
	b.WriteString(family)
	for _, name := range slices.Sorted(maps.Keys(named)) {
		fmt.Fprintf(&b, ",%s=%q", name, named[name])
	}
	return b.String()
}

func parseLabels(text string) (map[string]string, error) {
	named := map[string]string{}
	for rest := text; rest != ""; {
		m := labelText.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("not labels from %q on", rest)
		}
		if _, twice := named[m[1]]; twice {
			return nil, fmt.Errorf("label %s twice", m[1])
		}
		named[m[1]] = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace(m[2])
		rest = strings.TrimPrefix(rest, m[0])
		if m[3] == "," && rest == "" {
			return nil, fmt.Errorf("a comma at the end")
		}
	}
	return named, nil
}

// lasts are the last values of the samples of a name whose labels contain a text.
func (p *parsed) lasts(name, within string) []float64 {
	var values []float64
	for _, key := range slices.SortedFunc(maps.Keys(p.last), cmp.Compare) {
		if s := p.last[key]; s.name == name && strings.Contains(s.labels, within) {
			values = append(values, s.value)
		}
	}
	return values
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		if !math.IsNaN(v) {
			total += v
		}
	}
	return total
}
