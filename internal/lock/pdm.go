package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/decode"
	"github.com/lockstep/python/internal/pep508"
)

// pdmLock is pdm.lock, version 4 (pdm/project/lockfile/pdmlock.py).
type pdmLock struct {
	name     string
	Metadata struct {
		Groups      []string       `toml:"groups"`
		Strategy    []string       `toml:"strategy"`
		Version     string         `toml:"lock_version"`
		ContentHash string         `toml:"content_hash"`
		Inputs      map[string]any `toml:"lock_inputs"`
		Targets     []pdmTarget    `toml:"targets"`

		Files map[string][]pdmFile `toml:"files"` // "name version" → files, before they stood with their packages
	} `toml:"metadata"`
	Packages []pdmPackage `toml:"package"`
}

type pdmTarget struct {
	Python         string `toml:"requires_python"`
	Platform       string `toml:"platform"`
	Implementation string `toml:"implementation"`
}

// pdmPackage is one record. A package that is wanted with extras has a record for itself and one for each set of extras.
type pdmPackage struct {
	Name         string    `toml:"name"`
	Version      string    `toml:"version"`
	Extras       []string  `toml:"extras"`
	Python       string    `toml:"requires_python"`
	Groups       []string  `toml:"groups"`
	Marker       string    `toml:"marker"`
	Dependencies []string  `toml:"dependencies"`
	Files        []pdmFile `toml:"files"`
	Path         string    `toml:"path"`
	URL          string    `toml:"url"`
	Git          string    `toml:"git"`
	Hg           string    `toml:"hg"`
	SVN          string    `toml:"svn"`
	Bzr          string    `toml:"bzr"`
	Ref          string    `toml:"ref"`
	Revision     string    `toml:"revision"`
	Subdirectory string    `toml:"subdirectory"`
}

type pdmFile struct {
	File, URL, Hash string
}

// ReadPDM reads pdm.lock. Its roots are the default group and what is requested, as PDM itself selects them: by the groups on
// each package where the lock has them (inherit_metadata), else along the dependencies, from pyproject.toml.
func ReadPDM(app fs.FS, name string, want Request) (Lock, error) {
	data, err := fs.ReadFile(app, name)
	if err != nil {
		return Lock{}, unreadableFile(name, err)
	}
	file, err := parsePDM(name, data)
	if err != nil {
		return Lock{}, err
	}
	manifest, err := readPDMManifest(app)
	if err != nil {
		return Lock{}, err
	}
	l := Lock{File: name}
	if l.Matches, err = file.compare(manifest); err != nil {
		return Lock{}, err
	}
	if want.Member != "" {
		return Lock{}, notInFile("workspace member", want.Member, nil, name)
	}
	groups, err := file.groups(manifest, want)
	if err != nil {
		return Lock{}, err
	}
	l.Python, l.Environments = file.environments()
	if l.Python != "" {
		l.PyWhere = name + ", metadata.targets"
	}
	r := pdmReader{app: app, file: file, manifest: manifest, entries: map[pep508.Name][]*Entry{}}
	if l.Roots, err = r.read(groups); err != nil {
		return Lock{}, err
	}
	l.Entries, l.Options = r.finish()
	if manifest.distribution() {
		self := Entry{Name: pep508.NewName(manifest.Project.Name), Version: manifest.Project.Version, Origin: &Origin{Directory: "."}, Source: "."}
		l.Entries = append(l.Entries, self)
		l.Roots = append(l.Roots, Dependency{Name: self.Name, Source: self.Source})
	}
	return l, nil
}

func parsePDM(name string, data []byte) (pdmLock, error) {
	file := pdmLock{name: name}
	if err := decode.TOML(data, &file); err != nil {
		return pdmLock{}, unreadable(name, err)
	}
	if major, _, _ := strings.Cut(file.Metadata.Version, "."); major != "4" {
		return pdmLock{}, otherPDMVersion(name, file.Metadata.Version)
	}
	return file, nil
}

