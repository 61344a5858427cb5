package experiments

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/headroom-sim/headroom/experiments/archive"
)

// StoredSchema is the version of the form in which results are stored.
const StoredSchema = "headroom.results/1"

// storable are the results that are stored, by the command that makes them.
var storable = map[string]reflect.Type{
	"run":     reflect.TypeFor[Result](),
	"compare": reflect.TypeFor[Comparison](),
	"sweep":   reflect.TypeFor[SweepResult](),
	"plan":    reflect.TypeFor[Plan](),
	"check":   reflect.TypeFor[Checked](),
	"verify":  reflect.TypeFor[Verification](),
}

// WriteStored writes a *Result, *Comparison, *SweepResult, *Plan, *Checked or
// *Verification with all that reports tell of it, so that [ReadStored] gives the same. That is a line,
//
//	headroom.results/1 COMMAND MODEL SHA-256
//
// with the command that made the result, the [Model] that did, and the digest of
// what follows: the result as [archive.Marshal] writes it.
func WriteStored(w io.Writer, result any) error {
	command := ""
	for name, t := range storable {
		if reflect.TypeOf(result) == reflect.PointerTo(t) {
			command = name
		}
	}
	if command == "" {
		panic(fmt.Sprintf("experiments: a %T is no result of a command", result))
	}
	sum := sha256.New() // it comes first: the minutes of a year are written twice, and never held as a whole
	if err := archive.Write(sum, result); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s %s %s %x\n", StoredSchema, command, Model(), sum.Sum(nil)); err != nil {
		return err
	}
	return archive.Write(w, result)
}

// ReadStored reads what WriteStored has written. The error says what is wrong with it:
// that it is something else, damaged, or of another version of Headroom.
func ReadStored(stored []byte) (result any, err error) {
	line, data, _ := bytes.Cut(stored, []byte("\n"))
	schema, rest, _ := strings.Cut(string(line[:min(len(line), mostStoredLine)]), " ")
	command, rest, _ := strings.Cut(rest, " ")
	model, sum, _ := strings.Cut(rest, " ")
	name, _, _ := strings.Cut(StoredSchema, "/")
	switch t, known := storable[command]; {
	case !strings.HasPrefix(schema, name+"/"):
		return nil, errors.New("holds no results of headroom")
	case schema != StoredSchema:
		return nil, fmt.Errorf("was written by another version of headroom (%s; this one writes %s): run it again", schema, StoredSchema)
	case digest(data) != sum:
		return nil, errors.New("is damaged, or cut off: run it again")
	case model != Model():
		return nil, fmt.Errorf("was made by another version of headroom (%s; this is %s): run it again", model, Model())
	case !known:
		return nil, fmt.Errorf("holds the results of a command that there is not: %q", command)
	default:
		v := reflect.New(t)
		err := archive.Unmarshal(data, v.Interface())
		if sweep, ok := v.Interface().(*SweepResult); ok && err == nil {
			err = sweep.sound()
		}
		if err != nil {
			return nil, fmt.Errorf("is damaged: %w", err)
		}
		return v.Interface(), nil
	}
}

// mostStoredLine is the length of the longest first line, in bytes.
const mostStoredLine = 1000
