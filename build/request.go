package main

import (
	"fmt"
	"slices"

	"github.com/lockstep/python/internal/config"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/pep508"
)

// request is what the settings ask for beyond the app's own production dependencies.
func (b *builder) request() lock.Request {
	return lock.Request{Extras: pep508.NewNames(b.config.Extras), Groups: pep508.NewNames(b.config.Groups), Member: pep508.NewName(b.config.Member)}
}

// testing are the names that the group for tests usually has.
var testing = []pep508.Name{"test", "tests", "testing", "dev"}

// addTestGroup lets a build for tests install the dependency group for them too.
func (b *builder) addTestGroup() error {
	if !b.config.Test {
		return nil
	}
	manifest, err := b.manifest()
	if err != nil {
		return err
	}
	declared := manifest.Declared()
	if b.project.Has("Pipfile") {
		declared = append(declared, "dev-packages")
	}
	for _, name := range append(testing, "dev-packages") {
		if slices.Contains(declared, name) {
			b.config.Groups = append(b.config.Groups, string(name))
			return nil
		}
	}
	b.log.warn("CNB_EXEC_ENV is test, but the app declares no dependency group named test: what only the tests need is not installed")
	return nil
}

// refuse stops at requests that a format has no words for; allowed holds those that it has.
func (b *builder) refuse(file string, allowed lock.Request, what string) error {
	want := b.request()
	switch {
	case len(want.Extras) > 0 && allowed.Extras == nil:
		return noSuchRequest(file, config.Extras, what+" has no extras of the app")
	case len(want.Groups) > 0 && allowed.Groups == nil:
		return noSuchRequest(file, config.Groups, what+" has no dependency groups")
	case want.Member != "" && allowed.Member == "":
		return noSuchRequest(file, config.Member, what+" has no workspace")
	}
	return nil
}

// requested lists the groups and extras that the settings ask for.
func (b *builder) requested() string {
	want := b.request()
	return fmt.Sprintf(" (%s, %s)", listed("groups", want.Groups), listed("extras", want.Extras))
}

func listed(what string, names []pep508.Name) string {
	if len(names) == 0 {
		return "no " + what
	}
	return what + " " + joined(names, " and ")
}
