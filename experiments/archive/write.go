package archive

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"time"
)

// Marshal writes what v points to. The error says what cannot be written.
func Marshal(v any) ([]byte, error) {
	w := &writer{known: make(map[reflect.Type]map[uintptr]uint64)}
	err := w.value(reflect.ValueOf(v).Elem())
	return w.data, err
}

// Write writes to a stream what Marshal gives of what v points to.
func Write(to io.Writer, v any) error {
	w := &writer{to: to, known: make(map[reflect.Type]map[uintptr]uint64)}
	if err := w.value(reflect.ValueOf(v).Elem()); err != nil {
		return err
	}
	_, err := to.Write(w.data)
	return err
}

type writer struct {
	data  []byte
	to    io.Writer                           // where data goes when there is much of it; nil: it stays
	gone  int                                 // bytes that went there
	known map[reflect.Type]map[uintptr]uint64 // the numbers of the values that pointers of a type led to
}

// much is how many bytes are written at a time.
const much = 1 << 16

// flush makes room for more.
func (w *writer) flush() error {
	if w.to == nil || len(w.data) < much {
		return nil
	}
	n, err := w.to.Write(w.data)
	w.gone, w.data = w.gone+n, w.data[:0]
	return err
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	binaryType = reflect.TypeFor[encoding.BinaryMarshaler]()
	textType   = reflect.TypeFor[encoding.TextMarshaler]()
)

// writesItself tells whether values of a type are written by a method of theirs.
func writesItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(binaryType) || reflect.PointerTo(t).Implements(textType)
}

func (w *writer) value(v reflect.Value) error {
	switch t := v.Type(); {
	case t == timeType:
		return w.time(v.Interface().(time.Time))
	case writesItself(t):
		return w.itself(v)
	}
	switch v.Kind() {
	case reflect.Bool:
		w.data = append(w.data, bit(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.data = binary.AppendVarint(w.data, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.unsigned(v.Uint())
	case reflect.Float64:
		w.float(v.Float())
	case reflect.String:
		w.unsigned(uint64(v.Len()))
		w.data = append(w.data, v.String()...)
	case reflect.Slice:
		return w.slice(v)
	case reflect.Array:
		return w.elements(v)
	case reflect.Map:
		return w.table(v)
	case reflect.Pointer:
		return w.pointer(v)
	case reflect.Struct:
		return w.fields(v)
	default:
		return fmt.Errorf("archive: cannot write a %s", v.Type())
	}
	return nil
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (w *writer) unsigned(v uint64) { w.data = binary.AppendUvarint(w.data, v) }

// noNumber is the pattern of all NaN: processors make different ones.
const noNumber = 0x7ff8 << 48

func (w *writer) float(v float64) {
	pattern := math.Float64bits(v)
	if math.IsNaN(v) {
		pattern = noNumber
	}
	w.unsigned(bits.ReverseBytes64(pattern))
}

func (w *writer) slice(v reflect.Value) error {
	if v.IsNil() {
		w.unsigned(0)
		return nil
	}
	w.unsigned(uint64(v.Len()) + 1)
	return w.elements(v)
}

func (w *writer) elements(v reflect.Value) error {
	for i := range v.Len() {
		if err := w.value(v.Index(i)); err != nil {
			return err
		}
		if err := w.flush(); err != nil {
			return err
		}
	}
	return nil
}

// fields writes those of a struct. One without any is none that can be written: it
// is empty, or hides what it holds.
func (w *writer) fields(v reflect.Value) error {
	before := w.gone + len(w.data)
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue
		}
		if err := w.value(v.Field(i)); err != nil {
			return fmt.Errorf("%w, in %s.%s", err, v.Type(), v.Type().Field(i).Name)
		}
	}
	if w.gone+len(w.data) == before {
		return fmt.Errorf("archive: cannot write a %s", v.Type())
	}
	return nil
}

// table writes a map in the order of its keys' bytes.
func (w *writer) table(v reflect.Value) error {
	if v.IsNil() {
		w.unsigned(0)
		return nil
	}
	type entry struct {
		key   []byte
		value reflect.Value
	}
	var entries []entry
	for it := v.MapRange(); it.Next(); {
		key := &writer{}
		if err := key.value(it.Key()); err != nil {
			return err
		}
		entries = append(entries, entry{key.data, it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	w.unsigned(uint64(len(entries)) + 1)
	for _, e := range entries {
		w.data = append(w.data, e.key...)
		if err := w.value(e.value); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) pointer(v reflect.Value) error {
	if v.IsNil() {
		w.unsigned(0)
		return nil
	}
	known := w.known[v.Type()]
	if known == nil {
		known = make(map[uintptr]uint64)
		w.known[v.Type()] = known
	}
	if n, ok := known[v.Pointer()]; ok {
		w.unsigned(n + 2)
		return nil
	}
	known[v.Pointer()] = uint64(len(known))
	w.unsigned(1)
	return w.value(v.Elem())
}

func (w *writer) time(t time.Time) error {
	w.data = binary.AppendVarint(w.data, t.Unix())
	w.unsigned(uint64(t.Nanosecond()))
	zone := t.Location().String()
	if zone == time.Local.String() {
		return fmt.Errorf("archive: cannot write a time in the zone of this machine")
	}
	w.unsigned(uint64(len(zone)))
	w.data = append(w.data, zone...)
	return nil
}

// itself lets a value be written by its own method.
func (w *writer) itself(v reflect.Value) error {
	there := reflect.New(v.Type())
	there.Elem().Set(v)
	var data []byte
	var err error
	switch x := there.Interface().(type) {
	case encoding.BinaryMarshaler:
		data, err = x.MarshalBinary()
	case encoding.TextMarshaler:
		data, err = x.MarshalText()
	}
	if err != nil {
		return fmt.Errorf("archive: cannot write a %s: %w", v.Type(), err)
	}
	w.unsigned(uint64(len(data)))
	w.data = append(w.data, data...)
	return nil
}
