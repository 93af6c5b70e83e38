package start_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	"github.com/sclevine/spec"

	"github.com/lockstep/python/internal/pep508"
	"github.com/lockstep/python/internal/start"
)

func files(content map[string]string) fstest.MapFS {
	app := fstest.MapFS{}
	for name, text := range content {
		app[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return app
}

func testNamed(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	app := files(map[string]string{
		"main.py":        "from fastapi import FastAPI\napp = FastAPI()\nadmin = FastAPI()\nconfig = load()\n",
		"shop/make.py":   "from flask import Flask\ndef create_app():\n    return Flask('x')\ndef build(name):\n    return Flask(name)\n",
		"src/deep/it.py": "from fastapi import FastAPI\nit = FastAPI()\n",
		"tool/odd-1.py":  "import streamlit as st\nst.title('x')\n",
		"broken.py":      "app = (\n",
	})
	locked := start.Packages{"fastapi": "1", "uvicorn": "1", "flask": "1", "gunicorn": "27", "streamlit": "1"}
	for _, c := range []struct{ app, want string }{
		{"main:admin", "uvicorn main:admin --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT"},
		{"main.py:admin", "uvicorn main:admin --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT"},
		{"shop.make:create_app", "gunicorn 'shop.make:create_app()'"},
		{"shop.make:create_app()", "gunicorn 'shop.make:create_app()'"},
		{"deep.it:it", "PYTHONPATH=src uvicorn deep.it:it --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT"},
		{"main:config", "uvicorn main:config --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT"},
		{"tool/odd-1.py", "streamlit run tool/odd-1.py --server.address ${BIND_ADDRESS:-0.0.0.0} --server.port $PORT " +
			"--server.headless true --server.fileWatcherType none --browser.gatherUsageStats false"},
	} {
		it("takes BP_APP="+c.app, func() {
			found, err := start.Find(app, locked, start.Settings{App: c.app})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes[0]).To(Equal(start.Process{Type: "web", Command: c.want, Default: true}))
		})
	}
	for _, c := range []struct{ app, want string }{
		{"mian:app", `BP_APP is "mian:app", but the app dir has no module mian.
  where: BP_APP
  fix: set BP_APP=main:app or BP_APP=main:admin or BP_APP=deep.it:it`},
		{"main:ap", `BP_APP is "main:ap", but main.py binds no ap at its top level.
  where: BP_APP
  fix: set BP_APP=main:app or BP_APP=main:admin or BP_APP=deep.it:it`},
		{"broken:app", `BP_APP is "broken:app", but broken.py cannot be read: line 1, "(" was never closed.
  where: BP_APP
  fix: name a module and the app object in it, as in BP_APP=shop.main:app`},
	} {
		it("refuses BP_APP="+c.app, func() {
			_, err := start.Find(app, locked, start.Settings{App: c.app})
			Expect(err).To(MatchError(c.want))
		})
	}

	it("gives the same for the same app", func() {
		first, err := start.Find(app, locked, start.Settings{App: "main:app"})
		Expect(err).NotTo(HaveOccurred())
		for range 20 {
			again, err := start.Find(app, locked, start.Settings{App: "main:app"})
			Expect(err).NotTo(HaveOccurred())
			Expect(again).To(Equal(first))
		}
	})
}

func testMember(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const app, project = "from fastapi import FastAPI\napp = FastAPI()\n", "[project]\nname = \"%s\"\n"
	locked := start.Packages{"fastapi": "1", "uvicorn": "1"}
	workspace := files(map[string]string{
		"pyproject.toml":             fmt.Sprintf(project, "root"),
		"main.py":                    app,
		"packages/a/pyproject.toml":  fmt.Sprintf(project, "Shop_A"),
		"packages/a/src/shop/web.py": app,
		"packages/b/pyproject.toml":  fmt.Sprintf(project, "b") + "[project.scripts]\nb-serve = \"serve:run\"\n",
		"packages/b/serve.py":        "import os, uvicorn\n\ndef run():\n    uvicorn.run('shop.web:app', port=int(os.environ['PORT']))\n",
		"packages/c/pyproject.toml":  fmt.Sprintf(project, "c"),
		"packages/c/worker.py":       "print(1)\n",
	})
	const hosting = " --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT"
	for _, c := range []struct {
		member pep508.Name
		app    string
		want   string
	}{
		{"", "", "uvicorn main:app" + hosting},
		{"root", "", "uvicorn main:app" + hosting},
		{"shop-a", "", "PYTHONPATH=packages/a/src uvicorn shop.web:app" + hosting},
		{"b", "", "env --chdir=packages/b python -c 'import sys; from serve import run; sys.exit(run())'"},
		{"b", "main:app", "uvicorn main:app" + hosting},
	} {
		it("starts the app of the member "+string(c.member)+" with BP_APP="+c.app, func() {
			found, err := start.Find(workspace, locked, start.Settings{Member: c.member, App: c.app})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes[0]).To(Equal(start.Process{Type: "web", Command: c.want, Default: true}))
			Expect(found.Warnings).To(BeEmpty())
		})
	}
	it("names the members of a uv workspace whose packages are not installed", func() {
		const source = "from fastapi import FastAPI\napp = FastAPI()\n"
		app := files(map[string]string{
			"pyproject.toml":                "[project]\nname = \"root\"\n[tool.uv.workspace]\nmembers = [\"services/*\"]\n",
			"services/users/pyproject.toml": "[project]\nname = \"Shop.Users\"\n", "services/users/src/users/main.py": source,
			"services/orders/pyproject.toml": "[project]\nname = \"orders\"\n", "services/orders/main.py": source,
		})
		_, err := start.Find(app, start.Packages{}, start.Settings{File: "uv.lock"})
		Expect(err).To(MatchError(ContainSubstring("name one: set BP_PYTHON_MEMBER=orders or BP_PYTHON_MEMBER=shop-users\n")))
		_, err = start.Find(app, start.Packages{"orders": "1", "shop-users": "1"}, start.Settings{File: "uv.lock"})
		Expect(err).To(MatchError(ContainSubstring("name one: set BP_APP=services/orders/main.py:app or BP_APP=services/users/src/users/main.py:app\n")))
		delete(app, "services/orders/main.py")
		found, err := start.Find(app, start.Packages{}, start.Settings{File: "uv.lock"})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Warnings).To(ContainElement(HaveSuffix("it belongs to a member of the workspace; set BP_PYTHON_MEMBER=shop-users to have the packages of that one installed")))
	})
	it("starts no other member's app, and proposes a line for the one that was chosen", func() {
		found, err := start.Find(workspace, locked, start.Settings{Member: "c"})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Processes).To(BeEmpty())
		Expect(found.Warnings).To(ConsistOf(HaveSuffix("worker: env --chdir=packages/c python worker.py")))
	})
}

