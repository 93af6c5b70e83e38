package decode_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/decode"
)

// document has a field of each kind that the callers' types have.
type document struct {
	Version int
	Name    string `toml:"name"`
	Yes     *bool
	Package []struct {
		named
		Name, Marker string
		Files        []struct{ File, Hash string }
		Depends      map[string]form `toml:"dependencies"`
	}
	Packages []struct {
		Archive *struct{ named } `toml:"archive"`
		Size    int64            `toml:"size"`
	} `toml:"packages"`
	Tool     map[string]any
	Metadata struct {
		Groups []string
		Files  map[string][]map[string]string `toml:"files"`
	}
	private string
}

type named struct {
	Path string `toml:"path"`
}

// form is of a type that reads itself.
type form struct{ text string }

func (f *form) UnmarshalTOML(value any) error {
	f.text = fmt.Sprint(value)
	if f.text == "" {
		return fmt.Errorf("nothing")
	}
	return nil
}

// compare reads a document with and without the library: what is plain is the same for both.
func compare(data []byte) (plain bool, err error) {
	var mine, theirs map[string]any
	if !decode.PlainTOML(data, &mine) {
		return false, nil
	}
	if err := toml.Unmarshal(data, &theirs); err != nil || !reflect.DeepEqual(mine, theirs) {
		return true, fmt.Errorf("read as\n%v\nby the library as\n%v\n%v", mine, theirs, err)
	}
	filled, expected := document{private: "a"}, document{private: "a"}
	ambiguous := strings.ToLower(string(data)) != string(data) // two keys may be for one field
	if !decode.PlainTOML(data, &filled) || ambiguous {
		return true, nil
	}
	if err := toml.Unmarshal(data, &expected); err != nil || !reflect.DeepEqual(filled, expected) {
		return true, fmt.Errorf("filled as\n%+v\nby the library as\n%+v\n%v", filled, expected, err)
	}
	return true, nil
}

// brought are the TOML files of the cases for lock files.
func brought(t testing.TB) (names []string) {
	for _, pattern := range []string{"[a-z]*.lock", "*.toml", "Pipfile"} {
		found, err := filepath.Glob(filepath.Join("../lock/testdata/*/*", pattern))
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		names = append(names, found...)
	}
	return names
}

var documents = []string{
	"version = 1\nname = 'a\\b'\nyes = true\n[tool]\na = []\nb = {}\nc = {d = [1, {e = \"f\"}]}\n",
	"# a\r\nname = \"a\\n\\\"\\\\\\t\" # b\r\n\r\n[[package]]\nname='é'\n[package.dependencies]\na = \"*\"\n\"b c\" = [\n # d\n {x=1}, # e\n '',\n]\n[[package]]\n[package.dependencies]\n",
	"[metadata.files]\na = [{file = \"b\"}]\n[[packages]]\nsize = 0\narchive = {path = \"a\"}\n[[packages]]\n[packages.archive]\npath = 'b'\n",
	"[tool.a]\nb = 2026-01-31T12:00:00.123Z\nc = 999999999999999999\n[tool.b]\n[tool.a.d]\n",
	"[[tool.x]]\n[[tool.x.y]]\n[[tool.x.y]]\n[tool.x.z]\n[[tool.x]]\n[[tool.x.y]]\n",
	"[package]\nname = 1\n", "package = [1]\n", "name = []\n", "version = \"1\"\n", "[[package]]\nfiles = {}\n", "[[package]]\ndependencies = {a = ''}\n", "yes = 0\n",
}

// others are documents that are none, or that the library is left to read.
var others = []string{
	"a", "a =", "a = 1 b = 2", "a = 1\na = 2", "a = {b = 1, b = 2}", "a = [1", "a = [1,,2]", "a = [,]", "a = {b = 1,}", "a = {\nb = 1}", "a = {b = 1", "= 1", "\"\" = 1",
	"a.b = 1", "a = 01", "a = -1", "a = +1", "a = 1_0", "a = 0x1", "a = 1.0", "a = nan", "a = True", "a = 9999999999999999999",
	"a = 2026-13-01T00:00:00Z", "a = 2026-01-01", "a = 2026-01-01T00:00:00", "a = 2026-01-01 00:00:00Z", "a = 2026-01-01T00:00:00+01:00", "a = 2026-01-01T00:00:00.Z", "a = 12:00:00",
	"a = \"\n\"", "a = \"\"\"b\"\"\"", "a = '''b'''", "a = \"\\x\"", "a = \"\\u0041\"", "a = \"b", "a = \"b\\", "a = '\x00'", "a = '\x7f'", "a = '\xff'", "# \x01", "a = 1 # \x00", "a = 1\r", "a = 1\rb = 2",
	"[a]\n[a]", "[a.b]\n[a]", "[[a]]\n[a]", "[a]\n[[a]]", "a = 1\n[a]", "a = 1\n[a.b]", "a = {}\n[a.b]", "a = []\n[[a]]", "a = [{}]\n[a.b]", "[a]\nb = 1\n[a.b]", "[a.b]\n[a]\nb = 1",
	"[]", "[a", "[a]]", "[[a]", "[ [a]]", "[[a] ]", "[a.]", "[.a]", "[a..b]", "[a] b", "\ufeffa = 1",
	"a = " + strings.Repeat("[", 300) + strings.Repeat("]", 300), "[a" + strings.Repeat(".a", 300) + "]",
}

func testPlain(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, text := range documents {
		it("reads as the library does: "+text, func() {
			plain, err := compare([]byte(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(plain).To(BeTrue())
		})
	}

	for _, text := range others {
		it("leaves to the library: "+text[:min(len(text), 40)], func() {
			v := map[string]any{"before": 1}
			Expect(decode.PlainTOML([]byte(text), &v)).To(BeFalse())
			Expect(v).To(Equal(map[string]any{"before": 1}))
		})
	}

	it("reads what tools write without the library", func() {
		var left []string
		for _, name := range brought(t) {
			data, err := os.ReadFile(name)
			Expect(err).NotTo(HaveOccurred())
			plain, err := compare(data)
			Expect(err).NotTo(HaveOccurred(), name)
			if !plain {
				left = append(left, name)
			}
		}
		Expect(left).To(ConsistOf( // mistakes, and a table after one that implied it
			"../lock/testdata/poetry/merge-conflict/poetry.lock", "../lock/testdata/uv/merge-conflict/uv.lock",
			"../lock/testdata/pylock/not-toml/pylock.toml", "../lock/testdata/uv/build-settings/pyproject.toml"))
	})
}

// FuzzTOML looks for documents that are read otherwise than by the library, or that it refuses.
func FuzzTOML(f *testing.F) {
	for _, text := range append(documents, others...) {
		f.Add([]byte(text))
	}
	for _, name := range brought(f) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 20_000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := compare(data); err != nil {
			t.Fatal(err)
		}
	})
}
