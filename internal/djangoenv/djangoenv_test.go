package djangoenv_test

import (
	"testing"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/format"
	"github.com/sclevine/spec"
	"github.com/sclevine/spec/report"

	"github.com/lockstep/python/internal/djangoenv"
)

func TestDjangoEnv(t *testing.T) {
	format.MaxLength = 0
	spec.Run(t, "djangoenv", testSettings, spec.Report(report.Terminal{}))
}

func testSettings(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct {
		name   string
		source string
		module string
		found  bool
	}{
		{"a default", `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")`, "site.settings", true},
		{"an assignment", `os.environ['DJANGO_SETTINGS_MODULE'] = 'site.settings'`, "site.settings", true},
		{"a call of several lines", "os.environ.setdefault(\n    \"DJANGO_SETTINGS_MODULE\",\n    \"site.settings\",\n)", "site.settings", true},
		{"the one that is not in a comment", "# setdefault('DJANGO_SETTINGS_MODULE', 'a.old')\nsetdefault('DJANGO_SETTINGS_MODULE', 'a.new')", "a.new", true},
		{"the one that is not computed", "e['DJANGO_SETTINGS_MODULE'] = chosen\ne['DJANGO_SETTINGS_MODULE'] = 'a.b'", "a.b", true},
		{"no name in a variable", `setdefault("DJANGO_SETTINGS_MODULE", chosen)`, "", true},
		{"no name in the name of another variable", `setdefault("DJANGO_SETTINGS_MODULE", os.getenv("SETTINGS", "a.b"))`, "", true},
		{"no name in an f-string", `setdefault("DJANGO_SETTINGS_MODULE", f"settings.{stage}")`, "", true},
		{"nothing in a question", `if "DJANGO_SETTINGS_MODULE" not in os.environ: raise SystemExit("set it")`, "", false},
		{"nothing in other source", `print("site.settings")`, "", false},
	} {
		it("finds "+c.name, func() {
			module, found := djangoenv.Settings([]byte(c.source))
			Expect(module).To(Equal(c.module))
			Expect(found).To(Equal(c.found))
		})
	}
}