func testSingle(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const serve = "import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nuvicorn.run("
	app := files(map[string]string{
		"object.py":        serve + "app, port=80)\n",
		"keyword.py":       serve + "\n    app=app, port=80)\n",
		"factory.py":       serve + "make(), port=80)\n",
		"name.py":          serve + "\"name:app\", port=80)\n",
		"format.py":        serve + "f\"{x}:app\", port=80)\n",
		"shop/__init__.py": "",
		"shop/__main__.py": "from shop.web import serve\nserve()\n",
		"shop/web.py":      "def serve():\n    " + strings.ReplaceAll(serve, "\n", "\n    ") + "app)\n",
	})
	for _, c := range []struct {
		command string
		want    bool
	}{
		{"python object.py", true},
		{"python -u object.py", true},
		{"python3 -m object", true},
		{"python keyword.py", true},
		{"python factory.py", true},
		{"python -m shop", true},
		{"python -m shop.web", true},
		{"python name.py", false},
		{"python format.py", false},
		{"uvicorn object:app", false},
		{"gunicorn object:app", false},
		{"python -m", false},
	} {
		it("tells whether more than one worker would stop "+c.command, func() {
			got, err := start.Check(app, start.Packages{"uvicorn": "1", "gunicorn": "27"}, start.Settings{}, []start.Program{{Dir: ".", Args: strings.Fields(c.command)}})
			Expect(err).NotTo(HaveOccurred())
			Expect(got[0].Single != "").To(Equal(c.want))
		})
	}
	it("tells it of servers, where the packages keep sessions", func() {
		got, err := start.Check(app, start.Packages{"gunicorn": "27", "flask-socketio": "5"}, start.Settings{}, []start.Program{{Dir: ".", Args: []string{"gunicorn", "object:app"}}})
		Expect(err).NotTo(HaveOccurred())
		Expect(got[0].Single).To(ContainSubstring("Socket.IO"))
	})
	it("warns of FastHTML without a key", func() {
		for source, want := range map[string]types.GomegaMatcher{
			"app, rt = fast_app()":               ConsistOf(HavePrefix("main.py gives FastHTML no key for its sessions")),
			"app, rt = fast_app(secret_key='x')": BeEmpty(),
		} {
			app := files(map[string]string{"main.py": "from fasthtml.common import fast_app\n" + source + "\n"})
			found, err := start.Find(app, start.Packages{"python-fasthtml": "1", "uvicorn": "1"}, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Warnings).To(want)
		}
	})
	it("tells it of programs in a directory", func() {
		for _, c := range []struct {
			program start.Program
			warning string
			single  bool
		}{
			{start.Program{Dir: "back", Args: []string{"python", "main.py"}}, "", true},
			{start.Program{Dir: "back", Elsewhere: true, Args: []string{"python", "main.py"}}, "", true},
			{start.Program{Dir: "back", Args: []string{"python", "mian.py"}}, "there is no file mian.py. Did you mean main.py?", false},
			{start.Program{Dir: "back", Elsewhere: true, Args: []string{"python", "mian.py"}}, "", false},
			{start.Program{Dir: ".", Args: []string{"python", "main.py"}}, "there is no file main.py. Did you mean back/main.py?", false},
			{start.Program{Dir: "..", Args: []string{"python", "main.py"}}, "", false},
			{start.Program{Dir: "$DIR", Args: []string{"python", "main.py"}}, "", false},
		} {
			app := files(map[string]string{"back/main.py": "import uvicorn\nuvicorn.run(app)\n"})
			got, err := start.Check(app, start.Packages{"uvicorn": "1"}, start.Settings{}, []start.Program{c.program})
			Expect(err).NotTo(HaveOccurred())
			Expect(got[0].Warning).To(Equal(c.warning))
			Expect(got[0].Single != "").To(Equal(c.single), c.program.Dir)
		}
	})
	it("leaves it to django-dramatiq to set Django up for the worker", func() {
		app := files(map[string]string{
			"manage.py":     "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'core.settings')\n",
			"shop/tasks.py": "import dramatiq\n@dramatiq.actor\ndef count():\n    ...\n",
		})
		found, err := start.Find(app, start.Packages{"django": "5", "django-dramatiq": "1", "dramatiq": "2", "gunicorn": "27"}, start.Settings{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Processes).To(ContainElement(start.Process{Type: "worker", Command: "python manage.py rundramatiq --processes ${WEB_CONCURRENCY:-1}"}))
	})
	it("warns of Taskiq without the loop that lets it stop", func() {
		app := fstest.MapFS{"shop.py": {Data: []byte("from taskiq import InMemoryBroker\nbroker = InMemoryBroker()\n")}}
		for packages, want := range map[string]types.GomegaMatcher{
			"taskiq":        ConsistOf(HaveSuffix("and is killed: add the line uvloop to requirements.txt")),
			"taskiq uvloop": BeEmpty(),
		} {
			locked := start.Packages{}
			for _, name := range strings.Fields(packages) {
				locked[pep508.Name(name)] = "1"
			}
			found, err := start.Find(app, locked, start.Settings{File: "requirements.txt"})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Warnings).To(want)
		}
	})
	it("tells it of console scripts", func() {
		app["pyproject.toml"] = &fstest.MapFile{Data: []byte("[project]\nname = \"shop\"\n[project.scripts]\nshop-web = \"shop.web:serve\"\n")}
		app["shop/web.py"].Data = append(app["shop/web.py"].Data, "# PORT\n"...)
		found, err := start.Find(app, start.Packages{"fastapi": "1", "uvicorn": "1", "shop": "1"}, start.Settings{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Processes).To(ConsistOf(And(HaveField("Type", "web"), HaveField("Single", ContainSubstring("uvicorn"))),
			And(HaveField("Type", "shop-web"), HaveField("Single", ContainSubstring("uvicorn")))))
	})
}

func testNames(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct{ names, want string }{
		{"api = application = FastAPI()", "application"},
		{"application = app = FastAPI()", "app"},
		{"app = FastAPI()\napplication = app", "app"},
		{"service = FastAPI()\nserver = api = service", "api"},
		{"if x:\n    app = application = FastAPI()\nelse:\n    app = application = FastAPI(debug=True)", "app"},
	} {
		it("takes for one app, under its best name, "+c.names, func() {
			source := "from fastapi import FastAPI\n" + c.names + "\n"
			found, err := start.Find(files(map[string]string{"main.py": source}), start.Packages{"fastapi": "1", "uvicorn": "1"}, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes[0].Command).To(HavePrefix("uvicorn main:" + c.want + " --host"))
			Expect(found.Notes).To(HaveLen(1), "no other app is spoken of")
		})
	}
	it("takes two objects of one statement for two", func() {
		source := "from fastapi import FastAPI\napp, application = FastAPI(), FastAPI()\n"
		_, err := start.Find(files(map[string]string{"main.py": source}), start.Packages{"fastapi": "1", "uvicorn": "1"}, start.Settings{})
		Expect(err).To(MatchError(ContainSubstring("BP_APP=main:app or BP_APP=main:application")))
	})
}

func testWrapped(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, c := range []struct{ name, source, want string }{
		{"an app that takes its name again and again", "from fastapi import FastAPI\nfrom x import AMiddleware, BMiddleware\napp = FastAPI()\n" +
			"app = AMiddleware(app)\napp = BMiddleware(app)\n", "uvicorn main:app"},
		{"a factory that does", "from fastapi import FastAPI\nfrom x import AMiddleware\ndef create_app():\n    app = FastAPI()\n" +
			"    app = AMiddleware(app)\n    return app\n", "uvicorn --factory main:create_app"},
		{"a function that is the app", "async def app(scope, receive, send):\n    ...\n", "uvicorn main:app"},
		{"a function that is no app", "async def handle(scope, receive, send):\n    ...\n", ""},
		{"a factory that nobody would await", "from fastapi import FastAPI\nasync def create_app() -> FastAPI:\n    return FastAPI()\n", ""},
		{"functions that take the app", "from fastapi import FastAPI\ndef add_routes(app):\n    return app\napp = add_routes(FastAPI())\n", "uvicorn main:app"},
		{"an app that is made from another", "from fastapi import FastAPI\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\nmcp_app = mcp.http_app()\n" +
			"app = FastAPI(lifespan=mcp_app.lifespan)\napp.mount('/mcp', mcp_app)\n", "uvicorn main:app"},
		{"nothing that is known", "from x import *\napp = get()\n" + strings.Repeat("app = Middleware(app)\n", 30), ""},
		{"names that lead to each other", "app = b\nb = app\n" + strings.Repeat("app = b(app)\nb = app(b)\n", 30), ""},
	} {
		it("sees through "+c.name, func() {
			found, err := start.Find(files(map[string]string{"main.py": c.source}), start.Packages{"fastapi": "1", "uvicorn": "1"}, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			if c.want == "" {
				Expect(found.Processes).To(BeEmpty())
				return
			}
			Expect(found.Processes[0].Command).To(HavePrefix(c.want + " --host"))
		})
	}
}

func testProgram(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const main = "if __name__ == '__main__':\n    "
	for _, c := range []struct{ name, source, want string }{
		{"a server for websockets", "from websockets.asyncio.server import serve\nasync def run():\n    async with serve(echo, '', PORT) as s: ...\n" + main + "run()\n", "python job.py"},
		{"a loop over messages", "import redis\n" + main + "for m in redis.Redis().pubsub().listen(): ...\n", ""},
		{"a server for development", "import uvicorn\n" + main + "uvicorn.run(make(), reload=True)\n", ""},
		{"a command that needs arguments", "import typer, uvicorn\ndef serve():\n    uvicorn.run(make())\n" + main + "app()\n", ""},
	} {
		it("tells whether a server is started by "+c.name, func() {
			found, err := start.Find(files(map[string]string{"job.py": c.source, "tools/mock.py": main + "serve(app)\n"}), start.Packages{}, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			if c.want == "" {
				Expect(found.Processes).To(BeEmpty())
				return
			}
			Expect(found.Processes[0]).To(Equal(start.Process{Type: "web", Command: c.want, Default: true}))
		})
	}
}

func testDjango(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const production = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.production')\n"
	for _, c := range []struct{ name, asgi, wsgi, locked, want string }{
		{"something around the app", "", "from django.core.wsgi import get_wsgi_application\nfrom x import Cling\napplication = Cling(get_wsgi_application())\n",
			"gunicorn", "gunicorn config.wsgi:application"},
		{"django-configurations", "", "from configurations.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
			"gunicorn", "gunicorn config.wsgi:application"},
		{"a function around the app", "from django.core.asgi import get_asgi_application\ndjango = get_asgi_application()\n" +
			"async def application(scope, receive, send):\n    if scope['type'] == 'http':\n        await django(scope, receive, send)\n",
			"from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
			"gunicorn uvicorn-worker", "gunicorn config.asgi:application --worker-class uvicorn_worker.UvicornWorker"},
	} {
		it("sees through "+c.name, func() {
			app := files(map[string]string{
				"manage.py":            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.local')\n",
				"config/__init__.py":   "",
				"config/local.py":      "",
				"config/production.py": "",
				"config/wsgi.py":       production + c.wsgi,
			})
			if c.asgi != "" {
				app["config/asgi.py"] = &fstest.MapFile{Data: []byte(c.asgi)}
			}
			locked := start.Packages{"django": "5"}
			for _, name := range strings.Fields(c.locked) {
				locked[pep508.Name(name)] = "27"
			}
			found, err := start.Find(app, locked, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes[0].Command).To(Equal(c.want))
		})
	}

	door := func(protocol, settings string) string {
		return "import os\nfrom django.core." + protocol + " import get_" + protocol + "_application\n" +
			"os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings." + settings + "')\napplication = get_" + protocol + "_application()\n"
	}
	for _, c := range []struct{ app, want, settings, note string }{
		{"", "gunicorn shop.wsgi.dev:application", "", "Not starting shop.wsgi.live:application of Django (shop/wsgi/live.py, line 4), which BP_APP=shop.wsgi.live:application would"},
		{"shop.wsgi.live:application", "gunicorn shop.wsgi.live:application", "live", ""},
		{"shop/wsgi/live.py", "gunicorn shop.wsgi.live:application", "live", ""},
		{"shop.asgi", "uvicorn shop.asgi:application --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT", "live", ""},
		{"manage.py", "gunicorn shop.wsgi.dev:application", "", "Not starting shop.wsgi.live:application"},
	} {
		it("starts the door that BP_APP names: "+c.app, func() {
			found, err := start.Find(files(map[string]string{
				"manage.py":             "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')\n",
				"shop/__init__.py":      "",
				"shop/settings/dev.py":  "",
				"shop/settings/live.py": "",
				"shop/wsgi/__init__.py": "",
				"shop/wsgi/dev.py":      door("wsgi", "dev"),
				"shop/wsgi/live.py":     door("wsgi", "live"),
				"shop/asgi.py":          door("asgi", "live"),
			}), start.Packages{"django": "5", "gunicorn": "27", "uvicorn": "1"}, start.Settings{App: c.app})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes[0].Command).To(Equal(c.want))
			migrate := "python manage.py migrate --no-input"
			if c.settings != "" {
				migrate = "DJANGO_SETTINGS_MODULE=${DJANGO_SETTINGS_MODULE:-shop.settings." + c.settings + "} " + migrate
			}
			Expect(found.Processes[1].Command).To(Equal(migrate))
			if c.note == "" {
				Expect(found.Notes).NotTo(ContainElement(ContainSubstring("Not starting")))
			} else {
				Expect(found.Notes).To(ContainElement(ContainSubstring(c.note)))
			}
		})
	}
}

func testCheck(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	app := files(map[string]string{
		"main.py":        "from fastapi import FastAPI\napp = FastAPI()\n",
		"shop/wsgi.py":   "from flask import Flask\napplication = Flask('x')\n",
		"src/inner/a.py": "app = 1\n",
	})
	locked := start.Packages{"fastapi": "1", "uvicorn": "1", "flask": "1", "gunicorn": "27", "django": "5", "apache-superset": "4"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"gunicorn", "shop.wsgi"}, ""},
		{[]string{"gunicorn", "-w", "4", "shop.wsgi:application"}, ""},
		{[]string{"gunicorn", "-k", "uvicorn.workers.UvicornWorker", "main:app"}, ""},
		{[]string{"gunicorn", "-c", "python:conf.gunicorn", "shop.wsgi:application"}, ""},
		{[]string{"gunicorn", "superset.app:create_app()"}, ""},
		{[]string{"gunicorn", "django.core.wsgi:get_wsgi_application()"}, ""},
		{[]string{"uvicorn", "main:app", "--port", "80"}, ""},
		{[]string{"uvicorn", "--interface", "wsgi", "shop.wsgi:application"}, ""},
		{[]string{"python", "main.py"}, ""},
		{[]string{"python", "-m", "http.server"}, ""},
		{[]string{"python", "-m", "shop.wsgi"}, ""},
		{[]string{"python", "-m", "gunicorn", "shop.wsgi:application"}, ""},
		{[]string{"node", "server.js"}, ""},
		{[]string{"gunicorn", "shop.wgsi:application"}, "there is no module shop.wgsi in the app, and no package of that name. " +
			"Did you mean shop.wsgi or main or src.inner.a?"},
		{[]string{"python", "-m", "gunicorn", "shops:app"}, "there is no module shops in the app, and no package of that name. " +
			"Did you mean shop.wsgi or main or src.inner.a?"},
		{[]string{"gunicorn", "shop.wsgi:app"}, "shop/wsgi.py binds no app. Did you mean application?"},
		{[]string{"gunicorn", "inner.a:app"}, "the module inner.a stands in src, where it is not looked for: write PYTHONPATH=src in front of the command"},
		{[]string{"gunicorn", "main:app"}, "gunicorn as it is called here serves WSGI apps, but main:app is an app of FastAPI, for ASGI: " +
			"every request would be answered with an error. Write uvicorn main:app --host ${BIND_ADDRESS:-0.0.0.0} --port $PORT"},
		{[]string{"uvicorn", "shop.wsgi:application"}, "uvicorn serves ASGI apps, but shop.wsgi:application is an app of Flask, for WSGI: " +
			"every request would be answered with an error. Write gunicorn shop.wsgi:application"},
		{[]string{"hypercorn", "main:app"}, "hypercorn is not among the packages, so it would not be found: add the line hypercorn to requirements.txt"},
		{[]string{"python", "mian.py"}, "there is no file mian.py. Did you mean main.py or shop/wsgi.py or src/inner/a.py?"},
	} {
		it("judges "+c.args[0]+" "+c.args[len(c.args)-1], func() {
			got, err := start.Check(app, locked, start.Settings{File: "requirements.txt"}, []start.Program{{Dir: ".", Args: c.args}})
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(Equal([]start.Verdict{{Warning: c.want}}))
		})
	}
}

