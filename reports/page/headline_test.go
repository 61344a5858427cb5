package page

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// A name in a headline stays whole: its hyphens are no places to break a line.
func TestNamesInHeadlinesStayWhole(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, &Report{Title: "t", Verdict: Verdict{Kind: "pass", Text: "The cheapest: one-2xlarge, web.min=2 <b>"}}))
	require.Contains(t, out.String(), `<p class="judged">The cheapest: <span class="name">one-2xlarge,</span> <span class="name">web.min=<wbr>2</span> &lt;b&gt;.</p>`)
}
