package quantity

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuota(t *testing.T) {
	for text, want := range map[string]Quota{
		"1000 per 10s": {1000, 10e9}, "100/s": {100, 1e9}, "100 / min": {100, 60e9}, "1 per 1h": {1, 3600e9}, "1000000 per 1ms": {1_000_000, 1e6},
	} {
		got, err := parseQuota(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
		again, err := parseQuota(got.String())
		require.NoError(t, err, text)
		require.Equal(t, want, again)
	}
	for text, want := range map[string]string{
		"1000":          `must be a number in a time such as "1000 per 10s" (have "1000")`,
		"1.5 per 10s":   `must be a whole number from 1 to 1000000 in a time (have "1.5 per 10s")`,
		"0/s":           `must be a whole number from 1 to 1000000 in a time (have "0/s")`,
		"1000001/s":     `must be a whole number from 1 to 1000000 in a time (have "1000001/s")`,
		"-5/s":          `must be a whole number from 1 to 1000000 in a time (have "-5/s")`,
		"5 per 0s":      `must be in a time of more than zero and at most 1h (have "5 per 0s")`,
		"5/d":           `must be in a time of more than zero and at most 1h (have "5/d")`,
		"5 per never":   `must be a number in a time such as "1000 per 10s" (have "5 per never")`,
		"5 apples":      `must be a number in a time such as "1000 per 10s" (have "5 apples")`,
		"1e99999 per s": `must be a number in a time such as "1000 per 10s" (have "1e99999 per s")`,
	} {
		_, err := parseQuota(text)
		require.EqualError(t, err, want)
	}
	var q Quota
	require.Error(t, q.Read(1000.0, nil))
	require.NoError(t, q.Read("5/s", nil))
	require.Empty(t, Quota{}.String())
}
