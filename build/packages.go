package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/lockstep/python/internal/archive"
	"github.com/lockstep/python/internal/dependency"
	"github.com/lockstep/python/internal/failure"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

const venvLayer = "venv"

// record is what has to be remembered of a package so that a rebuild plans without its files.
type record struct {
	Name     pep508.Name `json:"name"`
	Version  string      `json:"version"`
	Artifact string      `json:"artifact"`
	Size     int64       `json:"size"`
	Roots    []string    `json:"roots,omitempty"`
	Dirs     []string    `json:"dirs,omitempty"`
	Links    []string    `json:"links,omitempty"`
	Hooks    bool        `json:"hooks,omitempty"`
	Embeds   bool        `json:"embeds,omitempty"`

	Needs     []string `json:"needs,omitempty"`
	Reaches   []string `json:"reaches,omitempty"`
	Libraries []string `json:"libraries,omitempty"`
}

// wanted is a package to install and what identifies its content.
type wanted struct {
	lock.Package
	artifact string
	alone    bool // gets a layer of its own at any size
}

func (w wanted) unit(r record) layer.Unit {
	return layer.Unit{Name: w.Name, Size: r.Size, Roots: r.Roots, Dirs: r.Dirs, Alone: w.alone,
		Needs: r.Needs, Reaches: r.Reaches, Libraries: r.Libraries}
}

// stage is one build's work on packages.
type stage struct {
	*builder
	file        string // that the packages come from
	packages    []wanted
	options     []string
	credentials lock.Credentials
	known       map[string]record // artifact → record, of the previous image and of what was installed now
	likely      map[pep508.Name]record
	here        map[pep508.Name]install.Distribution // installed and not yet moved
	uv          *install.UV
	venv        install.Venv
	aside       int // environments put aside
}

// makePackages brings every package into its layer, by reference where the previous image has it, and gives the records.
func (b *builder) makePackages(set packageSet) ([]record, error) {
	s := &stage{builder: b, file: set.file, options: set.options, credentials: set.credentials, known: map[string]record{}, likely: map[pep508.Name]record{}, here: map[pep508.Name]install.Distribution{}}
	b.packages = s
	if err := s.identify(set.packages, set.added); err != nil {
		return nil, err
	}
	if err := s.remember(); err != nil {
		return nil, err
	}
	if err := s.provide(s.plan(s.estimate)); err != nil {
		return nil, err
	}
	groups := s.plan(s.record)
	if err := s.provide(groups); err != nil { // an estimate was wrong: a package is heavier or lighter than its last version
		return nil, err
	}
	if err := s.makeLayers(groups); err != nil {
		return nil, err
	}
	if err := s.keepWheels(); err != nil {
		return nil, err
	}
	return s.records(), s.makeVenv(groups, set)
}

// identify gives each package the identity of its content; for a directory or a file of the app that is a hash of it.
func (s *stage) identify(packages []lock.Package, added []pep508.Name) error {
	for _, p := range packages {
		w := wanted{Package: p, artifact: p.Artifact(), alone: slices.Contains(added, p.Name)}
		if p.Origin != nil && p.Origin.Directory != "" {
			sum, err := s.digestProject(p.Origin.Directory)
			if err != nil {
				return missingSource(s.file, p, p.Origin.Directory, err)
			}
			w.artifact, w.alone = w.artifact+" "+sum, true
		} else if path, local := s.localFile(p); local {
			data, err := os.ReadFile(path)
			if err != nil {
				return missingSource(s.file, p, p.File.URL, err)
			}
			w.artifact += " " + digest(string(data))
		}
		if settings := lock.BuildSettings(s.options, p.Name); settings != "" {
			w.artifact += " " + digest(settings)
		}
		s.packages = append(s.packages, w)
	}
	return nil
}

// remember reads the records of the previous image's layers that were made by the same rules for the same Python and target.
func (s *stage) remember() error {
	names, err := filepath.Glob(filepath.Join(s.layers.packit.Path, "*.toml"))
	if err != nil {
		return err
	}
	for _, file := range names {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		if !layer.Holds(name) {
			continue
		}
		restored, was, err := s.layers.restored(name)
		if err != nil {
			return err
		}
		var records []record
		if was == nil || json.Unmarshal([]byte(notes(restored)), &records) != nil {
			continue
		}
		for _, r := range records {
			s.likely[r.Name] = r
			if was["python"] == s.commonFacts()["python"] && was["target"] == s.target() && was["rules"] == install.Rules {
				s.known[key(r.Name, r.Artifact)] = r
			}
		}
	}
	return nil
}

