package decode

import (
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
)

// plainTOML fills v with a plain document, or leaves it as it is.
func plainTOML(data []byte, v any) bool {
	root, ok := parsePlain(data)
	if !ok {
		return false
	}
	into := reflect.ValueOf(v).Elem()
	made := reflect.New(into.Type()).Elem()
	made.Set(into)
	ok = filler{map[reflect.Type][]field{}}.fill(root, made)
	if ok {
		into.Set(made)
	}
	return ok
}

// filler puts what was parsed into the caller's types, by the library's rules as far as these types go. Where a value does not fit
// or a type is none of theirs it gives up: the library says what is wrong, and where.
type filler struct {
	fields map[reflect.Type][]field // of each struct
}

// field is what a key fills, by its place in a struct.
type field struct {
	name  string
	place []int
}

func (f filler) fill(value any, into reflect.Value) bool {
	if into.Kind() == reflect.Pointer {
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		return f.fill(value, into.Elem())
	}
	if own, ok := into.Addr().Interface().(toml.Unmarshaler); ok {
		return own.UnmarshalTOML(value) == nil
	}
	switch into.Kind() {
	case reflect.String:
		text, ok := value.(string)
		into.SetString(text)
		return ok
	case reflect.Bool:
		is, ok := value.(bool)
		into.SetBool(is)
		return ok
	case reflect.Int, reflect.Int64:
		number, ok := value.(int64)
		into.SetInt(number)
		return ok
	case reflect.Slice:
		return f.slice(value, into)
	case reflect.Map, reflect.Struct:
		table, ok := value.(map[string]any)
		return ok && f.table(table, into)
	case reflect.Interface:
		into.Set(reflect.ValueOf(value))
		return true
	}
	return false
}

func (f filler) slice(value any, into reflect.Value) bool {
	switch list := value.(type) {
	case []any:
		return fillSlice(f, list, into)
	case []map[string]any:
		return fillSlice(f, list, into)
	}
	return false
}

func fillSlice[T any](f filler, list []T, into reflect.Value) bool {
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, item := range list {
		if !f.fill(item, into.Index(i)) {
			return false
		}
	}
	return true
}

func (f filler) table(table map[string]any, into reflect.Value) bool {
	if into.Kind() == reflect.Struct {
		for key, value := range table {
			if place := f.place(into.Type(), key); place != nil && !f.fill(value, into.FieldByIndex(place)) {
				return false
			}
		}
		return true
	}
	if into.Type().Key().Kind() != reflect.String {
		return false
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(table)))
	for key, value := range table {
		item := reflect.New(into.Type().Elem()).Elem()
		if !f.fill(value, item) {
			return false
		}
		into.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), item)
	}
	return true
}

// place is where a struct has the field of a key: the one of its name, else the first whose name differs in its case only.
func (f filler) place(t reflect.Type, key string) (place []int) {
	fields, ok := f.fields[t]
	if !ok {
		fields = fieldsOf(t)
		f.fields[t] = fields
	}
	for _, field := range fields {
		if field.name == key {
			return field.place
		}
		if place == nil && strings.EqualFold(field.name, key) {
			place = field.place
		}
	}
	return place
}

func fieldsOf(t reflect.Type) (fields []field) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		if name == "" {
			name = f.Name
		}
		if name != "-" && !f.Anonymous && f.IsExported() {
			fields = append(fields, field{name, f.Index})
		}
	}
	return fields
}
