package experiments

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/files"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/experiments/units"
)

// BaselineSchema is the version of the JSON object that a Baseline is kept as.
const BaselineSchema = "headroom.baseline/1"

// Baseline is what checks gave at some time, replication by replication, kept
// to compare later ones with. One file may have several scenarios.
type Baseline struct {
	Schema    string                      `json:"schema"`
	Version   string                      `json:"version"`   // of the program
	Model     string                      `json:"model"`     // Model of the program; "" where it was not kept
	Scenarios map[string]map[string]*Past `json:"scenarios"` // by name, then by configuration
	Path      string                      `json:"-"`         // of the file that it was read from
}

// MarshalBinary keeps the path alone: who reads a report on a check learns which
// baseline it was held against, and not what that holds.
func (b *Baseline) MarshalBinary() ([]byte, error) { return []byte(b.Path), nil }

// UnmarshalBinary reads the path.
func (b *Baseline) UnmarshalBinary(path []byte) error {
	b.Path = string(path)
	return nil
}

// Past is what one configuration gave.
type Past struct {
	Seed         uint64        `json:"seed"`
	Replications int           `json:"replications"`
	DurationS    float64       `json:"duration_s"`
	Meaning      string        `json:"meaning"` // digest of all that the configuration says; "" where it was not kept
	Load         string        `json:"load"`    // digest of what loads the site: clients, routes, and when
	Measurements []Measurement `json:"measurements"`
	Latency      *Distribution `json:"latency"` // of all requests
}

// Measurement is a metric's value in each replication; NaN without a sample.
type Measurement struct {
	Metric string      `json:"metric"`
	During *[2]float64 `json:"during"` // seconds, or null: the whole measured run
	Values []number    `json:"values"`
}

// headline are the metrics that are kept beside those that expectations name, so
// that an expectation that is added later has something to be compared with.
var headline = []string{"availability", "cost.total", "latency.mean", "latency.p50", "latency.p95", "latency.p99", "requests.failed"}

// NewBaseline is one without any scenarios.
func NewBaseline() *Baseline {
	return &Baseline{Schema: BaselineSchema, Version: Version, Model: Model(), Scenarios: make(map[string]map[string]*Past)}
}

// Add keeps what is done of a suite.
func (b *Baseline) Add(s *Suite) {
	kept := make(map[string]*Past)
	for _, t := range s.Trials {
		kept[t.configuration()] = t.past()
	}
	b.Scenarios[s.Name] = kept
}

func (t *Trial) past() *Past {
	p := &Past{Seed: t.Spec.Seed, Replications: len(t.Cells), DurationS: t.end().Seconds(), Meaning: t.meaning(), Load: t.load(), Latency: t.distribution()}
	for _, name := range t.expectationNames() {
		e := t.Judge(name)
		p.keep(e.Metric, e.During, e.Each)
	}
	for _, metric := range headline {
		if values := t.Values(metric); values != nil {
			p.keep(metric, nil, values)
		}
	}
	return p
}

// keep adds a measurement that is not there yet.
func (p *Past) keep(metric string, during *[2]float64, values []float64) {
	if p.find(metric, during) != nil {
		return
	}
	m := Measurement{metric, during, make([]number, len(values))}
	for i, v := range values {
		m.Values[i] = number(v)
	}
	p.Measurements = append(p.Measurements, m)
}

// find returns the values of a metric in a part of the run; nil if there are
// none.
func (p *Past) find(metric string, during *[2]float64) []float64 {
	for _, m := range p.Measurements {
		if m.Metric == metric && sameTime(m.During, during) {
			values := make([]float64, len(m.Values))
			for i, v := range m.Values {
				values[i] = float64(v)
			}
			return values
		}
	}
	return nil
}

