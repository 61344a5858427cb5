package docs_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/reports/chart"
)

// results are those of runs that have been made already.
var results = map[string]*experiments.Result{}

// simulate makes the run that a page names: of a built-in scenario, or of a
// file that the page has written.
func (c *checker) simulate(run string) *experiments.Result {
	words := strings.Fields(run)
	if strings.HasSuffix(words[0], ".toml") {
		words[0] = filepath.Join(c.dir, words[0])
	}
	key := strings.Join(words, " ")
	if results[key] == nil {
		results[key] = simulate(c.t, words)
	}
	return results[key]
}

func simulate(t *testing.T, words []string) *experiments.Result {
	study, err := experiments.Open(words[0], options(t, words))
	require.NoError(t, err)
	result, err := new(experiments.Runner).Run(context.Background(), study)
	require.NoError(t, err)
	return result
}

// options are what the words after the first say.
func options(t *testing.T, words []string) experiments.Options {
	var options experiments.Options
	for i := 1; i+1 < len(words); i += 2 {
		switch value := words[i+1]; words[i] {
		case "--variant":
			options.Variant = value
		case "--replications", "--seed":
			options.Sets = append(options.Sets, strings.TrimPrefix(words[i], "--")+"="+value)
		case "--set":
			options.Sets = append(options.Sets, value)
		default:
			t.Fatalf("unknown flag %s", words[i])
		}
	}
	return options
}

var quoted = regexp.MustCompile("`([^`]+)`")

// figures checks a table: the header, the rule, and rows with a metric each.
func (c *checker) figures(runs []string) {
	c.hasChecks = true
	for c.at < len(c.lines) && strings.HasPrefix(c.lines[c.at], "|") {
		have := c.lines[c.at]
		c.at++
		cells := strings.Split(strings.Trim(have, "|"), "|")
		name := quoted.FindStringSubmatch(cells[0])
		if name == nil {
			c.written = append(c.written, have)
			continue
		}
		want, known := "|"+cells[0]+"|", false
		for _, run := range runs {
			cell := figure(c.simulate(run), name[1])
			want, known = want+" "+cell+" |", known || cell != "-"
		}
		if !known {
			c.t.Errorf("%s:%d: no run has a value of %s", c.path, c.at, name[1])
		}
		fmt.Fprintln(&c.evidence, want)
		c.write(c.at, have, want)
	}
}

// figure is a metric or the value of an expectation, as reports print it.
func figure(r *experiments.Result, name string) string {
	if expectation, ok := strings.CutPrefix(name, "expectation "); ok {
		e, ok := r.Expectations[expectation]
		if !ok {
			return "no such expectation"
		}
		return units.Interval(e.Value, e.Lo, e.Hi, e.Unit) + ", " + e.Verdict.String()
	}
	m, ok := r.Metrics[name]
	if !ok {
		m.Mean = math.NaN()
	}
	return units.Interval(m.Mean, m.Lo, m.Hi, m.Unit)
}

var image = regexp.MustCompile(`^!\[(.*)\]\((.*)\)$`)

// plots are the pictures of a run, or of what "compare" stands before.
func (c *checker) plots(run string) []chart.Plot {
	words := strings.Fields(run)
	if words[0] != "compare" {
		return chart.Plots(c.simulate(run))
	}
	words = words[1:]
	if strings.HasSuffix(words[0], ".toml") {
		words[0] = filepath.Join(c.dir, words[0])
	}
	arms, _, err := experiments.Lineup(words[:1], options(c.t, words))
	require.NoError(c.t, err)
	comparison, err := new(experiments.Runner).Compare(context.Background(), arms[0].Replications(10), arms)
	require.NoError(c.t, err)
	return chart.ComparePlots(comparison)
}

// picture checks that a picture shows what its run gives. Its bytes depend on
// the fonts of the machine; its description does not.
func (c *checker) picture(mark string) {
	c.hasChecks = true
	run, name, _ := strings.Cut(mark, "; ")
	if folder, ok := strings.CutPrefix(run, "folder "); ok {
		c.pictureIn(folder, name)
		return
	}
	plots := c.plots(run)
	i := slices.IndexFunc(plots, func(p chart.Plot) bool { return p.Name == name })
	require.GreaterOrEqual(c.t, i, 0, "%s: %s draws no %s", c.path, run, name)
	have := c.lines[c.at]
	parts := image.FindStringSubmatch(have)
	require.NotNil(c.t, parts, "%s:%d: must be a picture", c.path, c.at+1)
	c.at++
	alt := strings.NewReplacer("[", "(", "]", ")").Replace(plots[i].Alt)
	fmt.Fprintln(&c.evidence, alt)
	c.write(c.at, have, "!["+alt+"]("+parts[2]+")")

	file := filepath.Join(filepath.Dir(c.path), parts[2])
	if *update {
		var svg bytes.Buffer
		require.NoError(c.t, plots[i].Write(&svg, "svg"))
		require.NoError(c.t, os.WriteFile(file, svg.Bytes(), 0o644))
	}
	svg, err := os.ReadFile(file)
	require.NoError(c.t, err)
	require.Contains(c.t, html.UnescapeString(string(svg)), plots[i].Alt, "%s does not show what the run gives: go test ./docs -update", file)
}

var described = regexp.MustCompile(`<desc[^>]*>([^<]*)</desc>`)

// pictureIn checks that a picture shows what a command above it has drawn into
// a report folder.
func (c *checker) pictureIn(folder, name string) {
	drawn, err := os.ReadFile(filepath.Join(c.dir, folder, "plots", name+".svg"))
	require.NoError(c.t, err, "%s: no command above draws %s", c.path, name)
	text := described.FindSubmatch(drawn)
	require.NotNil(c.t, text)
	have := c.lines[c.at]
	parts := image.FindStringSubmatch(have)
	require.NotNil(c.t, parts, "%s:%d: must be a picture", c.path, c.at+1)
	c.at++
	alt := html.UnescapeString(string(text[1]))
	fmt.Fprintln(&c.evidence, alt)
	c.write(c.at, have, "!["+strings.NewReplacer("[", "(", "]", ")").Replace(alt)+"]("+parts[2]+")")
	file := filepath.Join(filepath.Dir(c.path), parts[2])
	if *update {
		require.NoError(c.t, os.WriteFile(file, drawn, 0o644))
	}
	svg, err := os.ReadFile(file)
	require.NoError(c.t, err)
	require.Contains(c.t, string(svg), string(text[0]), "%s does not show what the command gives: go test ./docs -update", file)
}
