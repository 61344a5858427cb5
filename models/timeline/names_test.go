package timeline

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	var l Names
	for _, want := range []string{"a", "a and b", "a, b and c", "a, b and 2 more", "a, b and 3 more"} {
		l.Add(string(rune('a' + l.Len())))
		require.Equal(t, want, l.String())
	}
	require.Equal(t, "wait", l.Verb("waits", "wait"))
}
