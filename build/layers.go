package main

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/paketo-buildpacks/packit/v2"
)

// facts is what a layer was made from, in words. Equal facts, and only they, make a layer reusable; a difference is the reason
// that the log gives. They are the layer's metadata.
type facts map[string]string

// The metadata of a layer: what decides, and what is only remembered. All of it is text: numbers come back from the image's
// label as floats.
const (
	factsKey = "made-from"
	sizeKey  = "size"
	notesKey = "notes"
)

// prefix is the one directory of a layer: nothing of a package may stand at a layer's root, where bin, lib and env are obeyed
// by the lifecycle (CNB spec, buildpack.md, "Provided by the Buildpacks").
const prefix = "prefix"

// whyContent is the reason to make a layer that nothing changed in.
const whyContent = "a later buildpack needs its files"

// layers keeps account of what a build reuses and makes.
type layers struct {
	packit  packit.Layers
	content bool // a later buildpack needs the files during the build: nothing can be reused by reference
	log     logger
	read    map[string]packit.Layer // restored metadata, which every step asks for
	done    []packit.Layer
	reused  tally
	made    tally
}

type tally struct {
	layers int
	bytes  int64
}

func (t *tally) add(bytes int64) { t.layers, t.bytes = t.layers+1, t.bytes+bytes }

// path is where the content of a layer stands, in the build and in the image.
func (l *layers) path(name string) string { return filepath.Join(l.packit.Path, name, prefix) }

// restored gives the metadata of a layer of the previous image, or nil.
func (l *layers) restored(name string) (packit.Layer, facts, error) {
	layer, ok := l.read[name]
	if !ok {
		var err error
		if layer, err = l.packit.Get(name); err != nil {
			return layer, nil, fmt.Errorf("reading the metadata of layer %s: %w", name, err)
		}
		if l.read == nil {
			l.read = map[string]packit.Layer{}
		}
		l.read[name] = layer
	}
	table, ok := layer.Metadata[factsKey].(map[string]any)
	if !ok {
		return layer, nil, nil
	}
	was := facts{}
	for key, value := range table {
		was[key] = fmt.Sprint(value)
	}
	return layer, was, nil
}

// stale says why a layer of the previous image cannot stand for one that is made from these facts; nothing if it can.
func (l *layers) stale(name string, want facts) (string, error) {
	_, was, err := l.restored(name)
	if err != nil {
		return "", err
	}
	reasons := differences(was, want)
	switch {
	case was == nil:
		return "not in the previous image", nil
	case len(reasons) > 0:
		return strings.Join(reasons, ", "), nil
	case l.content:
		return whyContent, nil
	}
	return "", nil
}

// reuse keeps a layer of the previous image by reference if its facts are those wanted: its files are neither read nor
// restored. It gives true and the size of the layer, or false and why it has to be made.
func (l *layers) reuse(name string, want facts) (bool, string, error) {
	why, err := l.stale(name, want)
	if err != nil || why != "" {
		return false, why, err
	}
	layer, _, err := l.restored(name)
	if err != nil {
		return false, "", err
	}
	layer.Launch = true
	// Nothing may write into the layer's directory: one that exists replaces the content (packit writes env directories).
	layer.SharedEnv, layer.LaunchEnv, layer.BuildEnv, layer.ProcessLaunchEnv, layer.ExecD = nil, nil, nil, nil, nil
	if err := os.RemoveAll(layer.Path); err != nil {
		return false, "", fmt.Errorf("reusing layer %s: %w", name, err)
	}
	text, _ := layer.Metadata[sizeKey].(string)
	bytes, _ := strconv.ParseInt(text, 10, 64)
	l.reused.add(bytes)
	l.done = append(l.done, layer)
	return true, size(bytes), nil
}

// provide reuses a layer, or has fill make its content at path.
func (l *layers) provide(name string, want facts, notes string, fill func(path string) error) error {
	reused, why, err := l.reuse(name, want)
	if err != nil || reused {
		return err
	}
	path, err := l.empty(name)
	if err != nil {
		return err
	}
	if err := fill(path); err != nil {
		return err
	}
	l.log.detail("Made %s: %s", name, why)
	_, err = l.keep(l.fresh(name), want, notes)
	return err
}

// differences lists what differs, old → new, sorted by fact.
func differences(was, want facts) []string {
	var list []string
	for key := range union(was, want) {
		if was[key] != want[key] {
			list = append(list, fmt.Sprintf("%s %s → %s", key, orNone(was[key]), orNone(want[key])))
		}
	}
	sort.Strings(list)
	return list
}

func union(a, b facts) facts {
	all := facts{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	if len(text) > 24 && !strings.Contains(text, " ") {
		return text[:24] + "…" // a digest
	}
	return text
}

// empty prepares the directory of a layer to be made.
func (l *layers) empty(name string) (string, error) {
	path := l.path(name)
	if err := errors.Join(os.RemoveAll(filepath.Dir(path)), os.MkdirAll(path, 0o755)); err != nil {
		return "", fmt.Errorf("making layer %s: %w", name, err)
	}
	return path, nil
}

// keep adds a layer whose files are in place. notes are remembered and decide nothing.
func (l *layers) keep(layer packit.Layer, made facts, notes string) (int64, error) {
	bytes, err := weigh(layer.Path)
	if err != nil {
		return 0, fmt.Errorf("weighing layer %s: %w", layer.Name, err)
	}
	table := map[string]any{}
	for key, value := range made {
		table[key] = value
	}
	layer.Metadata = map[string]any{factsKey: table, sizeKey: strconv.FormatInt(bytes, 10)}
	if notes != "" {
		layer.Metadata[notesKey] = shorten(notes)
	}
	layer.Launch, layer.Build = true, l.content
	l.made.add(bytes)
	l.done = append(l.done, layer)
	return bytes, nil
}

// notes gives what was remembered with a restored layer, or nothing.
func notes(layer packit.Layer) string {
	text, _ := layer.Metadata[notesKey].(string)
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return ""
	}
	return string(plain)
}

// shorten compresses notes: they stand in a label of the image, where JSON in JSON in JSON gives a quotation mark four bytes, and the
// label is pushed, and read in every phase of every build.
func shorten(notes string) string {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err == nil {
		_, err = io.WriteString(w, notes)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return "" // never: a buffer takes all
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

// fresh is a layer of this name without anything that was restored.
func (l *layers) fresh(name string) packit.Layer {
	return packit.Layer{
		Name: name, Path: filepath.Join(l.packit.Path, name),
		SharedEnv: packit.Environment{}, BuildEnv: packit.Environment{}, LaunchEnv: packit.Environment{},
	}
}

func weigh(dir string) (int64, error) {
	var bytes int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

// summary is the closing line: what this build moved.
func (l *layers) summary() string {
	return fmt.Sprintf("reused %s, %s; made %s, %s",
		count(l.reused.layers, "layer"), size(l.reused.bytes), count(l.made.layers, "layer"), size(l.made.bytes))
}
