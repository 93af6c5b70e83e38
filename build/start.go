package main

import (
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/process"
	"github.com/lockstep/python/internal/start"
)

// findStart makes the processes of an app without a Procfile from its code. File is where the packages come from.
func (b *builder) findStart(file string, packages []lock.Package) ([]process.Process, []process.Warning, error) {
	locked := start.Packages{}
	for _, p := range packages {
		locked[p.Name] = p.Version
	}
	found, err := start.Find(b.app, locked, start.Settings{App: b.config.App, File: file})
	if err != nil {
		return nil, nil, err
	}
	b.notes = found.Notes
	var warnings []process.Warning
	for _, text := range found.Warnings {
		warnings = append(warnings, process.Warning{Text: text})
	}
	var list []process.Process
	for _, p := range found.Processes {
		one, err := process.New(p.Type, p.Command, b.app, b.helper())
		if err != nil {
			return nil, nil, err
		}
		one.Default = p.Default
		list = append(list, one)
	}
	return process.WithStandard(list), warnings, nil
}
