package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
)

// GitHub writes a workflow command for each finding that is no pass, which
// GitHub Actions shows at its line of the scenario: an error for what fails, a
// warning for what is inconclusive. Errors come first: of either kind a step
// shows ten. file is the scenario's path in the repository; "" where it is in
// none.
//
// Source: GitHub's "Workflow commands for GitHub Actions", setting an error
// message.
func GitHub(w io.Writer, c *experiments.Checked, file string) error {
	for _, kind := range []struct {
		output.Verdict
		command string
	}{{output.Fail, "error"}, {output.Inconclusive, "warning"}} {
		for _, f := range c.Findings() {
			if f.Verdict != kind.Verdict {
				continue
			}
			if _, err := fmt.Fprintln(w, annotation(kind.command, file, f)); err != nil {
				return err
			}
		}
	}
	return nil
}

func annotation(command, file string, f experiments.Finding) string {
	title := fmt.Sprintf("%s, %s: %s", f.Configuration, f.Name, f.Verdict)
	properties := "title=" + property(title)
	if file != "" {
		properties = fmt.Sprintf("file=%s,line=%d,%s", property(file), f.Line, properties)
	}
	return "::" + command + " " + properties + "::" + workflowData.Replace(f.Text)
}

// workflowData hides what ends a workflow command, workflowProperty also what
// ends a property of it.
var (
	workflowData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	workflowProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(text string) string { return workflowProperty.Replace(text) }
