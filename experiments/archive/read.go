package archive

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"time"
)

// ErrDamaged is that bytes are not what Marshal writes of a value of the type.
var ErrDamaged = errors.New("not what was written of a value of its type")

// Unmarshal reads into what v points to, a zero value, what Marshal wrote of one of
// its type. It takes no more memory than a small multiple of the data, whatever they
// are, but for what types take that read themselves. The error is ErrDamaged, or one of a type that reads itself.
func Unmarshal(data []byte, v any) error {
	r := &reader{data: data, known: make(map[reflect.Type][]reflect.Value), least: make(map[reflect.Type]int)}
	if err := r.value(reflect.ValueOf(v).Elem()); err != nil {
		return err
	}
	if len(r.data) > 0 {
		return ErrDamaged
	}
	return nil
}

type reader struct {
	data  []byte
	known map[reflect.Type][]reflect.Value // what pointers of a type led to, in its order
	least map[reflect.Type]int             // the fewest bytes of a value
	depth int                              // of the values that are being read
}

// deepest is how many values may be one inside the other: in data that describe
// things they are few.
const deepest = 100

func (r *reader) value(v reflect.Value) error {
	if r.depth == deepest {
		return ErrDamaged
	}
	r.depth++
	err := r.content(v)
	r.depth--
	return err
}

func (r *reader) content(v reflect.Value) error {
	switch t := v.Type(); {
	case t == timeType:
		return r.time(v)
	case writesItself(t):
		return r.itself(v)
	}
	switch v.Kind() {
	case reflect.Bool:
		n, err := r.unsigned(1)
		v.SetBool(n == 1)
		return err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.signed(v)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := r.unsigned(math.MaxUint64 >> (64 - v.Type().Bits()))
		v.SetUint(n)
		return err
	case reflect.Float64:
		n, err := r.unsigned(math.MaxUint64)
		v.SetFloat(math.Float64frombits(bits.ReverseBytes64(n)))
		return err
	case reflect.String:
		text, err := r.bytes()
		v.SetString(string(text))
		return err
	case reflect.Slice:
		return r.slice(v)
	case reflect.Array:
		return r.elements(v)
	case reflect.Map:
		return r.table(v)
	case reflect.Pointer:
		return r.pointer(v)
	case reflect.Struct:
		return r.fields(v)
	}
	return fmt.Errorf("archive: cannot read a %s", v.Type())
}

// unsigned reads a number up to a greatest one.
func (r *reader) unsigned(greatest uint64) (uint64, error) {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > greatest {
		return 0, ErrDamaged
	}
	r.data = r.data[size:]
	return n, nil
}

func (r *reader) signed(v reflect.Value) error {
	n, size := binary.Varint(r.data)
	if size <= 0 || v.OverflowInt(n) {
		return ErrDamaged
	}
	r.data = r.data[size:]
	v.SetInt(n)
	return nil
}

// bytes reads a length and as many bytes.
func (r *reader) bytes() ([]byte, error) {
	n, err := r.unsigned(math.MaxUint64)
	if err != nil || n > uint64(len(r.data)) {
		return nil, ErrDamaged
	}
	text := r.data[:n]
	r.data = r.data[n:]
	return text, nil
}

// length reads how many elements follow, of so many bytes at least each; -1: it is
// nil.
func (r *reader) length(least int) (int, error) {
	n, err := r.unsigned(math.MaxInt64)
	if err != nil || n > 0 && n-1 > uint64(len(r.data)/max(least, 1)) {
		return 0, ErrDamaged
	}
	return int(n) - 1, nil
}

func (r *reader) slice(v reflect.Value) error {
	n, err := r.length(r.fewest(v.Type().Elem()))
	if err != nil || n < 0 {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	return r.elements(v)
}

func (r *reader) elements(v reflect.Value) error {
	for i := range v.Len() {
		if err := r.value(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) fields(v reflect.Value) error {
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue
		}
		if err := r.value(v.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

// table reads a map, whose keys must rise.
func (r *reader) table(v reflect.Value) error {
	t := v.Type()
	n, err := r.length(r.fewest(t.Key()) + r.fewest(t.Elem()))
	if err != nil || n < 0 {
		return err
	}
	v.Set(reflect.MakeMapWithSize(t, n))
	var last []byte
	for i := range n {
		before := r.data
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := r.value(key); err != nil {
			return err
		}
		written := before[:len(before)-len(r.data)]
		if i > 0 && bytes.Compare(written, last) <= 0 {
			return ErrDamaged
		}
		last = written
		if err := r.value(value); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

func (r *reader) pointer(v reflect.Value) error {
	t := v.Type()
	n, err := r.unsigned(uint64(len(r.known[t])) + 1)
	switch {
	case err != nil || n == 0:
		return err
	case n > 1:
		v.Set(r.known[t][n-2])
		return nil
	}
	v.Set(reflect.New(t.Elem()))
	r.known[t] = append(r.known[t], v)
	return r.value(v.Elem())
}

func (r *reader) time(v reflect.Value) error {
	var seconds int64
	if err := r.signed(reflect.ValueOf(&seconds).Elem()); err != nil {
		return err
	}
	nanoseconds, err := r.unsigned(999_999_999)
	if err != nil {
		return err
	}
	name, err := r.bytes()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(string(name))
	if err != nil || zone == time.Local {
		return fmt.Errorf("%w: no time zone %q", ErrDamaged, name)
	}
	v.Set(reflect.ValueOf(time.Unix(seconds, int64(nanoseconds)).In(zone)))
	return nil
}

// itself lets a value be read by its own method.
func (r *reader) itself(v reflect.Value) error {
	data, err := r.bytes()
	if err != nil {
		return err
	}
	switch x := v.Addr().Interface().(type) {
	case encoding.BinaryUnmarshaler:
		err = x.UnmarshalBinary(data)
	case encoding.TextUnmarshaler:
		err = x.UnmarshalText(data)
	default:
		err = errors.New("only writes itself")
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, v.Type(), err)
	}
	return nil
}

// fewest are the bytes that a value of a type takes at least.
func (r *reader) fewest(t reflect.Type) int {
	if n, ok := r.least[t]; ok {
		return n
	}
	n := 1
	switch {
	case t == timeType:
		n = 3
	case writesItself(t):
	case t.Kind() == reflect.Array:
		n = t.Len() * r.fewest(t.Elem())
	case t.Kind() == reflect.Struct:
		n = 0
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				n += r.fewest(f.Type)
			}
		}
	}
	r.least[t] = n
	return n
}
