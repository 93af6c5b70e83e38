#!/usr/bin/env python3
"""Makes the inputs under uv/, fresh/ and stale/ with the real uv, and asks it what it would install and which locks are stale.

usage: generate.py UV PYTHON OUT [CASE...]   (UV 0.12.5, PYTHON 3.14 or newer; needs an index, git, and the packaging library)

UV_NEWER in the environment is the uv 0.13.9 that a few cases are locked with.
OUT gets <kind>/<case>/, of all cases or of those named; the files that our own code writes (want) are not touched. Hosts are replaced, see README.md.
"""
import base64
import hashlib
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile

from packaging.markers import Marker
from pip._internal.models.index import PyPI

UV, PYTHON, OUT, ONLY = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4:]
NEWER = os.environ.get("UV_NEWER")
FILES = "https://" + PyPI.file_storage_domain
SERVER = "http://127.0.0.1:18231"  # fixed, so that locks stay the same
GIT = "file:///tmp/lockstep-testdata/greet.git"  # the same

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))} | {
    "UV_NO_PROGRESS": "1", "UV_PYTHON": PYTHON, "UV_PYTHON_DOWNLOADS": "never",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example",
}


def uv(app, *args, program=UV):
    return subprocess.run([program, *args], cwd=app, env=CLEAN, capture_output=True, text=True)


def project(dependencies, tail="", requires='>=3.11', name="app"):
    line = f'requires-python = "{requires}"\n' if requires else ""
    return f'[project]\nname = "{name}"\nversion = "1.0"\n{line}dependencies = {dependencies!r}\n{tail}'


BUILD = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'


def wheel(directory, name, version, requires=(), tag="py3-none-any"):
    path = pathlib.Path(directory) / f"{name}-{version}-{tag}.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    files = {f"{name}.py": "", f"{info}/METADATA": metadata,
             f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: {tag}\n"}
    record = ""
    for n, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{n},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as z:
        for n, text in files.items():
            z.writestr(zipfile.ZipInfo(n, (2026, 1, 1, 0, 0, 0)), text)
    return path


def serve(root):
    """One index in two copies (a, b) and one without hashes."""
    for index in "ab":
        one = wheel(root / f"files-{index}", "twin", "1.0", [] if index == "a" else ["six==1.17.0"])
        two = wheel(root / f"files-{index}", "torchy", "2.0+cpu")
        for path in (one, two):
            package = path.name.split("-")[0]
            page = root / index / package
            page.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            href = f"{SERVER}/files-{index}/{path.name.replace('+', '%2B')}#sha256={digest}"
            (page / "index.html").write_text(f'<a href="{href}">{path.name}</a>')
    bare = root / "bare" / "twin"
    bare.mkdir(parents=True)
    (bare / "index.html").write_text(f'<a href="{SERVER}/files-a/twin-1.0-py3-none-any.whl">twin-1.0-py3-none-any.whl</a>')
    handler = lambda *a: Quiet(*a, directory=root)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 18231), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def repository():
    bare = pathlib.Path(GIT.removeprefix("file://"))
    shutil.rmtree(bare.parent, ignore_errors=True)
    work = bare.parent / "work"
    (work / "sub dir").mkdir(parents=True)
    (work / "sub").mkdir()
    (work / "pyproject.toml").write_text(project(["six==1.17.0"], BUILD, name="greet"))
    for folder in ("sub", "sub dir"):
        (work / folder / "pyproject.toml").write_text(project([], BUILD, name="nested"))
    for args in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1"],
                 ["clone", "-q", "--bare", ".", bare]):
        subprocess.run(["git", *args], cwd=work, env=CLEAN, check=True)


def member(name, dependencies, tail=""):
    return project(dependencies, tail + BUILD, name=name)


SIX_WHEEL = FILES + "/packages/b7/ce/149a00dd41f10bc29e5921b496af8b574d8413afcd5e30dfa0ed46c2cc5e/six-1.17.0-py2.py3-none-any.whl"
SIX_SDIST = FILES + "/packages/94/e7/b2c673351809dca68a0e064b6af791aa332cf192da575fd474ed7d6f16a2/six-1.17.0.tar.gz"
DOCOPT = FILES + "/packages/a2/55/8f8cab2afd404cf578136ef2cc5dfb50baa1761b68c9da1fb1e4eed343c9/docopt-0.6.2.tar.gz"

INDEXES = f"""
[[tool.uv.index]]
name = "a"
url = "{SERVER}/a"
explicit = true
[[tool.uv.index]]
name = "b"
url = "{SERVER}/b"
explicit = true
[[tool.uv.index]]
name = "bare"
url = "{SERVER}/bare"
explicit = true
"""


