#!/usr/bin/env python3
"""Runs the real uv into failures and keeps its words, one case a folder of OUT: stderr, and the file that was resolved, if any.

usage: uv-says.py UV PYTHON OUT   (UV 0.12.5; root, for a small tmpfs; needs an index, git, openssl)
Hosts and paths are replaced, see README.md.
"""
import base64
import hashlib
import http.server
import io
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile

from pip._internal.models.index import PyPI

UV, PYTHON, OUT = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
PORT, TLS = 18232, 18233
HERE = f"http://127.0.0.1:{PORT}"
CLOSED = "http://127.0.0.1:9"
ROOT = pathlib.Path(tempfile.mkdtemp())
CA = ROOT / "ca.pem"


def wheel(name, version, requires=(), python=None, tag="py3-none-any"):
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {r}\n" for r in requires)
    metadata += f"Requires-Python: {python}\n" if python else ""
    files = {f"{name}.py": "", f"{info}/METADATA": metadata, f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"}
    record = ""
    for n, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{n},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for n, text in files.items():
            z.writestr(n, text)
    return f"{name}-{version}-{tag}.whl", out.getvalue()


def sdist(name, version, files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        for n, text in files.items():
            member = tarfile.TarInfo(f"{name}-{version}/{n}")
            member.size = len(text)
            t.addfile(member, io.BytesIO(text.encode()))
    return f"{name}-{version}.tar.gz", out.getvalue()


def pyproject(name, requires='["setuptools"]'):
    return (f'[project]\nname = "{name}"\nversion = "1.0"\n[build-system]\nrequires = {requires}\n'
            'build-backend = "setuptools.build_meta"\n')


EXTENSION = "from setuptools import setup, Extension\nsetup(ext_modules=[Extension('x', ['x.c'])])\n"
FILES = dict([
    wheel("two", "2.0"), wheel("future", "1.0", python=">=3.99"), wheel("old", "1.0", ["two<2"]), wheel("new", "1.0", ["two>=2"]),
    wheel("windows", "1.0", tag="cp314-cp314-win_amd64"), wheel("ancient", "1.0", tag="cp39-cp39-manylinux_2_17_x86_64"),
    sdist("drawing", "1.0", {"pyproject.toml": pyproject("drawing"), "setup.py": EXTENSION, "x.c": "#include <graphviz/cgraph.h>\n"}),
    sdist("flat", "1.0", {"pyproject.toml": pyproject("flat"), "api/__init__.py": "", "models/__init__.py": ""}),
    sdist("forgetful", "1.0", {"pyproject.toml": pyproject("forgetful"), "setup.py": "import numpy\n"}),
    ("broken-1.0-py3-none-any.whl", b"not a zip file"), wheel("needy", "1.0", ["nowhere"]),
    sdist("native", "1.0", {"pyproject.toml": pyproject("native"), "setup.py": EXTENSION, "x.c": "int x;"}),
    sdist("failing", "1.0", {"pyproject.toml": pyproject("failing").replace('version = "1.0"', 'version = "1.0"\ndynamic = ["dependencies"]'), "setup.py": "raise RuntimeError('set FAILING_HOME first')\n"}),
    sdist("unbuildable", "1.0", {"pyproject.toml": pyproject("unbuildable", '["nowhere-to-be-found"]')}),
    sdist("nocmake", "1.0", {"pyproject.toml": pyproject("nocmake"), "setup.py": "import subprocess\nsubprocess.check_call(['cmake', '--version'])\n"}),
    sdist("rusty", "1.0", {"pyproject.toml": pyproject("rusty", '["setuptools", "setuptools-rust"]'), "Cargo.toml": '[package]\nname = "rusty"\nversion = "1.0.0"\n',
                           "setup.py": "from setuptools import setup\nfrom setuptools_rust import RustExtension\nsetup(rust_extensions=[RustExtension('rusty')])\n"}),
    sdist("mesonic", "1.0", {"pyproject.toml": '[project]\nname = "mesonic"\nversion = "1.0"\n[build-system]\nrequires = ["meson-python", "ninja"]\nbuild-backend = "mesonpy"\n',
                             "meson.build": "project('mesonic', 'c', version: '1.0')\n"}),
    wheel("heavy", "1.0"), wheel("withdrawn", "1.0"),
])
FILES["heavy-1.0-py3-none-any.whl"] = None


def heavy():
    name, data = wheel("heavy", "1.0")
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as z:
        z.writestr("heavy_data.bin", os.urandom(3_000_000))
    FILES[name] = out.getvalue()


heavy()


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        parts = self.path.strip("/").split("/")
        status = {"unauthorized": 401, "forbidden": 403, "error": 500, "busy": 503}.get(parts[0], 200)
        if parts[0] == "stall":
            time.sleep(20)
        if status != 200:
            return self.answer(status, b"no")
        name = parts[-1]
        if name in FILES:
            return self.answer(200, FILES[name])
        found = [f for f in FILES if f.split("-")[0] == name]
        if not found:
            return self.answer(404, b"not found")
        yanked = ' data-yanked="it eats data"' if name == "withdrawn" else ""
        links = "".join(f'<a href="/files/{f}#sha256={hashlib.sha256(FILES[f]).hexdigest()}"{yanked}>{f}</a>' for f in found)
        self.answer(200, links.encode(), "text/html")

    do_HEAD = do_GET

    def answer(self, status, body, kind="application/octet-stream"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *args):
        pass


def serve():
    threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Index).serve_forever, daemon=True).start()
    key = ROOT / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=index.example", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", ROOT / "cert.pem"], check=True, capture_output=True)
    serve_tls(TLS, ROOT / "cert.pem", key)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout", ROOT / "ca.key", "-out", CA],
                   check=True, capture_output=True)
    (ROOT / "ca.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
                                 "copy_extensions=copy\n[p]\ncommonName=supplied\n")
    (ROOT / "index.txt").touch()
    (ROOT / "serial").write_text("01")
    for port, name, start, end in [(TLS + 1, "DNS:other.example", "20260101000000Z", "20990101000000Z"), (TLS + 2, "IP:127.0.0.1", "20200101000000Z", "20210101000000Z")]:
        subprocess.run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{port}.key", "-out", f"{port}.csr", "-subj", f"/CN={port}", "-addext",
                        f"subjectAltName={name}"], check=True, capture_output=True, cwd=ROOT)
        subprocess.run(["openssl", "ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{port}.csr", "-out", f"{port}.pem",
                        "-startdate", start, "-enddate", end], check=True, capture_output=True, cwd=ROOT)
        serve_tls(port, ROOT / f"{port}.pem", ROOT / f"{port}.key")


