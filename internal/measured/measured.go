// Package measured reads the measurements of real servers that tests compare
// models with: CSV files with the names of the columns in the first line.
package measured

import (
	"encoding/csv"
	"io/fs"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Row is what was measured once, by column.
type Row map[string]string

// Rows reads a file, which must hold at least one row.
func Rows(t testing.TB, dir fs.FS, file string) []Row {
	t.Helper()
	f, err := dir.Open(file)
	require.NoError(t, err)
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(table), 1, "%s: no rows", file)
	var rows []Row
	for _, fields := range table[1:] {
		row := make(Row, len(fields))
		for i, name := range table[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// Number is the number in a column.
func (r Row) Number(t testing.TB, column string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(r[column], 64)
	require.NoError(t, err, column)
	return x
}

// Count is the whole number in a column.
func (r Row) Count(t testing.TB, column string) int {
	t.Helper()
	n, err := strconv.Atoi(r[column])
	require.NoError(t, err, column)
	return n
}