def drop(text, start):
    """Leaves out the lines that start so."""
    return "".join(line for line in text.splitlines(True) if not line.startswith(start))


def cut(text, name):
    """Leaves out a package."""
    return "[[package]]".join(p for p in text.split("[[package]]") if f'\nname = "{name}"\n' not in p)


def conflict(text):
    at = text.index("[[package]]")
    return text[:at] + "<<<<<<< HEAD\n=======\n>>>>>>> main\n" + text[at:]


GROUPS = """
[project.optional-dependencies]
pretty = ["pygments==2.19.2"]
[dependency-groups]
dev = ["iniconfig==2.1.0", {include-group = "lint"}]
lint = ["packaging==25.0"]
[tool.uv]
default-groups = ["dev", "lint"]
"""
CONFLICTS = """
[project.optional-dependencies]
old = ["six==1.16.0"]
new = ["six==1.17.0"]
[tool.uv]
conflicts = [[{extra = "old"}, {extra = "new"}]]
"""

WORKSPACE = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
MEMBERS = {
    "packages/core/pyproject.toml": member("core", ["six==1.17.0"], """[project.optional-dependencies]
x = ["click==8.3.0"]
[dependency-groups]
jobs = ["iniconfig==2.1.0"]
dev = ["packaging==25.0"]
"""),
    "packages/web/pyproject.toml": project(["core[x]"], '[project.optional-dependencies]\nz = ["idna==3.10"]\n[tool.uv.sources]\ncore = {workspace = true}\n', name="web"),
    "packages/other/pyproject.toml": member("other", ["docopt==0.6.2"]),
}
ROOTLESS = {"pyproject.toml": WORKSPACE + """[dependency-groups]
lint = ["pygments==2.19.2"]
fork = ["typing-extensions==4.14.0 ; python_version < '3.12'", "typing-extensions==4.15.0 ; python_version >= '3.12'"]
"""} | MEMBERS
EXTRAS = {"pyproject.toml": project(["six==1.17.0"], """
[project.optional-dependencies]
x = ["click==8.3.0", "colorama==0.4.6 ; sys_platform == 'win32'"]
"Big.One" = ["app[x]", "idna==3.10"]
none = []
[dependency-groups]
dev = ["iniconfig==2.1.0", {include-group = "lint"}]
lint = ["packaging==25.0 ; python_version >= '3.12'"]
[tool.uv]
default-groups = ["dev"]
""")}
TWO = {"pyproject.toml": project(["python-dateutil==2.9.0.post0"], CONFLICTS)}
GROUP_CONFLICT = {"pyproject.toml": project(["six==1.17.0"], """
[dependency-groups]
old = ["python-dateutil==2.8.2"]
new = ["python-dateutil==2.9.0.post0"]
[tool.uv]
conflicts = [[{group = "old"}, {group = "new"}]]
""")}

# case → what is requested
REQUESTS = {
    "request-extra": "extras big-one", "request-extra-empty": "extras none", "request-groups": "groups dev",
    "request-unknown-extra": "extras bigone", "request-unknown-group": "groups lnit", "request-no-groups": "groups dev",
    "request-member": "member core\nextras x\ngroups jobs", "request-member-virtual": "member web\nextras z",
    "request-unknown-member": "member cor", "rootless-extra-and-groups": "extras x\ngroups lint jobs fork",
    "rootless-groups-3.11": "member other\ngroups fork",
    "request-conflicting": "extras old new", "request-one-of-conflicting": "extras old",
    "request-conflicting-groups": "groups old new", "request-one-of-conflicting-groups": "groups old",
}

# case → what is added to the manifest after locking, for which these packages would have to be built
LATE = {
    "no-build": "[tool.uv]\nno-build = true\n",
    "no-build-isolation": '[tool.uv]\nno-build-isolation-package = ["docopt", "six"]\n',
    "match-runtime": '[tool.uv.extra-build-dependencies]\ndocopt = [{requirement = "six", match-runtime = true}]\n',
}