func sameTime(a, b *[2]float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// load is a digest of what loads the site.
func (s *Study) load() string { return s.meaning("clients", "routes", "start", "timezone", "discard") }

// meaning is a digest of what the study says, or top-level keys of it.
func (s *Study) meaning(part ...string) string {
	digest := sha256.Sum256(s.Spec.Meaning(part...))
	return fmt.Sprintf("%x", digest[:8])
}

// Write writes the baseline as one JSON object.
func (b *Baseline) Write(w io.Writer) error { return json.NewEncoder(w).Encode(b) }

// ReadBaseline reads a file that Write has filled. The error names the file and
// says why it is no baseline, or none of this version.
func ReadBaseline(path string) (*Baseline, error) {
	data, err := files.ReadNamed(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such baseline (headroom check --save-baseline writes one)", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b := &Baseline{Path: path}
	if err := b.decode(data); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func (b *Baseline) decode(data []byte) error {
	var head struct{ Schema, Version string }
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("is no baseline, or a torn one: %w", err)
	}
	switch {
	case head.Schema != BaselineSchema:
		return fmt.Errorf("is no baseline (schema %q, want %q)", head.Schema, BaselineSchema)
	case head.Version != Version:
		return fmt.Errorf("is a baseline of Headroom %s, and this is %s: models differ, save it anew", head.Version, Version)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(b); err != nil {
		return fmt.Errorf("is a broken baseline: %w", err)
	}
	return b.sound()
}

// sound finds what cannot be in a baseline that Write has written.
func (b *Baseline) sound() error {
	for name, configurations := range b.Scenarios {
		for configuration, p := range configurations {
			if err := p.sound(); err != nil {
				return fmt.Errorf("is a broken baseline: %s, %s: %w", name, configuration, err)
			}
		}
	}
	return nil
}

func (p *Past) sound() error {
	switch {
	case p == nil || p.Replications < 1:
		return errors.New("has no replications")
	case p.Latency == nil || len(p.Latency.Counts) != p.Replications || p.Latency.First < 0 || p.Latency.First >= latencyCell(math.MaxInt64):
		return fmt.Errorf("has no latencies of %d replications", p.Replications)
	}
	for _, m := range p.Measurements {
		if len(m.Values) != p.Replications {
			return fmt.Errorf("%s has %d values of %d replications", m.Metric, len(m.Values), p.Replications)
		}
	}
	return nil
}

// Fits tells why a suite cannot be compared with the baseline; nil if it can.
func (b *Baseline) Fits(s *Suite) error {
	_, past := b.of(s)
	if past == nil {
		return fmt.Errorf("%s: is a baseline of %s, not of %s: keep one of %[3]s with --save-baseline, or, if it was renamed and changed, write its new name into the file", b.Path, strings.Join(slices.Sorted(maps.Keys(b.Scenarios)), ", "), s.Name)
	}
	comparable := false
	for _, t := range s.Trials {
		p := past[t.configuration()]
		if p == nil {
			continue
		}
		switch {
		case p.Seed != t.Spec.Seed:
			return fmt.Errorf("%s: has seed %d of %s, and this check seed %d: other random numbers", b.Path, p.Seed, t.configuration(), t.Spec.Seed)
		case p.DurationS != t.end().Seconds():
			return fmt.Errorf("%s: has %s of %s, and this check %s: --duration sets it, or save the baseline anew", b.Path, units.Span(p.DurationS), t.configuration(), units.Span(t.end().Seconds()))
		}
		for _, name := range t.expectationNames() {
			metric, during := t.asked(name)
			comparable = comparable || p.find(metric, during) != nil
		}
	}
	if !comparable {
		return fmt.Errorf("%s: has nothing to compare %s with: no expectation of a configuration that is in both", b.Path, s.Name)
	}
	return nil
}

// of is what the baseline has of a suite, and its name there: that of the suite,
// or the old name of one that was renamed, and says what it said in each of its
// configurations. It is nil where there is none.
func (b *Baseline) of(s *Suite) (name string, past map[string]*Past) {
	if past := b.Scenarios[s.Name]; past != nil {
		return s.Name, past
	}
	for _, name := range slices.Sorted(maps.Keys(b.Scenarios)) {
		if past := b.Scenarios[name]; s.means(past) {
			return name, past
		}
	}
	return "", nil
}

// means tells whether each configuration of the suite said then what it says now.
func (s *Suite) means(past map[string]*Past) bool {
	return !slices.ContainsFunc(s.Trials, func(t *Trial) bool {
		p := past[t.configuration()]
		return p == nil || p.Meaning != t.meaning()
	})
}

// renamed tells of a suite that the baseline has under another name.
func (b *Baseline) renamed(s *Suite) []string {
	name, _ := b.of(s)
	if name == s.Name {
		return nil
	}
	return []string{fmt.Sprintf("was kept of %s, which says the same as %s: taken for it", name, s.Name)}
}

// rebuilt tells of another build of the same version: its models may differ too.
func (b *Baseline) rebuilt() []string {
	if b.Model == Model() {
		return nil
	}
	return []string{fmt.Sprintf("was kept by another build of headroom (%s; this is %s): what its models changed shows as a change of the policy", cmp.Or(b.Model, "unknown"), Model())}
}

// compare judges a configuration against the baseline.
func (c *Checked) compare(j *Judgement, t *Trial, past *Past) {
	if past == nil {
		c.doubt(j, "not in the baseline")
		return
	}
	if past.Load != t.load() {
		c.doubt(j, "another load than in the baseline (clients, routes, start, discard or a file): the changes show that too")
	}
	if past.Replications != j.Replications {
		c.doubt(j, fmt.Sprintf("%d replications, %d in the baseline: the first %d are compared", j.Replications, past.Replications, min(past.Replications, j.Replications)))
	}
	for _, name := range t.expectationNames() {
		e := j.Expectations[name]
		values := past.find(e.Metric, e.During)
		d := drift(name, e, values, c.Criteria)
		switch {
		case values == nil:
			c.doubt(j, fmt.Sprintf("%s is not in the baseline: %s", name, e.Metric+within(e.During)))
		case d.N == 0:
			c.doubt(j, fmt.Sprintf("%s: %s has no sample here, or had none", name, e.Metric+within(e.During)))
		default:
			j.Drifts = append(j.Drifts, d)
		}
	}
	if j.expectsLatency() != "" {
		j.Latency = latencyDrift(past.Latency, t.distribution(), c.Criteria)
		if j.Latency == nil {
			c.doubt(j, "distributions of latencies are not compared: "+whatItTakes(c.Level))
		}
	}
}

// whatItTakes says what it would take to compare distributions at a level.
func whatItTakes(level float64) string {
	least, ok := output.PairsToShow(level)
	if !ok {
		return "no number of replications shows a change at a level of " + units.Format(level, "share")
	}
	return fmt.Sprintf("that takes %d replications with requests", least)
}

// doubt notes what is to be said of a configuration; of several, once.
func (c *Checked) doubt(j *Judgement, text string) {
	for i, known := range c.Uncompared {
		if names, ok := strings.CutSuffix(known, ": "+text); ok {
			c.Uncompared[i] = names + ", " + j.Configuration + ": " + text
			return
		}
	}
	c.Uncompared = append(c.Uncompared, j.Configuration+": "+text)
}

// gone says which configurations of the baseline the suite has no more.
func (b *Baseline) gone(s *Suite) []string {
	var list []string
	_, past := b.of(s)
	for _, name := range slices.Sorted(maps.Keys(past)) {
		if !slices.ContainsFunc(s.Trials, func(t *Trial) bool { return t.configuration() == name }) {
			list = append(list, name+": in the baseline only")
		}
	}
	return list
}
