package python_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"
)

const module = "github.com/lockstep/python/"

// allowed is who may import what: our own packages, those of others, and of the standard library those that reach out of the
// process. The rest of the standard library is free. A new package is a new line here.
var allowed = map[string][]string{
	"build": {"internal/archive", "internal/command", "internal/config", "internal/dependency", "internal/django", "internal/failure", "internal/install",
		"internal/layer", "internal/lock", "internal/pep440", "internal/pep508", "internal/process", "internal/project", "internal/python",
		"internal/start", "internal/tree", "internal/wheel", "github.com/paketo-buildpacks/packit/v2", "github.com/paketo-buildpacks/packit/v2/servicebindings"},
	"detect": {"internal/project", "github.com/paketo-buildpacks/packit/v2"},
	"launch": {"internal/defaults", "internal/expand", "internal/failure", "os/signal"},

	"internal/archive":    {"github.com/klauspost/compress/gzip"},
	"internal/command":    {"os/exec"},
	"internal/config":     {"internal/failure", "internal/near"},
	"internal/defaults":   {"internal/failure"},
	"internal/decode":     {"github.com/BurntSushi/toml"},
	"internal/dependency": {"internal/failure", "net/http", "github.com/BurntSushi/toml"},
	"internal/django":     {"internal/command", "internal/djangoenv", "internal/failure"},
	"internal/djangoenv":  {},
	"internal/expand":     {},
	"internal/failure":    {},
	"internal/golden":     {"github.com/onsi/gomega"}, // for tests: nobody imports it
	"internal/install":    {"internal/archive", "internal/command", "internal/failure", "internal/lock", "internal/pep508"},
	"internal/layer":      {"internal/pep508"},
	"internal/lock":       {"internal/decode", "internal/near", "internal/failure", "internal/pep440", "internal/pep508", "internal/wheel", "github.com/BurntSushi/toml"},
	"internal/near":       {},
	"internal/pep440":     {},
	"internal/pep508":     {"internal/pep440"},
	"internal/process":    {"internal/djangoenv", "internal/expand", "internal/failure", "mvdan.cc/sh/v3/syntax"},
	"internal/project":    {},
	"internal/python":     {"internal/failure", "internal/pep440"},
	"internal/start":      {"internal/decode", "internal/djangoenv", "internal/near", "internal/failure", "internal/pep508", "github.com/BurntSushi/toml"},
	"internal/tree":       {},
	"internal/wheel":      {},
}

// guarded are the packages of the standard library that have to stand in allowed.
var guarded = []string{"os/exec", "net", "net/http", "os/user", "os/signal", "plugin", "unsafe", "math/rand", "math/rand/v2"}

// state reads or changes what belongs to the process or the machine. Mains read it once and hand it on.
var state = map[string][]string{
	"os":      {"Getenv", "LookupEnv", "Setenv", "Unsetenv", "Clearenv", "ExpandEnv", "Environ", "Chdir"},
	"syscall": {"Getenv", "Setenv", "Unsetenv", "Clearenv", "Environ", "Chdir"},
	"time":    {"Now", "Since", "Until"},
}

var mains = []string{"build/main.go", "launch/main.go"}

func TestRules(t *testing.T) {
	format.MaxLength = 0

	suite := spec.New("rules", spec.Report(report.Terminal{}))
	suite("Imports", testImports)
	suite("State", testState)
	suite("Violations", testViolations)
	suite.Run(t)
}

// product parses the files that end up in the buildpack, by directory.
func product(t *testing.T) map[string][]source {
	t.Helper()
	found := map[string][]source{}
	for _, pattern := range []string{"build/*.go", "detect/*.go", "launch/*.go", "internal/*/*.go", "internal/*/*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
				continue
			}
			found[filepath.Dir(name)] = append(found[filepath.Dir(name)], parse(t, name, nil))
		}
	}
	return found
}

type source struct {
	name string
	*ast.File
}

func parse(t *testing.T, name string, text any) source {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, file}
}

func testImports(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("are those of the list", func() {
		packages := product(t)
		Expect(len(packages)).To(BeNumerically(">=", len(allowed)), "the list names packages that are no longer there")
		for dir, files := range packages {
			Expect(allowed).To(HaveKey(dir))
			for _, file := range files {
				Expect(unwanted(file, allowed[dir])).To(BeEmpty(), file.name)
			}
		}
	})

	it("leave packit to the edges and programs to one package", func() {
		for dir, list := range allowed {
			for _, name := range list {
				Expect(name == "os/exec").To(Equal(dir == "internal/command" && name == "os/exec"), dir)
				if strings.HasPrefix(name, "github.com/paketo-buildpacks/") {
					Expect(dir).To(BeElementOf("build", "detect"))
				}
			}
		}
	})
}

