// Package failure is the error that an app's owner reads: what happened, where, and what to do.
// Everything else that can go wrong (disk, network, a bug of ours) is a plain error.
package failure

import "strings"

// Error is one thing that only the app's owner can put right.
type Error struct {
	What  string // one sentence: what happened
	Where string // file and table or line, or the variable; may be empty
	Fix   string // an action with a value that works
	Err   error  // the cause, if another error is behind it; never printed
}

// Error renders all parts; it is the only place that does.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(clip(e.What))
	part(&b, "where", clip(e.Where))
	part(&b, "fix", e.Fix)
	return b.String()
}

// longest is what a log can show of one part: a file may bring a line of megabytes.
const longest = 10_000

func clip(text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func part(b *strings.Builder, label, text string) {
	if text == "" {
		return
	}
	indent := "\n  " + strings.Repeat(" ", len(label)+2)
	b.WriteString("\n  " + label + ": " + strings.ReplaceAll(text, "\n", indent))
}