// inherits tells whether groups and markers are closed on each package, so that nothing has to be walked.
func (f pdmLock) inherits() bool { return slices.Contains(f.Metadata.Strategy, "inherit_metadata") }

var linuxMachine = regexp.MustCompile(`^(?:many|musl)?linux_(?:\d+_\d+_)?(\w+)$`)

// environments gives the Pythons that all targets agree on, and the targets as markers where they differ by more.
func (f pdmLock) environments() (python string, markers []pep508.Marker) {
	targets := f.Metadata.Targets
	if len(targets) == 0 {
		return "", nil
	}
	same := !slices.ContainsFunc(targets, func(t pdmTarget) bool { return t.Python != targets[0].Python })
	if same {
		python = targets[0].Python
	}
	for _, t := range targets {
		parts := t.conditions()
		if !same {
			parts = append(pythonConditions(t.Python), parts...)
		}
		marker, err := readMarker(strings.Join(parts, " and "))
		if err != nil || marker.IsZero() {
			return python, nil // made for any, or for something that we have no words for
		}
		markers = append(markers, marker)
	}
	return python, markers
}

func (t pdmTarget) conditions() (parts []string) {
	system := "linux"
	if strings.HasPrefix(t.Platform, "windows") {
		system = "win32"
	} else if strings.HasPrefix(t.Platform, "macos") {
		system = "darwin"
	}
	if t.Platform != "" {
		parts = append(parts, "sys_platform == "+quote(system))
	}
	if m := linuxMachine.FindStringSubmatch(t.Platform); m != nil {
		parts = append(parts, "platform_machine == "+quote(m[1]))
	}
	if t.Implementation != "" {
		parts = append(parts, "implementation_name == "+quote(strings.ToLower(t.Implementation)))
	}
	return parts
}

var pythonClause = regexp.MustCompile(`^\s*([=<>!~]+)\s*([^\s'"]+)\s*$`)

// pythonConditions are the clauses of a specifier as conditions of a marker; what is no specifier has none.
func pythonConditions(specifiers string) (parts []string) {
	for _, text := range strings.Split(specifiers, ",") {
		if m := pythonClause.FindStringSubmatch(text); m != nil {
			parts = append(parts, "python_full_version "+m[1]+" "+quote(m[2]))
		}
	}
	return parts
}

// pdmReader turns records into entries: one for each package, whatever extras it has records for.
type pdmReader struct {
	app      fs.FS
	file     pdmLock
	manifest *pdmManifest
	order    []*Entry
	entries  map[pep508.Name][]*Entry
	indexes  pdmIndexes
}

func (r *pdmReader) read(groups []pep508.Name) (roots []Dependency, err error) {
	r.indexes = r.manifest.indexes()
	for _, p := range r.file.Packages {
		r.add(p)
	}
	if r.file.inherits() {
		return r.members(groups)
	}
	if err := r.edges(); err != nil {
		return nil, err
	}
	if !r.manifest.requires() {
		return nil, noManifest(r.file.name)
	}
	for _, line := range r.manifest.lines(groups) {
		found, err := r.links(line, "pyproject.toml")
		if err != nil {
			return nil, err
		}
		roots = append(roots, found...)
	}
	return roots, nil
}

// members are the packages of the groups; a record without groups belongs to all.
func (r *pdmReader) members(groups []pep508.Name) (roots []Dependency, err error) {
	for _, p := range r.file.Packages {
		if r.manifest.excludes(p.Name) || len(p.Groups) > 0 && !slices.ContainsFunc(pep508.NewNames(p.Groups), func(g pep508.Name) bool { return slices.Contains(groups, g) }) {
			continue
		}
		marker, err := readMarker(p.Marker)
		if err != nil {
			return nil, badMarker(r.file.name, p.Name, err)
		}
		roots = append(roots, Dependency{Name: pep508.NewName(p.Name), Version: p.Version, Source: p.source(), Marker: marker})
	}
	return roots, nil
}

