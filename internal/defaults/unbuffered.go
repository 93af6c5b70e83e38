package defaults

// unbuffered lets what the app prints reach the log when it is printed, also when it crashes. An empty value turns it off
// (Python's own rule), so only an unset variable is set here: the lifecycle's "default" would overrule an empty one.
func unbuffered(env Environment, _ Machine) ([]Assignment, error) {
	if _, set := env.Lookup("PYTHONUNBUFFERED"); set {
		return nil, nil
	}
	return []Assignment{{Name: "PYTHONUNBUFFERED", Value: "1"}}, nil
}
