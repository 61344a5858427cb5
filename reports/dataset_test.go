package reports

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// table is a dataset of n rows with a column of each type, not in the order of
// their names.
func tableOf(n int) *dataset {
	d := &dataset{rows: n}
	d.whole("point", func(row int) int64 { return int64(row) })
	d.text("fleets.web.instance", func(row int) string { return fmt.Sprintf("c6i.%d", row%3) })
	d.number("latency.mean", func(row int) float64 {
		if row%2 == 1 {
			return math.NaN()
		}
		return float64(row) / 3
	})
	d.text("a,b", func(int) string { return `Seoul, "서울"` })
	return d
}

func TestDatasetCSV(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, tableOf(2).csv(&out))
	require.Equal(t, "point,fleets.web.instance,latency.mean,\"a,b\"\n0,c6i.0,0,\"Seoul, \"\"서울\"\"\"\n1,c6i.1,,\"Seoul, \"\"서울\"\"\"\n", out.String())
}

// What is written is read back: columns in their order, with their types, and
// every value.
func TestDatasetParquet(t *testing.T) {
	for _, n := range []int{0, 1, parquetBatch + 1, parquetGroup + 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var first, second bytes.Buffer
			require.NoError(t, tableOf(n).parquet(&first))
			require.NoError(t, tableOf(n).parquet(&second))
			require.True(t, bytes.Equal(first.Bytes(), second.Bytes()), "other bytes")
			file, err := parquet.OpenFile(bytes.NewReader(first.Bytes()), int64(first.Len()))
			require.NoError(t, err)
			require.Equal(t, int64(n), file.NumRows())
			var columns []string
			for _, c := range file.Root().Columns() {
				columns = append(columns, c.Name()+" "+c.Type().String())
			}
			require.Equal(t, []string{"point INT(64,true)", "fleets.web.instance STRING", "latency.mean DOUBLE", "a;b STRING"}, columns)
			require.Equal(t, n, readBack(t, file))
		})
	}
}

// readBack compares the rows of a file with those of the table.
func readBack(t *testing.T, file *parquet.File) (n int) {
	reader := parquet.NewReader(file)
	defer reader.Close()
	rows := make([]parquet.Row, 1)
	for {
		read, err := reader.ReadRows(rows)
		if read == 0 {
			require.ErrorContains(t, err, "EOF")
			return n
		}
		row := rows[0]
		require.Equal(t, int64(n), row[0].Int64())
		require.Equal(t, fmt.Sprintf("c6i.%d", n%3), row[1].String())
		require.Equal(t, n%2 == 1, row[2].IsNull())
		if n%2 == 0 {
			require.Equal(t, float64(n)/3, row[2].Double())
		}
		require.Equal(t, `Seoul, "서울"`, row[3].String())
		n++
	}
}

func BenchmarkDatasetParquet(b *testing.B) {
	d := &dataset{rows: 100_000}
	for c := range 60 {
		d.number(fmt.Sprintf("metric%d", c), func(row int) float64 { return math.Sqrt(float64(row * c)) })
	}
	for b.Loop() {
		var out bytes.Buffer
		require.NoError(b, d.parquet(&out))
		b.SetBytes(int64(out.Len()))
	}
}