func (r *pdmReader) add(p pdmPackage) {
	name := pep508.NewName(p.Name)
	e := r.find(p)
	if e == nil {
		e = &Entry{Name: name, Version: p.Version, Source: p.source(), Extras: map[pep508.Name][]Dependency{}}
		r.order = append(r.order, e)
		r.entries[name] = append(r.entries[name], e)
	}
	if len(e.Wheels) == 0 && e.Sdist == nil && e.Origin == nil {
		r.locate(e, p)
	}
}

func (r *pdmReader) find(p pdmPackage) *Entry {
	for _, e := range r.entries[pep508.NewName(p.Name)] {
		if e.Version == p.Version && e.Source == p.source() {
			return e
		}
	}
	return nil
}

// source tells apart packages of one name and version.
func (p pdmPackage) source() string {
	if p.Git+p.Hg+p.SVN+p.Bzr+p.URL+p.Path == "" {
		return ""
	}
	return p.Git + p.Hg + p.SVN + p.Bzr + p.URL + p.Path + "@" + p.Revision + "#" + p.Subdirectory
}

// locate says where the files are.
func (r *pdmReader) locate(e *Entry, p pdmPackage) {
	var files []File
	for _, f := range slices.Concat(p.Files, r.file.Metadata.Files[p.Name+" "+p.Version]) {
		files = append(files, f.file())
	}
	switch {
	case p.Hg+p.SVN+p.Bzr != "":
		e.Origin, e.NoBuild = &Origin{VCS: p.Hg + p.SVN + p.Bzr}, notGit(r.file.name, p.Name)
	case p.Git != "":
		e.Origin = &Origin{VCS: p.Git, Commit: p.Revision, Requested: p.Ref, Subdirectory: p.Subdirectory}
		if p.Revision == "" {
			e.NoBuild = noCommit(r.file.name, p.Name, "pdm lock")
		}
	case p.Path != "" && !isArchive(p.Path):
		directory, _ := inApp(p.Path)
		e.Origin = &Origin{Directory: path.Join(directory, p.Subdirectory)}
	case p.Path != "" || p.URL != "":
		e.archive(r.app, r.file.name, p.URL+p.Path, p.Subdirectory, files)
	default:
		if e.put(files); slices.ContainsFunc(files, func(f File) bool { return f.URL != "" }) {
			r.indexes.static = true
		} else {
			e.Index = r.indexes.of(e.Name)
		}
	}
}

func (f pdmFile) file() File {
	address, _, _ := strings.Cut(f.URL, "#")
	name := f.File
	if name == "" {
		name = unescape(path.Base(address))
	}
	return withHash(File{Name: name, URL: address}, f.Hash)
}

