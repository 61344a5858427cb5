package reports

import (
	"encoding/csv"
	"io"
	"math"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/headroom-sim/headroom/experiments"
)

// A dataset is a table for programs: typed columns in an order, and rows that
// are made when they are written.
type dataset struct {
	columns []column
	rows    int
}

// A column holds texts or numbers.
type column struct {
	name, unit string // the unit is "" of texts, counts and what has none
	text       func(row int) string
	number     func(row int) float64 // of a column without texts; NaN: no value
	whole      bool                  // all numbers are integers
}

func (d *dataset) text(name string, of func(row int) string) {
	d.columns = append(d.columns, column{name: name, text: of})
}

func (d *dataset) whole(name string, of func(row int) int) {
	d.columns = append(d.columns, column{name: name, number: func(row int) float64 { return float64(of(row)) }, whole: true})
}

func (d *dataset) number(name, unit string, of func(row int) float64) {
	d.columns = append(d.columns, column{name: name, unit: unit, number: of})
}

// csv writes the dataset with a row of names, each with its unit in brackets
// behind it. A number without a value is empty.
func (d *dataset) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	record := make([]string, len(d.columns))
	for i, c := range d.columns {
		record[i] = c.name
		if c.unit != "" {
			record[i] += " [" + c.unit + "]"
		}
	}
	err := out.Write(record)
	for row := 0; row < d.rows && err == nil; row++ {
		for i, c := range d.columns {
			if c.text != nil {
				record[i] = c.text(row)
			} else {
				record[i] = cell(c.number(row))
			}
		}
		err = out.Write(record)
	}
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

// parquetBatch is how many rows are handed over at a time; parquetGroup how
// many make a row group, which the library holds in memory.
const (
	parquetBatch = 256
	parquetGroup = 1 << 15
)

// parquet writes the dataset as a Parquet file: text as UTF-8, whole numbers as
// INT64, numbers as DOUBLE, null without a value; the units are in the file's
// key-value metadata, that of the column C under "unit:C". The same dataset gives
// the same bytes.
func (d *dataset) parquet(w io.Writer) error {
	out := parquet.NewWriter(w, parquet.NewSchema("headroom", d.schema()),
		parquet.CreatedBy("headroom", experiments.Version, ""),
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault, Concurrency: 1}),
		parquet.MaxRowsPerRowGroup(parquetGroup))
	for _, c := range d.columns {
		if c.unit != "" {
			out.SetKeyValueMetadata("unit:"+parquetName(c.name), c.unit)
		}
	}
	for from := 0; from < d.rows; from += parquetBatch {
		var batch []parquet.Row
		for row := from; row < min(from+parquetBatch, d.rows); row++ {
			batch = append(batch, d.row(row))
		}
		if _, err := out.WriteRows(batch); err != nil {
			return err
		}
	}
	return out.Close()
}

// row is one as the library takes it: the second argument of Level is 1 for a
// value that could have been left out.
func (d *dataset) row(row int) parquet.Row {
	values := make(parquet.Row, len(d.columns))
	for i, c := range d.columns {
		values[i] = c.value(row, i)
	}
	return values
}

func (c *column) value(row, at int) parquet.Value {
	if c.text != nil {
		return parquet.ByteArrayValue([]byte(c.text(row))).Level(0, 0, at)
	}
	switch v := c.number(row); {
	case math.IsNaN(v):
		return parquet.NullValue().Level(0, 0, at)
	case c.whole:
		return parquet.Int64Value(int64(v)).Level(0, 1, at)
	default:
		return parquet.DoubleValue(v).Level(0, 1, at)
	}
}

// schema keeps the columns' order, which the library's own groups do not.
func (d *dataset) schema() parquet.Node {
	group := ordered{}
	for _, c := range d.columns {
		node := parquet.Optional(parquet.Leaf(parquet.DoubleType))
		switch {
		case c.text != nil:
			node = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
		case c.whole:
			node = parquet.Optional(parquet.Int(64))
		}
		group.fields = append(group.fields, field{node, c.name})
	}
	return group
}

// ordered is a group whose fields have an order.
type ordered struct {
	parquet.Group // says what a group is; it has no fields of its own
	fields        []parquet.Field
}

// Fields are in the dataset's order.
func (o ordered) Fields() []parquet.Field { return o.fields }

// field is a column of an ordered group.
type field struct {
	parquet.Node
	name string
}

// Name is the column's as the file has it.
func (f field) Name() string { return parquetName(f.name) }

// parquetName is a column's name without commas: the library takes one for the
// end of a name.
func parquetName(name string) string { return strings.ReplaceAll(name, ",", ";") }

// Value is where a row given as a map has the column.
func (f field) Value(base reflect.Value) reflect.Value { return base.MapIndex(reflect.ValueOf(f.name)) }
