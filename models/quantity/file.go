package quantity

import (
	"errors"
	"fmt"
	"strings"
)

// File is a file that the scenario names, with its content.
type File struct {
	Name string
	Data []byte
}

// Read implements Reader.
func (f *File) Read(raw any, files Files) error {
	name, ok := raw.(string)
	if !ok {
		return expected("the name of a file", raw)
	}
	data, err := files.read(name)
	*f = File{name, data}
	return err
}

// String is the name.
func (f File) String() string { return f.Name }

// MarshalText gives the name.
func (f File) MarshalText() ([]byte, error) { return []byte(f.Name), nil }

func (files Files) read(name string) ([]byte, error) {
	if name == "" || strings.ContainsAny(name, "\x00\n") {
		return nil, expected("the name of a file", name)
	}
	if files == nil {
		return nil, fmt.Errorf("cannot read file %s: %w", describeText(name), errors.ErrUnsupported)
	}
	data, err := files(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read file %s: %w", describeText(name), err)
	}
	return data, nil
}
