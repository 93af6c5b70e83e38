package dependency

import (
	"fmt"
	"net/url"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/failure"
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
		if uri, ok := s.Mappings[key]; ok {
			return strings.TrimSpace(uri), nil
		}
	}
	original, err := url.Parse(d.URI)
	if err != nil {
		return "", fmt.Errorf("reading the URI of %s %s: %w", d.Name, d.Version, err)
	}
	mirror := s.mirror(original.Hostname())
	if mirror == "" || original.Scheme == "file" {
		return d.URI, nil
	}
	return rewrite(original, mirror)
}

// mirror gives the mirror for a host: the longest host name that it ends with, else the default.
func (s Sources) mirror(host string) string {
	var hosts []string
	for name := range s.Mirrors {
		if name != "default" && (host == name || strings.HasSuffix(host, "."+name)) {
			hosts = append(hosts, name)
		}
	}
	if len(hosts) == 0 {
		return s.Mirrors["default"]
	}
	sort.Slice(hosts, func(i, j int) bool { return len(hosts[i]) > len(hosts[j]) })
	return s.Mirrors[hosts[0]]
}

// rewrite puts the mirror in the place of the original's scheme and host. The mirror may be "mirror=URI,skip-path=/PREFIX".
func rewrite(original *url.URL, mirror string) (string, error) {
	base, skip := mirror, ""
	for _, part := range strings.Split(mirror, ",") {
		if value, ok := strings.CutPrefix(part, "mirror="); ok {
			base = value
		} else if value, ok := strings.CutPrefix(part, "skip-path="); ok {
			skip = value
		} else if strings.Contains(part, "://") {
			base = part
		}
	}
	base = strings.ReplaceAll(base, "{originalHost}", original.Hostname())
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "file") {
		return "", &failure.Error{
			What:  "the dependency mirror is not a URI that can be downloaded from",
			Where: "BP_DEPENDENCY_MIRROR or a dependency-mirror binding",
			Fix:   "write it as https://mirror.example/path",
		}
	}
	path := strings.Replace(original.EscapedPath(), skip, "", 1)
	return strings.TrimSuffix(u.Scheme+"://"+userinfo(u)+u.Host+u.EscapedPath(), "/") + path, nil
}

func userinfo(u *url.URL) string {
	if u.User == nil {
		return ""
	}
	return u.User.String() + "@"
}

// Redact hides the password and the user of a URI, for logs.
func Redact(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.User == nil {
		return uri
	}
	u.User = url.User("****")
	return strings.Replace(u.String(), "%2A%2A%2A%2A", "****", 1)
}