def serve_tls(port, cert, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Index)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def entry(name, kind="wheel", url=None, sha=None, size=None):
    file = next(f for f in FILES if f.startswith(name + "-"))
    sha = sha or hashlib.sha256(FILES[file]).hexdigest()
    line = f'{{ name = "{file}", url = "{url or HERE}/files/{file}", {f"size = {size}, " if size else ""}hashes = {{ sha256 = "{sha}" }} }}'
    field = f"wheels = [{line}]" if kind == "wheel" else f"sdist = {line}"
    return f'[[packages]]\nname = "{name}"\nversion = "{file.split("-")[1].removesuffix(".tar.gz")}"\n{field}\n'


def git(url, commit="0" * 40):
    return f'[[packages]]\nname = "greet"\n[packages.vcs]\ntype = "git"\nurl = "{url}"\ncommit-id = "{commit}"\n'


NOWHERE = f"file://{ROOT}/nowhere.git"
HASH = " --hash=sha256:" + "0" * 64
NO_PATH = {"PATH": "/nonexistent"}
LOOPBACK = {"UV_DEFAULT_INDEX": HERE + "/simple"}


def index(path):
    return {"UV_DEFAULT_INDEX": path}


# case → (what is asked for, environment); "resolve" and "hashed" are requirements, "lock" is a pylock, "source" an sdist of the index
CASES = {
    "no-package": ("resolve", "surely-nowhere\n", LOOPBACK),
    "no-package-hashed": ("hashed", "surely-nowhere==1.0" + HASH + "\n", LOOPBACK),
    "no-package-of-a-package": ("resolve", "needy\n", LOOPBACK),
    "no-package-real-index": ("resolve", "lockstep-surely-nowhere-9\n", {}),
    "no-version": ("resolve", "two==9.9\n", LOOPBACK),
    "no-version-range": ("resolve", "two>=9\n", LOOPBACK),
    "no-version-hashed": ("hashed", "two==9.9" + HASH + "\n", LOOPBACK),
    "wrong-hash": ("lock", entry("two", sha="0" * 64), {}),
    "wrong-hash-sdist": ("lock", entry("failing", "sdist", sha="0" * 64), {}),
    "wrong-hash-hashed": ("hashed", "two==2.0" + HASH + "\n", LOOPBACK),
    "wrong-size": ("lock", entry("two", size=5), {}),
    "missing-hash": ("hashed", "two==2.0\n", LOOPBACK),
    "unreachable": ("resolve", "two\n", index(CLOSED + "/simple")),
    "unreachable-file": ("lock", entry("two", url=CLOSED), {}),
    "unreachable-hashed": ("hashed", "two==2.0" + HASH + "\n", index(CLOSED + "/simple")),
    "unknown-host": ("resolve", "two\n", index("https://index.invalid/simple")),
    "stalled": ("resolve", "two\n", index(HERE + "/stall/simple") | {"UV_HTTP_TIMEOUT": "1", "UV_HTTP_RETRIES": "1"}),
    "bad-proxy": ("resolve", "two\n", index("https://index.invalid/simple") | {"HTTPS_PROXY": CLOSED}),
    "unknown-authority": ("resolve", "two\n", index(f"https://127.0.0.1:{TLS}/simple")),
    "certificate-other-name": ("resolve", "two\n", index(f"https://127.0.0.1:{TLS + 1}/simple") | {"SSL_CERT_FILE": str(CA)}),
    "certificate-expired": ("resolve", "two\n", index(f"https://127.0.0.1:{TLS + 2}/simple") | {"SSL_CERT_FILE": str(CA)}),
    "yanked": ("resolve", "withdrawn\n", LOOPBACK),
    "unauthorized": ("resolve", "two\n", index(HERE + "/unauthorized/simple")),
    "unauthorized-file": ("lock", entry("two", url=HERE + "/unauthorized"), {}),
    "forbidden": ("resolve", "two\n", index(HERE + "/forbidden/simple")),
    "forbidden-hashed": ("hashed", "two==2.0" + HASH + "\n", index(HERE + "/forbidden/simple")),
    "forbidden-file": ("lock", entry("two", url=HERE + "/forbidden"), {}),
    "missing-file": ("lock", entry("two", url=HERE + "/nowhere").replace("two-2.0-py3-none-any.whl\", h", "gone-2.0-py3-none-any.whl\", h"), {}),
    "server-error": ("resolve", "two\n", index(HERE + "/error/simple")),
    "server-busy-file": ("lock", entry("two", url=HERE + "/busy"), {}),
    "offline": ("resolve", "two\n", LOOPBACK | {"UV_OFFLINE": "1"}),
    "no-compiler": ("lock", entry("native", "sdist"), NO_PATH),
    "no-compiler-resolve": ("hashed", "native==1.0 --hash=sha256:" + hashlib.sha256(FILES["native-1.0.tar.gz"]).hexdigest() + "\n",
                            NO_PATH | {"UV_INDEX": HERE + "/simple"}),
    "no-compiler-meson": ("lock", entry("mesonic", "sdist"), NO_PATH),
    "no-rust": ("lock", entry("rusty", "sdist"), NO_PATH),
    "no-pg-config": ("source", "psycopg2==2.9.11", NO_PATH),
    "no-mysql": ("source", "mysqlclient==2.2.7", NO_PATH),
    "no-libxml2": ("source", "lxml==6.0.2", NO_PATH),
    "no-header": ("source", "python-ldap==3.4.5", {"CC": "gcc", "LDSHARED": "gcc -shared"}),
    "no-header-known": ("lock", entry("drawing", "sdist"), {"CC": "gcc", "LDSHARED": "gcc -shared"}),
    "no-compiler-uwsgi": ("source", "uwsgi==2.0.31", NO_PATH),
    "no-compiler-cpp": ("source", "pyodbc==5.3.0", NO_PATH),
    "no-pkg-config": ("source", "xmlsec==1.3.17", NO_PATH),
    "no-library-meson": ("source", "pycairo==1.28.0", {}),
    "no-cmake": ("lock", entry("nocmake", "sdist"), NO_PATH),
    "flat-layout": ("lock", entry("flat", "sdist"), {}),
    "flat-layout-resolve": ("resolve", "./flat\n", {}),
    "failing-directory": ("lock", '[[packages]]\nname = "flat"\ndirectory = { path = "flat" }\n', {}),
    "no-build-module": ("lock", entry("forgetful", "sdist"), {}),
    "build-forbidden": ("lock", entry("failing", "sdist"), {"UV_CONFIG_FILE": str(ROOT / "no-build.toml")}),
    "failing-build": ("lock", entry("failing", "sdist"), {}),
    "failing-build-resolve": ("resolve", f"failing @ {HERE}/files/failing-1.0.tar.gz\n", {}),
    "no-build-requirement": ("lock", entry("unbuildable", "sdist"), LOOPBACK),
    "no-build-allowed": ("resolve", "failing\n", LOOPBACK | {"UV_NO_BUILD": "1"}),
    "other-platform": ("resolve", "windows\n", LOOPBACK),
    "other-python": ("resolve", "ancient\n", LOOPBACK),
    "requires-python": ("resolve", "future\n", LOOPBACK),
    "conflict": ("resolve", "old\nnew\n", LOOPBACK),
    "conflict-direct": ("resolve", "two<2\ntwo>=2\n", LOOPBACK),
    "broken-wheel": ("lock", entry("broken"), {}),
    "disk-full": ("lock", entry("heavy"), {}),
    "no-git": ("lock", git("https://files.example/greet.git"), NO_PATH),
    "no-git-resolve": ("resolve", "greet @ git+https://files.example/greet.git\n", NO_PATH),
    "no-repository": ("lock", git(NOWHERE), {}),
    "no-repository-resolve": ("resolve", f"greet @ git+{NOWHERE}\n", {}),
    "git-commit": ("lock", git(f"file://{ROOT}/greet.git"), {}),
    "git-branch-resolve": ("resolve", f"greet @ git+file://{ROOT}/greet.git@nowhere\n", {}),
    "git-unreachable": ("lock", git("https://127.0.0.1:9/greet.git"), {}),
    "git-unauthorized": ("lock", git(f"{HERE}/unauthorized/greet.git"), {}),
    "git-unauthorized-password": ("lock", git(f"{HERE}/unauthorized/greet.git".replace("://", "://user:wrong@")), {}),
    "git-forbidden": ("lock", git(f"{HERE}/forbidden/greet.git"), {}),
    "git-unknown-authority": ("lock", git(f"https://127.0.0.1:{TLS}/greet.git"), {}),
    "bad-line": ("resolve", "two=2.0\n", LOOPBACK),
    "no-directory": ("resolve", "-e ./nowhere\n", LOOPBACK),
    "empty-directory": ("resolve", "./empty\n", LOOPBACK),
}


