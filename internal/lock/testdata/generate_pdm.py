#!/usr/bin/env python3
"""Makes the inputs under pdm/ and pipfile/ with the real tools, and asks them what they install and which locks are stale.

usage: generate_pdm.py VENVS PYTHON OUT

VENVS holds the virtual environments pdm-new, pdm-old, pdm-24, pipenv-new and pipenv-old; PYTHON (3.12.1) is what is locked for.
OUT gets pdm/<case>/ and pipfile/<case>/; what our own code writes (want) is not touched. See README.md.
"""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pip._internal.models.index import PyPI

VENVS, PYTHON, OUT = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
PORT = 18947  # fixed, so that locks stay the same
SERVER = f"http://127.0.0.1:{PORT}"
HOSTS = {f"{SERVER}/private": "https://index.example/private", f"{SERVER}/files": "https://files.example/private",
         f"{SERVER}/greet.git": "https://git.example/greet.git", f"127.0.0.1:{PORT}/private": "index.example/private",
         "https://" + PyPI.file_storage_domain: "https://files.example", SERVER: "https://index.example"}
MARKERS = {"python_version": "3.12", "python_full_version": "3.12.1", "implementation_version": "3.12.1", "sys_platform": "linux",
           "platform_machine": "x86_64", "platform_system": "Linux", "os_name": "posix", "extra": ""}
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PDM_", "PIPENV_"))} | {
    "PDM_CHECK_UPDATE": "0", "PIPENV_VENV_IN_PROJECT": "1", "PIPENV_DEFAULT_PYTHON_VERSION": PYTHON, "INDEX_USER": "u", "INDEX_PASSWORD": "p",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example", "PIPENV_NOSPIN": "1", "NO_COLOR": "1",
}


def run(app, *args, ok=True):
    done = subprocess.run([str(a) for a in args], cwd=app, env=CLEAN, capture_output=True, text=True)
    if ok and done.returncode:
        raise SystemExit(f"{app} {args}\n{done.stdout}\n{done.stderr}")
    return done


def wheel(directory, name, version, requires=()):
    path = pathlib.Path(directory) / f"{name}-{version}-py3-none-any.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    files = {f"{name}.py": "", f"{info}/METADATA": metadata, f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = ""
    for n, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{n},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as z:
        for n, text in files.items():
            z.writestr(zipfile.ZipInfo(n, (2026, 1, 1, 0, 0, 0)), text)
    return path


def library(directory, name):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "0.1"\ndescription = "A library."\ndependencies = ["six"]\n{BUILD}')
    (directory / (name.replace("-", "_") + ".py")).write_text('"""A library."""\n')


BUILD = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


SUMS = {}  # package of the private index → the hash of its wheel