// edges fills in what each package, and each set of its extras, depends on.
func (r *pdmReader) edges() error {
	for _, p := range r.file.Packages {
		var all []Dependency
		for _, line := range p.Dependencies {
			found, err := r.links(line, r.file.name+", package "+p.Name)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
		if e := r.find(p); len(p.Extras) == 0 {
			e.Dependencies = all
		} else {
			e.Extras[extrasSet(pep508.NewNames(p.Extras))] = all
		}
	}
	return nil
}

// set is the one name that a set of extras has here: PDM locks what a[x,y] needs under a record of its own.
func extrasSet(extras []pep508.Name) pep508.Name { return pep508.Name(joined(extras)) }

// links gives the entries that a requirement leads to. Its versions only matter where the lock has several: overrides may
// contradict them.
func (r *pdmReader) links(line, where string) ([]Dependency, error) {
	wish, err := parsePDMLine(line)
	if err != nil {
		return nil, badRequirement(line, where, err)
	}
	if r.manifest.excludes(string(wish.Name)) || r.manifest.is(wish.Name) {
		return nil, nil
	}
	d := Dependency{Name: wish.Name, Marker: wish.Marker}
	if len(wish.Extras) > 0 {
		d.Extras = []pep508.Name{extrasSet(wish.Extras)}
	}
	found := r.entries[wish.Name]
	if len(found) < 2 {
		return []Dependency{d}, nil
	}
	var all []Dependency
	for _, e := range found {
		if !wish.admits(e.Version) {
			continue
		}
		one := d
		one.Version, one.Source = e.Version, e.Source
		if one.Marker, err = r.narrowed(e, wish.Marker); err != nil {
			return nil, badMarker(r.file.name, string(e.Name), err)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return []Dependency{d}, nil
	}
	return all, nil
}

// narrowed adds the Pythons that an entry is for: of several that a requirement admits, they decide.
func (r *pdmReader) narrowed(e *Entry, marker pep508.Marker) (pep508.Marker, error) {
	i := slices.IndexFunc(r.file.Packages, func(p pdmPackage) bool {
		return pep508.NewName(p.Name) == e.Name && p.Version == e.Version && p.source() == e.Source
	})
	parts := pythonConditions(r.file.Packages[i].Python)
	if !marker.IsZero() {
		parts = append(parts, "("+marker.String()+")")
	}
	return readMarker(strings.Join(parts, " and "))
}

func (r *pdmReader) finish() (entries []Entry, options []string) {
	for _, e := range r.order {
		entries = append(entries, *e)
	}
	return entries, r.indexes.options()
}

// hashed gives a file its hash, "algorithm:hexadecimal".
func withHash(f File, hash string) File {
	if sum, ok := strings.CutPrefix(hash, "sha256:"); ok {
		f.SHA256 = sum
	} else {
		f.Hash = hash
	}
	return f
}

// put sorts files into wheels and the sdist.
func (e *Entry) put(files []File) {
	for _, f := range files {
		switch {
		case strings.HasSuffix(f.Name, ".whl"):
			e.Wheels = append(e.Wheels, f)
		case e.Sdist == nil && isArchive(f.Name):
			e.Sdist = &f
		}
	}
}

var archiveFile = regexp.MustCompile(`(?i)\.(whl|tar\.gz|tgz|zip|tar\.bz2|tar\.xz|tar)$`)

func isArchive(name string) bool { return archiveFile.MatchString(name) }

// archive makes the entry that one file, at a URL or in the app dir. The hash of a file in the app dir is taken from the file
// itself when the lock has none, so that another file is another artifact.
func (e *Entry) archive(app fs.FS, lock, at, subdirectory string, known []File) {
	at, _, _ = strings.Cut(at, "#")
	at, local := inApp(at)
	f := File{Name: unescape(path.Base(at)), URL: at}
	for _, k := range known {
		if len(known) == 1 || k.Name == f.Name {
			f.SHA256, f.Hash = k.SHA256, k.Hash
		}
	}
	e.Origin = &Origin{URL: at, Subdirectory: subdirectory}
	if local {
		sum, err := sumOf(app, at)
		if err != nil {
			e.NoBuild = noLocalFile(lock, string(e.Name), at)
			return
		}
		if f.hash() == "" {
			f.SHA256 = sum
		}
	}
	if strings.HasSuffix(f.Name, ".whl") {
		e.Wheels = []File{f}
	} else {
		e.Sdist = &f
	}
}

// rootURL is how a file URL begins that is relative to the project, in PDM's words.
const rootURL = "file:///${PROJECT_ROOT}"

// relative gives a path of the app dir from the forms that it is written in, and whether it is one.
func inApp(at string) (string, bool) {
	rest, ok := strings.CutPrefix(at, rootURL)
	if !ok && strings.Contains(at, "://") {
		return at, false
	}
	return path.Clean(strings.TrimPrefix(strings.TrimPrefix(rest, "/"), "file:")), true
}

func sumOf(app fs.FS, name string) (string, error) {
	data, err := fs.ReadFile(app, name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
