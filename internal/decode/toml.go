// Package decode reads TOML that an app brings: bytes in, the caller's struct filled. It refuses what would make the library
// overflow its stack, which nothing can recover from, or never end.
package decode

import (
	"fmt"

	"github.com/BurntSushi/toml"
)

// deepest is how far arrays and tables may be nested, also by a dotted name; no lock file comes near it.
const deepest = 200

// TOML fills v, a pointer to what holds nothing of a document yet, with the content of a TOML document.
func TOML(data []byte, v any) error {
	if plainTOML(data, v) {
		return nil
	}
	if line, deep := tooDeep(data); deep {
		return fmt.Errorf("line %d: brackets, or the parts of a name, are nested deeper than %d", line, deepest)
	}
	return toml.Unmarshal(data, v)
}

// tooDeep counts brackets, and the dots of each name, outside of comments and strings. What the lines of a string of several lines hold may count too: it would
// take 200 brackets that are not closed to matter.
func tooDeep(data []byte) (line int, deep bool) {
	depth, dots, quote := 0, 0, byte(0)
	line = 1
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == '\n':
			line, dots, quote = line+1, 0, 0
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#':
			for i+1 < len(data) && data[i+1] != '\n' {
				i++
			}
		case c == '[' || c == '{':
			if depth, dots = depth+1, 0; depth > deepest {
				return line, true
			}
		case (c == ']' || c == '}') && depth > 0:
			depth--
		case c == '.' && i > 0 && data[i-1] != '.':
			if dots++; dots > deepest {
				return line, true
			}
		case c == '=' || c == ',':
			dots = 0
		}
	}
	return 0, false
}
