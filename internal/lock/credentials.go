package lock

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Credentials are users and passwords by what they are for, as in URLs: "host/path" → "user:password". Of several for one host, a URL
// gets those whose path is nearest to its own. They are taken off what is kept in the image, and put back for the installer alone.
type Credentials map[string]string

var (
	withUser = regexp.MustCompile(`://([^/@\s"']+)@([^\s"'?#]+)`)
	remote   = regexp.MustCompile(`^(?:git\+)?https?://`)
)

// Credentials reads those of a requirements file, variables filled in by lookup.
func (r Requirements) Credentials(lookup func(string) string) Credentials {
	texts := slices.Clone(r.Options)
	for _, line := range slices.Concat(r.Lines, r.Constraints) {
		texts = append(texts, line.Text, line.Requirement.URL)
	}
	found := Credentials{}
	found.Find(lookup, texts...)
	return found
}

// Find adds those of the URLs in any texts, variables filled in by lookup.
func (c Credentials) Find(lookup func(string) string, texts ...string) {
	for _, text := range texts {
		for line := range strings.SplitSeq(text, "\n") { // a lock has thousands of URLs without a user
			if strings.Contains(line, "@") {
				c.read(Expand(line, lookup))
			}
		}
	}
}

func (c Credentials) read(text string) {
	for _, m := range withUser.FindAllStringSubmatch(text, -1) {
		c[strings.TrimRight(m[2], "/")] = m[1]
	}
}

// named adds those of a named index: UV_INDEX_<NAME>_USERNAME and _PASSWORD, else Poetry's POETRY_HTTP_BASIC_<NAME>_USERNAME and
// _PASSWORD, else what stands in its URL, where a format lets it name variables.
func (c Credentials) named(index namedIndex, lookup func(string) string) {
	address := ExpandAny(index.URL, lookup)
	c.read(address)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || index.Name == "" {
		return
	}
	variable := notInVariable.ReplaceAllString(strings.ToUpper(index.Name), "_")
	for _, prefix := range []string{"POETRY_HTTP_BASIC_", "UV_INDEX_"} {
		if user, password := lookup(prefix+variable+"_USERNAME"), lookup(prefix+variable+"_PASSWORD"); user+password != "" {
			c[strings.TrimRight(u.Host+u.EscapedPath(), "/")] = userinfo(user, password)
		}
	}
}

var notInVariable = regexp.MustCompile(`[^A-Z0-9]`)

func userinfo(user, password string) string {
	if password == "" {
		return url.User(user).String()
	}
	return url.UserPassword(user, password).String()
}

// Expand fills in the variables of a requirements file as pip does: ${NAME} in capitals, and only those that have a value.
func Expand(text string, lookup func(string) string) string { return expand(variable, text, lookup) }

// ExpandAny fills in ${name} of Pipfile and PDM, whatever its case.
func ExpandAny(text string, lookup func(string) string) string {
	return expand(anyVariable, text, lookup)
}

var anyVariable = regexp.MustCompile(`\$\{(\w+)\}`)

func expand(form *regexp.Regexp, text string, lookup func(string) string) string {
	return form.ReplaceAllStringFunc(text, func(name string) string {
		if value := lookup(name[2 : len(name)-1]); value != "" {
			return value
		}
		return name
	})
}

// Unset names a variable that a text asks for and that has no value, or nothing.
func Unset(text string, lookup func(string) string) string {
	for _, m := range anyVariable.FindAllStringSubmatch(text, -1) {
		if lookup(m[1]) == "" {
			return m[1]
		}
	}
	return ""
}

// Restore gives the packages as the installer needs them: variables in their URLs filled in, and the credentials of their hosts.
func (c Credentials) Restore(packages []Package, lookup func(string) string) []Package {
	whole := func(text string) string { return c.Whole(text, lookup) }
	packages = slices.Clone(packages)
	for i, p := range packages {
		if p.Origin != nil {
			o := *p.Origin
			o.VCS, o.URL = whole(o.VCS), whole(o.URL)
			packages[i].Origin = &o
		}
		if p.File != nil {
			f := *p.File
			f.URL = whole(f.URL)
			packages[i].File = &f
		}
		packages[i].Index = whole(p.Index)
	}
	return packages
}

// Whole gives a URL as the installer needs it: variables filled in, and the credentials of its host.
func (c Credentials) Whole(text string, lookup func(string) string) string {
	return ExpandAny(c.Add(ExpandAny(text, lookup)), lookup)
}

// Add gives the URL with the credentials that are nearest to it, if its host has any and it has none of its own.
func (c Credentials) Add(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	best, user := 0, ""
	for _, at := range slices.Sorted(maps.Keys(c)) {
		if n := shared(at, rest); n > best {
			best, user = n, c[at]
		}
	}
	if !ok || user == "" {
		return text
	}
	return scheme + "://" + user + "@" + rest
}

// shared counts the first parts of two addresses, host and directories, that are the same.
func shared(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	return n
}

// withoutCredentials takes user and password off a URL; git+ssh and the like, whose user is no secret, stay as they are.
func withoutCredentials(text string) string {
	if !remote.MatchString(text) {
		return text
	}
	return withUser.ReplaceAllString(text, "://$2")
}
