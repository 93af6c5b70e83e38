package main_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/command"
)

// testVersionFile is about the files that hold nothing but a version of Python.
func testVersionFile(t *testing.T, context spec.G, it spec.S) {
	var m *machine

	it.Before(func() {
		RegisterTestingT(t)
		m = newMachine(t)
		m.write(m.app, "app.py", "x = 1\n")
	})

	for _, c := range []struct{ name, content, want string }{
		{"several versions", "3.13.9\n3.14.6\n", ".python-version lists 2 versions, of which the first counts\n  Using Python 3.13.9 (.python-version asks for 3.13.9)\n"},
		{"several versions on a line", "3.13 3.14\n", ".python-version lists 2 versions, of which the first counts\n  Using Python 3.13.9 (.python-version asks for 3.13)\n"},
		{"UTF-16", "\xff\xfe3\x00.\x001\x003\x00\r\x00\n\x00", "Using Python 3.13.9 (.python-version asks for 3.13)\n"},
		{"a byte order mark before a comment", "\ufeff# x\r\n3.13", "Using Python 3.13.9 (.python-version asks for 3.13)\n"},
		{"nothing", "\n", ".python-version names no version\n  Using Python 3.14.7 (default; write a .python-version file to choose)\n"},
		{"comments alone", "# 3.13\n", ".python-version names no version\n  Using Python 3.14.7 (default; write a .python-version file to choose)\n"},
	} {
		it("reads "+c.name, func() {
			m.write(m.app, ".python-version", c.content)
			_, log, err := m.build()
			Expect(err).NotTo(HaveOccurred())
			Expect(log).To(ContainSubstring(c.want))
		})
	}

	for _, c := range []struct{ name, content, want string }{
		{"another implementation first", "pypy3.10\n3.13\n", "\"pypy3.10\" is not a version of CPython"},
		{"bytes that are no text", "\x7fELF\x00\x00", ".python-version is not a text in UTF-8 or UTF-16, so it does not say which Python the app wants\n" +
			"  where: .python-version\n  fix: make it a text file with one version, such as 3.13, or delete it"},
		{"a directory", "", ".python-version is a directory, so it does not say which Python the app wants\n"},
	} {
		it("stops at "+c.name, func() {
			if c.content == "" {
				m.write(m.app, ".python-version/3.13", "\n")
			} else {
				m.write(m.app, ".python-version", c.content)
			}
			_, _, err := m.build()
			Expect(err).To(MatchError(ContainSubstring(c.want)))
		})
	}
}

// testFormats is about the variables that choose between wheels and sources.
func testFormats(t *testing.T, context spec.G, it spec.S) {
	var m *machine

	it.Before(func() {
		RegisterTestingT(t)
		m = newMachine(t)
		m.write(m.app, "app.py", "x = 1\n")
	})

	const hashed = "flask==3.1.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000\n"
	uv := func() []command.Command {
		t.Helper()
		var ran []command.Command
		m.fail = func(c command.Command) error {
			if c.Args[0] == "pip" {
				ran = append(ran, c)
			}
			return nil
		}
		_, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		return ran
	}

	it("has them choose where something is resolved, and resolves again for others", func() {
		m.write(m.app, "requirements.txt", "flask\n")
		m.env = []string{"PIP_NO_BINARY=flask", "UV_NO_BUILD=1"}
		Expect(strings.Join(uv()[0].Args, " ")).To(ContainSubstring(" --no-binary flask --only-binary :all: "))
		result, _, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		m.export(result)
		m.env = nil
		Expect(uv()[0].Args).To(And(ContainElement("compile"), Not(ContainElement("--no-binary"))))
	})

	it("has them choose where the index has a choice, and installs again for others", func() {
		m.write(m.app, "requirements.txt", hashed)
		m.env = []string{"UV_NO_BINARY_PACKAGE=flask"}
		lines := ""
		m.fail = func(c command.Command) error {
			if at := slices.Index(c.Args, "-r"); at > 0 {
				text, err := os.ReadFile(c.Args[at+1])
				Expect(err).NotTo(HaveOccurred())
				lines = string(text)
			}
			return nil
		}
		result, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(log).To(ContainSubstring("Taking UV_NO_BINARY_PACKAGE (as --no-binary)\n"))
		Expect(lines).To(HavePrefix("--no-binary flask\nflask==3.1.0"))
		m.export(result)
		m.env, m.installs = nil, nil
		_, _, err = m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(m.installs).NotTo(BeEmpty())
	})

	it("installs what a lock names, and says so", func() {
		m.uvLock("flask 3.1.0")
		m.env = []string{"PIP_NO_BINARY=:all:"}
		_, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(log).To(ContainSubstring("ignoring that packages are to be built (PIP_NO_BINARY (as --no-binary)): uv.lock says which file of each is installed"))
	})

	it("does not build what it is not to build", func() {
		sdist := strings.NewReplacer("wheels = [{", "sdist = {", "}]", "}", "-py3-none-any.whl", ".tar.gz").Replace(pylock("flask 3.1.0"))
		m.write(m.app, "pylock.toml", sdist)
		m.env = []string{"UV_NO_BUILD=1"}
		_, _, err := m.build()
		Expect(err).To(MatchError(ContainSubstring("flask 3.1.0 has no wheel for this Python in pylock.toml, and the build is not to build packages from source\n" +
			"  where: PIP_ONLY_BINARY, UV_NO_BUILD\n  fix: lock a version of flask that has a wheel, or unset the variable that forbids it")))
		Expect(m.installs).To(BeEmpty())
		m.env = nil
		_, _, err = m.build()
		Expect(err).NotTo(HaveOccurred())
	})

	it("refuses requirements without hashes where hashes are asked for", func() {
		m.write(m.app, "requirements.txt", "flask\n")
		m.env = []string{"PIP_REQUIRE_HASHES=1"}
		_, _, err := m.build()
		Expect(err).To(MatchError(ContainSubstring("a requirement has no hash, though hashes are asked for")))
		m.write(m.app, "requirements.txt", hashed)
		_, _, err = m.build()
		Expect(err).NotTo(HaveOccurred())
	})

	it("names variables that have no say", func() {
		m.write(m.app, "requirements.txt", hashed)
		m.env = []string{"UV_PYTHON=3.9", "PIP_REQUIREMENT=x.txt"}
		_, log, err := m.build()
		Expect(err).NotTo(HaveOccurred())
		Expect(log).To(ContainSubstring("ignoring variables that have no say in this build: PIP_REQUIREMENT (set BP_PIP_REQUIREMENT), UV_PYTHON (set BP_CPYTHON_VERSION)"))
	})
}
