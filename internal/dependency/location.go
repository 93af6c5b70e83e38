package dependency

import (
	"fmt"
	"net/url"
	"strings"
)

// Sources says where archives are taken from, besides their own URI.
type Sources struct {
	Mirrors  map[string]string // host or "default" → mirror (BP_DEPENDENCY_MIRROR*, or a dependency-mirror binding)
	Mappings map[string]string // sha256 → URI (dependency-mapping bindings)
}

// Locate gives the URI to fetch d from: its mapping, else its mirror, else its own (Paketo's order and rules). A file URI is
// inside the buildpack already and is never mirrored.
func (s Sources) Locate(d Dependency) (string, error) {
	for _, key := range []string{d.SHA256(), d.Checksum, strings.Replace(d.Checksum, ":", "_", 1)} {
		uri, ok := s.Mappings[key]
		if uri = strings.TrimSpace(uri); !ok {
			continue
		}
		if parse(uri) == nil {
			return "", notURI(fmt.Sprintf("the mapping of %s %s", d.Name, d.Version), "dependency-mapping binding, entry "+key)
		}
		return uri, nil
	}
	original, err := url.Parse(d.URI)
	if err != nil {
		return "", fmt.Errorf("reading the URI of %s %s: %w", d.Name, d.Version, err)
	}
	mirror := strings.TrimSpace(s.mirror(original.Hostname()))
	if mirror == "" || original.Scheme == "file" {
		return d.URI, nil
	}
	return rewrite(original, mirror)
}

// mirror gives the mirror for a host: that of the longest name which the host contains, else the default.
func (s Sources) mirror(host string) string {
	best := "default"
	for name := range s.Mirrors {
		if name == "" || name == "default" || !strings.Contains(strings.ToLower(host), strings.ToLower(name)) {
			continue
		}
		if best == "default" || len(name) > len(best) || len(name) == len(best) && name < best {
			best = name
		}
	}
	return s.Mirrors[best]
}

// rewrite puts the mirror in the place of the original's scheme and host. The mirror may be "mirror=URI,skip-path=/PREFIX".
func rewrite(original *url.URL, mirror string) (string, error) {
	base, skip := mirror, ""
	for part := range strings.SplitSeq(mirror, ",") {
		if value, ok := strings.CutPrefix(part, "mirror="); ok {
			base = value
		} else if value, ok := strings.CutPrefix(part, "skip-path="); ok {
			skip = value
		} else if strings.Contains(part, "://") {
			base = part
		}
	}
	base = strings.ReplaceAll(base, "{originalHost}", original.Hostname())
	u := parse(base)
	if u == nil { // encoded as a whole, which a comma in a password asks for
		u = parse(decoded(base))
	}
	if u == nil {
		return "", notURI("the dependency mirror", "BP_DEPENDENCY_MIRROR or a dependency-mirror binding")
	}
	query := u.RawQuery
	u.RawQuery, u.Fragment = "", ""
	location := strings.TrimSuffix(u.String(), "/") + "/" + strings.TrimPrefix(without(original, decoded(skip)), "/")
	if query != "" {
		location += "?" + query
	}
	return location, nil
}

// parse gives nil for what is no URI to download from. Its caller words the error: url.Parse's repeats the URI, password and all.
func parse(uri string) *url.URL {
	u, err := url.Parse(uri)
	if err != nil {
		return nil
	}
	switch u.Scheme {
	case "http", "https":
		if u.Hostname() != "" {
			return u
		}
	case "file":
		if u.Path != "" {
			return u
		}
	}
	return nil
}

func decoded(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// without gives the path of the original with the first skip left out, and otherwise as it is encoded: object stores take
// + and %2B for different names.
func without(original *url.URL, skip string) string {
	path := original.EscapedPath()
	if !strings.Contains(original.Path, skip) {
		return path
	}
	for _, encoded := range []string{skip, (&url.URL{Path: skip}).EscapedPath()} {
		if before, after, ok := strings.Cut(path, encoded); ok {
			return before + after
		}
	}
	return (&url.URL{Path: strings.Replace(original.Path, skip, "", 1)}).EscapedPath()
}

// Redact hides user, password and query of a URI, for logs and messages.
func Redact(uri string) string {
	const hidden = "****"
	u, err := url.Parse(uri)
	if err != nil || u.Opaque != "" || u.Scheme == "" { // what is no URI may hold a password all the same
		scheme, rest, ok := strings.Cut(uri, "://")
		if !ok {
			scheme, rest = hidden, uri
		}
		rest, _, _ = strings.Cut(rest[strings.LastIndex(rest, "@")+1:], "?")
		return scheme + "://" + hidden + "@" + rest
	}
	if u.User != nil {
		u.User = url.User(hidden)
	}
	if u.RawQuery != "" {
		u.RawQuery = hidden
	}
	return strings.Replace(u.String(), "%2A%2A%2A%2A@", hidden+"@", 1)
}
