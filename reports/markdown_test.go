package reports

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/reports/internal/sample"
)

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"plain words, 50 %":       "plain words, 50 %",
		"<script>alert(1)":        `&lt;script>alert(1)`,
		"a|b":                     `a\|b`,
		"`x` *y* _z_ ~~w~~":       "\\`x\\` \\*y\\* \\_z\\_ \\~\\~w\\~\\~",
		"[a](javascript:x)":       `\[a\](javascript:x)`,
		"@team #12 &amp;":         `@&#8203;team \#12 &amp;amp;`,
		"http://x.y":              "http:&#8203;//x.y",
		"two\nlines\tand \x1b[2J": `two lines and \[2J`,
		"한국어 🚀":                   "한국어 🚀",
		`back\slash`:              `back\\slash`,
	} {
		require.Equal(t, want, escape(text))
	}
}

// Every row of a table has as many cells as its head, whatever is in them, and
// no HTML is left.
func TestMarkdownTablesHold(t *testing.T) {
	bar := regexp.MustCompile(`(^|[^\\])\|`)
	for name, result := range samples {
		columns := 0
		for _, line := range strings.Split(written(t, Markdown, result()), "\n") {
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			bars := len(bar.FindAllString(line, -1))
			if columns == 0 {
				columns = bars
			}
			require.Equal(t, columns, bars, "%s: %s", name, line)
		}
	}
	code := regexp.MustCompile(`(?m)^    .*$`) // means what it says
	require.NotContains(t, code.ReplaceAllString(written(t, Markdown, sample.Hostile()), ""), "<")
}
