package lock

// PyJSON is pyJSON for tests, with Python's default separators or compact ones.
func PyJSON(value any, dense bool) (string, error) {
	if dense {
		return pyJSON(value, compact)
	}
	return pyJSON(value, spaced)
}
