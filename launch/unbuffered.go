package main

// unbuffered lets what the app prints reach the log when it is printed, also when it crashes. An empty value turns it off
// (Python's own rule), so only an unset variable is set here: the lifecycle's "default" would overrule an empty one.
func unbuffered(env environment) ([]assignment, error) {
	if _, set := env.lookup("PYTHONUNBUFFERED"); set {
		return nil, nil
	}
	return []assignment{{"PYTHONUNBUFFERED", "1"}}, nil
}
