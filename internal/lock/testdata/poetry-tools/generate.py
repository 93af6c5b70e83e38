#!/usr/bin/env python3
"""Makes the cases under poetry/ with real releases of Poetry, and asks each what it would install from its own lock.

usage: generate.py POETRIES OUT PYTHON...   (Python 3.11 or newer; needs git)

POETRIES holds a virtual environment for each release: v10, v11, v14, v18, v22, vnew (1.0.10, 1.1.15, 1.4.2, 1.8.5, 2.2.1, 2.5.1).
PYTHON are the interpreters that cases are evaluated for. Packages are made up and served from this machine, so that nothing
moves; each Poetry takes that server for the public index. Hosts are replaced afterwards, see README.md.
"""
import base64
import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile

from cases import CASES, PACKAGES, PRIVATE

POETRIES, OUT, PYTHONS = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), sys.argv[3:]
SERVER = "http://127.0.0.1:18233"  # fixed, so that locks stay the same
GIT = "file:///tmp/lockstep-testdata/greet-poetry.git"  # the same
REPLACED = {GIT.replace("file://", "file://None"): "https://git.example/greet.git", GIT: "https://git.example/greet.git", SERVER + "/private/simple": "https://private.example/simple",
            SERVER + "/files": "https://files.example"}
STARTER = f"""
import sys
from poetry.repositories.pypi_repository import PyPiRepository as P
init = P.__init__
if init.__defaults__:
    init.__defaults__ = tuple(("{SERVER}/" if str(d).startswith("https://") else d) for d in init.__defaults__)
if init.__kwdefaults__ and "url" in init.__kwdefaults__:
    init.__kwdefaults__["url"] = "{SERVER}/"
try:
    from poetry.console.application import main
except ImportError:
    from poetry.console import main
sys.exit(main())
"""
HASH = """
import pathlib
from poetry.factory import Factory
print(Factory().create_poetry(pathlib.Path(".")).locker._get_content_hash())
"""
GIT_AUTHOR = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "GIT_AUTHOR_NAME": "a",
              "GIT_AUTHOR_EMAIL": "a@example", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example"}


def metadata(name, version, requires, python):
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: {python}\n"
    extras = sorted({e for r in requires for e in re.findall(r"extra == ['\"]([^'\"]+)", r)})
    return text + "".join(f"Provides-Extra: {e}\n" for e in extras) + "".join(f"Requires-Dist: {r}\n" for r in requires)