func testPrograms(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	app := files(map[string]string{
		"main.py":         "from fastapi import FastAPI\napp = FastAPI()\n",
		"shop/wsgi.py":    "from flask import Flask\napplication = Flask('x')\n",
		"jobs.py":         "from celery import Celery\nqueue = Celery('x')\n",
		"bot/__main__.py": "run()\n",
		"lib/__init__.py": "",
		"bin/start":       "",
		"make.py":         "from fastapi import FastAPI\nfrom flask import Flask\ndef build():\n    return Flask('x')\ndef api():\n    return FastAPI()\ndef web(environ, start_response):\n    return []\n",
	})
	locked := start.Packages{"fastapi": "1", "uvicorn": "1", "flask": "1", "gunicorn": "27", "celery": "5.5.3", "ddtrace": "4", "waitress": "3"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"python", "-m", "bot"}, ""}, // no __init__.py is needed
		{[]string{"celery", "-A", "jobs.queue", "worker"}, ""},
		{[]string{"celery", "--app=jobs:queue", "worker"}, ""},
		{[]string{"ddtrace-run", "gunicorn", "shop.wsgi"}, ""},
		{[]string{"bin/start", "gunicorn", "shop.wgsi"}, ""},
		{[]string{"bash", "bin/start"}, ""},
		{[]string{"bash", "-c", "bin/other"}, ""},
		{[]string{"bash", "<(curl example.com/x)"}, ""},
		{[]string{"./node_modules/.bin/tsc"}, ""},
		{[]string{"poetry", "install"}, ""},
		{[]string{"celery", "-A", "jobs.q", "worker"}, "jobs.py binds no q. Did you mean queue?"},
		{[]string{"celery", "-A", "job.queue", "worker"}, "there is no module job.queue in the app, and no package of that name. Did you mean jobs or lib or make?"},
		{[]string{"celery", "worker", "-A", "jobs"}, "celery takes its app in front of worker from release 5 on, and would end at once: write celery --app jobs worker"},
		{[]string{"gunicorn", "shop.wsgi:application.wsgi_app"}, "gunicorn takes a name of shop/wsgi.py or a call of one, not application.wsgi_app: " +
			"bind that to a name there, as in wsgi_app = application.wsgi_app, and write the name"},
		{[]string{"uvicorn", "main:app.router"}, ""},
		{[]string{"gunicorn", "--port=80", "shop.wsgi"}, "gunicorn has no option --port and would end at once: delete --host and --port, or write --bind 0.0.0.0:$PORT"},
		{[]string{"uvicorn", "--port=80", "main:app"}, ""},
		{[]string{"gunicorn", "make:build()"}, ""},
		{[]string{"gunicorn", "make:web"}, ""},
		{[]string{"gunicorn", "-k", "uvicorn.workers.UvicornWorker", "make:api"}, ""},
		{[]string{"uvicorn", "make:api"}, ""},
		{[]string{"uvicorn", "make:api()"}, "uvicorn takes a name, not a call: write uvicorn --factory make:api"},
		{[]string{"waitress-serve", "--call", "make:build"}, ""},
		{[]string{"gunicorn", "make:build"}, "make:build is a function that makes the app, not the app: write 'make:build()'"},
		{[]string{"waitress-serve", "make:build"}, "make:build is a function that makes the app, not the app: write waitress-serve --call make:build"},
		{[]string{"waitress-serve", "make:build()"}, "waitress-serve takes a name, not a call: write waitress-serve --call make:build"},
		{[]string{"python", "-m", "lib"}, "lib is a package without a __main__.py, so python -m lib would end at once"},
		{[]string{"bin/nginx", "gunicorn", "shop.wsgi"}, "there is no file bin/nginx"},
		{[]string{"sh", "setup.sh"}, "there is no file setup.sh"},
		{[]string{"venv/bin/python", "main.py"}, "there is no file venv/bin/python"},
		{[]string{"poetry", "run", "gunicorn", "shop.wsgi"}, "poetry is not among the packages, so it would not be found: leave out poetry run, the commands of packages are found without it"},
		{[]string{"ddtrace-run", "gunicorn", "shop.wsgi:app"}, "shop/wsgi.py binds no app. Did you mean application?"},
		{[]string{"newrelic-admin", "run-program", "gunicorn", "shop.wsgi"}, "newrelic is not among the packages, so newrelic-admin would not be found: add the line newrelic to requirements.txt"},
		{[]string{"alembic", "upgrade", "head"}, "alembic is not among the packages, so it would not be found: add the line alembic to requirements.txt"},
	} {
		it("judges "+strings.Join(c.args, " "), func() {
			got, err := start.Check(app, locked, start.Settings{File: "requirements.txt"}, []start.Program{{Dir: ".", Args: c.args}})
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(Equal([]start.Verdict{{Warning: c.want}}))
		})
	}
	for _, version := range []string{"4.4.7", ""} {
		it("leaves the order of words to Celery "+version, func() {
			got, err := start.Check(app, start.Packages{"celery": version}, start.Settings{}, []start.Program{{Dir: ".", Args: []string{"celery", "worker", "-A", "jobs"}}})
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(Equal([]start.Verdict{{}}))
		})
	}
}

