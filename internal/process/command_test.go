package process_test

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/expand"
	"github.com/lockstep/python/internal/process"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

const helper = "/layers/launch"

// direct are commands that need no shell, with their words as the helper gets them. Where no word has a dollar sign
// that is not doubled, they are the arguments themselves.
var direct = []struct {
	command string
	words   []string
}{
	{`gunicorn app:app`, []string{"gunicorn", "app:app"}},
	{`gunicorn  app:app	--preload`, []string{"gunicorn", "app:app", "--preload"}},
	{`gunicorn app:app;`, []string{"gunicorn", "app:app"}},
	{`gunicorn app:app # the server`, []string{"gunicorn", "app:app"}},
	{`gunicorn app#app`, []string{"gunicorn", "app#app"}},
	{`exec gunicorn app:app`, []string{"gunicorn", "app:app"}},
	{`exec printf %s x`, []string{"printf", "%s", "x"}},
	{`python -m uvicorn main:app`, []string{"python", "-m", "uvicorn", "main:app"}},
	{`./bin/serve`, []string{"./bin/serve"}},
	{`env A=b gunicorn app:app`, []string{"env", "A=b", "gunicorn", "app:app"}},
	{`'gunicorn' "app:app"`, []string{"gunicorn", "app:app"}},
	{`g"uni"'corn' a"p"p`, []string{"gunicorn", "app"}},
	{`gunicorn 'app:create_app("x y")'`, []string{"gunicorn", `app:create_app("x y")`}},
	{`gunicorn "app:create_app()"`, []string{"gunicorn", "app:create_app()"}},
	{`gunicorn app:create_app\(\)`, []string{"gunicorn", "app:create_app()"}},
	{`gunicorn ""`, []string{"gunicorn", ""}},
	{`gunicorn '' app`, []string{"gunicorn", "", "app"}},
	{`gunicorn a""b`, []string{"gunicorn", "ab"}},
	{`gunicorn a\ b`, []string{"gunicorn", "a b"}},
	{`gunicorn \\n\n`, []string{"gunicorn", `\nn`}},
	{`gunicorn "a\nb\\c\"d\$e\` + "`" + `"`, []string{"gunicorn", `a\nb\c"d$$e` + "`"}},
	{`gunicorn 'a\nb$PORT'`, []string{"gunicorn", `a\nb$$PORT`}},
	{`gunicorn \$PORT`, []string{"gunicorn", "$$PORT"}},
	{`gunicorn "a$" "$" '$'`, []string{"gunicorn", "a$$", "$$", "$$"}},
	{`gunicorn $ARGS"a$ "`, []string{"gunicorn", "$(ARGS)a$$ "}},
	{`gunicorn '*' "?" \*`, []string{"gunicorn", "*", "?", "*"}},
	{`gunicorn --forwarded-allow-ips="*"`, []string{"gunicorn", "--forwarded-allow-ips=*"}},
	{`gunicorn '{"a": 1}' \{a,b\}`, []string{"gunicorn", `{"a": 1}`, "{a,b}"}},
	{`gunicorn '~' \~/x "a~"`, []string{"gunicorn", "~", "~/x", "a~"}},
	{`gunicorn 'a;b' "c|d" e\&f`, []string{"gunicorn", "a;b", "c|d", "e&f"}},
	{`gunicorn --name größe 名前 "🐍 x"`, []string{"gunicorn", "--name", "größe", "名前", "🐍 x"}},
	{`gunicorn a=b --c=d`, []string{"gunicorn", "a=b", "--c=d"}},
	{`gunicorn ] } a]b 100%`, []string{"gunicorn", "]", "}", "a]b", "100%"}},
	{`gunicorn ! if done`, []string{"gunicorn", "!", "if", "done"}},
	{`gunicorn http://[::1]/`, nil},
	{`bash start.sh`, []string{"bash", "start.sh"}},
	{`sh -c 'cd src && gunicorn app:app -b :$PORT'`, []string{"sh", "-c", "cd src && gunicorn app:app -b :$$PORT"}},

	{`gunicorn app:app -b 0.0.0.0:$PORT`, []string{"gunicorn", "app:app", "-b", "0.0.0.0:$(PORT)"}},
	{`gunicorn $PORT`, []string{"gunicorn", "$(PORT)"}},
	{`gunicorn "$PORT"`, []string{"gunicorn", "${PORT}"}},
	{`gunicorn ${PORT}`, []string{"gunicorn", "$(PORT)"}},
	{`gunicorn "${PORT}"`, []string{"gunicorn", "${PORT}"}},
	{`gunicorn $PORT.log`, []string{"gunicorn", "$(PORT).log"}},
	{`gunicorn a${PORT}b`, []string{"gunicorn", "a$(PORT)b"}},
	{`gunicorn a"$PORT"b`, []string{"gunicorn", "a${PORT}b"}},
	{`gunicorn "a $PORT b"`, []string{"gunicorn", "a ${PORT} b"}},
	{`gunicorn $HOST:$PORT`, []string{"gunicorn", "$(HOST):$(PORT)"}},
	{`gunicorn $HOST$PORT "$HOST$PORT"`, []string{"gunicorn", "$(HOST)$(PORT)", "${HOST}${PORT}"}},
	{`gunicorn "$HOST"$PORT x`, []string{"gunicorn", "${HOST}$(PORT)", "x"}},
	{`gunicorn $HOST"$PORT" x`, []string{"gunicorn", "$(HOST)${PORT}", "x"}},
	{`gunicorn $ARGS app:app`, []string{"gunicorn", "$(ARGS)", "app:app"}},
	{`gunicorn a$ARGS"b c"`, []string{"gunicorn", "a$(ARGS)b c"}},
	{`gunicorn \ $ARGS\ x`, []string{"gunicorn", " $(ARGS) x"}},
	{`gunicorn ${PORT:-8000} "${PORT:-8000}"`, []string{"gunicorn", "$(PORT:-8000)", "${PORT:-8000}"}},
	{`gunicorn ${PORT-8000} "${PORT-8000}"`, []string{"gunicorn", "$(PORT-8000)", "${PORT-8000}"}},
	{`gunicorn ${PORT:-} ${PORT-} "${PORT:-}"`, []string{"gunicorn", "$(PORT)", "$(PORT)", "${PORT}"}},
	{`gunicorn ${ARGS:--k asgi --preload}`, []string{"gunicorn", "$(ARGS:--k asgi --preload)"}},
	{`gunicorn "${ARGS:-a b}" x${ARGS-a  b }y`, []string{"gunicorn", "${ARGS:-a b}", "x$(ARGS-a  b )y"}},
	{`gunicorn "${ARGS:-*}" "${ARGS:-~}" "${ARGS-a[b]}"`, []string{"gunicorn", "${ARGS:-*}", "${ARGS:-~}", "${ARGS-a[b]}"}},
	{`gunicorn ${ARGS:-a)b} "${ARGS-(x)}"`, []string{"gunicorn", "$(ARGS:-a$)b)", "${ARGS-(x$)}"}},
	{`gunicorn --workers=${WEB_CONCURRENCY:-2} \$x`, []string{"gunicorn", "--workers=$(WEB_CONCURRENCY:-2)", "$$x"}},
	{`exec uvicorn main:app --port $PORT`, []string{"uvicorn", "main:app", "--port", "$(PORT)"}},
	{`celery -A proj worker -c "$ARGS" $$x`, nil},
}

