package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// pipfileLock is Pipfile.lock, pipfile-spec 6. All keys but _meta are categories.
type pipfileLock struct {
	name       string
	searchAll  bool // a setting of the Pipfile: what names no index is looked for on all sources
	meta       pipfileMeta
	categories map[string]map[string]pipfileEntry
}

type pipfileMeta struct {
	Hash     map[string]string `json:"hash"`
	Spec     any               `json:"pipfile-spec"`
	Requires pipfileRequires   `json:"requires"`
	Sources  []pipfileSource   `json:"sources"`
}

type pipfileRequires struct {
	Python string `json:"python_version" toml:"python_version"`
	Full   string `json:"python_full_version" toml:"python_full_version"`
}

type pipfileSource struct {
	Name   string `json:"name" toml:"name"`
	URL    string `json:"url" toml:"url"`
	Verify *bool  `json:"verify_ssl" toml:"verify_ssl"`
}

var bareVariable = regexp.MustCompile(`\$([A-Z_][A-Z0-9_]*)`)

// address is the URL with its variables in the form that all files share: Pipenv also takes $NAME for ${NAME}.
func (s pipfileSource) address() string { return bareVariable.ReplaceAllString(s.URL, "$${$1}") }

// pipfileEntry is one package, in the lock as in the Pipfile. Keys beside these may be markers.
type pipfileEntry map[string]any

// ReadPipfile reads Pipfile.lock: its default category and those that are requested.
func ReadPipfile(app fs.FS, name string, want Request) (Lock, error) {
	data, err := readFile(app, name)
	if err != nil {
		return Lock{}, err
	}
	file, err := parsePipfileLock(name, data)
	if err != nil {
		return Lock{}, err
	}
	manifest, err := readPipfile(app)
	if err != nil {
		return Lock{}, err
	}
	l := Lock{File: name}
	if l.Matches, err = file.compare(manifest); err != nil {
		return Lock{}, err
	}
	if want.Member != "" {
		return Lock{}, unknown("workspace member", want.Member, nil, "Pipfile")
	}
	if len(want.Extras) > 0 {
		return Lock{}, unknown("extra", want.Extras[0], nil, "Pipfile")
	}
	file.searchAll = manifest.searchesAll()
	if l.Python = file.meta.Requires.specifier(); l.Python != "" {
		l.PyWhere = name + ", _meta.requires"
	}
	categories, err := file.wanted(want.Groups)
	if err != nil {
		return Lock{}, err
	}
	for _, category := range categories {
		if err := file.add(&l, app, category, manifest); err != nil {
			return Lock{}, err
		}
	}
	l.Options = append(l.Options, sourceOptions(file.meta.Sources, file.searchAll)...)
	return l, nil
}

func parsePipfileLock(name string, data []byte) (pipfileLock, error) {
	file := pipfileLock{name: name, categories: map[string]map[string]pipfileEntry{}}
	var sections map[string]json.RawMessage
	if err := json.Unmarshal(data, &sections); err != nil {
		return file, notJSON(name, data, err)
	}
	if err := json.Unmarshal(orEmpty(sections["_meta"]), &file.meta); err != nil {
		return file, notJSON(name, nil, err)
	}
	spec := ""
	if file.meta.Spec != nil {
		spec = fmt.Sprint(file.meta.Spec)
	}
	if spec != "6" {
		return file, otherFormat(name, "_meta.", "pipfile-spec", spec, "6", "run 'pipenv lock' and commit the new "+name)
	}
	delete(sections, "_meta")
	for category, text := range sections {
		entries := map[string]pipfileEntry{}
		if err := json.Unmarshal(text, &entries); err != nil {
			return file, notJSON(name, nil, err)
		}
		file.categories[category] = entries
	}
	return file, nil
}

func orEmpty(text json.RawMessage) json.RawMessage {
	if len(text) == 0 {
		return json.RawMessage("{}")
	}
	return text
}

// specifier is the Python that is asked for, as a specifier: 3.12 means any of its patch releases.
func (r pipfileRequires) specifier() string {
	version := r.Full
	if version == "" {
		version = r.Python
	}
	release := strings.TrimSpace(version)
	if release != "" && !strings.ContainsAny(release[:1], "=<>!~") && strings.Count(release, ".") < 2 && !strings.Contains(release, "*") {
		return "==" + release + ".*"
	}
	return specifierOf(version)
}

// wanted are the categories to install. The development packages are called by their section of the Pipfile or of the lock.
func (f pipfileLock) wanted(groups []pep508.Name) ([]string, error) {
	wanted, known := []string{"default"}, map[pep508.Name]string{"dev-packages": "develop"}
	for category := range f.categories {
		known[pep508.NewName(category)] = category
	}
	for _, group := range groups {
		category, ok := known[group]
		if !ok {
			delete(known, "default")
			delete(known, "develop")
			return nil, unknown("category", group, slices.Collect(maps.Keys(known)), f.name)
		}
		wanted = append(wanted, category)
	}
	return wanted, nil
}

func (f pipfileLock) add(l *Lock, app fs.FS, category string, manifest *pipfile) error {
	entries := f.categories[category]
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		raw := entries[name]
		entry, err := f.entry(app, name, raw)
		if err != nil {
			return err
		}
		marker, err := readMarker(raw.marker())
		if err == nil && marker.IsZero() && entry.Version == "" && entry.Origin == nil {
			marker, err = readMarker(manifest.marker(category, entry.Name)) // Pipenv leaves the shorthand markers of these out
		}
		if err != nil {
			return badMarker(f.name, name, err)
		}
		if raw.flag("no_binary") {
			l.Options = append(l.Options, "--no-binary "+string(entry.Name))
		}
		l.Entries = append(l.Entries, entry)
		l.Roots = append(l.Roots, Dependency{Name: entry.Name, Version: entry.Version, Source: entry.Source, Marker: marker})
	}
	return nil
}

