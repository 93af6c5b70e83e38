package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// logger writes the story of a build: a title, sections, facts. It has the build's only clock, for how long things took.
type logger struct {
	out   io.Writer
	now   func() time.Time
	debug bool
}

func (l logger) title(format string, args ...any)   { fmt.Fprintf(l.out, format+"\n", args...) }
func (l logger) section(format string, args ...any) { fmt.Fprintf(l.out, "\n"+format+"\n", args...) }

// fact writes one indented line, or several when the text has line breaks.
func (l logger) fact(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintln(l.out, "  "+strings.ReplaceAll(text, "\n", "\n    "))
}

func (l logger) warn(format string, args ...any) { l.fact("Warning: "+format, args...) }

func (l logger) detail(format string, args ...any) {
	if l.debug {
		l.fact(format, args...)
	}
}

// indented is where programs write, so that their output reads as part of the story.
func (l logger) indented() io.Writer { return &indenter{out: l.out, start: true} }

type indenter struct {
	out   io.Writer
	start bool
}

func (w *indenter) Write(p []byte) (int, error) {
	for _, line := range strings.SplitAfter(string(p), "\n") {
		if line == "" {
			continue
		}
		if w.start {
			line = "    " + line
		}
		w.start = strings.HasSuffix(line, "\n")
		if _, err := io.WriteString(w.out, line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// size writes bytes as people read them (decimal units, as registries and disks are sold).
func size(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	case bytes >= 1e3:
		return fmt.Sprintf("%.0f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%d B", bytes)
}

func (l logger) since(start time.Time) string {
	return fmt.Sprintf("%.1f s", l.now().Sub(start).Seconds())
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