// localFile is the path of a package that is a file of the app, such as a vendored wheel.
func (s *stage) localFile(p lock.Package) (string, bool) {
	if p.File == nil || p.File.URL == "" {
		return "", false
	}
	path := strings.TrimPrefix(p.File.URL, "file://")
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.packit.WorkingDir, path)
	}
	return path, !strings.Contains(p.File.URL, "://") || strings.HasPrefix(p.File.URL, "file://")
}

func missingSource(file string, p lock.Package, path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("reading the package in %s: %w", path, err)
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s takes %s from %s, which cannot be read in the app dir", file, p.Name, path),
		Where: file,
		Fix:   "commit it, make it readable, and do not exclude it in project.toml; a path outside of the app dir is not there in the build",
		Err:   err,
	}
}

func key(name pep508.Name, artifact string) string { return string(name) + " " + artifact }

// commonFacts hold for every layer of packages.
func (s *stage) commonFacts() facts {
	return facts{"python": fmt.Sprintf("3.%d", s.minor()), "target": s.target(), "rules": install.Rules}
}

// record is what is known of a package; estimate takes its last version for one that was not installed yet.
func (s *stage) record(w wanted) record { return s.known[key(w.Name, w.artifact)] }

func (s *stage) estimate(w wanted) record {
	if r, ok := s.known[key(w.Name, w.artifact)]; ok {
		return r
	}
	return s.likely[w.Name]
}

func (s *stage) plan(of func(wanted) record) []layer.Group {
	units := make([]layer.Unit, 0, len(s.packages))
	for _, w := range s.packages {
		units = append(units, w.unit(of(w)))
	}
	return layer.Plan(units, s.config.PackageLayers)
}

// packageFact begins the fact of a package: there is one named rules on the index, as a common fact is.
const packageFact = "package "

// groupFacts is what the layer of a group is made from: one fact a package, and one a layer whose libraries it links to.
func (s *stage) groupFacts(g layer.Group) facts {
	f := s.commonFacts()
	for _, w := range s.members(g) {
		f[packageFact+string(w.Name)] = strings.TrimSpace(w.Version + " " + w.artifact)
	}
	lent := map[string][]string{}
	for _, loan := range g.Loans {
		lent[loan.Layer] = append(lent[loan.Layer], loan.Path)
	}
	for name, paths := range lent {
		f["links to "+name] = fmt.Sprintf("%d %s", len(paths), digest(strings.Join(paths, "\n")))
	}
	return f
}

func (s *stage) members(g layer.Group) []wanted {
	var list []wanted
	for _, w := range s.packages {
		for _, name := range g.Names {
			if w.Name == name {
				list = append(list, w)
			}
		}
	}
	return list
}

