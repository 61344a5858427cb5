package scenario

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"

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

// unquoted is what to write for text in place of a number, or of true and
// false; "" where that is not clear. A share is one of a hundred where the key
// is in percent.
func (f field) unquoted(raw any) string {
	text, _ := raw.(string)
	number, isShare := strings.CutSuffix(strings.TrimSpace(text), "%")
	number = strings.TrimSpace(number)
	typ := deref(f.typ)
	if isReader(typ) {
		return ""
	}
	switch typ.Kind() {
	case reflect.Bool:
		return f.readsAs(text)
	case reflect.Float64:
		if share, err := quantity.ParseShare(text); isShare && err == nil && !strings.Contains(f.tag.Get("doc"), "percent") {
			number = share.String()
		}
		return f.readsAs(number)
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		if !isShare {
			return f.readsAs(number)
		}
	}
	return ""
}

// plainName names the values of the types that have no quotes.
func plainName(t reflect.Type) string {
	if deref(t).Kind() == reflect.Bool {
		return typeName(t)
	}
	return "a " + typeName(t)
}

// readsAs is the text if it is a value of the key as TOML has it without quotes,
// else "".
func (f field) readsAs(text string) string {
	if len(text) > greatestNumber {
		return ""
	}
	var values map[string]any
	if _, err := toml.Decode("v = "+text, &values); err != nil || len(values) != 1 {
		return ""
	}
	v := reflect.New(f.typ).Elem()
	if setScalar(v, values["v"], nil) != nil || f.outside(v) != "" {
		return ""
	}
	return text
}

// greatestNumber is the length of the longest text that may be meant as a
// number.
const greatestNumber = 20

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