# case → (files, edit of the lock, Python and machine)
UV_CASES = {
    "extras": ({"pyproject.toml": project(["httpx[http2,socks]==0.28.1", "anyio==4.11.0", "certifi==2025.8.3", "idna==3.10"])}, None, None),
    "markers": ({"pyproject.toml": project(["colorama==0.4.6 ; sys_platform == 'win32'", "tomli==2.3.0 ; python_version < '3.12'",
                                            "six==1.17.0 ; platform_machine == 'aarch64'", "click==8.3.0"])}, None, None),
    "markers-3.11-aarch64": ({"pyproject.toml": project(["colorama==0.4.6 ; sys_platform == 'win32'", "tomli==2.3.0 ; python_version < '3.12'",
                                                         "six==1.17.0 ; platform_machine == 'aarch64'", "click==8.3.0"])}, None, "3.11.9 aarch64"),
    "forks": ({"pyproject.toml": project(["six==1.16.0 ; python_version < '3.12'", "six==1.17.0 ; python_version >= '3.12'", "python-dateutil==2.9.0.post0"])}, None, None),
    "forks-3.11": ({"pyproject.toml": project(["six==1.16.0 ; python_version < '3.12'", "six==1.17.0 ; python_version >= '3.12'", "python-dateutil==2.9.0.post0"])}, None, "3.11.9 x86_64"),
    "groups-and-extras": ({"pyproject.toml": project(["six==1.17.0"], GROUPS)}, None, None),
    "git": ({"pyproject.toml": project(["greet", "nested"], f"""
[tool.uv.sources]
greet = {{git = "{GIT}", tag = "v1"}}
nested = {{git = "{GIT}", branch = "main", subdirectory = "sub dir"}}
""")}, None, None),
    "url": ({"pyproject.toml": project([f"six @ {SIX_WHEEL}", f"docopt @ {DOCOPT}"])}, None, None),
    "path": ({"pyproject.toml": project(["local", "tool", "two", "docopt"], """
[tool.uv.sources]
local = {path = "libs/local"}
tool = {path = "libs/tool", editable = true}
two = {path = "vendor/two-2.0-py3-none-any.whl"}
docopt = {path = "vendor/docopt-0.6.2.tar.gz"}
"""), "libs/local/pyproject.toml": member("local", ["six==1.17.0"]), "libs/tool/pyproject.toml": member("tool", []),
        "vendor/docopt-0.6.2.tar.gz": DOCOPT}, None, None),
    "flat-index": ({"pyproject.toml": project(["two"], """
[[tool.uv.index]]
name = "vendor"
url = "./vendor"
format = "flat"
explicit = true
[tool.uv.sources]
two = {index = "vendor"}
""")}, None, None),
    "sdist-only": ({"pyproject.toml": project(["docopt==0.6.2"])}, None, None),
    "no-wheel": ({"pyproject.toml": project(["markupsafe==2.1.5"])}, lambda t: drop(t, "sdist = "), None),
    "no-wheel-aarch64": ({"pyproject.toml": project(["markupsafe==2.1.5"])},
                         lambda t: "\n".join(l for l in drop(t, "sdist = ").split("\n") if "manylinux_2_17_aarch64" not in l or "cp311" in l), "3.14.6 aarch64"),
    "windows-only": ({"pyproject.toml": project(["pywin32==311"])}, None, None),
    "best-wheel": ({"pyproject.toml": project(["markupsafe==3.0.3"])}, None, None),
    "best-wheel-3.11-aarch64": ({"pyproject.toml": project(["markupsafe==3.0.3"])}, None, "3.11.9 aarch64"),
    "workspace": ({"pyproject.toml": project(["core"], """
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
core = {workspace = true}
"""), "packages/core/pyproject.toml": member("core", ["six==1.17.0"], '[project.optional-dependencies]\nx = ["click==8.3.0"]\n'),
        "packages/other/pyproject.toml": member("other", ["docopt==0.6.2"])}, None, None),
    "workspace-without-root": ({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
                                "packages/core/pyproject.toml": member("core", ["six==1.17.0"])}, None, None),
    "conflicts": ({"pyproject.toml": project(["python-dateutil==2.9.0.post0"], CONFLICTS)}, None, None),
    "conflicts-chosen": ({"pyproject.toml": project(["core[old]"], """
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
core = {workspace = true}
"""), "packages/core/pyproject.toml": member("core", ["python-dateutil==2.9.0.post0"], CONFLICTS.split("[tool.uv]")[0] +
                                            '[tool.uv]\nconflicts = [[{extra = "old"}, {extra = "new"}]]\n')}, None, None),
    "conflicts-with-group": ({"pyproject.toml": project(["python-dateutil==2.9.0.post0", "six==1.17.0"], """
[dependency-groups]
dev = ["python-dateutil==2.9.0.post0", "six==1.16.0"]
[tool.uv]
conflicts = [[{package = "app"}, {group = "dev"}]]
""")}, None, None),
    "bad-marker": ({"pyproject.toml": project(["six==1.17.0 ; sys_platform != 'win32'"])}, lambda t: t.replace("!=", "~", 1), None),
    "same-version-two-indexes": ({"pyproject.toml": project(["twin"], """
[tool.uv.sources]
twin = [{index = "a", marker = "platform_machine != 'x86_64'"}, {index = "b", marker = "platform_machine == 'x86_64'"}]
""" + INDEXES)}, None, None),
    "local-version": ({"pyproject.toml": project(["torchy"], '[tool.uv.sources]\ntorchy = {index = "a"}\n' + INDEXES)}, None, None),
    "no-hash": ({"pyproject.toml": project(["twin"], '[tool.uv.sources]\ntwin = {index = "bare"}\n' + INDEXES)}, None, None),
    "merge-conflict": ({"pyproject.toml": project(["six==1.17.0"])}, conflict, None),
    "version-2": ({"pyproject.toml": project(["six==1.17.0"])}, lambda t: t.replace("version = 1\n", "version = 2\n", 1), None),
    "request-extra": (EXTRAS, None, None),
    "request-extra-empty": (EXTRAS, None, None),
    "request-groups": (EXTRAS, None, None),
    "request-unknown-extra": (EXTRAS, None, None),
    "request-unknown-group": (EXTRAS, None, None),
    "request-no-groups": ({"pyproject.toml": project(["six==1.17.0"])}, None, None),
    "request-member": (ROOTLESS, None, None),
    "request-member-virtual": (ROOTLESS, None, None),
    "request-unknown-member": (ROOTLESS, None, None),
    "rootless": (ROOTLESS, None, None),
    "rootless-extra-and-groups": (ROOTLESS, None, None),
    "rootless-groups-3.11": (ROOTLESS, None, "3.11.9 x86_64"),
    "request-conflicting": (TWO, None, None),
    "request-one-of-conflicting": (TWO, None, None),
    "request-conflicting-groups": (GROUP_CONFLICT, None, None),
    "request-one-of-conflicting-groups": (GROUP_CONFLICT, None, None),
    "virtual-dependency": ({"pyproject.toml": project(["bag"], '[tool.uv.sources]\nbag = {path = "bag"}\n'),
                            "bag/pyproject.toml": project(["six==1.17.0"], "[tool.uv]\npackage = false\n", name="bag")}, None, None),
    "outside": ({"pyproject.toml": project(["shared"], '[tool.uv.sources]\nshared = {path = "../shared"}\n'),
                 "../shared/pyproject.toml": member("shared", [])}, lambda t: t, None),
    "other-environment": ({"pyproject.toml": project(["six==1.17.0"], "[tool.uv]\nenvironments = [\"sys_platform == 'darwin'\", \"sys_platform == 'linux' and platform_machine == 'aarch64'\"]\n")}, lambda t: t, None),
    "no-binary": ({"pyproject.toml": project(["six==1.17.0", "markupsafe==3.0.3"], '[tool.uv]\nno-binary-package = ["MarkupSafe"]\n')}, None, None),
    "no-build": ({"pyproject.toml": project(["docopt==0.6.2"])}, lambda t: t, None),
    "no-build-isolation": ({"pyproject.toml": project(["docopt==0.6.2", "six==1.17.0"])}, lambda t: t, None),
    "match-runtime": ({"pyproject.toml": project(["docopt==0.6.2", "six==1.17.0"])}, lambda t: t, None),
    "build-settings": ({"pyproject.toml": project(["docopt==0.6.2", "six==1.17.0"], '[tool.uv.extra-build-dependencies]\ndocopt = ["six"]\n[tool.uv]\nconfig-settings = {a = "b"}\n')}, None, None),
    "revision-5": (EXTRAS | {"pyproject.toml": EXTRAS["pyproject.toml"].replace("six==1.17.0", "httpx[socks]==0.28.1', 'anyio==4.11.0', 'certifi==2025.8.3', 'idna==3.10")}, None, None),
    "missing-package": ({"pyproject.toml": project(["python-dateutil==2.9.0.post0"])}, lambda t: cut(t, "six"), None),
}

