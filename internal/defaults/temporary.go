package defaults

// temporary gives programs a directory for temporary files where the usual ones cannot be written to. Python asks for the
// same ones in the same order.
func temporary(env Environment, m Machine) ([]Assignment, error) {
	for _, dir := range []string{env["TMPDIR"], env["TEMP"], env["TMP"], "/tmp", "/var/tmp"} {
		if dir != "" && m.Creates(dir) {
			return nil, nil
		}
	}
	if env["TMPDIR"] == "" && m.Creates("/dev/shm") {
		return []Assignment{{"TMPDIR", "/dev/shm", "/tmp cannot be written to"}}, nil
	}
	return nil, nil
}

// heartbeats is where gunicorn's workers show that they live, by touching a file: in memory, since a slow disk looks like a
// hanging worker. The file stays empty, for which a message queue will do in a container that has no other place to write;
// without one either, gunicorn's own default is left to fail with its own message.
func (m Machine) heartbeats() string {
	if m.Creates("/dev/shm") {
		return "/dev/shm"
	}
	if !m.Creates("/tmp") && m.Creates("/dev/mqueue") {
		return "/dev/mqueue"
	}
	return ""
}