func testBeside(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const flask = "from threading import Thread\nfrom flask import Flask\napp = Flask('x')\n"
	locked := start.Packages{"flask": "3", "gunicorn": "27", "fastapi": "1", "uvicorn": "1"}
	for name, c := range map[string]struct {
		files map[string]string
		line  string // that is proposed; empty if the app is started
	}{
		"a function in a thread": {map[string]string{
			"alive.py": flask + "def serve():\n    app.run(port=80)\ndef alive():\n    Thread(target=serve).start()\n",
			"main.py":  "import alive\nalive.alive()\nlisten()\n",
		}, "worker: python main.py"},
		"the app's own method": {map[string]string{
			"bot.py": flask + "if __name__ == '__main__':\n    Thread(target=app.run, kwargs={'port': 80}).start()\n    listen()\n",
		}, "worker: python bot.py"},
		"a lambda": {map[string]string{
			"bot.py": flask + "Thread(target=lambda: app.run(port=80)).start()\nlisten()\n",
		}, "web: python bot.py"},
		"uvicorn": {map[string]string{
			"main.py": "import threading, uvicorn\nfrom fastapi import FastAPI\napi = FastAPI()\ndef serve():\n    uvicorn.run(api, port=80)\n" +
				"if __name__ == '__main__':\n    threading.Thread(target=serve, daemon=True).start()\n    listen()\n",
		}, "web: python main.py"},
		"work in a thread": {map[string]string{
			"main.py": flask + "import asyncio, subprocess\ndef work():\n    subprocess.run([app.config['x']])\n    asyncio.run(each(app))\nThread(target=work).start()\n",
		}, ""},
		"a thread in another program": {map[string]string{
			"app.py":     flask,
			"develop.py": "from threading import Thread\nfrom app import app\ndef serve():\n    app.run()\nThread(target=serve).start()\n",
		}, ""},
	} {
		it("looks at apps that are served beside a program: "+name, func() {
			found, err := start.Find(files(c.files), locked, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			if c.line == "" {
				Expect(found.Processes).To(HaveLen(1))
				Expect(found.Warnings).To(BeEmpty())
				return
			}
			Expect(found.Processes).To(BeEmpty())
			Expect(found.Warnings).To(ConsistOf(ContainSubstring("such as\n" + c.line + "\nor set BP_APP=")))
		})
	}
	it("starts such an app if the owner names it", func() {
		app := files(map[string]string{"bot.py": flask + "Thread(target=app.run).start()\n"})
		found, err := start.Find(app, locked, start.Settings{App: "bot:app"})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Processes).To(ConsistOf(start.Process{Type: "web", Command: "gunicorn bot:app", Default: true}))
	})
	for end, want := range map[string]types.GomegaMatcher{
		"if __name__ == '__main__':\n    Thread(target=poll).start()\n    app.run()\n": ConsistOf("main.py, line 5: the thread that starts here is left out, " +
			"since a server imports the file and runs nothing below the line\nif __name__ == \"__main__\":\nStart it above that line, or add a Procfile with web: python main.py"),
		"if __name__ == '__main__':\n    Thread(target=open_browser).start()\n    app.run()\n": BeEmpty(),
		"Thread(target=poll).start()\n": BeEmpty(),
	} {
		it("warns of a thread that a server does not start: "+end, func() {
			found, err := start.Find(files(map[string]string{"main.py": flask + end}), locked, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes).To(HaveLen(1))
			Expect(found.Warnings).To(want)
		})
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"where it is made, not where the web app imports it": {map[string]string{
			"shop/main.py":  "from fastapi import FastAPI\nfrom shop.queue import queue\napp = FastAPI()\n",
			"shop/queue.py": "from celery import Celery\nqueue = Celery('x')\n",
		}, "shop.queue:queue"},
		"in a file that has the package's name": {map[string]string{
			"shop/celery.py": "from celery import Celery\napp = Celery('x')\n",
			"shop/tasks.py":  "from shop.celery import app\n@app.task\ndef work():\n    ...\n",
		}, "shop.celery:app"},
	} {
		it("finds a queue "+name, func() {
			found, err := start.Find(files(c.files), start.Packages{"celery": "5", "fastapi": "1", "uvicorn": "1"}, start.Settings{})
			Expect(err).NotTo(HaveOccurred())
			Expect(found.Processes).To(ContainElement(HaveField("Command", HavePrefix("celery --app "+c.want+" worker "))))
		})
	}
	it("takes an app that is a route of another one for a part of it", func() {
		app := files(map[string]string{"app.py": "from fastapi import FastAPI\nfrom ariadne.asgi import GraphQL\ngraph = GraphQL(schema)\napp = FastAPI()\napp.add_route('/graph', graph)\n"})
		found, err := start.Find(app, start.Packages{"fastapi": "1", "uvicorn": "1", "ariadne": "1"}, start.Settings{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Notes).To(Equal([]string{"Found the app of FastAPI: app:app (app.py, line 4)"}))
	})
}