ALL = project(["httpx[http2]>=0.27,<1"], """
[project.optional-dependencies]
x = ["rich>13"]
[dependency-groups]
dev = ["pytest>8", {include-group = "lint"}]
lint = ["ruff"]
""")
NAMES = """
[project.optional-dependencies]
all = ["shop-app[x,Y_z]"]
x = ["rich"]
Y_z = ["pygments>2"]
[dependency-groups]
Dev_Tools = ["pytest", {include-group = "Lint.Tools"}]
"Lint.Tools" = ["iniconfig", "shop-app[x]"]
dev = [{include-group = "Dev_Tools"}]
empty = []
"""
SETUP = "from setuptools import setup\nsetup(install_requires=['six'], extras_require={'x': ['click']})\n"
DYNAMIC = '[project]\nname = "app"\ndynamic = %s\nrequires-python = ">=3.11"\n%s[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'

# What uv lock --check accepts.
FRESH = {
    "plain": {"pyproject.toml": project(["six", "click>=8"])},
    "names": {"pyproject.toml": project(["Six"], NAMES, name="Shop.App")},
    "markers": {"pyproject.toml": project(["colorama>=0.4 ; sys_platform == 'win32'", "tomli; python_version < '3.8'",
                                          "six==1.16.0;python_version<'3.12'", "six>1.16 ; python_version >= '3.12'", "click ; python_version>='3.8' and os_name=='posix'"])},
    "specifiers": {"pyproject.toml": project(["six===1.17.0", "idna==3.*", "click<9,>=8.0,!=8.1.4", "anyio (>=4.0.0)", "iniconfig~=2.0", "certifi >= 2024.1 , "])},
    "python-tilde": {"pyproject.toml": project(["six"], requires="~=3.11")},
    "python-tilde-patch": {"pyproject.toml": project(["six"], requires="~=3.14.0")},
    "python-star": {"pyproject.toml": project(["six"], requires="==3.14.*")},
    "python-hole": {"pyproject.toml": project(["six"], requires=">=3.11,!=3.12.0,!=3.13.*,<4")},
    "python-order": {"pyproject.toml": project(["six"], requires="<4.0,>=3.11.0")},
    "python-above": {"pyproject.toml": project(["six"], requires=">3.11")},
    "python-absent": {"pyproject.toml": project(["six"], requires=None)},
    "python-of-group": {"pyproject.toml": project(["six"], '[dependency-groups]\ndev = ["click"]\n[tool.uv.dependency-groups]\ndev = {requires-python = ">=3.12"}\n')},
    "git": {"pyproject.toml": project(["greet>=0.5", f"nested @ git+{GIT}@v1#subdirectory=sub"], f'[tool.uv.sources]\ngreet = {{git = "{GIT}", tag = "v1"}}\n')},
    "url": {"pyproject.toml": project([f"six @ {SIX_WHEEL}", f"docopt@{DOCOPT} ; sys_platform == 'linux'"])},
    "path": {"pyproject.toml": project(["local>=1", "tool"], """
[tool.uv.sources]
local = {path = "libs/local"}
tool = {path = "libs/tool", editable = true}
"""), "libs/local/pyproject.toml": member("local", []), "libs/tool/pyproject.toml": member("tool", [])},
    "index": {"pyproject.toml": project(["torchy", "twin"], """[tool.uv.sources]
torchy = {index = "a"}
twin = [{index = "a", marker = "platform_machine != 'x86_64'"}, {index = "b", marker = "platform_machine == 'x86_64'"}]
""" + INDEXES)},
    "index-of-extra": {"pyproject.toml": project([], """
[project.optional-dependencies]
a = ["twin"]
b = ["twin"]
[tool.uv]
conflicts = [[{extra = "a"}, {extra = "b"}]]
[tool.uv.sources]
twin = [{index = "a", extra = "a"}, {index = "b", extra = "b"}]
""" + INDEXES)},
    "index-of-group": {"pyproject.toml": project([], """
[dependency-groups]
a = ["twin"]
b = ["twin"]
[tool.uv]
conflicts = [[{group = "a"}, {group = "b"}]]
[tool.uv.sources]
twin = [{index = "a", group = "a"}, {index = "b", group = "b"}]
""" + INDEXES)},
    "dynamic-version": {"pyproject.toml": DYNAMIC % (["version"], 'dependencies = ["six"]\n'), "setup.py": "from setuptools import setup\nsetup(version='3')\n"},
    "dynamic-dependencies": {"pyproject.toml": DYNAMIC % (["version", "dependencies", "optional-dependencies"], ""), "setup.py": SETUP},
    "dynamic-extras": {"pyproject.toml": DYNAMIC % (["version", "optional-dependencies"], 'dependencies = ["six"]\n'), "setup.py": SETUP},
    "groups": {"pyproject.toml": project(["six"], GROUPS)},
    "legacy-dev": {"pyproject.toml": project(["six"], '[dependency-groups]\ndev = ["click"]\n[tool.uv]\ndev-dependencies = ["iniconfig>=2"]\n')},
    "legacy-dev-alone": {"pyproject.toml": project(["six"], '[tool.uv]\ndev-dependencies = ["iniconfig>=2"]\n')},
    "empty": {"pyproject.toml": project([])},
    "same-twice": {"pyproject.toml": project(["six>=1.16", "six<2", "six>=1.16"], '[project.optional-dependencies]\nx = ["six==1.17.0"]\n')},
    "self": {"pyproject.toml": project(["six"], '[project.optional-dependencies]\nx = ["click"]\ny = ["app[x]", "idna"]\n')},
    "extra-marker-by-hand": {"pyproject.toml": project(["six ; extra == 'x'"], '[project.optional-dependencies]\nx = ["click", "idna; extra == \'x\'"]\n')},
    "extra-name-marker": {"pyproject.toml": project(["six"], '[project.optional-dependencies]\n"Big.One" = ["click ; python_version < \'3.13\' or sys_platform == \'linux\'"]\n')},
    "constraints": {"pyproject.toml": project(["six"], '[tool.uv]\nconstraint-dependencies = ["six<2"]\noverride-dependencies = ["click>8"]\n')},
    "workspace": {"pyproject.toml": project(["core"], '[tool.uv.workspace]\nmembers = ["packages/*"]\n[tool.uv.sources]\ncore = {workspace = true}\n'),
                  "packages/core/pyproject.toml": member("core", ["six"]).replace(">=3.11", ">=3.12")},
    "workspace-without-root": {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n[dependency-groups]\ndev = ["click"]\n', "packages/core/pyproject.toml": member("core", ["six"])},
    "environments": {"pyproject.toml": project(["six", "colorama ; sys_platform == 'win32'"], '[tool.uv]\nenvironments = ["sys_platform == \'linux\'"]\n')},
    "not-a-package": {"pyproject.toml": project(["six"], BUILD + "[tool.uv]\npackage = false\n")},
}

SOURCES = {"pyproject.toml": project(["greet[x]>=0.5", "nested", "six", "core", "local", "torchy", "docopt", "tool", "two"], f"""
[project.optional-dependencies]
extra = ["iniconfig"]
[tool.uv.workspace]
members = ["packages/*", "single"]
exclude = ["packages/not-*"]
[tool.uv.sources]
Greet = {{git = "{GIT}", branch = "main"}}
nested = {{git = "{GIT}", tag = "v1", subdirectory = "sub dir"}}
six = {{url = "{SIX_WHEEL}"}}
core = {{workspace = true}}
local = [{{path = "libs/local"}}]
tool = {{path = "./libs/../libs/tool/", editable = true}}
torchy = {{index = "a"}}
two = {{path = "vendor/two-2.0-py3-none-any.whl"}}
iniconfig = [{{index = "usual", extra = "extra"}}]
[[tool.uv.index]]
name = "usual"
url = "{PyPI.simple_url}"
""" + INDEXES), "libs/local/pyproject.toml": member("local", ["six ; python_version > '3.11'"], "[dependency-groups]\ndev = ['click']\n"),
    "libs/tool/pyproject.toml": member("tool", []),
    "packages/core/pyproject.toml": member("core", ["torchy>=2 ; os_name == 'posix'", "twin"], '[tool.uv.sources]\ntwin = {index = "b"}\n[dependency-groups]\ndev = ["click>=8"]\n' + INDEXES),
    "packages/not-a-member/pyproject.toml": member("not-a-member", []),
    "packages/unmanaged/pyproject.toml": member("unmanaged", [], "[tool.uv]\nmanaged = false\n"),
    "single/pyproject.toml": member("single", ["core"], '[tool.uv.sources]\ncore = {workspace = true}\n').replace(">=3.11", ">=3.12,<4")}
POLICY = {"pyproject.toml": project(["six", "anyio"], """
[project.optional-dependencies]
x = ["click ; python_version >= '3.12' and sys_platform != 'win32'"]
none = []
[tool.uv]
constraint-dependencies = ["six<2 ; sys_platform == 'linux'", "idna>=2,<9"]
override-dependencies = ["sniffio>=1.2 ; python_version < '4'"]
build-constraint-dependencies = ["flit_core>=3"]
exclude-dependencies = ["Typing.Extensions"]
""")}
FRESH |= {
    "sources": SOURCES,
    "policy": POLICY,
    "rootless-members": ROOTLESS,
    "dynamic-member": {"pyproject.toml": WORKSPACE, "packages/core/pyproject.toml": (DYNAMIC % (["version", "dependencies"], "")).replace('"app"', '"core"'), "packages/core/setup.py": SETUP},
    "wildcard-markers": {"pyproject.toml": project(["six ; python_version < '3.12.*'", "click<9,>=8 ; python_full_version > '3.11.*' or os_name == 'nt'", "idna ; python_version == '3.*'"])},
    "uv-markers": {"pyproject.toml": project([
        "six ; python_version > '3.11'", "click ; python_version != '3.12'", "idna ; python_full_version >= '3.12.1' or os_name == 'nt'",
        "certifi ; platform_system == 'Linux' and sys_platform == 'win32'", "anyio ; python_version >= '3.8' and implementation_name == 'cpython'",
        "iniconfig ; python_version in '3.11 3.12'", "packaging ; python_version ~= '3.12'", "rich ; 'linux' in sys_platform", "tomli ; python_version <= '3.10'",
        "pygments ; (python_version < '3.13' or sys_platform == 'darwin') and platform_machine != 'arm64'"])},
}

# What it refuses: the manifest after a change.
STALE = {
    "added": ({"pyproject.toml": ALL}, lambda t: t.replace('<1\'', '<1\', "six"')),
    "removed": ({"pyproject.toml": ALL}, lambda t: t.replace("'httpx[http2]>=0.27,<1'", "")),
    "bound": ({"pyproject.toml": ALL}, lambda t: t.replace(">=0.27,<1", ">=0.28.1,<1")),
    "bound-dropped": ({"pyproject.toml": ALL}, lambda t: t.replace(">=0.27,<1", "")),
    "extra-of-requirement": ({"pyproject.toml": ALL}, lambda t: t.replace("[http2]", "[socks]")),
    "extra-added": ({"pyproject.toml": ALL}, lambda t: t.replace('"rich>13"', '"rich>13", "six"')),
    "extra-became-main": ({"pyproject.toml": ALL}, lambda t: t.replace('"rich>13"', "").replace("<1'", "<1', 'rich>13'")),
    "extra-renamed": ({"pyproject.toml": ALL}, lambda t: t.replace("x = [", "y = [")),
    "extra-moved-to-group": ({"pyproject.toml": ALL}, lambda t: t.replace('"rich>13"', "").replace('"ruff"', '"ruff", "rich>13"')),
    "python": ({"pyproject.toml": ALL}, lambda t: t.replace(">=3.11", ">=3.12")),
    "python-narrowed": ({"pyproject.toml": ALL}, lambda t: t.replace(">=3.11", ">=3.11,<3.15")),
    "dev-group": ({"pyproject.toml": ALL}, lambda t: t.replace("pytest>8", "pytest>8.1")),
    "included-group": ({"pyproject.toml": ALL}, lambda t: t.replace('"ruff"', '"ruff", "six"')),
    "group-added": ({"pyproject.toml": ALL}, lambda t: t + 'docs = ["six"]\n'),
    "group-removed": ({"pyproject.toml": ALL}, lambda t: t.replace(', {include-group = "lint"}', "").replace('lint = ["ruff"]\n', "")),
    "legacy-dev": ({"pyproject.toml": project(["six"], '[tool.uv]\ndev-dependencies = ["iniconfig>=2"]\n')}, lambda t: t.replace(">=2", ">=2.1")),
    "many": ({"pyproject.toml": ALL}, lambda t: t.replace(">=3.11", ">=3.12").replace(">=0.27,<1", "<1").replace("rich>13", "six").replace("pytest>8", "pytest")),
}


def other(name, change):
    """A change of another file than the root's manifest."""
    return name, change


STALE |= {
    "marker": ({"pyproject.toml": project(["six ; sys_platform == 'linux'"])}, lambda t: t.replace("'linux'", "'win32'")),
    "marker-dropped": ({"pyproject.toml": project(["six ; python_version >= '3.13'"])}, lambda t: t.replace(" ; python_version >= '3.13'", "")),
    "extra-empty-added": (POLICY, lambda t: t.replace("none = []", "none = []\nmore = []")),
    "constraint": (POLICY, lambda t: t.replace("<9", "<8")),
    "override": (POLICY, lambda t: t.replace("sniffio>=1.2", "sniffio>=1.3")),
    "exclude": (POLICY, lambda t: t.replace('["Typing.Extensions"]', "[]")),
    "build-constraint": (POLICY, lambda t: t.replace("flit_core>=3", "flit_core>=3.1")),
    "source-tag": (SOURCES, lambda t: t.replace('branch = "main"', 'tag = "v1"')),
    "source-removed": (SOURCES, lambda t: t.replace("[{path = \"libs/local\"}]", '{path = "libs/tool"}').replace(f'six = {{url = "{SIX_WHEEL}"}}\n', "")),
    "source-index": (SOURCES, lambda t: t.replace('torchy = {index = "a"}', 'torchy = {index = "b"}')),
    "member-added": (SOURCES, lambda t: t.replace('exclude = ["packages/not-*"]', "")),
    "member-changed": (SOURCES, other("packages/core/pyproject.toml", lambda t: t.replace("twin", "six").replace("click>=8", "click>=8.1"))),
    "member-python": (SOURCES, other("single/pyproject.toml", lambda t: t.replace(">=3.12", ">=3.13"))),
    "rootless-group": (ROOTLESS, lambda t: t.replace("pygments==2.19.2", "pygments>2.19")),
}


def anonymous(text):
    text = re.sub(r"file:///\S*/(?:uv|fresh|stale)/[^/]+/", "file:///app/", text)
    return (text.replace(PyPI.simple_url.rstrip("/"), "https://index.example/simple").replace(FILES, "https://files.example")
            .replace(SERVER, "https://files.example").replace(GIT, "https://files.example/greet.git"))


def create(app, files):
    for name, text in files.items():
        path = app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("https://") and "\n" not in text:
            subprocess.run(["curl", "-sSfo", path, text], check=True)
        else:
            path.write_text(text)
    wheel(app / "vendor", "two", "2.0")


def locked(app, files, program=UV):
    create(app, files)
    done = uv(app, "lock", program=program)
    if done.returncode:
        sys.exit(f"{app}: {done.stderr}")
    return (app / "uv.lock").read_text()


def write(kind, case, files):
    folder = OUT / kind / case
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(anonymous(text))


def texts(files):
    """The files that a case keeps: those of the app dir that are no archives."""
    return {n: t for n, t in files.items() if not t.startswith("https://") and not n.startswith("../")}


def expected(app, environment, request):
    """What uv would install: name==version, or the name alone where the lock has no version; None when it refuses."""
    python, machine = environment.split()
    done = uv(app, "export", "--frozen", "--no-default-groups", *([] if "--package" in request else ["--no-emit-project"]), "--format", "requirements.txt", "--no-hashes",
              "--no-header", "--no-annotate", "--no-editable", *request)
    if done.returncode and request:
        return None
    if done.returncode:
        sys.exit(f"{app}: {done.stderr}")
    asked = {"python_version": python.rpartition(".")[0], "python_full_version": python, "platform_machine": machine,
             "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    out = []
    for line in done.stdout.splitlines():
        requirement, _, marker = line.partition(" ; ")
        if marker and not Marker(marker).evaluate(asked):
            continue
        name = requirement.partition(" @ ")[0].rpartition("/")[2]
        out.append(name.split("-")[0] if name.endswith((".whl", ".tar.gz")) else name)
    return "".join(f"{line}\n" for line in sorted(out))


def main():
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary)
        serve(root / "index")
        repository()
        for case, (files, edit, environment) in wanted(UV_CASES):
            app = root / "uv" / case
            lock = locked(app, files, NEWER if case == "revision-5" else UV)
            out = texts(files) | {"uv.lock": edit(lock) if edit else lock}
            out["pyproject.toml"] += LATE.get(case, "")
            if environment:
                out["environment"] = environment + "\n"
            if case in REQUESTS:
                out["request"] = REQUESTS[case] + "\n"
            if not edit and case != "windows-only":
                installs = expected(app, environment or "3.14.6 x86_64", arguments(REQUESTS.get(case, "")))
                out["others-refuse" if installs is None else "uv-installs"] = installs or ""
            write("uv", case, out)
        for case, files in wanted(FRESH):
            app = root / "fresh" / case
            lock = locked(app, files)
            if uv(app, "lock", "--check").returncode:
                sys.exit(f"{app}: uv says that its own lock is stale")
            write("fresh", case, texts(files) | {"uv.lock": lock})
        for case, (files, change) in wanted(STALE):
            app = root / "stale" / case
            lock = locked(app, files)
            name, change = change if isinstance(change, tuple) else ("pyproject.toml", change)
            text = change(files[name])
            (app / name).write_text(text)
            if uv(app, "lock", "--check").returncode == 0:
                sys.exit(f"{app}: uv says that this lock is fresh")
            write("stale", case, texts(files) | {name: text, "uv.lock": lock})


def wanted(cases):
    return [(case, what) for case, what in cases.items() if not ONLY or case in ONLY]


def arguments(request):
    """The words of a request as options of uv."""
    out = []
    for line in request.splitlines():
        kind, *words = line.split()
        for word in words:
            out += [{"extras": "--extra", "groups": "--group", "member": "--package"}[kind], word]
    return out


main()