func (f pipfileLock) entry(app fs.FS, name string, raw pipfileEntry) (Entry, error) {
	e := Entry{Name: pep508.NewName(name), Version: exactly(raw.text("version")), Hashes: raw.list("hashes")}
	at := raw.text("path") + raw.text("file")
	switch kind, repository := raw.vcs(); {
	case repository != "":
		e.Origin, e.Version, e.Hashes = gitOf(repository, raw), "", nil
		e.Source = e.Origin.VCS + "@" + e.Origin.Commit
		if kind != "git" {
			e.NoBuild = notGit(f.name, name)
		} else if !commitID.MatchString(e.Origin.Commit) {
			e.NoBuild = noCommit(f.name, name, "pipenv lock")
		}
	case at != "":
		f.place(app, &e, at, raw)
	case e.Version == "" || len(e.Hashes) == 0:
		e.Hashes, e.NoBuild = nil, notPinned(f.name, name)
	default:
		return e, f.index(&e, name, raw.text("index"))
	}
	return e, nil
}

// place is a directory or a file of the app, or a URL. Old Pipenv called directories by a digest: their manifest knows better.
func (f pipfileLock) place(app fs.FS, e *Entry, at string, raw pipfileEntry) {
	e.Source = at
	directory, local := inApp(at)
	if local && !isArchive(at) {
		directory = path.Join(directory, raw.text("subdirectory"))
		e.Origin, e.Version, e.Hashes = &Origin{Directory: directory}, "", nil
		if m, err := readManifestIn(app, directory); err == nil && m.Project.Name != "" {
			e.Name = pep508.NewName(m.Project.Name)
		}
		return
	}
	var known []File
	for _, hash := range e.Hashes {
		known = append(known, withHash(File{}, hash))
	}
	e.Hashes = nil
	e.archive(app, f.name, at, raw.text("subdirectory"), known)
}

func readManifestIn(app fs.FS, directory string) (Manifest, error) {
	data, err := fs.ReadFile(app, path.Join(directory, "pyproject.toml"))
	if err != nil {
		return Manifest{}, err
	}
	return ReadManifest(data)
}

// index gives an entry the index that it is pinned to; without a pin that is the first source, as for Pipenv.
func (f pipfileLock) index(e *Entry, name, source string) error {
	var known []string
	if source == "" && f.searchAll {
		return nil
	}
	for _, s := range f.meta.Sources {
		if source == "" || s.Name == source {
			if !publicIndex(s.URL) {
				e.Index = s.address()
			}
			return nil
		}
		known = append(known, s.Name)
	}
	if source == "" {
		return nil
	}
	return noSource(f.name, name, source, known)
}

var commitID = regexp.MustCompile(`^[0-9a-f]{40}(?:[0-9a-f]{24})?$`)

// exactly is the one version that a specifier of a lock gives, or "".
func exactly(specifier string) string {
	if m := exact.FindStringSubmatch(specifier); m != nil {
		return m[1]
	}
	return ""
}

var repositories = []string{"git", "hg", "svn", "bzr"}

func (e pipfileEntry) vcs() (kind, repository string) {
	for _, kind := range repositories {
		if at := e.text(kind); at != "" {
			return kind, at
		}
	}
	return "", ""
}

func gitOf(repository string, raw pipfileEntry) *Origin {
	repository, fragment, _ := strings.Cut(strings.TrimPrefix(repository, "git+"), "#")
	o := &Origin{VCS: withoutCredentials(repository), Commit: raw.text("ref"), Subdirectory: raw.text("subdirectory")}
	if _, subdirectory, ok := strings.Cut(fragment, "subdirectory="); ok && o.Subdirectory == "" {
		o.Subdirectory, _, _ = strings.Cut(subdirectory, "&")
	}
	return o
}

// text is a string of the entry, or "".
func (e pipfileEntry) text(key string) string {
	text, _ := e[key].(string)
	return text
}

func (e pipfileEntry) flag(key string) bool {
	set, _ := e[key].(bool)
	return set
}

func (e pipfileEntry) list(key string) (list []string) {
	values, _ := e[key].([]any)
	for _, value := range values {
		if text, ok := value.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// markerKeys are the variables that an entry may give a condition each, in place of markers: os_name = "== 'nt'".
var markerKeys = []string{"implementation_name", "implementation_version", "os_name", "platform_machine", "platform_python_implementation",
	"platform_release", "platform_system", "platform_version", "python_full_version", "python_version", "sys_platform"}

// marker joins all conditions of an entry.
func (e pipfileEntry) marker() string {
	var parts []string
	if text := e.text("markers"); text != "" {
		parts = append(parts, "("+text+")")
	}
	for _, key := range markerKeys {
		if text := e.text(key); text != "" {
			parts = append(parts, key+" "+text)
		}
	}
	return strings.Join(parts, " and ")
}

// UnmarshalJSON takes a version alone ("*") for an entry that says nothing else.
func (e *pipfileEntry) UnmarshalJSON(data []byte) error {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	entry, ok := newPipfileEntry(value)
	if !ok {
		return errors.New("a package is neither a table nor a version")
	}
	*e = entry
	return nil
}

func newPipfileEntry(value any) (pipfileEntry, bool) {
	switch value := value.(type) {
	case string:
		return pipfileEntry{"version": value}, true
	case map[string]any:
		return value, true
	}
	return nil, false
}
