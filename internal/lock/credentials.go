package lock

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Credentials are the users and passwords that an app's file writes into URLs: host → "user:password", as in the URL. They are
// taken off what a resolution gives, which is kept in the image, and put back for the installer alone.
type Credentials map[string]string

var withUser = regexp.MustCompile(`://([^/@\s"']+)@([^/\s"'?#]+)`)

// Credentials reads those of a requirements file, variables filled in by lookup.
func (r Requirements) Credentials(lookup func(string) string) Credentials {
	texts := slices.Clone(r.Options)
	for _, line := range r.Lines {
		texts = append(texts, line.Text)
	}
	return FindCredentials(lookup, texts...)
}

// FindCredentials reads those of the URLs in any texts, variables filled in by lookup.
func FindCredentials(lookup func(string) string, texts ...string) Credentials {
	found := Credentials{}
	for _, text := range texts {
		for _, m := range withUser.FindAllStringSubmatch(Expand(text, lookup), -1) {
			found[m[2]] = m[1]
		}
	}
	return found
}

// Expand fills in the variables of a requirements file: ${NAME} is the only form, so a password may hold a dollar sign.
func Expand(text string, lookup func(string) string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string { return lookup(name[2 : len(name)-1]) })
}

// Restore gives the packages with the credentials of their hosts in their URLs.
func (c Credentials) Restore(packages []Package) []Package {
	packages = slices.Clone(packages)
	for i, p := range packages {
		if p.Origin != nil {
			o := *p.Origin
			o.VCS, o.URL = c.Add(o.VCS), c.Add(o.URL)
			packages[i].Origin = &o
		}
		if p.File != nil {
			f := *p.File
			f.URL = c.Add(f.URL)
			packages[i].File = &f
		}
	}
	return packages
}

// Add gives the URL with the credentials of its host, if there are any.
func (c Credentials) Add(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	host, _, _ := strings.Cut(rest, "/")
	if user := c[host]; ok && user != "" {
		return scheme + "://" + user + "@" + rest
	}
	return text
}

// withoutCredentials takes user and password off a URL; git+ssh and the like, whose user is no secret, stay as they are.
func withoutCredentials(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.User == nil || !strings.HasPrefix(strings.TrimPrefix(u.Scheme, "git+"), "http") {
		return text
	}
	return withUser.ReplaceAllString(text, "://$2")
}
