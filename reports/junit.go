package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// JUnit writes checks in the XML that CI servers read as test results: a suite
// for each scenario and configuration, a case for each finding. What is
// inconclusive is a failure of the type "inconclusive", as the program's exit
// status has it. A suite's time is what simulating it took, shared evenly by its
// cases.
//
// Source: the schema junit-10.xsd of Jenkins' xUnit plugin.
func JUnit(w io.Writer, checks []*experiments.Checked) error {
	all := junitSuites{Name: "headroom check"}
	var spent time.Duration
	for _, c := range checks {
		for _, j := range c.Judgements {
			s := suiteOf(c, j)
			all.Suites = append(all.Suites, s)
			all.Tests, all.Failures, spent = all.Tests+s.Tests, all.Failures+s.Failures, spent+j.Spent
		}
	}
	all.Time = junitTime(spent)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	File       string          `xml:"file,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// suiteOf is the suite of a configuration.
func suiteOf(c *experiments.Checked, j *experiments.Judgement) junitSuite {
	findings := j.Findings()
	s := junitSuite{
		Name: plain(c.Source) + " " + plain(j.Configuration), Tests: len(findings), Time: junitTime(j.Spent), File: plain(c.Source),
		Properties: []junitProperty{
			{"seed", strconv.FormatUint(j.Seed, 10)}, {"replications", strconv.Itoa(j.Replications)},
			{"level", strconv.FormatFloat(c.Level, 'g', -1, 64)}, {"digest", plain(j.Digest)}, {"version", plain(j.Version)},
		},
	}
	for _, f := range findings {
		s.Cases = append(s.Cases, caseOf(f, j.Spent/time.Duration(len(findings))))
		if f.Verdict != output.Pass {
			s.Failures++
		}
	}
	return s
}

func caseOf(f experiments.Finding, spent time.Duration) junitCase {
	c := junitCase{Name: plain(f.Name), Class: junitClass(f), Time: junitTime(spent)}
	if f.Verdict == output.Pass {
		c.Out = plain(f.Text)
		return c
	}
	c.Failure = &junitFailure{Type: f.Verdict.String(), Message: f.Verdict.String() + ": " + plain(f.Text), Text: plain(f.String())}
	return c
}

// junitClass tells cases of the same name apart: the scenario's path and the
// configuration, with the dots by which readers group classes.
func junitClass(f experiments.Finding) string {
	path := filepath.ToSlash(filepath.Clean(strings.TrimSuffix(f.Source, ".toml")))
	return plain(strings.ReplaceAll(strings.TrimLeft(path, "./"), "/", ".") + "." + f.Configuration)
}

// junitTime is a time in seconds.
func junitTime(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
