package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/reports"
)

// print writes a check to stdout, and annotations to stderr: they are no
// results, and GitHub reads both.
func (c *checkup) print(checked *experiments.Checked, i int) error {
	stdout, stderr := c.cmd.OutOrStdout(), c.cmd.ErrOrStderr()
	if err := c.printResult(stdout, checked, i); err != nil {
		return err
	}
	if c.github {
		if err := reports.GitHub(stderr, checked, repositoryPath(checked.Source)); err != nil {
			return err
		}
	}
	if c.quiet || c.asJSON {
		return nil
	}
	_, err := fmt.Fprintf(stderr, "report: %s\n", c.folders[i].Path())
	return err
}

func (c *checkup) printResult(w io.Writer, checked *experiments.Checked, i int) error {
	switch {
	case c.asJSON:
		return reports.CheckJSON(w, checked)
	case c.quiet:
		return reports.CheckLines(w, checked)
	}
	if i > 0 {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	width, colour := terminal(w)
	return reports.CheckText(w, checked, reports.TextOptions{Width: width, Colour: colour})
}

// repositoryPath is a file's path in the repository that GitHub Actions has
// checked out; "" of a built-in scenario, and of a file elsewhere.
func repositoryPath(source string) string {
	if _, err := os.Stat(source); err != nil {
		return ""
	}
	top := os.Getenv("GITHUB_WORKSPACE")
	if top == "" {
		return filepath.ToSlash(filepath.Clean(source))
	}
	path, err := filepath.Abs(source)
	if err != nil {
		return ""
	}
	inside, err := filepath.Rel(top, path)
	if err != nil || !filepath.IsLocal(inside) {
		return ""
	}
	return filepath.ToSlash(inside)
}

// write writes the files that were asked for.
func (c *checkup) write(all []*experiments.Checked, baseline *experiments.Baseline) error {
	if c.xml != nil {
		if err := c.xml.Write(func(w io.Writer) error { return reports.JUnit(w, all) }); err != nil {
			return err
		}
	}
	if c.kept != nil {
		return c.kept.Write(baseline.Write)
	}
	return nil
}
