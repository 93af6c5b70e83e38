package lock

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	unicode "unicode/utf16"
)

// separators are what json.dumps of Python writes between the items of a list or an object and after a key.
type separators struct{ item, key string }

var (
	spaced  = separators{", ", ": "} // the default
	compact = separators{",", ":"}
)

// pyJSON writes a value that was decoded from TOML or JSON as json.dumps(value, sort_keys=True) does, byte for byte: lock
// files carry the hash of that text (https://docs.python.org/3/library/json.html). A type that Python refuses too, such as a
// date, is an error.
func pyJSON(value any, by separators) (string, error) {
	var b strings.Builder
	if err := writeJSON(&b, value, by); err != nil {
		return "", err
	}
	return b.String(), nil
}

func writeJSON(b *strings.Builder, value any, by separators) error {
	switch v := value.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(pyFloat(v))
	case string:
		writeJSONString(b, v)
	case []any:
		return writeJSONList(b, v, by)
	case []map[string]any: // an array of tables
		return writeJSONList(b, v, by)
	case map[string]any:
		return writeJSONObject(b, v, by)
	default:
		return fmt.Errorf("writing a %T as JSON: Python has no form for it", value)
	}
	return nil
}

func writeJSONList[T any](b *strings.Builder, list []T, by separators) error {
	b.WriteByte('[')
	for i, item := range list {
		if i > 0 {
			b.WriteString(by.item)
		}
		if err := writeJSON(b, item, by); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// writeJSONObject sorts keys by bytes, which for UTF-8 is by code points.
func writeJSONObject(b *strings.Builder, object map[string]any, by separators) error {
	b.WriteByte('{')
	for i, key := range slices.Sorted(maps.Keys(object)) {
		if i > 0 {
			b.WriteString(by.item)
		}
		writeJSONString(b, key)
		b.WriteString(by.key)
		if err := writeJSON(b, object[key], by); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

var jsonEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`}

func writeJSONString(b *strings.Builder, text string) {
	b.WriteByte('"')
	for _, r := range text {
		switch escape := jsonEscapes[r]; {
		case escape != "":
			b.WriteString(escape)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r > 0xffff:
			high, low := unicode.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
}

// pyFloat is Python's repr: the shortest digits that read back, with an exponent from 1e16 up and below 1e-4.
func pyFloat(f float64) string {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case size != 0 && (size < 1e-4 || size >= 1e16):
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