// unwanted gives the imports of a file that would have to be allowed and are not.
func unwanted(file source, allowed []string) []string {
	var list []string
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(name, "/")
		if !strings.Contains(first, ".") && !slices.Contains(guarded, name) {
			continue
		}
		if name = strings.TrimPrefix(name, module); !slices.Contains(allowed, name) {
			list = append(list, name)
		}
	}
	return list
}

func testState(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("belongs to the mains alone", func() {
		for _, files := range product(t) {
			for _, file := range files {
				calls := touched(file)
				if file.name == "launch/prefix.go" { // a command is started in a directory by going there
					calls = slices.DeleteFunc(calls, func(name string) bool { return name == "os.Chdir" })
				}
				if slices.Contains(mains, file.name) {
					calls = slices.DeleteFunc(calls, func(name string) bool { return name == "os.Environ" || name == "time.Now" })
				}
				Expect(calls).To(BeEmpty(), file.name)
			}
		}
	})

	it("does not stand in variables of a package", func() {
		for _, files := range product(t) {
			Expect(changed(files)).To(BeEmpty())
		}
	})
}

// touched gives what a file uses of the state, and its init functions.
func touched(file source) []string {
	var list []string
	ast.Inspect(file.File, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(state[x.Name], n.Sel.Name) {
				list = append(list, x.Name+"."+n.Sel.Name)
			}
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				list = append(list, "init")
			}
		}
		return true
	})
	return list
}

// changed gives the variables of a package that a function assigns to.
func changed(files []source) []string {
	variables := map[string]bool{}
	declared := map[any]bool{}
	for _, file := range files {
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.VAR {
				continue
			}
			for _, one := range group.Specs {
				declared[one] = true
				for _, name := range one.(*ast.ValueSpec).Names {
					variables[name.Name] = true
				}
			}
		}
	}
	var list []string
	check := func(expression ast.Expr) {
		// The parser resolves names inside a file; what stands in another file of the package is left without an object.
		if name := base(expression); name != nil && variables[name.Name] && (name.Obj == nil || declared[name.Obj.Decl]) {
			list = append(list, name.Name)
		}
	}
	for _, file := range files {
		ast.Inspect(file.File, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					check(left)
				}
			case *ast.IncDecStmt:
				check(n.X)
			}
			return true
		})
	}
	return list
}

// base is the variable that an assignment to x, x.y, x[y] or *x changes.
func base(expression ast.Expr) *ast.Ident {
	switch e := expression.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return base(e.X)
	case *ast.IndexExpr:
		return base(e.X)
	case *ast.StarExpr:
		return base(e.X)
	case *ast.ParenExpr:
		return base(e.X)
	}
	return nil
}

// testViolations shows that the rules above see what they are meant to see.
func testViolations(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("sees imports", func() {
		file := parse(t, "a.go", `package a
import (
	"os"
	"os/exec"
	"example.org/x"
	"github.com/lockstep/python/internal/lock"
	"github.com/lockstep/python/internal/failure"
)`)
		Expect(unwanted(file, []string{"internal/failure"})).To(Equal([]string{"os/exec", "example.org/x", "internal/lock"}))
	})

	it("sees the environment, the clock and init functions", func() {
		file := parse(t, "a.go", `package a
func init() {}
func (a) init() {}
func f() { os.Getenv("A"); other.Getenv("A"); f := os.Chdir; f("/"); now := time.Now; time.Sleep(1) }`)
		Expect(touched(file)).To(Equal([]string{"init", "os.Getenv", "os.Chdir", "time.Now"}))
	})

	it("sees variables that change, but not those of a function", func() {
		a := parse(t, "a.go", `package a
var number, list, table = 1, []int{1}, map[string]int{}
func f() { number++; list[0] = 2; table["a"] = 3 }
func g() { number := 1; number = 2; var list []int; list[0] = 1 }
func h(table map[string]int) { table["a"] = 1 }`)
		b := parse(t, "b.go", `package a
func i() { (*number).x = 1 }`)
		Expect(changed([]source{a, b})).To(Equal([]string{"number", "list", "table", "number"}))
	})
}
