package lock

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// source is where a requirement is taken from, as far as manifest and lock can be compared in it.
type source struct {
	kind string // "" for the usual index; index, git, url or path
	at   string // URL or path; "" when it cannot be compared
	ref  string // of a VCS: branch, tag or commit
	not  []string
}

const unknownKind = "?"

// anySource is like every other: what it is cannot be told.
var anySource = source{kind: unknownKind}

func (s source) like(other source) bool {
	if s.kind == unknownKind || other.kind == unknownKind {
		return true
	}
	if s.kind == "index" && other.kind == "index" { // its URL may have come from the environment
		return !slices.Contains(s.not, other.at) && !slices.Contains(other.not, s.at)
	}
	return s.kind == other.kind && s.ref == other.ref && (s.at == other.at || s.at == "" || other.at == "")
}

// versioned sources are those whose specifiers stay.
func (s source) versioned() bool { return s.kind == "" || s.kind == "index" }

func (s source) String() string {
	switch {
	case s.kind == "" || s.kind == unknownKind:
		return ""
	case s.ref != "":
		return " from " + s.kind + " " + s.at + "@" + s.ref
	}
	return strings.TrimRight(" from "+s.kind+" "+s.at, " ")
}

// source is what the lock says of a requirement.
func (r uvRequirement) source() source {
	switch local := r.Path + r.Directory + r.Editable + r.Virtual; {
	case r.Git != "":
		o := gitOrigin(r.Git)
		return source{kind: "git", at: comparable(o.VCS), ref: o.Requested}
	case r.URL != "":
		return source{kind: "url", at: comparable(r.URL)}
	case strings.Contains(local, "://") || path.IsAbs(local):
		return source{kind: "path"}
	case local != "":
		return source{kind: "path", at: path.Clean(local)}
	case r.Index != "":
		return source{kind: "index", at: comparable(r.Index)}
	}
	return source{}
}

// resolver says where a manifest takes its requirements from.
type resolver struct {
	own, shared map[string]any // tool.uv.sources of the manifest, and of the workspace
	indexes     []uvIndex
	directory   string // of the manifest
	off         bool   // there are none
}

func (r resolver) source(p pep508.Requirement) source {
	if p.URL != "" {
		return urlSource(p.URL)
	}
	entry, base := of(p.Name, r.own), r.directory
	if entry == nil {
		entry, base = of(p.Name, r.shared), "."
	}
	if list, ok := entry.([]any); ok && len(list) == 1 {
		entry = list[0]
	}
	table, ok := entry.(map[string]any)
	text := func(key string) string { text, _ := table[key].(string); return text }
	switch {
	case r.off:
		return source{}
	case entry != nil && !ok || text("marker")+text("extra")+text("group") != "":
		return anySource // a list of sources: which one applies is a matter of markers
	case entry == nil:
		return source{}
	case text("git") != "":
		return source{kind: "git", at: comparable(text("git")), ref: text("rev") + text("tag") + text("branch")}
	case text("url") != "":
		return source{kind: "url", at: comparable(text("url"))}
	case text("path") != "" && !path.IsAbs(text("path")) && !strings.Contains(text("path"), "$"):
		return source{kind: "path", at: path.Join(base, text("path"))}
	case text("path") != "" || table["workspace"] == true:
		return source{kind: "path"}
	case text("index") != "":
		return r.index(text("index"))
	}
	return anySource
}

// index is a named one. It is not one of the others that the manifest names.
func (r resolver) index(name string) source {
	s := source{kind: "index"}
	for _, index := range r.indexes {
		if index.Name == name && s.at == "" {
			s.at = comparable(index.URL)
		}
	}
	for _, index := range r.indexes {
		if at := comparable(index.URL); at != s.at && s.at != "" {
			s.not = append(s.not, at)
		}
	}
	return s
}

// urlSource is that of "name @ URL".
func urlSource(text string) source {
	rest, git := strings.CutPrefix(text, "git+")
	switch {
	case strings.HasPrefix(rest, "file:") && !git || strings.Contains(rest, "$") || !strings.Contains(rest, "://"):
		return anySource
	case !git:
		return source{kind: "url", at: comparable(rest)}
	}
	rest, _, _ = strings.Cut(rest, "#")
	at := strings.LastIndex(rest, "@")
	if at < strings.LastIndex(rest, "/") {
		return source{kind: "git", at: comparable(rest)}
	}
	return source{kind: "git", at: comparable(rest[:at]), ref: rest[at+1:]}
}

// comparable is a URL without what may be written in several ways or is not kept: credentials, fragment, escapes.
func comparable(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Scheme+"://"+parsed.Host) + strings.TrimSuffix(strings.TrimRight(parsed.Path, "/"), ".git")
}
