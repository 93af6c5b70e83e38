package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// bumps are other versions of packages that the apps lock: one that is light everywhere, and one with a layer of its own.
var bumps = map[string]map[string]string{
	"light": {"small": "idna==3.19", "medium": "idna==3.19", "large": "idna==3.19"},
	"heavy": {"small": "pydantic-core==2.50.4", "medium": "lxml==6.1.2", "large": "lxml==6.1.2"},
}

// lock makes the hashed requirements of an app, once, as it is or with a bump, and gives their directory.
func (b *bench) lock(app, bump string) (string, error) {
	dir := filepath.Join(b.work, "lock-"+app+"-"+bump)
	file := filepath.Join(dir, "requirements.txt")
	if _, err := os.Stat(file); err == nil {
		return dir, nil
	}
	data, err := os.ReadFile(filepath.Join(b.sources, app, "packages.in"))
	if err != nil {
		return "", err
	}
	text := string(data)
	if bump == "other" {
		text = halved(text)
	} else if pin := bumps[bump][app]; pin != "" {
		name, _, _ := strings.Cut(pin, "==")
		text = regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(name)+`==.*$`).ReplaceAllString(text, pin)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	pins := filepath.Join(dir, "packages.in")
	if err := os.WriteFile(pins, []byte(text), 0o644); err != nil {
		return "", err
	}
	_, err = output(filepath.Join(b.tools, "uv"), "pip", "compile", "--quiet", "--generate-hashes", "--no-deps", "--only-binary", ":all:", "--no-header", "--no-annotate",
		"--python", filepath.Join(b.tools, "python/bin/python3"), "--output-file", file, pins)
	return dir, err
}

// halved is the lock of another app: every second light package is missing, all else is the same.
func halved(pins string) string {
	var kept []string
	for i, line := range strings.Split(strings.TrimSpace(pins), "\n") {
		if i%2 == 0 || regexp.MustCompile(`^(numpy|pandas|lxml|pydantic-core|django|scipy|pyarrow)==`).MatchString(line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

// download brings the wheels of an app, once.
func (b *bench) download(app, lock, dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	_, err := output(filepath.Join(b.tools, "python/bin/python3"), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
		"--only-binary", ":all:", "--require-hashes", "--dest", dir, "-r", filepath.Join(lock, "requirements.txt"))
	if err != nil {
		return fmt.Errorf("downloading the wheels of %s: %w", app, err)
	}
	return nil
}