// shell are commands that mean what they say only in a shell.
var shell = []string{
	`gunicorn app:app | tee log`,
	`gunicorn app:app |& tee log`,
	`python migrate.py && gunicorn app:app`,
	`python migrate.py || true`,
	`python migrate.py; gunicorn app:app`,
	`gunicorn app:app &`,
	`! gunicorn app:app`,
	`gunicorn app:app > log`,
	`gunicorn app:app 2>&1`,
	`gunicorn < input`,
	`gunicorn <<< "$PORT"`,
	`A=b`,
	`gunicorn $(nproc)`,
	"gunicorn `nproc`",
	`gunicorn "$(nproc)"`,
	`gunicorn $((2 * 4))`,
	`gunicorn <(echo x)`,
	`gunicorn *.py`,
	`gunicorn app?`,
	`gunicorn [ab]`,
	`gunicorn --forwarded-allow-ips=*`,
	`gunicorn {a,b}`,
	`gunicorn {1..3}`,
	`gunicorn ~/app`,
	`gunicorn a=~/app`,
	`gunicorn $'a\nb'`,
	`gunicorn $"a"`,
	`gunicorn "$@"`,
	`gunicorn $1`,
	`gunicorn a$`,
	`gunicorn $ARGS$\ b`,
	`gunicorn $$ $? $#`,
	`gunicorn ${#PORT}`,
	`gunicorn ${PORT:+x}`,
	`gunicorn ${PORT:?unset}`,
	`gunicorn ${PORT:=8000}`,
	`gunicorn ${PORT%0}`,
	`gunicorn ${PORT/8/9}`,
	`gunicorn ${PORT:0:2}`,
	`gunicorn ${!PORT}`,
	`gunicorn ${PORT[0]}`,
	`gunicorn ${PORT:-$OTHER}`,
	`gunicorn ${PORT:-"a b"}`,
	`gunicorn ${PORT:-*}`,
	`gunicorn "${PORT:-a\"b}"`,
	`gunicorn ""$ARGS`,
	`gunicorn $RANDOM $HOSTNAME`,
	`$SERVER app:app`,
	`"$SERVER" app:app`,
	`cd src`,
	`source env.sh`,
	`. env.sh`,
	`export A=b`,
	`ulimit -n 4096`,
	`echo hello`,
	`test -f x`,
	`[ -f x ]`,
	`A+=b gunicorn`,
	`A=$(date) gunicorn`,
	`UID=1 gunicorn`,
	`HOST=:: A=$HOST gunicorn`,
	`A=b`,
	`[[ -f x ]]`,
	`((1))`,
	`let a=1`,
	`command gunicorn`,
	`exec`,
	`exec -a web gunicorn`,
	`exec gunicorn > log`,
	`exec $SERVER`,
	`time gunicorn`,
	`(gunicorn app:app)`,
	`{ gunicorn app:app; }`,
	`if true; then gunicorn; fi`,
	`while true; do gunicorn; done`,
	`for i in 1 2; do gunicorn; done`,
	`case $PORT in 1) gunicorn;; esac`,
	`f() { gunicorn; }; f`,
	`gunicorn @(a|b)`,
	`./no-interpreter app:app`,
	`bin/no-interpreter`,
	`"./no-interpreter" $PORT`,
}

