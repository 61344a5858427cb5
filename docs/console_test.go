package docs_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// buildHeadroom builds the program into a folder.
func buildHeadroom(t *testing.T, folder string) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs sh")
	}
	build := exec.Command("go", "build", "-o", filepath.Join(folder, "headroom"), "./cmd/headroom")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
}

// session runs the commands of a block and gives it as it should be.
func (c *checker) session(have []string) []string {
	c.hasChecks = true
	var want []string
	status := 0
	for i := 0; i < len(have); {
		command, ok := strings.CutPrefix(have[i], "$ ")
		require.True(c.t, ok, "%s: a block begins with %q, not with a command", c.path, have[i])
		want = append(want, have[i])
		shown := until(have[i+1:], func(s string) bool { return strings.HasPrefix(s, "$ ") })
		i += 1 + len(shown)
		if command == "echo $?" {
			want = append(want, strconv.Itoa(status))
			status = 0
			continue
		}
		require.Zero(c.t, status, "%s: a command before %q failed", c.path, command)
		var output []string
		output, status = c.run(command)
		want = append(want, c.abridge(command, shown, output)...)
	}
	require.Zero(c.t, status, "%s: the last command of a block failed", c.path)
	return want
}

func until(lines []string, stop func(string) bool) []string {
	for i, line := range lines {
		if stop(line) {
			return lines[:i]
		}
	}
	return lines
}

// run runs a command in the folder of the page.
func (c *checker) run(command string) (output []string, status int) {
	command = strings.ReplaceAll(command, "go run ./cmd/headroom", "headroom")
	sh := exec.Command("sh", "-c", command)
	sh.Dir = c.dir
	sh.Env = append(os.Environ(), "PATH="+c.bin+":"+os.Getenv("PATH"), "NO_COLOR=1", "GITHUB_ACTIONS=")
	text, err := sh.CombinedOutput()
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		require.NoError(c.t, err)
	}
	c.evidence.Write(text)
	if len(text) == 0 {
		return nil, sh.ProcessState.ExitCode()
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		output = append(output, strings.TrimRight(line, " "))
	}
	return output, sh.ProcessState.ExitCode()
}

// abridge shortens the output as the page does: each line of the page is the
// next that looks like it, directly or, after "...", anywhere further down.
func (c *checker) abridge(command string, shown, output []string) []string {
	var want []string
	skip := false
	for _, line := range shown {
		if line == "..." {
			want, skip = append(want, line), true
			continue
		}
		i := 0
		for skip && i < len(output) && skeleton(output[i]) != skeleton(line) {
			i++
		}
		if i == len(output) {
			c.t.Errorf("%s: $ %s: no line like %q", c.path, command, line)
			return shown
		}
		want, output, skip = append(want, output[i]), output[i+1:], false
	}
	if !skip {
		want = append(want, output...)
	}
	return want
}

var (
	numbers = regexp.MustCompile(`[0-9]+([.,:][0-9]+)*( ?(ns|µs|ms|s|min|h|m|%)\b)?`)
	drawing = regexp.MustCompile(`[\s▁-█⎯╭╮╯╰│─┤┼·.#|-]+`)
)

// skeleton is what stays of a line when figures change.
func skeleton(line string) string {
	return drawing.ReplaceAllString(numbers.ReplaceAllString(line, "0"), " ")
}

// The page's lines are replaced by the output's, so that a comparison sees
// every difference.
func TestAbridge(t *testing.T) {
	for _, c := range []struct {
		name                string
		shown, output, want []string
	}{
		{"in full", []string{"a", "b"}, []string{"a", "b"}, []string{"a", "b"}},
		{"another figure", []string{"p99  12 ms"}, []string{"p99  1.3 s"}, []string{"p99  1.3 s"}},
		{"a line more", []string{"a"}, []string{"a", "b"}, []string{"a", "b"}},
		{"left out", []string{"a", "...", "c 1"}, []string{"a", "b", "c 2"}, []string{"a", "...", "c 2"}},
		{"left out at the end", []string{"a", "..."}, []string{"a", "b"}, []string{"a", "..."}},
		{"nothing shown yet", nil, []string{"a"}, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, (&checker{t: t}).abridge("command", c.shown, c.output))
		})
	}
}
