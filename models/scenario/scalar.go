package scenario

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/headroom-sim/headroom/models/quantity"
)

// setScalar reads raw into v, which is no table. Errors say what is wrong
// without the key.
func setScalar(v reflect.Value, raw any, files quantity.Files) error {
	if v.Kind() == reflect.Pointer {
		pointed := reflect.New(v.Type().Elem())
		err := setScalar(pointed.Elem(), raw, files)
		v.Set(pointed)
		return err
	}
	if r, ok := v.Addr().Interface().(quantity.Reader); ok {
		return r.Read(raw, files)
	}
	switch v.Kind() {
	case reflect.String:
		return setString(v, raw)
	case reflect.Bool:
		return setBool(v, raw)
	case reflect.Int, reflect.Int32, reflect.Int64:
		return setInt(v, raw)
	case reflect.Uint32, reflect.Uint64:
		return setUint(v, raw)
	case reflect.Float64:
		return setFloat(v, raw)
	case reflect.Slice:
		return setList(v, raw, files)
	}
	panic("scenario: keys cannot have type " + v.Type().String())
}

func wrong(what string, raw any) error {
	return fmt.Errorf("must be %s %s", what, quantity.Have(raw))
}

func setString(v reflect.Value, raw any) error {
	text, ok := raw.(string)
	if !ok {
		return wrong(`text in quotes`, raw)
	}
	v.SetString(text)
	return nil
}

func setBool(v reflect.Value, raw any) error {
	b, ok := raw.(bool)
	if !ok {
		return wrong("true or false", raw)
	}
	v.SetBool(b)
	return nil
}

// whole is the value of an integer, or of a float without fraction.
func whole(raw any) (int64, error) {
	switch n := raw.(type) {
	case int64:
		return n, nil
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int64(n), nil
		}
	}
	return 0, wrong("a whole number", raw)
}

func setInt(v reflect.Value, raw any) error {
	n, err := whole(raw)
	if err != nil {
		return err
	}
	if v.OverflowInt(n) {
		return fmt.Errorf("is too large %s", quantity.Have(raw))
	}
	v.SetInt(n)
	return nil
}

func setUint(v reflect.Value, raw any) error {
	n, err := whole(raw)
	switch {
	case err != nil:
		return err
	case n < 0:
		return fmt.Errorf("must not be negative %s", quantity.Have(raw))
	case v.OverflowUint(uint64(n)):
		return fmt.Errorf("is too large %s", quantity.Have(raw))
	}
	v.SetUint(uint64(n))
	return nil
}

func setFloat(v reflect.Value, raw any) error {
	switch n := raw.(type) {
	case int64:
		v.SetFloat(float64(n))
		return nil
	case float64:
		if !math.IsInf(n, 0) && !math.IsNaN(n) {
			v.SetFloat(n)
			return nil
		}
	}
	return wrong("a number", raw)
}

func setList(v reflect.Value, raw any, files quantity.Files) error {
	items, ok := raw.([]any)
	if !ok {
		if text, isText := raw.(string); isText && v.Type().Elem().Kind() == reflect.String {
			return fmt.Errorf("must be a list: write [%q] %s", text, quantity.Have(raw))
		}
		return wrong("a list", raw)
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	var errs []error
	for i, item := range items {
		errs = append(errs, setScalar(list.Index(i), item, files))
	}
	v.Set(list)
	return errors.Join(errs...)
}
