package reports

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A command is one of headroom's as a shell reads it: a report ends with the one
// that gives the same figures again. It has every flag that changes them, or how
// they are judged, and is not at its default.
type command struct{ strings.Builder }

// headroom is a command about scenarios.
func headroom(name string, scenarios ...string) *command {
	c := new(command)
	c.WriteString("headroom " + name)
	for _, s := range scenarios {
		c.WriteString(" " + quote(s))
	}
	return c
}

// flag adds a flag unless it has the usual value.
func (c *command) flag(name, value, usual string) {
	if value != usual {
		c.WriteString(" --" + name + " " + quote(value))
	}
}

// turn adds a flag that turns something on.
func (c *command) turn(name string, on bool) {
	if on {
		c.WriteString(" --" + name)
	}
}

// options adds those by which a configuration was chosen.
func (c *command) options(o experiments.Options) {
	c.flag("variant", o.Variant, "")
	for _, name := range o.Variants {
		c.flag("variant", name, "")
	}
	for _, s := range o.Overrides() {
		switch s.Key {
		case "duration", "seed", "replications":
			c.flag(s.Key, s.Value, "")
		default:
			c.flag("set", s.Text, "")
		}
	}
	c.flag("replication", strconv.Itoa(o.Replication), "0")
	c.flag("batches", strconv.Itoa(o.Batches), "0")
	if o.Precision > 0 {
		c.flag("precision", share(o.Precision), "")
		c.flag("max-replications", strconv.Itoa(o.Most), "")
	}
}

// share is one as a flag takes it, to the last digit.
func share(v float64) string { return quantity.Share(v).String() }

// runAgain is the command that gives the result again.
func runAgain(r *experiments.Result) *command {
	c := headroom("run", r.Source)
	c.options(r.Options)
	return c
}

func compareAgain(x *experiments.Comparison) *command {
	arms := x.Arms[:1]
	if x.Files {
		arms = x.Arms
	}
	var sources []string
	for _, a := range arms {
		sources = append(sources, a.Source)
	}
	c := headroom("compare", sources...)
	c.options(x.Arms[0].Options)
	return c
}

func sweepAgain(r *experiments.SweepResult) *command {
	c := headroom("sweep", r.Source)
	if r.DesignFile == "" {
		c.vary(r.Matrix.Factors)
		c.flag("design", r.Matrix.Kind.String(), design.Grid.String())
		c.flag("points", strconv.Itoa(r.Matrix.Points), "0")
		c.flag("trajectories", strconv.Itoa(r.Matrix.Trajectories), "0")
	}
	c.flag("design", r.DesignFile, "")
	c.options(r.Options)
	for _, metric := range r.Metrics {
		c.flag("metric", metric, "")
	}
	return c
}

func (c *command) vary(factors []design.Factor) {
	for _, f := range factors {
		c.flag("vary", f.Key+"="+f.Range, "")
	}
}

func planAgain(p *experiments.Plan) *command {
	c, usual := headroom("plan", p.Source), experiments.DefaultPlan()
	c.vary(p.Vary)
	c.options(p.Options)
	c.flag("confidence", share(p.Asked.Confidence), share(usual.Confidence))
	c.flag("tolerance", share(p.Asked.Tolerance), share(usual.Tolerance))
	c.flag("precision", share(p.Asked.Precision), share(usual.Precision))
	c.flag("max-replications", strconv.Itoa(p.Asked.Most), strconv.Itoa(usual.Most))
	c.flag("growth", p.Asked.Growth.String(), usual.Growth.String())
	c.turn("monotone", p.Asked.Monotone)
	c.turn("no-zone-loss", !p.Asked.Zones)
	return c
}

func checkAgain(x *experiments.Checked) *command {
	c := headroom("check", x.Source)
	c.options(x.Judgements[0].Options)
	c.flag("level", share(x.Level), share(experiments.DefaultLevel))
	if x.Baseline != nil {
		c.flag("baseline", x.Baseline.Path, "")
		c.flag("tolerance", share(x.Tolerance), share(experiments.DefaultTolerance))
	}
	return c
}

// again writes the section that says how to get the same again, and what else
// there is.
func (d *document) again(c *command, text string) {
	d.line("## The same again")
	d.line("    " + c.String())
	d.line(text)
}

// quote makes a word what it is for a shell of POSIX. One that cannot be shown
// as it is, as it has ends of lines or other control characters, is spelled for
// printf: it is on one line, and loses ends of lines at its own end only.
func quote(word string) string {
	special := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./,:=+@%", r)
	}
	switch {
	case plain(word) != word:
		return `"$(printf '` + octal(word) + `')"`
	case word == "" || strings.ContainsFunc(word, special):
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// octal spells a word for printf: all bytes by their numbers, but those of
// letters, digits and a few signs.
func octal(word string) string {
	var b strings.Builder
	for i := range len(word) {
		switch c := word[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_./,:=+ ", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}