def run(case, kind, text, extra):
    app = ROOT / case
    (app / "empty").mkdir(parents=True)
    for module in ["api", "models"]:
        (app / "flat" / module).mkdir(parents=True)
        (app / "flat" / module / "__init__.py").touch()
    (app / "flat" / "setup.py").write_text("import nowhere\n" if case == "failing-directory" else "from setuptools import setup\nsetup(name='flat')\n")
    cache = app / "cache"
    cache.mkdir()
    small = case == "disk-full"
    if small:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", cache], check=True)
    env = {"PATH": os.environ["PATH"], "HOME": str(app), "UV_CACHE_DIR": str(cache), "UV_NO_PROGRESS": "1", "NO_COLOR": "1",
           "UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", "GIT_TERMINAL_PROMPT": "0"} | extra
    subprocess.run([UV, "venv", "-q", "--python", PYTHON, app / "venv"], env=env | {"UV_CACHE_DIR": str(app / "c2")}, check=True)
    python = str(app / "venv" / "bin" / "python")
    if kind == "source":
        args = ["pip", "install", "--python", python, "--no-deps", "--quiet", "--no-binary", text.split("==")[0], text]
    elif kind == "resolve":
        (app / "requirements.txt").write_text(text)
        args = ["pip", "compile", "requirements.txt", "--python", python, "--format", "pylock.toml", "--preview-features", "pylock",
                "--no-header", "--no-annotate", "--quiet"]
    else:
        name, more = ("pylock.toml", ["--preview-features", "pylock"]) if kind == "lock" else ("requirements.txt", ["--require-hashes"])
        (app / name).write_text(('lock-version = "1.0"\ncreated-by = "x"\n' if kind == "lock" else "") + text)
        args = ["pip", "install", "--python", python, "--no-deps", "--quiet", "-r", name, *more]
    done = subprocess.run([UV, *args], cwd=app, env=env, capture_output=True, text=True)
    if small:
        subprocess.run(["umount", cache], check=True)
    if done.returncode == 0:
        sys.exit(f"{case}: uv succeeded\n{done.stderr}")
    folder = OUT / case
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stderr").write_text(anonymous(done.stderr, app))
    if kind == "resolve":
        (folder / "file").write_text("requirements.txt\n")


