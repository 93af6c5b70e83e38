package install_test

import (
	"bytes"
	stdcontext "context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep/python/internal/command"
	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// supply is a real CPython that scripts/supply.sh makes.
const supply = "../../build/.cache/supply/python"

func testBytecode(t *testing.T, context spec.G, it spec.S) {
	var (
		Expect = NewWithT(t).Expect
		dir    string
		python install.Interpreter
	)

	it.Before(func() {
		dir = t.TempDir()
		prefix, err := filepath.Abs(supply)
		Expect(err).NotTo(HaveOccurred())
		python = install.Interpreter{Prefix: prefix, Minor: 14}
	})
	real := func() {
		if _, err := os.Stat(python.Python()); err != nil {
			t.Skip("there is no CPython to compile with: run scripts/supply.sh")
		}
	}
	all := func(string) bool { return false }
	sources := func(root string) []install.Source {
		list, err := install.Sources(root, "/image", 14, all)
		Expect(err).NotTo(HaveOccurred())
		return list
	}
	compile := func(run command.Runner, groups ...[]install.Source) []install.Failed {
		failed, err := install.Compile(stdcontext.Background(), run, python, groups)
		Expect(err).NotTo(HaveOccurred())
		return failed
	}
	bytecode := func(root string) map[string]string {
		out := map[string]string{}
		for _, name := range filesOf(root) {
			if strings.HasSuffix(name, ".pyc") {
				data, err := os.ReadFile(filepath.Join(root, name))
				Expect(err).NotTo(HaveOccurred())
				out[name] = string(data)
			}
		}
		return out
	}
	// modules are sources in which interning and constants repeat, the trap of reproducible bytecode.
	modules := func(n int) map[string]string {
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf("m%03d.py", i)] = fmt.Sprintf("import os\nname_%d = 'shared constant'\nclass C:\n    def f(self, shared_name=(1, 2, 'x%d')):\n        return shared_name, {1, 2, 'shared'}, lambda: name_%d\n", i%7, i%5, i)
		}
		return files
	}

	it("asks for a fixed environment and a fixed split", func() {
		var ran []command.Command
		var in string
		run := remembered(&ran, func(c command.Command) error {
			var b bytes.Buffer
			_, err := b.ReadFrom(c.In)
			in = b.String()
			return err
		})
		one := []install.Source{{Path: "/a", Name: "/n", Output: "/o"}}
		long := make([]install.Source, 65)
		for i := range long {
			long[i] = one[0]
		}
		Expect(compile(run, one, nil, long)).To(BeEmpty())
		Expect(ran).To(HaveLen(1))
		Expect(ran[0].Env).To(Equal([]string{"PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "PYTHONPYCACHEPREFIX=/nonexistent", "PYTHONUTF8=1", "LC_ALL=C"}))
		Expect(in).To(Equal("/a\x00/n\x00/o\x00\x00" + "\x00" + strings.Repeat("/a\x00/n\x00/o\x00", 64) + "\x00" + "/a\x00/n\x00/o\x00\x00"))
	})

	it("runs nothing for no files", func() {
		run := func(stdcontext.Context, command.Command) error { panic("ran") }
		Expect(compile(run)).To(BeEmpty())
		Expect(compile(run, nil, nil)).To(BeEmpty())
	})

	it("compiles to bytecode that is loaded although its source has another time", func() {
		real()
		tree(t, dir, map[string]string{"pkg/__init__.py": "", "pkg/m.py": "value = __file__\n"})
		Expect(compile(command.Run, sources(dir))).To(BeEmpty())
		name := filepath.Join(dir, "pkg/m.py")
		Expect(os.WriteFile(name, []byte("value = 'from the source'\n"), 0o644)).To(Succeed())
		Expect(os.Chtimes(name, time.Unix(315532801, 0), time.Unix(315532801, 0))).To(Succeed())
		data := bytecode(dir)["pkg/__pycache__/m.cpython-314.pyc"]
		Expect(data[4:8]).To(Equal("\x01\x00\x00\x00"), "hash-based, not checked (PEP 552)")

		cmd := exec.Command(python.Python(), "-B", "-c", "import pkg.m; print(pkg.m.value)")
		cmd.Env = []string{"PYTHONPATH=" + dir}
		out, err := cmd.Output()
		Expect(err).NotTo(HaveOccurred())
		Expect(string(out)).To(Equal(name+"\n"), "the old value shows that the bytecode was used")
	})

	it("gives the same bytes whatever surrounds a group", func() {
		real()
		build := func(name string, prepare func(root string), run command.Runner, neighbors bool) map[string]string {
			root := filepath.Join(dir, name)
			Expect(os.Mkdir(root, 0o755)).To(Succeed())
			if prepare != nil {
				prepare(root)
			}
			tree(t, root, modules(150))
			groups := [][]install.Source{sources(root)}
			if neighbors {
				tree(t, root+"-other", modules(20))
				other := sources(root + "-other")
				groups = [][]install.Source{other[:3], groups[0], other[3:]}
			}
			Expect(compile(run, groups...)).To(BeEmpty())
			return bytecode(root)
		}
		base := build("base", nil, command.Run, false)
		Expect(base).To(HaveLen(150))
		hostile := func(ctx stdcontext.Context, c command.Command) error {
			c.Env = append(c.Env, "TZ=Asia/Tokyo", "HOME=/elsewhere", "COLUMNS=7")
			return command.Run(ctx, c)
		}
		alone := func(ctx stdcontext.Context, c command.Command) error {
			c.Args[len(c.Args)-1] = "1"
			return command.Run(ctx, c)
		}
		many := func(ctx stdcontext.Context, c command.Command) error {
			c.Args[len(c.Args)-1] = "7"
			return command.Run(ctx, c)
		}
		Expect(build("neighbors", nil, command.Run, true)).To(Equal(base))
		Expect(build("environment", nil, hostile, false)).To(Equal(base))
		Expect(build("one-process", nil, alone, true)).To(Equal(base))
		Expect(build("seven-processes", nil, many, true)).To(Equal(base))
		Expect(build("created-backwards", func(root string) {
			for i := 149; i >= 0; i-- {
				tree(t, root, map[string]string{fmt.Sprintf("m%03d.py", i): ""})
			}
		}, command.Run, false)).To(Equal(base))
	})

	it("does not write files that others cannot read", func() {
		real()
		tree(t, dir, map[string]string{"m.py": ""})
		strict := func(ctx stdcontext.Context, c command.Command) error {
			before := syscall.Umask(0o077)
			defer syscall.Umask(before)
			return command.Run(ctx, c)
		}
		compile(strict, sources(dir))
		for name, want := range map[string]os.FileMode{"__pycache__": 0o755, "__pycache__/m.cpython-314.pyc": 0o644} {
			info, err := os.Stat(filepath.Join(dir, name))
			Expect(err).NotTo(HaveOccurred())
			Expect(info.Mode().Perm()).To(Equal(want), name)
		}
	})

	it("reports sources that do not compile, sorted, and compiles the others", func() {
		real()
		tree(t, dir, map[string]string{
			"a_good.py": "x = 1\n", "b_syntax.py": "x = 1\ndef f(:\n", "c_null.py": "x = '\x00'\n", "d_latin.py": "# -*- coding: latin-1 -*-\nx = '\xe9'\n",
			"e_deep.py": strings.Repeat("(", 5000) + strings.Repeat(")", 5000) + "\n", "f_python2.py": "print 'x'\n", "g_coding.py": "# coding: nonsense\n",
			"h_bytes.py": "x = '\xe9'\n", "i_bom.py": "\ufeffx = 1\n", "j_lambda.py": "x = " + strings.Repeat("lambda: ", 3000) + "1\n", "k_empty.py": "",
			"l_sum.py": "x = " + strings.Repeat("1 + ", 20000) + "1\n", "m tab\t.py": "x = 1\n",
		})
		var lines []string
		for _, f := range compile(command.Run, sources(dir)) {
			Expect(f.Message).NotTo(BeEmpty())
			lines = append(lines, fmt.Sprintf("%s:%d", strings.TrimPrefix(f.Name, "/image/"), f.Line))
		}
		Expect(lines).To(ContainElements("b_syntax.py:2", "c_null.py:1", "e_deep.py:1", "f_python2.py:1", "g_coding.py:1", "h_bytes.py:1"))
		Expect(lines).To(HaveEach(Not(MatchRegexp(`^(a_good|d_latin|i_bom|k_empty|m tab)`))))
		made := bytecode(dir)
		for _, good := range []string{"a_good", "d_latin", "i_bom", "k_empty", "m tab\t"} {
			Expect(made).To(HaveKey("__pycache__/" + good + ".cpython-314.pyc"))
		}
		Expect(made).To(HaveLen(13 - len(lines)))
	})

	it("fails when it cannot write", func() {
		real()
		tree(t, dir, map[string]string{"m.py": "", "blocked": ""})
		list := sources(dir)
		list[0].Output = filepath.Join(dir, "blocked/m.pyc")
		_, err := install.Compile(stdcontext.Background(), command.Run, python, [][]install.Source{list})
		Expect(err).To(MatchError(And(HavePrefix("compiling bytecode: exit status 1"), ContainSubstring("blocked"))))
	})

	it("lists sources, but not those of packages' own tests", func() {
		tree(t, dir, map[string]string{"b/x.py": "", "a.py": "", "b/tests/test_x.py": "", "b/test/y.py": "", "c/tests.py": "", "d.txt": ""})
		list, err := install.Sources(dir, "/image", 11, install.Tests)
		Expect(err).NotTo(HaveOccurred())
		var names []string
		for _, s := range list {
			names = append(names, s.Name+" "+strings.TrimPrefix(s.Output, dir))
		}
		Expect(names).To(Equal([]string{"/image/a.py /__pycache__/a.cpython-311.pyc", "/image/b/test/y.py /b/test/__pycache__/y.cpython-311.pyc",
			"/image/b/x.py /b/__pycache__/x.cpython-311.pyc", "/image/c/tests.py /c/__pycache__/tests.cpython-311.pyc"}))
	})

	it("says which directory it could not read", func() {
		_, err := install.Sources(filepath.Join(dir, "nowhere"), "/image", 14, all)
		Expect(err).To(MatchError(HavePrefix("looking for Python files: ")))
	})
}
