package lock

import (
	"io/fs"
	"regexp"
)

// defaultHost has the index that every tool has as its default.
const defaultHost = "pypi.org"

// DefaultIndex is that index as Pipenv writes it into the hash of a Pipfile that names none (plette, DEFAULT_SOURCE).
const DefaultIndex = "https://" + defaultHost + "/simple"

var publicHost = regexp.MustCompile(`^https?://(?:pypi\.python\.org|` + regexp.QuoteMeta(defaultHost) + `)(?:/|$)`)

// publicIndex tells the default index, so that a mirror set for the build takes its place.
func publicIndex(address string) bool { return publicHost.MatchString(address) }

// namedIndex is an index as uv, Poetry, PDM and Pipenv name it.
type namedIndex struct {
	Name string `toml:"name"`
	URL  string `toml:"url"`
}

type indexManifest struct {
	Tool struct {
		UV struct {
			Index []namedIndex `toml:"index"`
		} `toml:"uv"`
		Poetry struct {
			Source []namedIndex `toml:"source"`
		} `toml:"poetry"`
		PDM struct {
			Source []namedIndex `toml:"source"`
		} `toml:"pdm"`
	} `toml:"tool"`
	Index  []namedIndex `toml:"index"`  // uv.toml
	Source []namedIndex `toml:"source"` // Pipfile
}

// IndexCredentials finds the credentials of the indexes that the app's manifests name, in their URLs and in the variables that are
// set for them. A file that cannot be read has none: whoever reads it for its packages says what is wrong.
func IndexCredentials(app fs.FS, lookup func(string) string) Credentials {
	found := Credentials{}
	for _, file := range []string{"pyproject.toml", "uv.toml", "Pipfile"} {
		var m indexManifest
		if _, err := readTOML(app, file, &m); err != nil {
			continue
		}
		for _, list := range [][]namedIndex{m.Tool.UV.Index, m.Tool.Poetry.Source, m.Tool.PDM.Source, m.Index, m.Source} {
			for _, index := range list {
				found.named(index, lookup)
			}
		}
	}
	return found
}
