package experiments

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"

	"github.com/headroom-sim/headroom/experiments/archive"
	"github.com/headroom-sim/headroom/experiments/cells"
	"github.com/headroom-sim/headroom/models/site"
)

// courses give the values of a replication over its minutes, one column after the
// other, in memory that the next one takes: a year of all of them is much.
type courses func(m *Minutes, take func(column int, values []float64) error) error

// coursesOf are those of a replication that was simulated.
func coursesOf(o *site.Outcome) courses {
	rows := o.Series.Rows
	return func(m *Minutes, take func(column int, values []float64) error) error {
		values := make([]float64, len(rows))
		for i, c := range m.Columns {
			for row := range rows {
				values[row] = rows[row][c.At]
			}
			if err := take(i, values); err != nil {
				return err
			}
		}
		return nil
	}
}

// encode gives the form in which the courses of a replication are stored, column by
// column: most hardly change, and take no room.
func encode(o *site.Outcome) ([]byte, error) {
	var to bytes.Buffer
	w, err := flate.NewWriter(&to, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	err = coursesOf(o)(newMinutes(o), func(_ int, values []float64) error {
		data, err := archive.Marshal(&values)
		if err != nil {
			return err
		}
		_, err = w.Write(append(binary.AppendUvarint(nil, uint64(len(data))), data...))
		return err
	})
	err = errors.Join(err, w.Close())
	return to.Bytes(), err
}

// errOtherMinutes is that what was stored of a replication is of another scenario.
var errOtherMinutes = errors.New("its minutes are not those of the scenario")

// stored are the courses that were encoded. They take no more memory than those of
// the first replication, whatever the data are: the cells of a shard come from
// elsewhere, and a few bytes can stand for any number.
func stored(data []byte) courses {
	return func(m *Minutes, take func(column int, values []float64) error) error {
		from := bufio.NewReader(flate.NewReader(bytes.NewReader(data)))
		for i := range m.Columns {
			values, err := readColumn(from, len(m.First.Rows))
			if err == nil {
				err = take(i, values)
			}
			if err != nil {
				return err
			}
		}
		if _, err := from.ReadByte(); err != io.EOF {
			return errOtherMinutes
		}
		return nil
	}
}

// readColumn reads a column of so many rows.
func readColumn(from *bufio.Reader, rows int) ([]float64, error) {
	n, err := binary.ReadUvarint(from)
	switch {
	case err != nil:
		return nil, err
	case n > uint64(binary.MaxVarintLen64*(1+rows)):
		return nil, archive.ErrDamaged
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(from, data); err != nil {
		return nil, err
	}
	var values []float64
	if err := archive.Unmarshal(data, &values); err != nil {
		return nil, err
	}
	if len(values) != rows {
		return nil, errOtherMinutes
	}
	return values, nil
}

// coursesKey is that under which the courses of a cell are stored, beside its
// figures.
func coursesKey(figures cells.Key) cells.Key {
	return sha256.Sum256(append([]byte("courses "), figures[:]...))
}
