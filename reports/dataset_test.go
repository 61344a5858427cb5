package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/reports/internal/sample"
)

// table is a dataset of n rows with a column of each type, not in the order of
// their names.
func tableOf(n int) *dataset {
	d := &dataset{rows: n}
	d.whole("point", func(row int) int { return row })
	d.text("fleets.web.instance", func(row int) string { return fmt.Sprintf("c6i.%d", row%3) })
	d.number("latency.mean", "s", func(row int) float64 {
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
	require.Equal(t, "point,fleets.web.instance,latency.mean [s],\"a,b\"\n0,c6i.0,0,\"Seoul, \"\"서울\"\"\"\n1,c6i.1,,\"Seoul, \"\"서울\"\"\"\n", out.String())
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
			unit, _ := file.Lookup("unit:latency.mean")
			require.Equal(t, "s", unit)
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

// The Parquet file of a series has the rows and columns of the CSV file, value by
// value, with the types and units that the series says.
func TestSeriesParquetIsSeriesCSV(t *testing.T) {
	for name, result := range samples {
		t.Run(name, func(t *testing.T) {
			r := result()
			data := written(t, asParquet(seriesTable), r)
			require.Equal(t, data, written(t, asParquet(seriesTable), r), "other bytes")
			file, err := parquet.OpenFile(strings.NewReader(data), int64(len(data)))
			require.NoError(t, err)
			rows, err := csv.NewReader(strings.NewReader(written(t, asCSV(seriesTable), r))).ReadAll()
			require.NoError(t, err)
			require.Equal(t, rows, rowsOf(t, file))
			for i, c := range file.Root().Columns() {
				want := "DOUBLE"
				if own := r.Detail.Series.Columns; i < len(own) && own[i].Whole || strings.HasSuffix(c.Name(), ".n") {
					want = "INT(64,true)"
				}
				require.Equal(t, want, c.Type().String(), c.Name())
			}
		})
	}
}

// Of several replications a series has the mean of each column with the ends of its
// interval and how many have a sample, but of the instants and of states; of a single
// one it has not.
func TestSeriesHasIntervals(t *testing.T) {
	r := sample.Burst()
	rows, err := csv.NewReader(strings.NewReader(written(t, asCSV(seriesTable), r))).ReadAll()
	require.NoError(t, err)
	own, m := len(r.Detail.Series.Columns), r.Detail.Minutes
	require.Len(t, rows[0], own+4*(len(m.Columns)-2))
	require.Equal(t, []string{"offered.mean", "offered.lo", "offered.hi", "offered.n"}, rows[0][own:own+4])
	require.NotContains(t, strings.Join(rows[0], " "), "alarms.web.cpu-high.mean")
	p99, at := slices.Index(rows[0], "latency.p99.mean [s]"), m.Index("latency.p99")
	for i, row := range rows[1:] {
		mean, half, n := m.Estimates()(at, i)
		require.Equal(t, []string{cell(mean), cell(mean - half), cell(mean + half), strconv.Itoa(n)}, row[p99:p99+4])
	}
	single, err := csv.NewReader(strings.NewReader(written(t, asCSV(seriesTable), sample.Single()))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, rows[0][:own], single[0])
}

// The table of targets has what each server received, minute by minute.
func TestTargets(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(written(t, asCSV(targetsTable), sample.Burst()))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"time_s [s]", "fleet", "instance", "requests", "fleet.servers", "fleet.requests"}, rows[0])
	var received, servers uint64
	for _, m := range sample.Burst().Detail.Series.Loads[0].Minutes {
		servers += uint64(m.Servers)
		for _, of := range m.Received {
			received += uint64(of.Requests)
		}
	}
	require.Len(t, rows, int(servers)+1)
	for _, row := range rows[1:] {
		require.Regexp(t, `^web-[123]$`, row[2])
		n, err := strconv.ParseUint(row[3], 10, 64)
		require.NoError(t, err)
		received -= n
	}
	require.Zero(t, received)
	r := sample.Burst()
	data := written(t, asParquet(targetsTable), r)
	file, err := parquet.OpenFile(strings.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	require.Equal(t, rows, rowsOf(t, file))
}

// rowsOf is what a file would be as CSV: its columns with their units, and its rows.
func rowsOf(t *testing.T, file *parquet.File) [][]string {
	head := make([]string, len(file.Root().Columns()))
	for i, c := range file.Root().Columns() {
		head[i] = c.Name()
		if unit, ok := file.Lookup("unit:" + c.Name()); ok {
			head[i] += " [" + unit + "]"
		}
	}
	rows := make([]parquet.Row, file.NumRows())
	reader := parquet.NewReader(file)
	defer reader.Close()
	n, err := reader.ReadRows(rows)
	require.Len(t, rows, n, "%v", err)
	all := [][]string{head}
	for _, row := range rows {
		record := make([]string, len(row))
		for i, v := range row {
			switch {
			case v.IsNull():
			case v.Kind() == parquet.ByteArray:
				record[i] = v.String()
			case v.Kind() == parquet.Int64:
				record[i] = strconv.FormatInt(v.Int64(), 10)
			default:
				record[i] = cell(v.Double())
			}
		}
		all = append(all, record)
	}
	return all
}

func BenchmarkDatasetParquet(b *testing.B) {
	d := &dataset{rows: 100_000}
	for c := range 60 {
		d.number(fmt.Sprintf("metric%d", c), "s", func(row int) float64 { return math.Sqrt(float64(row * c)) })
	}
	for b.Loop() {
		var out bytes.Buffer
		require.NoError(b, d.parquet(&out))
		b.SetBytes(int64(out.Len()))
	}
}
