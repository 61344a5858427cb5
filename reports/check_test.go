package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports/internal/sample"
)

var checkSamples = map[string]func() *experiments.Checked{"check": sample.Check, "hostile-check": sample.HostileCheck}

func checkText(width int, colour bool) func(io.Writer, *experiments.Checked) error {
	return func(w io.Writer, c *experiments.Checked) error {
		return CheckText(w, c, TextOptions{Width: width, Colour: colour})
	}
}

var checkFormats = map[string]func(io.Writer, *experiments.Checked) error{
	"60.txt": checkText(60, false), "80.txt": checkText(80, false), "80-colour.txt": checkText(80, true), "200.txt": checkText(200, false),
	"md": CheckMarkdown, "lines.txt": CheckLines,
	"github.txt": func(w io.Writer, c *experiments.Checked) error { return GitHub(w, c, "sites/a,b: c.toml") },
	"junit.xml":  func(w io.Writer, c *experiments.Checked) error { return JUnit(w, []*experiments.Checked{c}) },
}

func writtenCheck(t *testing.T, write func(io.Writer, *experiments.Checked) error, c *experiments.Checked) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, write(&out, c))
	return out.String()
}

func TestCheckGolden(t *testing.T) {
	for name, c := range checkSamples {
		for ending, write := range checkFormats {
			golden(t, name+"."+ending, writtenCheck(t, write, c()))
		}
	}
}

// The page says what fails before anything else, and what the author called things
// is text.
func TestCheckPage(t *testing.T) {
	for name, check := range checkSamples {
		var page strings.Builder
		require.NoError(t, CheckHTML(&page, check()))
		golden(t, name+".html", withoutAssets(page.String()))
		if name == "check" {
			inOrder(t, page.String(), "A burst meets one small server", `class="verdict fail"`, "Verdicts", "Against the baseline", "Expectations", "headroom check sites/burst.toml")
		}
	}
}

func TestCheckTextKeepsToTheTerminal(t *testing.T) {
	for name, c := range checkSamples {
		for _, width := range []int{60, 80, 100, 150, 200} {
			plainText := writtenCheck(t, checkText(width, false), c())
			for _, line := range strings.Split(plainText, "\n") {
				require.LessOrEqual(t, cells.StringWidth(line), width, "%s at %d: %s", name, width, line)
				require.Equal(t, strings.TrimRight(line, " "), line, "%s at %d", name, width)
			}
			require.NotContains(t, plainText, "\x1b")
			require.Equal(t, plainText, withoutColour(writtenCheck(t, checkText(width, true), c())))
		}
	}
}

func TestFailedCheckWrites(t *testing.T) {
	for ending, write := range checkFormats {
		require.ErrorIs(t, write(full{}, sample.Check()), io.ErrShortWrite, ending)
	}
}

// Whatever names hold, an annotation is one command on a line of its own.
func TestGitHubCommandsAreWhole(t *testing.T) {
	for name, c := range checkSamples {
		for _, line := range strings.Split(strings.TrimSuffix(writtenCheck(t, checkFormats["github.txt"], c()), "\n"), "\n") {
			require.Regexp(t, `^::(error|warning) file=sites/a%2Cb%3A c\.toml,line=[0-9]+,title=[^:,]*::[^\r\n]*$`, line, name)
		}
	}
	var built bytes.Buffer
	require.NoError(t, GitHub(&built, sample.Check(), ""))
	require.NotContains(t, built.String(), "file=")
}

// junit10 is what the schema junit-10.xsd of Jenkins' xUnit plugin allows: of
// each element the attributes, those that it must have first, and the elements
// within.
var junit10 = map[string]struct {
	required, optional []string
	inner              []string
}{
	"testsuites": {nil, []string{"name", "time", "tests", "failures", "errors"}, []string{"testsuite"}},
	"testsuite": {
		[]string{"name", "tests", "failures", "errors"},
		[]string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		[]string{"testsuite", "properties", "testcase", "system-out", "system-err"},
	},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, nil, nil},
	"testcase": {
		[]string{"name"}, []string{"time", "classname", "group"},
		[]string{"skipped", "error", "failure", "rerunFailure", "rerunError", "flakyFailure", "flakyError", "system-out", "system-err"},
	},
	"failure":    {nil, []string{"type", "message"}, nil},
	"system-out": {nil, nil, nil},
}

type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Inner   []element  `xml:",any"`
}

func TestJUnitKeepsToTheSchema(t *testing.T) {
	for name, c := range checkSamples {
		var root element
		require.NoError(t, xml.Unmarshal([]byte(writtenCheck(t, checkFormats["junit.xml"], c())), &root), name)
		require.Equal(t, "testsuites", root.XMLName.Local)
		valid(t, root)
	}
}

func valid(t *testing.T, e element) {
	t.Helper()
	rule, known := junit10[e.XMLName.Local]
	require.True(t, known, e.XMLName.Local)
	var have []string
	for _, a := range e.Attrs {
		require.Contains(t, slices.Concat(rule.required, rule.optional), a.Name.Local, e.XMLName.Local)
		have = append(have, a.Name.Local)
		if a.Name.Local == "time" {
			require.Regexp(t, `^[0-9]{0,3}(,?[0-9]{3})*(\.[0-9]*)?$|^[0-9]+(\.[0-9]*)?$`, a.Value)
		}
	}
	require.Subset(t, have, rule.required)
	for _, inner := range e.Inner {
		require.Contains(t, rule.inner, inner.XMLName.Local, e.XMLName.Local)
		valid(t, inner)
	}
}

// The counts are those of the cases, and the cases' times make up the suite's.
func TestJUnitCounts(t *testing.T) {
	var file junitSuites
	c := sample.Check()
	require.NoError(t, xml.Unmarshal([]byte(writtenCheck(t, checkFormats["junit.xml"], c)), &file))
	require.Equal(t, len(c.Findings()), file.Tests)
	require.Len(t, file.Suites, 3)
	tests, failures, names := 0, 0, map[string]bool{}
	for _, s := range file.Suites {
		require.Len(t, s.Cases, s.Tests)
		tests, failures = tests+s.Tests, failures+s.Failures
		for _, k := range s.Cases {
			require.False(t, names[k.Class+k.Name], "readers keep the first of two cases of one name")
			names[k.Class+k.Name] = true
		}
	}
	require.Equal(t, []int{tests, failures, 0}, []int{file.Tests, file.Failures, file.Errors})
	require.Equal(t, "1.500", file.Suites[0].Time)
	require.Equal(t, fmt.Sprintf("%.3f", 1.5/9), file.Suites[0].Cases[0].Time)
	require.Equal(t, "sites.burst.base", file.Suites[0].Cases[0].Class)
	require.Empty(t, file.Suites[2].Cases)
}