def wheel(name, version, requires, python, tag):
    module = name.replace("-", "_")
    info, out = f"{module}-{version}.dist-info", io.BytesIO()
    files = {f"{module}/__init__.py": "", f"{info}/METADATA": metadata(name, version, requires, python),
             f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: {tag}\n"}
    lines = [f"{n},sha256={base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b'=').decode()},{len(t)}\n"
             for n, t in files.items()]
    files[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(out, "w") as z:
        for n, text in files.items():
            z.writestr(zipfile.ZipInfo(n, (2026, 1, 1, 0, 0, 0)), text)
    return f"{module}-{version}-{tag}.whl", out.getvalue()


def sdist(name, version, requires, python):
    base, raw = f"{name.replace('-', '_')}-{version}", io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as t:
        data = metadata(name, version, requires, python).encode()
        entry = tarfile.TarInfo(f"{base}/PKG-INFO")
        entry.size = len(data)
        t.addfile(entry, io.BytesIO(data))
    import gzip
    return base + ".tar.gz", gzip.compress(raw.getvalue(), mtime=0)


def release(name, version, spec):
    requires, python = spec.get("requires", []), spec.get("python", ">=3.6")
    files = [wheel(name, version, requires, python, tag) for tag in spec.get("tags", ["py3-none-any"])]
    if spec.get("sdist", True):
        files.append(sdist(name, version, requires, python))
    return requires, python, files


def serve():
    """Both JSON generations of the public index, and a private simple index in HTML."""
    pages, files = {}, {}
    for name, versions in (PACKAGES | PRIVATE).items():
        releases, simple, links = {}, {"meta": {"api-version": "1.0"}, "name": name, "files": []}, ""
        for version, spec in versions.items():
            requires, python, built = release(name, version, spec)
            urls = []
            for filename, data in built:
                files["/files/" + filename] = data
                digest = hashlib.sha256(data).hexdigest()
                url = f"{SERVER}/files/{filename}"
                kind = "bdist_wheel" if filename.endswith(".whl") else "sdist"
                urls.append({"packagetype": kind, "filename": filename, "url": url, "digests": {"sha256": digest}, "yanked": False,
                             "requires_python": python, "python_version": "py3"})
                simple["files"].append({"filename": filename, "url": url, "hashes": {"sha256": digest}, "requires-python": python, "yanked": False})
                links += f'<a href="{url}#sha256={digest}">{filename}</a>\n'
            info = {"name": name, "version": version, "summary": "", "platform": "", "requires_dist": requires,
                    "requires_python": python, "yanked": False}
            releases[version] = urls
            if name in PACKAGES:
                pages[f"/pypi/{name}/{version}/json"] = json.dumps({"info": info, "urls": urls})
        if name in PACKAGES:
            pages[f"/pypi/{name}/json"] = json.dumps({"info": info, "releases": releases})
            pages[f"/simple/{name}/"] = json.dumps(simple)
        else:
            pages[f"/private/simple/{name}/"] = f"<html><body>{links}</body></html>"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.split("?")[0].replace("%2B", "+")
            body = pages.get(path, "").encode() or files.get(path)
            self.send_response(200 if body else 404)
            kind = "text/html" if path.startswith("/private") else "application/vnd.pypi.simple.v1+json" if path.startswith("/simple") else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body or b"")

        do_HEAD = do_GET

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 18233), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def repository():
    bare = pathlib.Path(GIT.removeprefix("file://"))
    shutil.rmtree(bare, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work:
        for folder, name in ((".", "greet"), ("sub", "nested")):
            path = pathlib.Path(work, folder)
            path.mkdir(exist_ok=True)
            (path / "setup.py").write_text(f"from setuptools import setup\nsetup(name='{name}', version='1.0')\n")
            (path / "pyproject.toml").write_text(
                f'[tool.poetry]\nname = "{name}"\nversion = "1.0"\ndescription = ""\nauthors = []\n'
                f'[tool.poetry.dependencies]\npython = ">=3.6"\nutil = "^1.0"\n')
        for args in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1"], ["clone", "-q", "--bare", ".", bare]):
            subprocess.run(["git", *args], cwd=work, env=os.environ | GIT_AUTHOR, check=True)


def run(release, app, python, *args, check=True):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("POETRY_", "PIP_"))} | {
        "VIRTUAL_ENV": str(python), "PATH": f"{python}/bin:{os.environ['PATH']}", "POETRY_CACHE_DIR": str(CACHE / release),
        "POETRY_VIRTUALENVS_CREATE": "false", "NO_COLOR": "1", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    done = subprocess.run([POETRIES / release / "bin" / "python", *args], cwd=app, env=env, capture_output=True, text=True, timeout=300)
    if check and done.returncode:
        sys.exit(f"{app}: {args[-1]}: {done.stdout}{done.stderr}")
    return done


def installs(case, app, python):
    """What Poetry says that it would install, one name==version a line."""
    old = case["poetry"] in ("v10", "v11")
    args = ["install", "--dry-run", "--no-root", "--no-ansi"] + (["--no-dev"] if old else ["--only", ",".join(["main", *case.get("groups", [])])])
    for extra in case.get("extras", []):
        args += ["-E", extra]
    done = run(case["poetry"], app, python, "-c", STARTER, *args)
    output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    found = [m for m in re.findall(r"Install(?:ing)? (\S+) \(([^ )]+)[^)]*\)(.*)", output) if "Skipped" not in m[2]]
    return "".join(f"{line}\n" for line in sorted({f"{name.lower()}=={version}" for name, version, _ in found}))


def anonymous(text):
    for place, name in REPLACED.items():
        text = text.replace(place, name)
    return text


def rehash(case, app, lock):
    """The hash that Poetry gives the manifest once its hosts are replaced."""
    python = VENVS[case.get("python", list(VENVS)[0])]
    return re.sub(r'content-hash = "\w+"', f'content-hash = "{run(case["poetry"], app, python, "-c", HASH).stdout.split()[-1]}"', lock)


def main():
    serve()
    repository()
    for name, case in CASES.items():
        if not re.search(os.environ.get("ONLY", ""), name):
            continue
        app, python = ROOT / name, VENVS[case.get("python", list(VENVS)[0])]
        for file, text in case["files"].items():
            (app / file).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(text, tuple):
                (app / file).write_bytes(wheel(*text)[1])
            else:
                (app / file).write_text(text.replace("@GIT@", GIT).replace("@SERVER@", SERVER))
        run(case["poetry"], app, python, "-c", STARTER, "lock", "--no-ansi")
        out = OUT / name
        shutil.rmtree(out, ignore_errors=True)
        if case.get("agree", True):
            expected = installs(case, app, python)
            (app / "poetry-installs").write_text(expected)
        lock = (app / "poetry.lock").read_text()
        if anonymous((app / "pyproject.toml").read_text()) != (app / "pyproject.toml").read_text():
            (app / "pyproject.toml").write_text(anonymous((app / "pyproject.toml").read_text()))
            lock = rehash(case, app, lock)
        lock = anonymous(lock)
        (app / "poetry.lock").write_text(case.get("edit", lambda t: t)(lock))
        if "change" in case:
            text = case["change"]((app / "pyproject.toml").read_text())
            (app / "pyproject.toml").write_text(text)
            done = run(case["poetry"], app, python, "-c", STARTER, "install", "--dry-run", "--no-root", "--no-ansi", check=False)
            if "pyproject.toml" not in done.stdout + done.stderr:
                sys.exit(f"{name}: Poetry does not say that this lock is stale: {done.stdout}{done.stderr}")
        shutil.copytree(app, out)
        (out / "environment").write_text(case.get("python", list(VENVS)[0]) + " x86_64\n")
        request = "".join(f"extra {e}\n" for e in case.get("extras_asked", case.get("extras", []))) + "".join(
            f"group {g}\n" for g in case.get("groups_asked", case.get("groups", [])))
        if request:
            (out / "request").write_text(request)
        print(name, "ok", flush=True)


with tempfile.TemporaryDirectory() as temporary:
    ROOT = pathlib.Path(temporary)
    CACHE = ROOT / ".cache"
    VENVS = {}
    for interpreter in PYTHONS:
        version = subprocess.run([interpreter, "-c", "import platform; print(platform.python_version())"], capture_output=True, text=True).stdout.strip()
        VENVS[version] = ROOT / f".venv-{version}"
        subprocess.run([interpreter, "-m", "venv", "--without-pip", VENVS[version]], check=True)
    main()