// provide installs the packages of all groups that the previous image does not have as they are.
func (s *stage) provide(groups []layer.Group) error {
	var missing []lock.Package
	for _, g := range groups {
		_, was, err := s.layers.restored(g.Layer)
		if err != nil {
			return err
		}
		if was != nil && len(differences(was, s.groupFacts(g))) == 0 && !s.layers.content {
			continue
		}
		for _, w := range s.members(g) {
			if _, ok := s.here[w.Name]; !ok {
				missing = append(missing, w.Package)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	sort.Slice(missing, func(i, j int) bool { return missing[i].Name < missing[j].Name })
	return s.install(missing)
}

// install installs packages into the virtual environment at its final place, so that scripts name the right interpreter.
func (s *stage) install(packages []lock.Package) error {
	if err := s.prepareInstall(); err != nil {
		return err
	}
	if err := s.copyDirectories(packages); err != nil {
		return err
	}
	packages = s.withKeptWheels(packages)
	start := s.log.now()
	s.log.fact("Installing %s%s", count(len(packages), "package"), downloads(packages))
	if err := s.installTogether(packages); err != nil {
		return err
	}
	for _, p := range packages {
		if d := s.here[p.Name]; d.Contested {
			s.log.detail("Installing %s apart: it shares a path with another package", p)
			if err := s.installTogether([]lock.Package{p}); err != nil {
				return err
			}
		}
	}
	for _, p := range packages {
		if err := s.verify(p); err != nil {
			return err
		}
	}
	s.log.detail("Installed in %s", s.log.since(start))
	return s.keepBuilt(packages)
}

// installTogether installs packages into an environment of their own: what another one brings or overwrites must not show in them.
func (s *stage) installTogether(packages []lock.Package) error {
	if err := s.emptyVenv(); err != nil {
		return err
	}
	if err := s.uv.Install(s.ctx, s.venv.Prefix, packages, s.options); err != nil {
		return err
	}
	installed, err := install.ReadDistributions(s.venv.Prefix, s.minor())
	if err != nil {
		return err
	}
	for _, d := range installed {
		if !slices.ContainsFunc(packages, func(p lock.Package) bool { return p.Name == d.Name }) {
			return fmt.Errorf("comparing what was installed with what was asked for: nobody asked for %s %s", d.Name, d.Version)
		}
		s.here[d.Name] = d
	}
	return nil
}

// emptyVenv makes the environment that packages are installed into, at its final place, and puts one that is in use aside.
func (s *stage) emptyVenv() error {
	if s.venv.Prefix != "" {
		aside := filepath.Join(s.scratch, fmt.Sprintf("venv-%d", s.aside))
		if err := os.Rename(s.venv.Prefix, aside); err != nil {
			return fmt.Errorf("putting installed packages aside: %w", err)
		}
		for name, d := range s.here {
			if d.Prefix == s.venv.Prefix {
				d.Prefix = aside
				s.here[name] = d
			}
		}
		s.aside++
	}
	interpreter, err := s.interpreter()
	if err != nil {
		return err
	}
	path, err := s.layers.empty(venvLayer)
	if err != nil {
		return err
	}
	s.venv = install.Venv{Prefix: path, Home: filepath.Join(interpreter.Prefix, "bin"), Minor: s.minor()}
	return s.venv.Create()
}

// copyDirectories lets packages that are directories of the app be built from a copy: build backends leave files in their source.
func (s *stage) copyDirectories(packages []lock.Package) error {
	for i, p := range packages {
		if p.Origin == nil || p.Origin.Directory == "" {
			continue
		}
		source := *p.Origin
		source.Directory = filepath.Join(s.scratch, "source", string(p.Name))
		if err := s.copyProject(source.Directory, p.Origin.Directory); err != nil {
			return fmt.Errorf("copying the source of %s: %w", p.Name, err)
		}
		packages[i].Origin = &source
	}
	return nil
}

// verify compares what was installed with what was asked for, and makes its record.
func (s *stage) verify(p lock.Package) error {
	d, ok := s.here[p.Name]
	if !ok || p.Version != "" && !sameVersion(d.Version, p.Version) {
		return fmt.Errorf("comparing what was installed with what was asked for: wanted %s, found %q", p, d.Version)
	}
	for _, w := range s.packages {
		if w.Name == p.Name {
			s.known[key(w.Name, w.artifact)] = record{Name: w.Name, Version: d.Version, Artifact: w.artifact, Size: d.Size,
				Roots: d.Roots, Dirs: d.Dirs, Links: d.Links(s.minor()), Hooks: d.Hooks, Embeds: d.Embeds,
				Needs: d.Needs, Reaches: d.Reaches, Libraries: d.Libraries}
		}
	}
	return nil
}

// prepareInstall brings an interpreter and uv, once.
func (s *stage) prepareInstall() error {
	if s.uv != nil {
		return nil
	}
	_, err := s.interpreter()
	if err != nil {
		return err
	}
	if s.uv, err = s.installer(s.file); err == nil {
		s.uv.Credentials = s.credentials
	}
	return err
}

// makeLayers moves what was installed into the layers that are made, compiles it, and keeps the others by reference.
func (s *stage) makeLayers(groups []layer.Group) error {
	type made struct {
		group layer.Group
		was   facts
		why   string
	}
	var list []made
	for _, g := range groups {
		_, was, err := s.layers.restored(g.Layer)
		if err != nil {
			return err
		}
		reused, why, err := s.layers.reuse(g.Layer, s.groupFacts(g))
		if err != nil {
			return err
		}
		if reused {
			s.log.fact("Reusing %s (%s)", g.Layer, why)
			continue
		}
		if err := s.fill(g); err != nil {
			return err
		}
		list = append(list, made{g, was, why})
	}
	if len(list) == 0 {
		return nil
	}
	start := s.log.now()
	var sources [][]install.Source
	for _, m := range list {
		found, err := s.sourcesOf(m.group)
		if err != nil {
			return err
		}
		sources = append(sources, found...)
	}
	interpreter, err := s.interpreter()
	if err != nil {
		return err
	}
	if _, err := install.Compile(s.ctx, s.run, interpreter, sources); err != nil {
		return err
	}
	s.log.detail("Compiled in %s", s.log.since(start))
	for _, m := range list {
		if err := s.keepGroup(m.group, m.was, m.why); err != nil {
			return err
		}
	}
	return nil
}

// fill moves packages into their layer. A file that several of them bring is that of the first by name, as on Python's path.
func (s *stage) fill(g layer.Group) error {
	path, err := s.layers.empty(g.Layer)
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(g.Names) {
		if err := s.here[name].Move(path); err != nil {
			return err
		}
	}
	site := install.SitePackages(s.minor())
	for _, loan := range g.Loans {
		link := filepath.Join(path, site, loan.Path)
		err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(filepath.Join(s.layers.path(loan.Layer), site, loan.Path), link))
		if err != nil {
			return fmt.Errorf("linking libraries of %s: %w", loan.Layer, err)
		}
	}
	return nil
}

// sourcesOf lists the files to compile by package, so that the bytecode of one does not depend on its neighbors.
func (s *stage) sourcesOf(g layer.Group) ([][]install.Source, error) {
	path := s.layers.path(g.Layer)
	all, err := install.Sources(path, path, s.minor(), install.Tests)
	if err != nil {
		return nil, err
	}
	owner := map[string]int{}
	for i, name := range slices.Backward(g.Names) {
		for _, file := range s.here[name].Files {
			owner[filepath.Join(path, file)] = i
		}
	}
	lists := make([][]install.Source, len(g.Names))
	for _, source := range all {
		lists[owner[source.Path]] = append(lists[owner[source.Path]], source)
	}
	return lists, nil
}

func (s *stage) keepGroup(g layer.Group, was facts, why string) error {
	var records []record
	for _, w := range s.members(g) {
		records = append(records, s.record(w))
	}
	notes, err := json.Marshal(records)
	if err != nil {
		return err
	}
	bytes, err := s.layers.keep(s.layers.fresh(g.Layer), s.groupFacts(g), string(notes))
	if err == nil {
		s.log.fact("Made %s: %s (%s)", g.Layer, s.reason(g, was, why), size(bytes))
	}
	return err
}

func (s *stage) records() []record {
	list := make([]record, 0, len(s.packages))
	for _, w := range s.packages {
		list = append(list, s.record(w))
	}
	return list
}

func embedding(records []record) bool {
	for _, r := range records {
		if r.Embeds {
			return true
		}
	}
	return false
}

// makeVenv ties interpreter and layers together. The layer is kilobytes and made again whenever something in it changes.
func (s *stage) makeVenv(groups []layer.Group, set packageSet) error {
	home := filepath.Join(s.layers.path(cpythonLayer), "bin")
	var parts []install.Part
	// Links to libraries stand in directories that look like a portion of the lender's namespace, so the lender comes first.
	slices.SortStableFunc(groups, func(a, b layer.Group) int { return min(len(a.Loans), 1) - min(len(b.Loans), 1) })
	for _, g := range groups {
		part := install.Part{Prefix: s.layers.path(g.Layer)}
		for _, w := range s.members(g) {
			r := s.record(w)
			part.Links, part.Hooks = append(part.Links, r.Links...), part.Hooks || r.Hooks
		}
		sort.Strings(part.Links)
		parts = append(parts, part)
	}
	described, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	f := facts{"python": fmt.Sprintf("3.%d", s.minor()), "home": home, "parts": digest(string(described)), "rules": install.Rules, "resolution": set.resolved}
	reused, why, err := s.layers.reuse(venvLayer, f)
	if err != nil || reused {
		return err
	}
	path, err := s.layers.empty(venvLayer)
	if err != nil {
		return err
	}
	venv := install.Venv{Prefix: path, Home: home, Minor: s.minor()}
	if err := errors.Join(venv.Create(), venv.Join(parts)); err != nil {
		return err
	}
	s.log.detail("Made %s: %s", venvLayer, why)
	_, err = s.layers.keep(s.layers.fresh(venvLayer), f, set.frozen)
	return err
}

// installer gives uv, ready to run; file is where the packages come from.
func (b *builder) installer(file string) (*install.UV, error) {
	found := b.pins.Select("uv", "linux", b.arch())
	if len(found) == 0 {
		return nil, fmt.Errorf("looking for uv: buildpack.toml pins none for linux/%s", b.arch())
	}
	path, err := b.unpackUV(found[0])
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(b.scratch, "uv-cache")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, fmt.Errorf("making the cache of uv: %w", err)
	}
	return &install.UV{Path: path, File: file, Cache: cache, AppDir: b.packit.WorkingDir, Env: b.uvEnv(), Run: b.run, Out: b.log.indented()}, nil
}

// uvEnv is the environment with what the owner says to pip said to uv.
func (b *builder) uvEnv() []string {
	env, taken := install.TranslatePip(b.env)
	if len(taken) > 0 && !b.saidPip {
		b.saidPip = true
		b.log.fact("Taking %s", strings.Join(taken, ", "))
	}
	return env
}

func downloads(packages []lock.Package) string {
	var bytes int64
	for _, p := range packages {
		if p.File != nil {
			bytes += p.File.Size
		}
	}
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s to download)", size(bytes))
}

func (b *builder) unpackUV(d dependency.Dependency) (string, error) {
	dir := filepath.Join(b.scratch, "uv")
	path := filepath.Join(dir, "uv")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	file, err := b.archive(d)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("unpacking uv: %w", err)
	}
	if err := archive.Unpack(file, dir, func(name string) bool { return name == "uv" }); err != nil {
		return "", err
	}
	return path, b.retire(d, file)
}
