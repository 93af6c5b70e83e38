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

	"github.com/lockstep/python/internal/django"
	"github.com/lockstep/python/internal/install"
	"github.com/lockstep/python/internal/layer"
	"github.com/lockstep/python/internal/lock"
)

// staticLayer holds what Django's collectstatic wrote; a link in the app dir stands in the place of STATIC_ROOT.
const staticLayer = "django-static"

// collectStatic collects the static files of a Django app, unless the previous image has those of the same sources.
func (b *builder) collectStatic(packages []lock.Package) error {
	if !slices.ContainsFunc(packages, func(p lock.Package) bool { return p.Name == "django" }) {
		return nil
	}
	project, found := django.Find(b.app)
	if !found || !b.config.CollectStatic {
		return nil
	}
	if !project.HasRoot {
		b.log.fact("Static files are not collected: STATIC_ROOT is not set")
		return nil
	}
	reused, err := b.reuseStatic(project)
	if err != nil || reused {
		return err
	}
	return b.collectNow(project)
}

// reuseStatic keeps the previous image's static files, if nothing has changed that they were made from.
func (b *builder) reuseStatic(project django.Project) (bool, error) {
	was, err := b.lastCollection()
	if err != nil || was == nil {
		return false, err
	}
	want := b.staticFacts(project, *was)
	if _, err := fs.Stat(b.app, was.Root); err == nil {
		want["committed"] = was.Root
	}
	reused, why, err := b.layers.reuse(staticLayer, want)
	if err != nil {
		return false, err
	}
	if !reused {
		b.log.detail("%s: %s", staticLayer, why)
		return false, nil
	}
	b.log.fact("Reusing %s: nothing that collectstatic read has changed", staticLayer)
	return true, b.linkStatic(was.Root)
}

// lastCollection is what the previous image's static files were made from, or nil.
func (b *builder) lastCollection() (*django.Collection, error) {
	restored, was, err := b.layers.restored(staticLayer)
	if err != nil || was == nil {
		return nil, err
	}
	var c django.Collection
	if json.Unmarshal([]byte(notes(restored)), &c) != nil || !filepath.IsLocal(c.Root) {
		return nil, nil
	}
	return &c, nil
}

// staticFacts is what static files are made from.
func (b *builder) staticFacts(project django.Project, c django.Collection) facts {
	return facts{
		"python":   b.pythonMinor(),
		"packages": b.packagesDigest(),
		"settings": project.Settings,
		"sources":  c.Digest(b.app, b.lookup),
		"rules":    install.Rules,
	}
}

// packagesDigest is a hash of the facts of all layers of packages.
func (b *builder) packagesDigest() string {
	var all []string
	for _, l := range b.layers.done {
		if !layer.Holds(l.Name) {
			continue
		}
		table, _ := l.Metadata[factsKey].(map[string]any)
		for key, value := range table {
			all = append(all, fmt.Sprintf("%s=%v", key, value))
		}
	}
	sort.Strings(all)
	return digest(strings.Join(slices.Compact(all), "\n"))
}

func (b *builder) collectNow(project django.Project) error {
	python, err := b.packages.runnable()
	if err != nil {
		return err
	}
	b.log.fact("Running collectstatic, without a database and with a made-up SECRET_KEY")
	c, err := project.Collect(b.ctx, django.Run{Run: b.run, Python: python, App: b.packit.WorkingDir, Env: b.env, Scratch: b.scratch, Out: b.log.indented()})
	if err != nil {
		return err
	}
	switch {
	case c.Failure != nil:
		return b.notCollected(c)
	case c.Skipped != "":
		b.log.fact("Static files are not collected: %s", c.Skipped)
		return nil
	case c.Committed:
		b.log.warn("%s has files already, so the static files stay in the app dir and are collected in each build.\n"+
			"Remove them from the repository and add %s/ to .gitignore.", c.Root, c.Root)
		return nil
	}
	if len(c.Placeholders) > 0 {
		b.log.fact("Made up for collectstatic alone, as the settings ask for them: %s", strings.Join(c.Placeholders, ", "))
	}
	return b.keepStatic(project, c)
}

// notCollected is for a collection that ended with an exception of the app.
func (b *builder) notCollected(c django.Collection) error {
	if fatal := c.Failure.Fatal(); fatal != nil {
		return fatal
	}
	b.log.warn("static files are not collected: %s\nIf the app needs a value for this, give it to the build (pack build --env NAME=value); "+
		"BP_DJANGO_COLLECTSTATIC=false turns collecting off.", c.Failure.Reason())
	if c.Root == "" || c.Committed {
		return nil
	}
	return os.RemoveAll(filepath.Join(b.packit.WorkingDir, c.Root)) // half a collection
}

// keepStatic moves what was collected into its layer.
func (b *builder) keepStatic(project django.Project, c django.Collection) error {
	root := filepath.Join(b.packit.WorkingDir, c.Root)
	path, err := b.layers.empty(staticLayer)
	if err != nil {
		return err
	}
	if err := os.CopyFS(path, os.DirFS(root)); err != nil {
		return fmt.Errorf("moving the static files into layer %s: %w", staticLayer, err)
	}
	made := b.staticFacts(project, c)
	notes, err := json.Marshal(c)
	if err != nil {
		return err
	}
	bytes, err := b.layers.keep(b.layers.fresh(staticLayer), made, string(notes))
	if err != nil {
		return err
	}
	b.log.fact("Made %s: the static files of %s (%s)", staticLayer, c.Root, size(bytes))
	return b.linkStatic(c.Root)
}

// linkStatic puts a link to the layer in the place of STATIC_ROOT.
func (b *builder) linkStatic(root string) error {
	name := filepath.Join(b.packit.WorkingDir, root)
	err := errors.Join(os.RemoveAll(name), os.MkdirAll(filepath.Dir(name), 0o755), os.Symlink(b.layers.path(staticLayer), name))
	if err != nil {
		return fmt.Errorf("linking the static files: %w", err)
	}
	return nil
}
