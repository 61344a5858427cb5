package quantity

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/headroom-sim/headroom/engine/random"
)

// A dimension says what the values of a distribution are: durations
// (nanoseconds) or counts.
type dimension struct {
	example string // for messages
	laws    []law
	// value reads one value, and gives its canonical text.
	value func(text string) (v float64, canonical string, err error)
}

// A law is a family of distributions with the form in which it is written.
// Arguments are values of the dimension or plain numbers; the last may be named.
type law struct {
	name string
	args []argument
	make func(a []float64) (random.Distribution, error)
}

type argument struct {
	name  string
	named bool // written name=...
	plain bool // a plain number, else a value of the dimension
}

var (
	mean   = argument{name: "mean"}
	scv    = argument{name: "scv", named: true, plain: true}
	shape  = argument{name: "shape", named: true, plain: true}
	alpha  = argument{name: "alpha", named: true, plain: true}
	p95    = argument{name: "p95", named: true}
	phases = argument{name: "phases", plain: true}
	lo, hi = argument{name: "least"}, argument{name: "greatest"}
)

var constantLaw = law{"constant", []argument{{name: "value"}}, one(random.Constant)}

var spanLaws = []law{
	constantLaw,
	{"uniform", []argument{lo, hi}, two(random.Uniform)},
	{"exponential", []argument{mean}, one(random.Exponential)},
	{"erlang", []argument{phases, mean}, erlang},
	{"hyperexponential", []argument{mean, scv}, two(random.Hyperexponential)},
	{"lognormal", []argument{mean, scv}, two(random.Lognormal)},
	{"lognormal", []argument{mean, p95}, two(random.LognormalP95)},
	{"gamma", []argument{mean, scv}, two(random.Gamma)},
	{"weibull", []argument{mean, shape}, two(random.Weibull)},
	{"pareto", []argument{lo, hi, alpha}, func(a []float64) (random.Distribution, error) { return random.Pareto(a[0], a[1], a[2]) }},
}

var numberLaws = []law{
	constantLaw,
	{"geometric", []argument{{name: "mean", plain: true}}, one(random.Geometric)},
}

func one(make func(float64) (random.Distribution, error)) func([]float64) (random.Distribution, error) {
	return func(a []float64) (random.Distribution, error) { return make(a[0]) }
}

func two(make func(_, _ float64) (random.Distribution, error)) func([]float64) (random.Distribution, error) {
	return func(a []float64) (random.Distribution, error) { return make(a[0], a[1]) }
}

// greatestPhases bounds the work of an Erlang quantile.
const greatestPhases = 10000

func erlang(a []float64) (random.Distribution, error) {
	if k := int(a[0]); a[0] == float64(k) && 1 <= k && k <= greatestPhases {
		return random.Erlang(k, a[1])
	}
	return nil, fmt.Errorf("phases must be a whole number from 1 to %d", greatestPhases)
}

var callPattern = regexp.MustCompile(`^([a-z][a-z0-9_]*)\((.*)\)$`)

// parse reads a distribution or a bare value and gives its canonical text.
func (d *dimension) parse(text string, files Files) (random.Distribution, string, error) {
	call := callPattern.FindStringSubmatch(text)
	if call == nil {
		return d.bare(text)
	}
	if call[1] == "empirical" {
		return d.empirical(strings.TrimSpace(call[2]), files)
	}
	l, err := d.find(call[1], call[2])
	if err != nil {
		return nil, "", having(err, text)
	}
	values, canonical, err := d.arguments(l, call[2])
	if err == nil {
		err = l.sane(values)
	}
	if err != nil {
		return nil, "", having(fmt.Errorf("%s: %w", l.name, err), text)
	}
	made, err := l.make(values)
	if err != nil {
		return nil, "", having(fmt.Errorf("%s: %w", l.name, withoutFigures(err)), text)
	}
	return made, canonical, nil
}

// having adds what was written, unless the error has the part of it that is
// wrong.
func having(err error, text string) error {
	if strings.Contains(err.Error(), "(have ") || errors.Is(err, errUnknownLaw) {
		return err
	}
	return fmt.Errorf("%w %s", err, Have(text))
}

func (d *dimension) bare(text string) (random.Distribution, string, error) {
	v, canonical, err := d.value(text)
	if err != nil {
		if plainNumber.MatchString(text) {
			return nil, "", err
		}
		return nil, "", expected(d.example, text)
	}
	made, err := random.Constant(v)
	return made, canonical, err
}

// find chooses the law by its name and, where two share it, by the name of the
// last argument.
func (d *dimension) find(name, args string) (*law, error) {
	var named *law
	for i := range d.laws {
		l := &d.laws[i]
		if l.name != name {
			continue
		}
		if last := l.args[len(l.args)-1]; named == nil || last.named && strings.Contains(args, last.name) {
			named = l
		}
	}
	if named != nil {
		return named, nil
	}
	if near := Nearest(name, d.names()); near != "" {
		return nil, fmt.Errorf("%w %q (did you mean %q?)", errUnknownLaw, name, near)
	}
	return nil, fmt.Errorf("%w %q (known: %s)", errUnknownLaw, name, strings.Join(d.names(), ", "))
}

