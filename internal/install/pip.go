package install

import "strings"

// fromPip is a variable of pip that an owner has set for the build, and uv's for the same.
type fromPip struct {
	pip, uv string
	instead []string // uv's other names for it: the owner has chosen already if one of these is set
	comma   bool     // uv separates by commas what pip separates by blanks
}

var pipVariables = []fromPip{
	{pip: "PIP_INDEX_URL", uv: "UV_DEFAULT_INDEX", instead: []string{"UV_INDEX_URL"}},
	{pip: "PIP_EXTRA_INDEX_URL", uv: "UV_INDEX", instead: []string{"UV_EXTRA_INDEX_URL"}},
	{pip: "PIP_FIND_LINKS", uv: "UV_FIND_LINKS", comma: true},
	{pip: "PIP_NO_INDEX", uv: "UV_NO_INDEX"},
	{pip: "PIP_TRUSTED_HOST", uv: "UV_INSECURE_HOST"},
	{pip: "PIP_CERT", uv: "SSL_CERT_FILE"},
	{pip: "PIP_CONSTRAINT", uv: "UV_CONSTRAINT"},
}

// TranslatePip gives the environment with uv's variables for those of pip's that say where packages come from, and what was taken:
// "PIP_INDEX_URL (as UV_DEFAULT_INDEX)". uv reads none of pip's. What is set for uv wins.
func TranslatePip(env []string) (translated, taken []string) {
	values := map[string]string{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	for _, v := range pipVariables {
		words := strings.Fields(values[v.pip])
		for _, name := range append(v.instead, v.uv) {
			if values[name] != "" {
				words = nil
			}
		}
		if len(words) == 0 {
			continue
		}
		separator := " "
		if v.comma {
			separator = ","
		}
		env = append(env[:len(env):len(env)], v.uv+"="+strings.Join(words, separator))
		taken = append(taken, v.pip+" (as "+v.uv+")")
	}
	return env, taken
}