// fragments make commands that nobody would write.
var fragments = []string{
	" ", " ", " ", "a", "=", ":", `\ `, `\$`, `\\`, `\"`, `"a b"`, `"`, `""`, `'$PORT'`, `' '`, `$PORT`, `$HOST`, `"$ARGS"`, `${ARGS}`,
	`"${PORT:-a b}"`, `${PORT:-a  b}`, `${HOST- c}`, `"${HOST-}"`, `${ARGS-x)}`, "ö", "$", "]", "%", "#", "!", "-",
}

var environments = [][]string{
	{},
	{"PORT=8080", "HOST=0.0.0.0", "ARGS=-k  asgi", "WEB_CONCURRENCY=4"},
	{"PORT=", "HOST=", "ARGS=", "WEB_CONCURRENCY="},
	{"PORT= 1 2 ", "HOST=a b", "ARGS=\t\n", "WEB_CONCURRENCY= x"},
	{"PORT=a\n", "HOST= ", "ARGS= $HOST ", "WEB_CONCURRENCY=\\n '\"$$"},
}

var app = fstest.MapFS{
	"no-interpreter":     {Data: []byte("exec gunicorn \"$@\"\n")},
	"bin/no-interpreter": {Data: []byte("x")},
	"bin/serve":          {Data: []byte("#!/bin/sh\n")},
}

