package install

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

// cause is one way in which uv fails, told by words of the pinned uv (integration tests run each through the real one).
type cause struct {
	words *regexp.Regexp // submatch 1, if any, goes into what
	what  string
	fix   string
}

var causes = []cause{
	{regexp.MustCompile(`[Nn]o space left on device`), "the disk is full",
		"give the build more disk space (docker system prune, or a larger volume for the build pod)"},
	{regexp.MustCompile("Hash mismatch for `?([^`\\s]+)`?"), "the file of %s that the index serves is not the one that was locked: its hash differs",
		"if the package was published anew under the same version, lock again and look at what changed; if a mirror serves it, replace its copy"},
	{regexp.MustCompile("(?s)hashes.*?none of the.*?`?([A-Za-z0-9._-]+==[^`\\s]+)`?"), "no file of %s on the index has one of the locked hashes",
		"lock again and commit the new file"},
	{regexp.MustCompile(`(?:status code|HTTP status|returned a?n?) ?\(?:? ?(40[13])`), "the index refused the request with status %s",
		"give credentials for it: UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD for a named index,\nor a netrc file"},
	{regexp.MustCompile("([A-Za-z0-9._-]+) was not found in the (?:package registry|provided package locations)"), "there is no package named %s on the index",
		"correct its name; if it is a private package, name its index with UV_INDEX or --index-url"},
	{regexp.MustCompile("there (?:is|are) no versions? of ([A-Za-z0-9._-]+[=<>!~]=[^,\\s]+)"), "the index has no %s",
		"ask for a version that exists, or leave the version out"},
	{regexp.MustCompile(`(?:dns error|failed to lookup|error sending request|Connection refused|tcp connect error|operation timed out|[Cc]ould not connect)`), "the package index cannot be reached",
		"check the network of the build and its proxy (HTTPS_PROXY), or name an index that it reaches with UV_DEFAULT_INDEX=https://index.example/simple"},
	{regexp.MustCompile(`(?s)Failed to build ` + "`([^`]+)`" + `.*?(?:[Nn]o such file or directory: '?[a-z+-]*(?:cc|gcc|clang|c\+\+|g\+\+)|unable to execute|error: command '[^']*(?:cc|gcc|clang)' failed: No such|command '?(?:cc|gcc|clang)'? failed|[Uu]nknown compiler|compiler \S* ?not found|No working compiler|linker .* not found)`),
		"%s has no wheel for this Python and its source needs a compiler, which the build image does not have",
		"lock a version that has a wheel for this Python, ask for a Python that it has one for (.python-version),\nor use a build image with a compiler"},
	{regexp.MustCompile("Failed to build `([^`]+)`"), "%s has no wheel for this Python and building it from source failed",
		"lock a version that has a wheel for this Python, or give the build image what the source needs (see uv's words above)"},
	{regexp.MustCompile(`No solution found`), "the requirements cannot all be met for this Python (see uv's words above)",
		"loosen one of the requirements that uv names, or ask for another Python (.python-version)"},
	{regexp.MustCompile(`[Gg]it (?:executable|operation)`), "a package comes from a git repository, and that could not be fetched (see uv's words above)",
		"use a build image with git, and check that the repository can be reached from the build"},
}

// explain turns a failure of uv into the owner's error.
func explain(file, said string, err error) error {
	// uv breaks long sentences and draws lines beside them.
	flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╰─▶", " ", "├─▶", " ", "×", " ").Replace(said)), " ")
	what, fix := fmt.Sprintf("uv could not install the packages (%s): see its words above", err), ""
	if file != "" {
		what = fmt.Sprintf("uv could not resolve %s (%s): see its words above", file, err)
	}
	for _, c := range causes {
		if m := c.words.FindStringSubmatch(flat); m != nil {
			what, fix = c.what, c.fix
			if len(m) > 1 {
				what = fmt.Sprintf(c.what, m[1])
			}
			break
		}
	}
	return &failure.Error{What: what, Where: file, Fix: fix, Err: err}
}
