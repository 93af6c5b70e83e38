package pep508_test

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/pep440"
	"github.com/lockstep/python/internal/pep508"
)

func testMarker(t *testing.T, context spec.G, it spec.S) {
	Expect := NewWithT(t).Expect

	linux := func(version, machine string) pep508.Environment {
		v, err := pep440.Parse(version)
		Expect(err).NotTo(HaveOccurred())
		return pep508.Linux(v, machine)
	}

	it("knows CPython on Linux", func() {
		Expect(linux("3.14.6", "aarch64")).To(Equal(pep508.Environment{
			ImplementationName:           "cpython",
			ImplementationVersion:        "3.14.6",
			OSName:                       "posix",
			PlatformMachine:              "aarch64",
			PlatformSystem:               "Linux",
			PythonFullVersion:            "3.14.6",
			PlatformPythonImplementation: "CPython",
			PythonVersion:                "3.14",
			SysPlatform:                  "linux",
		}))
		Expect(linux("3.15.0a1", "").PythonFullVersion).To(Equal("3.15.0a1"))
		Expect(linux("3.14", "").PythonFullVersion).To(Equal("3.14.0"))
	})

	it("always holds without a condition", func() {
		Expect(pep508.Marker{}.IsZero()).To(BeTrue())
		Expect(pep508.Marker{}.Evaluate(pep508.Environment{})).To(BeTrue())
		Expect(pep508.Marker{}.String()).To(BeEmpty())
	})

	context("Evaluate", func() {
		for _, c := range []struct {
			text string
			want bool
		}{
			{`python_version >= "3.9"`, true},
			{`python_version < "3.9"`, false},
			{`"3.9" <= python_version`, true},
			{`python_version == "3.*"`, true},
			{`python_version in "3.12 3.13"`, true},
			{`python_version in "3.130"`, true}, // text, as packaging does it
			{`python_version not in "3.8 3.9"`, true},
			{`python_version == "3.13, 3.14"`, false},
			{`python_version ~= "3"`, false},
			{`python_full_version ~= "3.13.0"`, true},
			{`implementation_version === "3.13.5"`, true},
			{`platform_release >= "5"`, false},
			{`platform_release != "5"`, false}, // empty, so no version
			{`platform_release == ""`, true},
			{`os_name ~= "posix"`, false},
			{`os_name <= "posix"`, true},
			{`os.name == 'posix' and sys.platform == "linux"`, true},
			{`python_implementation == "CPython"`, true},
			{`platform_machine == "arm64" or platform_machine == "x86_64" and os_name == "posix"`, true},
			{`(platform_machine == "x86_64" or platform_machine == "arm64") and os_name == "nt"`, false},
			{`extra == "foo"`, true},
			{`extra == "Extra_3.app-CPU"`, true},
			{`extra != "foo"`, false},
			{`extra != "bar"`, true},
			{`extra == "foo" and extra == "extra-3-app-cpu"`, true},
			{`"foo" == extra`, true},
			{`extra in "foo,bar"`, true},
			{`extra not in "foo,bar"`, false},
			{`"app" in extra`, true},
			{`"Foo" in extras`, true},
			{`"foo" not in extras`, false},
			{`"dev" in extras`, false},
			{`"dev" in dependency_groups`, true},
			{`"foo" not in dependency_groups`, true},
		} {
			it(c.text, func() {
				env := linux("3.13.5", "x86_64")
				env.Extras = []pep508.Name{"foo", "extra-3-app-cpu"}
				env.DependencyGroups = []pep508.Name{"dev"}
				marker, err := pep508.ParseMarker(c.text)
				Expect(err).NotTo(HaveOccurred())
				Expect(marker.Evaluate(env)).To(Equal(c.want))
			})
		}
	})

	context("String", func() {
		for _, c := range []struct{ text, want string }{
			{`os.name=='nt'`, `os_name == "nt"`},
			{`platform_version == 'a"b'`, `platform_version == 'a"b'`},
			{`'x' not  in extras`, `"x" not in extras`},
			{`extra == 'Foo_Bar'`, `extra == "foo-bar"`},
			{`((os_name == "nt"))`, `os_name == "nt"`},
			{
				`(os_name == "a" and os_name == "b") and (os_name == "c" or (os_name == "d" and os_name == "e"))`,
				`os_name == "a" and os_name == "b" and (os_name == "c" or os_name == "d" and os_name == "e")`,
			},
		} {
			it("of "+c.text, func() {
				marker, err := pep508.ParseMarker(c.text)
				Expect(err).NotTo(HaveOccurred())
				Expect(marker.String()).To(Equal(c.want))
			})
		}
	})

	context("ParseMarker", func() {
		for _, c := range []struct {
			text     string
			column   int
			expected string
		}{
			{"", 1, "a marker variable such as python_version, or a quoted string"},
			{"python_versions == '3'", 1, "a marker variable such as python_version, or a quoted string"},
			{"os_name = 'nt'", 9, "one of ==, !=, <=, >=, <, >, ~=, ===, in, not in"},
			{"os_name notin 'nt'", 9, "one of ==, !=, <=, >=, <, >, ~=, ===, in, not in"},
			{"os_name == 'nt", 12, "a string that ends with '"},
			{"os_name == nt", 12, "a marker variable such as python_version, or a quoted string"},
			{"os_name == 'nt' && os_name == 'x'", 17, "and, or, or the end of the marker"},
			{"os_name == 'nt' andos_name == 'x'", 17, "and, or, or the end of the marker"},
			{"(os_name == 'nt'", 17, "and, or, or a closing parenthesis"},
			{"os_name == 'nt' and 'a' == 'b'", 21, "a variable on one side and a quoted string on the other"},
			{"os_name == sys_platform", 1, "a variable on one side and a quoted string on the other"},
			{"extras == 'x'", 1, `"name" in extras or "name" not in extras`},
			{"'x' == dependency_groups", 1, `"name" in dependency_groups or "name" not in dependency_groups`},
			{strings.Repeat("(", 200), 102, "no more nested parentheses"},
		} {
			it("refuses "+c.text, func() {
				_, err := pep508.ParseMarker(c.text)
				Expect(err).To(Equal(&pep508.SyntaxError{Text: c.text, Column: c.column, Expected: c.expected}))
			})
		}
	})
}

func FuzzParseMarker(f *testing.F) {
	for _, text := range []string{`python_version >= "3.9" and (extra == 'x' or "y" in extras)`, "os.name not in 'nt'", "(((((("} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		marker, err := pep508.ParseMarker(text)
		if err != nil {
			return
		}
		again, err := pep508.ParseMarker(marker.String())
		if err != nil || again.String() != marker.String() {
			t.Errorf("%q is written as %q, which reads as %q, %v", text, marker.String(), again.String(), err)
		}
		env := pep508.Environment{PythonVersion: "3.13", Extras: []pep508.Name{"x"}}
		if marker.Evaluate(env) != again.Evaluate(env) {
			t.Errorf("%q and %q do not mean the same", text, marker.String())
		}
	})
}
