package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paketo-buildpacks/packit/v2"

	"github.com/lockstep/python/internal/process"
	"github.com/lockstep/python/internal/start"
)

// processes is what the image can run.
type processes struct {
	*builder
	list     []process.Process
	notes    []string // where it was found
	warnings []process.Warning
	single   []string // types of processes that may have only one worker
	broken   []string // files of the app that a warning is about since Python cannot read them
}

// readProcfile comes first: a mistake in the Procfile is told before anything is downloaded.
func (b *builder) readProcfile() (*processes, error) {
	p := &processes{builder: b}
	data, err := fs.ReadFile(b.app, "Procfile")
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil // they are found in the code, once the packages are known
	}
	if err != nil {
		return nil, b.unreadable("Procfile", err)
	}
	if b.config.App != "" {
		p.notes = append(p.notes, "BP_APP is not used: the Procfile says what is started")
	}
	p.list, p.warnings, err = process.ReadProcfile(data, b.app, b.helper())
	return p, err
}

// complete adds what the Procfile leaves open, and what the settings ask for. It gives the packages with the server that they lack.
func (p *processes) complete(set packageSet) (packageSet, error) {
	locked := start.Packages{}
	for _, one := range set.packages {
		locked[one.Name] = one.Version
	}
	needs := ""
	if p.project.Has("Procfile") {
		if err := p.check(set.file, locked); err != nil {
			return set, err
		}
	} else {
		found, err := start.Find(p.app, locked, start.Settings{App: p.config.App, Member: p.request().Member, File: set.file})
		if err != nil {
			return set, err
		}
		if err := p.take(found); err != nil {
			return set, err
		}
		needs = found.Needs
	}
	if err := errors.Join(p.addLambda(locked), p.addReload()); err != nil {
		return set, err
	}
	if p.config.Test {
		p.list = process.WithTest(p.list, locked["pytest"] != "")
	}
	p.list = process.WithStandard(p.list)
	if locked["debugpy"] != "" {
		p.list = process.Debuggable(p.list, p.helper())
	}
	if needs == "" {
		return set, nil
	}
	return p.withServer(set, needs)
}

// check warns about programs of the Procfile that would fail at start.
func (p *processes) check(file string, locked start.Packages) error {
	programs := process.Programs([]byte(p.text("Procfile")))
	var calls []start.Program
	for _, one := range programs {
		calls = append(calls, start.Program{Dir: one.Dir, Elsewhere: one.Elsewhere, Args: one.Args})
	}
	verdicts, err := start.Check(p.app, locked, start.Settings{File: file}, calls)
	for i, v := range verdicts {
		if v.Warning != "" {
			p.warnings = append(p.warnings, process.Warning{Line: programs[i].Line, Text: v.Warning})
		}
		if v.Single != "" {
			p.setSingle(programs[i].Type, v.Single)
		}
	}
	return err
}

// take takes over what was found in the code.
func (p *processes) take(found start.Result) error {
	p.notes, p.broken = append(p.notes, found.Notes...), found.Broken
	for _, text := range found.Warnings {
		p.warnings = append(p.warnings, process.Warning{Text: text})
	}
	for _, f := range found.Processes {
		if err := p.add(f.Type, f.Command, f.Default); err != nil {
			return err
		}
		if f.Single != "" {
			p.setSingle(f.Type, f.Single)
		}
	}
	return nil
}

// setSingle is for a process that does not work with more than one worker.
func (p *processes) setSingle(kind, why string) {
	if !slices.Contains(p.single, kind) {
		p.single = append(p.single, kind)
		p.notes = append(p.notes, fmt.Sprintf("%s gets one worker unless you set WEB_CONCURRENCY: %s", kind, why))
	}
}

func (p *processes) add(kind, command string, isDefault bool) error {
	one, err := process.New(kind, command, p.app, p.helper())
	if err != nil {
		return err
	}
	one.Default = isDefault
	p.list = append(p.list, one)
	return nil
}

// addLambda adds the process of an app that locks AWS Lambda's runtime; without a web process it is what the image does.
func (p *processes) addLambda(locked start.Packages) error {
	command, note, err := start.Lambda(p.app, locked, p.config.LambdaHandler)
	if err != nil || command == "" || slices.ContainsFunc(p.list, func(q process.Process) bool { return q.Type == "lambda" }) {
		return err
	}
	p.notes = append(p.notes, note)
	return p.add("lambda", command, !slices.ContainsFunc(p.list, func(q process.Process) bool { return q.Default }))
}

func (p *processes) addReload() error {
	if !p.config.LiveReload {
		return nil
	}
	list, warnings, err := process.WithLiveReload(p.list, p.app, p.helper())
	p.list, p.warnings = list, append(p.warnings, warnings...)
	return err
}

func (p *processes) log() {
	for _, note := range p.notes {
		p.builder.log.fact("%s", note)
	}
	for _, one := range p.list {
		name := one.Type
		if one.Default {
			name += " (default)"
		}
		p.builder.log.fact("%s: %s", name, display(one))
	}
	for _, w := range p.warnings {
		if w.Line > 0 {
			p.builder.log.warn("Procfile, line %d: %s", w.Line, w.Text)
		} else {
			p.builder.log.warn("%s", w.Text)
		}
	}
}

func display(p process.Process) string {
	if p.Text != "" {
		return p.Text
	}
	return strings.Join(p.Command, " ")
}

// direct gives the entries of launch.toml.
func (p *processes) direct() []packit.DirectProcess {
	var out []packit.DirectProcess
	for _, one := range p.list {
		out = append(out, packit.DirectProcess{Type: one.Type, Command: one.Command, Args: []string{}, Default: one.Default})
	}
	return out
}

// helper is the launch helper's path in the image; packit numbers what it puts into exec.d.
func (b *builder) helper() string {
	return filepath.Join(b.packit.Layers.Path, launchLayer, "exec.d", "0-launch")
}