def anonymous(text, app):
    for old, new in [(str(app), "/app"), (str(ROOT), "/srv"), (HERE, "https://index.example"), (CLOSED, "https://index.example"),
                     (f"127.0.0.1:{TLS}", "index.example"), (f"127.0.0.1:{TLS + 1}", "index.example"),
                     (f"127.0.0.1:{TLS + 2}", "index.example"), (f"127.0.0.1:{PORT}", "index.example"), ("127.0.0.1:9", "index.example"), ("index.invalid", "index.example"),
                     (PyPI.simple_url.rstrip("/"), "https://index.example/simple"), (PyPI.file_storage_domain, "files.example"),
                     (str(pathlib.Path(PYTHON).parents[1]), "/cpython")]:
        text = text.replace(old, new)
    # Paths are broken over lines, too, so what is left of this machine goes by its look.
    return re.sub(r"\.tmp\w{6}", ".tmpXXXXXX", text)


serve()
subprocess.run("git init --quiet greet.git && cd greet.git && git -c user.name=a -c user.email=a@example.org commit --quiet --allow-empty --message x", shell=True, check=True, cwd=ROOT)
(ROOT / "no-build.toml").write_text("no-build = true\n")
for case, (kind, text, extra) in CASES.items():
    if len(sys.argv) < 5 or case in sys.argv[4:]:
        run(case, kind, text, extra)
shutil.rmtree(ROOT)
