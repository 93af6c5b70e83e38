package lock

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/pep508"
)

// pdmLock is pdm.lock, version 4 (pdm/project/lockfile/pdmlock.py).
type pdmLock struct {
	name     string
	versions map[pep508.Name][]string // that are locked
	Metadata struct {
		Groups      []string    `toml:"groups"`
		Strategy    []string    `toml:"strategy"`
		Version     string      `toml:"lock_version"`
		ContentHash string      `toml:"content_hash"`
		Inputs      *pdmInputs  `toml:"lock_inputs"`
		Targets     []pdmTarget `toml:"targets"`

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
	file, err := readPDM(app, name)
	if err != nil {
		return Lock{}, err
	}
	l := Lock{File: name}
	manifest, members, err := file.check(app, &l)
	if err != nil {
		return Lock{}, err
	}
	if want.Member != "" {
		return Lock{}, unknown("workspace member", want.Member, nil, name)
	}
	groups, err := file.groups(manifest, want)
	if err != nil {
		return Lock{}, err
	}
	l.Python, l.Environments = file.environments()
	if l.Python != "" {
		l.PyWhere = name + ", metadata.targets"
	}
	r := pdmReader{app: app, file: file, manifest: manifest, members: members, entries: map[pep508.Name][]*Entry{}}
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

func readPDM(app fs.FS, name string) (pdmLock, error) {
	file := pdmLock{name: name}
	if _, err := readTOML(app, name, &file); err != nil {
		return file, err
	}
	if major, _, _ := strings.Cut(file.Metadata.Version, "."); major != "4" {
		return file, otherFormat(name, "metadata.", "lock_version", file.Metadata.Version, "version 4", "run 'pdm lock' with PDM 2 and commit the new "+name)
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
