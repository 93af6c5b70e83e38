package start

// Names gives what a module binds at its top level, for the comparison with Python's own parser.
func Names(source []byte) ([]string, string) {
	m := readModule("module.py", source)
	if m.invalid != nil {
		return nil, m.invalid.Error()
	}
	return m.order, ""
}