var errUnknownLaw = errors.New("unknown distribution")

// names lists the laws once each.
func (d *dimension) names() []string {
	var names []string
	for _, l := range d.laws {
		if len(names) == 0 || names[len(names)-1] != l.name {
			names = append(names, l.name)
		}
	}
	return append(names, "empirical")
}

// arguments reads the text between the parentheses.
func (d *dimension) arguments(l *law, text string) ([]float64, string, error) {
	parts := strings.Split(text, ",")
	if len(parts) != len(l.args) {
		return nil, "", fmt.Errorf("write %s", d.forms(l.name))
	}
	values, written := make([]float64, len(parts)), make([]string, len(parts))
	for i, a := range l.args {
		part := strings.TrimSpace(parts[i])
		if a.named {
			name, value, ok := strings.Cut(part, "=")
			if !ok || strings.TrimSpace(name) != a.name {
				return nil, "", fmt.Errorf("write %s", d.forms(l.name))
			}
			part = strings.TrimSpace(value)
		}
		v, canonical, err := d.argument(a, part)
		if err != nil {
			return nil, "", fmt.Errorf("%s %w", a.name, err)
		}
		if a.named {
			canonical = a.name + "=" + canonical
		}
		values[i], written[i] = v, canonical
	}
	return values, l.name + "(" + strings.Join(written, ", ") + ")", nil
}

func (d *dimension) argument(a argument, text string) (float64, string, error) {
	if !a.plain {
		return d.value(text)
	}
	if !plainNumber.MatchString(text) || text[0] == '-' {
		return 0, "", fmt.Errorf("must be a positive number %s", Have(text))
	}
	v := decimal(text)
	return v, formatFloat(v), nil
}

// sane refuses what the law cannot be, in the words of the language: package
// random would say it in nanoseconds.
func (l *law) sane(a []float64) error {
	for i, arg := range l.args {
		if a[i] <= 0 && l.name != "constant" && arg != lo || a[i] <= 0 && l.name == "pareto" {
			return fmt.Errorf("%s must be greater than zero", arg.name)
		}
	}
	switch last := l.args[len(l.args)-1]; {
	case l.args[0] == lo && a[0] >= a[1]:
		return errors.New("least must be below greatest")
	case last == p95 && (a[1] <= a[0] || a[1] > greatestTail*a[0]):
		return errors.New("p95 must be more than the mean and at most 3.86 times the mean")
	case l.name == "geometric" && a[0] < 1:
		return errors.New("mean must be at least 1, the least value")
	}
	return nil
}

// greatestTail is the greatest ratio of 95th percentile and mean that a
// lognormal distribution has: exp(1.645^2 / 2), rounded down.
const greatestTail = 3.86

// withoutFigures drops the figures of an error of package random, which are in
// nanoseconds.
func withoutFigures(err error) error {
	text, _, _ := strings.Cut(err.Error(), " (have")
	return errors.New(text)
}

// forms shows all ways in which the laws of a name are written.
func (d *dimension) forms(name string) string {
	var forms []string
	for _, l := range d.laws {
		if l.name == name {
			forms = append(forms, l.form())
		}
	}
	return strings.Join(forms, " or ")
}

// form shows how the law is written.
func (l *law) form() string {
	var parts []string
	for _, a := range l.args {
		if a.named {
			parts = append(parts, a.name+"=...")
		} else {
			parts = append(parts, strings.ToUpper(a.name))
		}
	}
	return l.name + "(" + strings.Join(parts, ", ") + ")"
}

// empirical reads a file with one value a line; empty lines and lines that
// begin with # do not count.
func (d *dimension) empirical(name string, files Files) (random.Distribution, string, error) {
	data, err := files.read(name)
	if err != nil {
		return nil, "", err
	}
	var values []float64
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		text = strings.TrimSpace(text)
		if text == "" || text[0] == '#' {
			continue
		}
		v, _, err := d.value(text)
		if err != nil {
			return nil, "", fmt.Errorf("%s:%d: %w", name, line, err)
		}
		values = append(values, v)
	}
	made, err := random.Empirical(values)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, withoutFigures(err))
	}
	return made, "empirical(" + name + ")", nil
}

// spanValue reads a duration within a distribution.
func spanValue(text string) (float64, string, error) {
	if plainNumber.MatchString(text) && text[0] != '-' && text != "0" {
		return 0, "", withoutUnit(text, text)
	}
	d, err := ParseDuration(text)
	return float64(d), d.String(), err
}

// withoutUnit refuses a bare number, which may be meant in seconds or, as CPU
// times are, in milliseconds.
func withoutUnit(number string, raw any) error {
	return fmt.Errorf("needs a unit: write %q or %q %s", number+"ms", number+"s", Have(raw))
}

// countValue reads a count.
func countValue(text string) (float64, string, error) {
	v, err := strconv.ParseUint(text, 10, 53)
	if err != nil || v == 0 {
		return 0, "", expected("a whole number from 1", text)
	}
	return float64(v), strconv.FormatUint(v, 10), nil
}
