package integration_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// log is everything that pack says about a build.
type log string

// phase is what the lifecycle and the buildpack say in one phase, up to the lifecycle's own line about a failure.
func (l log) phase(name string) string {
	_, text, _ := strings.Cut(string(l), "===> "+name+"\n")
	text, _, _ = strings.Cut(text, "===> ")
	text, _, _ = strings.Cut(text, "ERROR: ")
	return text
}

func (l log) building() string { return l.phase("BUILDING") }

var exportLine = regexp.MustCompile(`(?m)^(Adding|Reusing) layer 'lockstep/python:(.*)'$`)

// exported lists the buildpack's layers that the lifecycle made a tar of, or took from the previous image ("Adding", "Reusing").
func (l log) exported(how string) []string {
	list := []string{}
	for _, match := range exportLine.FindAllStringSubmatch(l.phase("EXPORTING"), -1) {
		if match[1] == how {
			list = append(list, match[2])
		}
	}
	return list
}

var varying = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`\d+\.\d s\b`), "<time>"},
	{regexp.MustCompile(`\d+(\.\d)? (B|kB|MB|GB)\b`), "<size>"},
	{regexp.MustCompile(`Lockstep Python \S+`), "Lockstep Python <version>"},
	{regexp.MustCompile(`lockstep/python@\S+`), "lockstep/python@<version>"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "<sha256>"},
	{regexp.MustCompile(`x86_64|aarch64`), "<machine>"},
	{regexp.MustCompile(`\.scratch-\d+`), ".scratch-<number>"},
	{regexp.MustCompile(`127\.0\.0\.1:\d{4,5}\b`), "127.0.0.1:<port>"},
	{regexp.MustCompile(`/\.tmp\w{6}\b`), "/.tmp<random>"},
}

var (
	// What is not pinned may be newer tomorrow; of a package that was bumped both versions are.
	madeLine = regexp.MustCompile(`(?m)^  Made (packages|pkg-)[^→\n]*$`)
	version  = regexp.MustCompile(`([a-z0-9]) \d+(\.\d+)+`)
)

// normalized takes out what differs between two runs of the same spec, and the index's name.
func normalized(text string) string {
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.by)
	}
	text = strings.NewReplacer(strings.TrimSuffix(index, "/"), "https://index.example/simple", files, "files.example").Replace(text)
	return madeLine.ReplaceAllStringFunc(text, func(line string) string { return version.ReplaceAllString(line, "$1 <version>") })
}

// golden compares a text with testdata/NAME.
func golden(t *testing.T, name, text string) {
	t.Helper()
	g := NewWithT(t)
	path := filepath.Join("testdata", name)
	if *update {
		g.Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		g.Expect(os.WriteFile(path, []byte(normalized(text)), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(path)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(normalized(text)).To(Equal(string(want)))
}
