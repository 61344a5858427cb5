package autoscaling

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMap: the package comment says of each file what is in it.
func TestMap(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		name := e.Name()
		described := !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "spec.go") || name == "doc.go"
		require.True(t, described || strings.Contains(string(doc), " "+name) || strings.Contains(string(doc), "\t"+name), name)
	}
}
