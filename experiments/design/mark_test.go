package design_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/design"
)

// Marks stand at round numbers where not each level has room for one, and at the value
// that they name.
func TestMarks(t *testing.T) {
	for _, c := range []struct {
		text, marks string
		most        int
	}{
		{"k=1..4", "0 1, 1 2, 2 3, 3 4", 8},
		{"k=5KiB..80KiB", "5 10KiB, 15 20KiB, 25 30KiB, 35 40KiB, 45 50KiB, 55 60KiB, 65 70KiB, 75 80KiB", 8},
		{"k=5KiB..80KiB", "15 20KiB, 35 40KiB, 55 60KiB, 75 80KiB", 7},
		{"k=38/s..412/s", "62 100/s, 162 200/s, 262 300/s, 362 400/s", 5},
		{"k=-7..7", "2 -5, 7 0, 12 5", 5},
		{"k=40..80:5", "0 40, 2 50, 4 60, 6 70, 8 80", 5},
		{"k=1..31:3", "0 1, 3 10, 6 19, 9 28", 4}, // no round numbers are among these
		{"k=7..31:8", "0 7, 1 15, 2 23, 3 31", 4}, // all have room
		{"k=3..21:3", "0 3, 2 9, 4 15, 6 21", 4},  // 5, 10 and 20 are not among these
		{"k=0.13..0.52", "1795 0.2, 4359 0.3, 6923 0.4, 9487 0.5", 5},
		{"k=800ms..2.7s", "1053 1s, 3684 1.5s, 6316 2s, 8947 2.5s", 5},
		{"k=50s..17m", "2577 5m, 5670 10m, 8763 15m", 5},
		{"k=500KiB..2MiB", "78 512KiB, 3396 1MiB, 6714 1536KiB", 4},
		{"k=a,b,c,d,e", "0 a, 2 c, 4 e", 3},
		{`k="x, y",z`, "0 x, y, 1 z", 3},
	} {
		t.Run(fmt.Sprintf("%s %d", c.text, c.most), func(t *testing.T) {
			f, err := design.ParseFactor(c.text)
			require.NoError(t, err)
			var list []string
			for _, m := range f.Marks(c.most) {
				list = append(list, fmt.Sprintf("%.0f %s", m.Level, m.Text))
			}
			require.LessOrEqual(t, len(list), c.most)
			require.Equal(t, c.marks, strings.Join(list, ", "))
		})
	}
}