def serve(root):
    """A private index with two packages, a git repository over plain HTTP, and files."""
    for name, requires in [("inhouse", ["six"]), ("inhouse_extra", [])]:
        path = wheel(root / "files", name, "1.0", requires)
        page = root / "private" / name.replace("_", "-")
        page.mkdir(parents=True)
        digest = SUMS[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        (page / "index.html").write_text(f'<a href="{SERVER}/files/{path.name}#sha256={digest}">{path.name}</a>')
    run(root, PYTHON, "-m", "pip", "download", "-q", "--no-deps", "-d", "files", "six==1.17.0")
    work = root / "work"
    library(work, "greet")
    for args in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "One"]):
        run(work, "git", *args)
    run(root, "git", "clone", "-q", "--bare", work, "greet.git")
    run(root / "greet.git", "git", "update-server-info")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), lambda *a: Quiet(*a, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()


# ---- PDM

def project(dependencies, tail="", head=""):
    return f'[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.11"\ndependencies = {json.dumps(dependencies, ensure_ascii=False)}\n{head}\n{tail}'


APPLICATION = "[tool.pdm]\ndistribution = false\n"
MAIN = ["requests[socks]>=2.31", "click", "colorama; sys_platform == 'win32'"]
EXTRAS = '[project.optional-dependencies]\nfast = ["urllib3", "packaging"]\nall = ["app[fast]", "six"]\n'
GROUPS = '[dependency-groups]\ntest = ["iniconfig"]\nDev_Tools = [{include-group = "test"}, "pluggy"]\n[tool.pdm.dev-dependencies]\nlegacy = ["toml"]\n'
FULL = project(MAIN, APPLICATION + GROUPS, EXTRAS)
# A source that only some packages come from, one for nothing else, and a name that is not ASCII.
SOURCES = APPLICATION + """
[[tool.pdm.source]]
name = "privé"
url = "http://${INDEX_USER}:${INDEX_PASSWORD}@127.0.0.1:18947/private"
verify_ssl = false
include_packages = ["inhouse", "inhouse_*"]
exclude_packages = ["*"]
"""
MERGED = APPLICATION + '[[tool.pdm.source]]\nname = "second"\nurl = "http://127.0.0.1:18947/private"\n'
LINKS = APPLICATION + '[[tool.pdm.source]]\nname = "wheels"\nurl = "file:///${PROJECT_ROOT}/wheels"\ntype = "find_links"\ninclude_packages = ["vendored"]\n'
RESOLUTION = APPLICATION + '[tool.pdm.resolution]\nexcludes = ["charset_normalizer"]\n[tool.pdm.resolution.overrides]\nurllib3 = "2.2.3"\n'
INPUTS = "[tool.pdm.resolution]\nlock_inputs = true\n"
WORKSPACE = project(["click"], APPLICATION + '[tool.pdm.workspace]\nmembers = ["./lib*"]\n')
ELSEWHERE = ["my-lib @ file:///${PROJECT_ROOT}/lib", f"greet @ git+{SERVER}/greet.git@main", f"inhouse-extra @ {SERVER}/files/inhouse_extra-1.0-py3-none-any.whl"]
ALL = ("-G", ":all")

# name: manifest, tool, its lock commands, what is requested, what is changed afterwards
PDM = {
    "inherit": (FULL, "new", [ALL], ""),
    "inherit-requested": (FULL, "new", [ALL], "extra all\ngroup dev-tools\n"),
    "unknown-group": (FULL, "new", [ALL], "group docs\n"),
    "unknown-extra": (FULL, "new", [ALL], "extra docs\n"),
    "group-not-locked": (FULL, "new", [("--prod",)], "group test\n"),
    "walk": (FULL, "new", [(*ALL, "-S", "no_inherit_metadata")], ""),
    "walk-requested": (FULL, "new", [(*ALL, "-S", "no_inherit_metadata")], "extra all\ngroup dev-tools\ngroup legacy\n"),
    "static-urls": (FULL, "new", [(*ALL, "-S", "static_urls")], "extra fast\n"),
    "sources": (project(["inhouse", "inhouse-extra", "click"], SOURCES), "new", [()], ""),
    "sources-merged": (project(["inhouse", "click"], MERGED), "new", [()], ""),
    "find-links": (project(["vendored"], LINKS), "new", [()], ""),
    "elsewhere": (project(ELSEWHERE, APPLICATION), "new", [()], ""),
    "elsewhere-walk": (project(ELSEWHERE, APPLICATION), "new", [("-S", "no_inherit_metadata")], ""),
    "resolution": (project(["requests"], RESOLUTION), "new", [()], ""),
    "project": (project(["six"], BUILD), "new", [()], ""),
    "project-by-setting": (project(["six"], "[tool.pdm]\ndistribution = true\n"), "new", [()], ""),
    "targets": (project(["numpy", "colorama; sys_platform == 'win32'"], APPLICATION), "new",
                [("--platform", "linux", "--python", "==3.12.*"), ("--platform", "windows", "--python", "==3.12.*", "--append")], ""),
    "windows-only": (project(["colorama"], APPLICATION), "new", [("--platform", "windows")], ""),
    "two-versions": (project(["click<8.2; python_version < '3.12'", "click>=8.2; python_version >= '3.12'"], APPLICATION), "new",
                     [("--python", "==3.11.*"), ("--python", "==3.12.*", "--append")], ""),
    "lock-inputs": (FULL + INPUTS, "new", [ALL], "extra all\n"),
    "workspace": (WORKSPACE, "new", [()], ""),
    "workspace-walk": (WORKSPACE, "new", [("-S", "no_inherit_metadata")], ""),
    "workspace-inputs": (WORKSPACE + INPUTS, "new", [()], ""),
    "old-2.10": (FULL, "old", [ALL], ""),
    "old-2.4": (project(MAIN, "[tool.pdm.dev-dependencies]\ntest = ['iniconfig']\n[tool.pdm.overrides]\nidna = '3.6'\n" + BUILD, EXTRAS), "24", [()], "extra fast\n"),
}
PDM_EDITS = {  # what is changed after locking, and that PDM then refuses
    "stale-added": ('"click"', '"click", "attrs"'),
    "stale-removed": (', "click"', ""),
    "stale-bound": ("requests[socks]>=2.31", "requests[socks]<2.30"),
    "stale-python": (">=3.11", ">=3.12"),
    "stale-group": ('"pluggy"', '"pluggy", "toml"'),
    "stale-main": ('"click"', '"click", "six"'),
    "stale-marker": ("'win32'", "'darwin'"),
}
MEMBER_EDITS = {"stale-member": (WORKSPACE, ('["six"]', '["six", "attrs"]', "lib/pyproject.toml")),
                "stale-member-inputs": (WORKSPACE + INPUTS, ('["six"]', '["six>2"]', "lib/pyproject.toml")),
                "stale-inputs": (FULL + INPUTS, ('"click"', '"attrs"'))}


def pdm_case(root, name, manifest, tool, locks, request, edit=None):
    app = fresh(root, "pdm", name)
    (app / "pyproject.toml").write_text(manifest)
    pdm = VENVS / f"pdm-{tool}" / "bin" / "pdm"
    run(app, PYTHON, "-m", "venv", "--without-pip", ".venv")
    for args in locks:
        run(app, pdm, "lock", *args)
    groups = [word for line in request.splitlines() for word in ("-G", line.split()[1])]
    only = ["--no-default", "-G", "default"] if "group" in request else ["--prod"]  # PDM takes no dev group with --prod
    listing = run(app, pdm, "sync", *only, "--no-self", "--dry-run", *groups, ok=False)
    if edit:
        old, new, *other = edit
        file = app / (other or ["pyproject.toml"])[0]
        file.write_text(file.read_text().replace(old, new))
        if run(app, pdm, "lock", "--check", ok=False).returncode == 0:
            raise SystemExit(f"{name}: PDM takes it")
    elif tool == "new" and run(app, pdm, "lock", "--check", ok=False).returncode:
        raise SystemExit(f"{name}: PDM says that it is stale")
    if listing.returncode == 0 and not edit and not name.startswith("unknown"):
        names = sorted(f"{canonicalize_name(n)}=={v}" for n, v in re.findall(r"^\s+- (\S+) (\S+)$", listing.stdout, re.M))
        (app / "installs").write_text("".join(n + "\n" for n in names))
    keep(app, "pdm", name, request)
    if not edit and manifest != WORKSPACE:  # hosts were replaced: PDM itself says what the hash of the replaced manifest is
        out = OUT / "pdm" / name
        code = "from pdm.project.project_file import PyProject as P; from pdm.termui import UI; print(P('pyproject.toml', ui=UI()).content_hash())"
        digest = run(out, VENVS / f"pdm-{tool}" / "bin" / "python", "-c", code).stdout.split()[-1]
        text = (out / "pdm.lock").read_text()
        (out / "pdm.lock").write_text(re.sub(r'(content_hash = "sha256:)\w+', r"\g<1>" + digest, text))


# ---- Pipenv

DEFAULT = PyPI.simple_url  # its hash is made with it; the cases have @INDEX@ in its place
PLAIN = '[packages]\nrequests = {extras = ["socks"], version = "*"}\nclick = ">=8"\ncolorama = {version = "*", sys_platform = "== \'win32\'"}\n\n[dev-packages]\niniconfig = "*"\n'
CATEGORY = PLAIN + '\n[docs]\nsix = "*"\n\n[requires]\npython_version = "3.12"\n'
INDEXES = f"""[[source]]
name = "pypi"
url = "{DEFAULT}"
verify_ssl = true

[[source]]
name = "privé"
url = "http://${{INDEX_USER}}:${{INDEX_PASSWORD}}@127.0.0.1:18947/private"
verify_ssl = false

[packages]
inhouse = {{version = "*", index = "privé"}}
click = "*"
"""
SEARCHED = INDEXES + "\n[pipenv]\ninstall_search_all_sources = true\n"
PLACES = '[packages]\nmy-lib = {path = "./lib", editable = true}\ngreet = {git = "http://127.0.0.1:18947/greet.git", ref = "main"}\n' \
    'inhouse-extra = {file = "http://127.0.0.1:18947/files/inhouse_extra-1.0-py3-none-any.whl#sha256=@inhouse_extra@"}\nvendored = {path = "./wheels/vendored-1.0-py3-none-any.whl"}\n'
URL = '[packages]\n{0} = {{file = "http://127.0.0.1:18947/files/{1}.whl"}}\n'
NAMES = '[packages]\nJaraco_Classes = "*"\nzope-Event = {version = "*", markers = "python_version > \'3\'"}\n\n[requires]\npython_full_version = "3.12.1"\n'
KEYS = '[packages]\nclick = {version = "*", sys_platform = "== \'linux\'", python_version = ">= \'3.8\'"}\nsix = {version = "*", os_name = "== \'nt\'"}\n' \
    'iniconfig = {version = "*", platform_machine = "!= \'x\'", markers = "python_version < \'4\'"}\npluggy = {version = "*", no_binary = true}\n'

PIPFILE = {
    "plain": (PLAIN, "new", ""),
    "plain-old": (PLAIN, "old", ""),
    "category": (CATEGORY, "new", "group docs\n"),
    "develop": (CATEGORY, "new", "group dev-packages\n"),
    "unknown-category": (CATEGORY, "new", "group tests\n"),
    "extra": (PLAIN, "new", "extra fast\n"),
    "indexes": (INDEXES, "new", ""),
    "indexes-searched": (SEARCHED, "new", ""),
    "places": (PLACES, "new", ""),
    "places-old": (PLACES, "old", ""),
    "url-on-index": (URL.format("six", "six-1.17.0-py2.py3-none-any"), "new", ""),  # Pipenv locks every hash of that release
    "unverified-url": (URL.format("inhouse-extra", "inhouse_extra-1.0-py3-none-any"), "new", ""),
    "names": (NAMES, "new", ""),
    "names-old": (NAMES, "old", ""),
    "marker-keys": (KEYS, "new", ""),
    "marker-keys-old": (KEYS, "old", ""),
}
PIPFILE_EDITS = {
    "stale-added": ('click = ">=8"', 'click = ">=8"\nsix = "*"'),
    "stale-removed": ('click = ">=8"\n', ""),
    "stale-bound": (">=8", "<8"),
    "stale-python": ('python_version = "3.12"', 'python_version = "3.13"'),
    "stale-dev": ('iniconfig = "*"', 'iniconfig = "*"\npluggy = "*"'),
    "stale-source": ("[packages]", '[[source]]\nname = "other"\nurl = "https://index.example/simple"\nverify_ssl = true\n\n[packages]'),
}


def pipfile_case(root, name, manifest, tool, request, edit=None):
    app = fresh(root, "pipfile", name)
    manifest = manifest.replace("@inhouse_extra@", SUMS["inhouse_extra"])
    (app / "Pipfile").write_text(manifest)
    pipenv = VENVS / f"pipenv-{tool}" / "bin" / "pipenv"
    run(app, pipenv, "lock")
    if edit:
        (app / "Pipfile").write_text(manifest.replace(*edit))
        if run(app, pipenv, "verify", ok=False).returncode == 0:
            raise SystemExit(f"{name}: Pipenv takes it")
    elif not request.startswith("extra") and not name.startswith("unknown") and "url" not in name:
        names = []
        sections = [[]] + [["--categories", line.split()[1]] for line in request.splitlines()]
        for section in sections:
            listing = run(app, pipenv, "requirements", *section, ok=False)
            names += [n for line in listing.stdout.splitlines() for n in required(line)]
        if listing.returncode == 0:
            (app / "installs").write_text("".join(n + "\n" for n in sorted(set(names))))
    keep(app, "pipfile", name, request)
    if not edit:
        out = OUT / "pipfile" / name
        code = "from pipenv.project import Project as P; p = P(); print((getattr(p, 'calculate_pipfile_hash', None) or p.pipfile.calculate_hash)())"
        digest = run(out, VENVS / f"pipenv-{tool}" / "bin" / "python", "-c", code).stdout.split()[-1]
        lock = out / "Pipfile.lock"
        lock.write_text(re.sub(r'("hash": \{\s+"sha256": ")\w+', r"\g<1>" + digest, lock.read_text()))
    for file in (OUT / "pipfile" / name).glob("Pipfile*"):
        file.write_text(file.read_text().replace(DEFAULT, "@INDEX@"))


def required(line):
    """The packages that a line of `pipenv requirements` installs here."""
    if not line.strip() or line.startswith(("-i", "--")):
        return
    if line.startswith(("-e", ".")):
        yield "my-lib" if "lib" in line and "whl" not in line else "vendored"
        return
    if line.startswith("http"):
        yield canonicalize_name(line.split("/")[-1].split("-")[0])
        return
    r = Requirement(line)
    if not r.specifier and not r.url:
        return  # Pipenv 2026 loses the shorthand marker of what this platform does not need, and locks no version of it
    if r.marker is None or r.marker.evaluate(MARKERS):
        yield canonicalize_name(r.name) + (str(r.specifier) if not r.url else "")


# ---- both

def fresh(root, kind, name):
    app = root / kind / name
    app.mkdir(parents=True)
    library(app / "lib", "my-lib")
    wheel(app / "wheels", "vendored", "1.0")
    (app / "app.py").write_text('"""An app."""\n')
    return app


def keep(app, kind, name, request):
    out = OUT / kind / name
    out.mkdir(parents=True, exist_ok=True)
    (out / "environment").write_text("3.12.1 x86_64\n")
    for file in ("pyproject.toml", "pdm.lock", "Pipfile", "Pipfile.lock", "installs"):
        if (app / file).exists():
            text = (app / file).read_text()
            for real, example in HOSTS.items():
                text = text.replace(real, example)
            (out / file).write_text(text.replace(str(app), "/app"))
    if request:
        (out / "request").write_text(request)
    manifest = (out / ("Pipfile" if kind == "pipfile" else "pyproject.toml")).read_text()
    if "/lib" in manifest:
        (out / "lib").mkdir(exist_ok=True)
        shutil.copy(app / "lib" / "pyproject.toml", out / "lib")
    if "wheels/" in manifest:
        shutil.copytree(app / "wheels", out / "wheels", dirs_exist_ok=True)


def main():
    only = sys.argv[4:]
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary)
        serve(root / "served")
        jobs = {f"pdm/{n}": lambda n=n, c=c: pdm_case(root, n, *c) for n, c in PDM.items()}
        jobs |= {f"pdm/{n}": lambda n=n, e=e: pdm_case(root, n, FULL, "new", [ALL], "", e) for n, e in PDM_EDITS.items()}
        jobs |= {f"pdm/{n}": lambda n=n, m=m, e=e: pdm_case(root, n, m, "new", [ALL], "", e) for n, (m, e) in MEMBER_EDITS.items()}
        jobs |= {f"pipfile/{n}": lambda n=n, c=c: pipfile_case(root, n, *c) for n, c in PIPFILE.items()}
        jobs |= {f"pipfile/{n}": lambda n=n, e=e: pipfile_case(root, n, CATEGORY, "new", "", e) for n, e in PIPFILE_EDITS.items()}
        for name, job in jobs.items():
            if not only or name in only:
                print(name, flush=True)
                job()


main()
