// Package docs_test holds the documentation to what the program does.
//
// Six things in a page are checked, and written anew by
// "go test ./docs -update -slow":
//
//   - a block marked "toml NAME" is a file beside the commands of its page;
//   - a block marked "console" has commands after "$ " and their output, in
//     which a line "..." stands for any lines; a status other than zero is
//     shown by "$ echo $?";
//   - a table after "<!-- figures: RUN | RUN ... -->" has in each row a metric
//     (or "expectation NAME") in backquotes, and its value in each run;
//   - a table after "<!-- measured: NAME -->" sets measurements of real servers
//     beside their replays;
//   - a table after "<!-- faults -->" counts the faults that test the tests;
//   - a picture after "<!-- picture: RUN; PLOT -->" is drawn by that run, one
//     after "<!-- picture: folder DIR; PLOT -->" by a command further up, into
//     that report folder.
//
// A RUN is a scenario with flags, as "headroom run" takes them; for a picture it
// may be "compare" with what that takes. Figures in bold
// must be found in what was checked on their page. Pages with "<!-- slow -->"
// take long and are checked with -slow only.
package docs_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	update = flag.Bool("update", false, "write the pages anew")
	slow   = flag.Bool("slow", false, "check slow pages too")
)

const root = ".."

// pages are the paths of all pages of the repository.
func pages(t *testing.T) []string {
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		base := filepath.Base(path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (base == "testdata" || base == "headroom-out" || strings.HasPrefix(base, ".")):
			return filepath.SkipDir
		case filepath.Ext(path) == ".md":
			found = append(found, path)
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

func readPage(t *testing.T, path string) []string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func TestPages(t *testing.T) {
	bin := t.TempDir()
	buildHeadroom(t, bin)
	for _, path := range pages(t) {
		t.Run(strings.TrimPrefix(path, root+"/"), func(t *testing.T) {
			lines := readPage(t, path)
			if slices.Contains(lines, "<!-- slow -->") && !*slow {
				t.Skip("slow")
			}
			c := &checker{t: t, path: path, bin: bin, dir: t.TempDir(), lines: lines}
			c.page()
			if *update && !slices.Equal(c.written, lines) {
				require.NoError(t, os.WriteFile(path, []byte(strings.Join(c.written, "\n")+"\n"), 0o644))
			}
			c.boldFigures()
		})
	}
}

// checker goes through one page.
type checker struct {
	t         *testing.T
	path      string
	bin, dir  string   // of the program, and where commands run
	lines     []string // of the page
	at        int      // the next line
	written   []string // the page as it should be
	evidence  strings.Builder
	hasChecks bool
}

var marked = regexp.MustCompile(`^<!-- (figures|picture|measured): (.*) -->$`)

// page rewrites the page as it should be, and reports where it is not.
func (c *checker) page() {
	for c.at < len(c.lines) {
		line := c.take()
		file, isFile := strings.CutPrefix(line, "```toml ")
		mark := marked.FindStringSubmatch(line)
		switch {
		case isFile:
			c.file(file)
		case line == "```console":
			c.block(c.session)
		case strings.HasPrefix(line, "```"):
			c.block(func(text []string) []string { return text })
		case line == "<!-- faults -->":
			c.faults()
		case mark == nil:
		case mark[1] == "figures":
			c.figures(strings.Split(mark[2], " | "))
		case mark[1] == "measured":
			c.measured(mark[2])
		default:
			c.picture(mark[2])
		}
	}
}

// take copies the next line.
func (c *checker) take() string {
	line := c.lines[c.at]
	c.at++
	c.written = append(c.written, line)
	return line
}

// write adds a line where the page has another.
func (c *checker) write(number int, have, want string) {
	c.written = append(c.written, want)
	if have != want && !*update {
		c.t.Errorf("%s:%d:\n have %s\n want %s", c.path, number, have, want)
	}
}

// inBlock takes the lines of a block up to its end.
func (c *checker) inBlock() []string {
	from := c.at
	for c.at < len(c.lines) && c.lines[c.at] != "```" {
		c.at++
	}
	return c.lines[from:c.at]
}

// block checks a block, of which should says what it ought to be.
func (c *checker) block(should func([]string) []string) {
	from := c.at
	have := c.inBlock()
	c.replace(from, should(have))
	if c.at < len(c.lines) {
		c.take() // the closing fence
	}
}

// replace writes other lines for those that were read from a place on.
func (c *checker) replace(from int, want []string) {
	have := c.lines[from:c.at]
	if len(have) == len(want) {
		for i := range want {
			c.write(from+i+1, have[i], want[i])
		}
		return
	}
	c.written = append(c.written, want...)
	if !*update {
		c.t.Errorf("%s:%d: should be:\n%s", c.path, from+1, strings.Join(want, "\n"))
	}
}

// file writes a scenario that commands of the page use.
func (c *checker) file(name string) {
	c.block(func(text []string) []string {
		require.NoError(c.t, os.WriteFile(filepath.Join(c.dir, name), []byte(strings.Join(text, "\n")+"\n"), 0o644))
		return text
	})
}

var (
	bold     = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	isFigure = regexp.MustCompile(`^(USD )?[0-9]`)
)

// boldFigures looks for the page's bold figures in what has been checked.
func (c *checker) boldFigures() {
	if !c.hasChecks {
		return
	}
	for _, line := range c.written {
		for _, m := range bold.FindAllStringSubmatch(line, -1) {
			if !isFigure.MatchString(m[1]) {
				continue
			}
			whole := regexp.MustCompile(`(^|[^0-9.,])` + regexp.QuoteMeta(m[1]) + `($|[^0-9])`)
			if !whole.MatchString(c.evidence.String()) {
				c.t.Errorf("%s: %q is in no output or table of the page", c.path, m[1])
			}
		}
	}
}

var (
	link   = regexp.MustCompile(`\]\(([^)#]*)(#[^)]*)?\)`)
	notInA = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks checks that links within the repository lead somewhere.
func TestLinks(t *testing.T) {
	for _, path := range pages(t) {
		for _, l := range link.FindAllStringSubmatch(strings.Join(readPage(t, path), "\n"), -1) {
			target, anchor := l[1], strings.TrimPrefix(l[2], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := path
			if target != "" {
				file = filepath.Join(filepath.Dir(path), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: no file %s", path, target)
			} else if anchor != "" && !slices.Contains(anchors(t, file), anchor) {
				t.Errorf("%s: no heading %s in %s", path, anchor, file)
			}
		}
	}
}

// anchors are the names of a page's headings in links.
func anchors(t *testing.T, path string) []string {
	var names []string
	for _, line := range readPage(t, path) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			names = append(names, strings.ReplaceAll(notInA.ReplaceAllString(strings.ToLower(title), ""), " ", "-"))
		}
	}
	return names
}