func testCommand(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	read := func(command string) process.Process {
		list, _, err := process.ReadProcfile([]byte("web: "+command+"\n"), app, helper)
		Expect(err).NotTo(HaveOccurred())
		return list[0]
	}

	for _, c := range direct {
		if c.words == nil {
			it("leaves to bash "+c.command, func() { Expect(read(c.command).Shell).To(BeTrue()) })
			continue
		}
		it("needs no shell for "+c.command, func() {
			got := read(c.command)
			Expect(got.Shell).To(BeFalse())
			want := expand.Words(c.words, nothing)
			if slices.Contains(got.Command, expand.End) {
				want = slices.Concat([]string{helper, "exec"}, c.words, []string{expand.End})
			}
			Expect(unsupervised(got)).To(Equal(want))
		})
		it("gives the arguments that bash gives for "+c.command, func() {
			got := read(c.command)
			for _, environ := range environments {
				Expect(started(got, environ)).To(Equal(bashArguments(t, c.command, environ)), "with %q", environ)
			}
		})
	}
	it("gives the arguments that bash gives for words put together at random", func() {
		random := rand.New(rand.NewPCG(1, 2))
		compared := 0
		for range 1000 {
			command := "run "
			for range 3 + random.IntN(10) {
				command += fragments[random.IntN(len(fragments))]
			}
			list, _, err := process.ReadProcfile([]byte("web: "+command+"x"), app, helper)
			if err != nil || list[0].Shell {
				continue
			}
			environ := environments[random.IntN(len(environments))]
			Expect(started(list[0], environ)).To(Equal(bashArguments(t, command+"x", environ)), "%s with %q", command, environ)
			compared++
		}
		Expect(compared).To(BeNumerically(">", 100))
	})
	for _, c := range []struct{ command, name, value string }{
		{`A=b gunicorn app:app`, "A", "b"},
		{`A=b exec gunicorn`, "A", "b"},
		{`A=$ARGS gunicorn`, "A", "-k  asgi"},
		{`A="x $PORT" gunicorn`, "A", "x 8080"},
		{`A= gunicorn`, "A", ""},
		{`HOST=:: A=$PORT gunicorn`, "HOST", "::"},
	} {
		it("needs no shell for the variable in "+c.command, func() {
			environ := environments[1]
			got := started(read(c.command), environ)
			Expect(got[0]).To(Equal("env"))
			Expect(got).To(ContainElement(c.name + "=" + c.value))
			Expect(got).To(ContainElement("gunicorn"))
		})
	}
	for _, command := range shell {
		it("leaves to bash "+command, func() {
			Expect(read(command)).To(Equal(process.Process{
				Type: "web", Text: command, Command: []string{helper, "shell", command}, Default: true, Shell: true,
			}))
		})
	}
}

// unsupervised is the command without what only takes care of signals.
func unsupervised(p process.Process) []string {
	if p.Command[0] == helper && p.Command[1] == "init" {
		return p.Command[2:]
	}
	return p.Command
}

// started are the arguments that a container gets in the end.
func started(p process.Process, environ []string) []string {
	args := unsupervised(p)
	if args[0] == helper {
		return expand.Words(args[2:], lookup(environ))
	}
	return args
}

func nothing(string) (string, bool) { return "", false }

func lookup(environ []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, entry := range environ {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value, true
			}
		}
		return "", false
	}
}

func bashArguments(t *testing.T, command string, environ []string) []string {
	t.Helper()
	cmd := exec.Command("bash", "-c", `printf '%s\0' `+strings.TrimPrefix(command, "exec "))
	cmd.Env = append([]string{"LC_ALL=C.UTF-8"}, environ...)
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	out = bytes.TrimSuffix(out, []byte{0})
	return strings.Split(string(out), "\x00")
}
