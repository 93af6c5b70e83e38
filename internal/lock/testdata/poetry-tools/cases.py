"""The made-up packages and the cases of generate.py."""

PACKAGES = {
    "web": {v: {"requires": ["util>=1.0", "tls>=1.0 ; extra == 'secure'", "colors ; sys_platform == 'win32'",
                             "backport ; python_version < '3.12'", "web[secure] ; extra == 'all'", "tester>=1.0 ; extra == 'all'"]}
            for v in ("1.0", "1.4", "2.0")},
    "util": {"1.0": {}, "1.1": {}, "2.0": {"python": ">=3.9"}},
    "tls": {"1.0": {"tags": ["cp311-cp311-manylinux_2_17_x86_64", "cp314-cp314-manylinux_2_17_x86_64", "cp314-cp314-win_amd64"]}},
    "colors": {"0.4": {}},
    "backport": {"1.0": {"python": ">=3.6"}},
    "tester": {"1.0": {"requires": ["util", "colors"]}},
    "numeric": {"1.0": {"python": ">=3.6,<3.12"}, "2.0": {"python": ">=3.11"}},
    "frame": {"1.0": {"requires": ["numeric>=1.0"]}},
    "ring-a": {"1.0": {"requires": ["ring-b"]}},
    "ring-b": {"1.0": {"requires": ["ring-a", "util!=1.0"]}},
    "winonly": {"1.0": {"tags": ["py3-none-win_amd64"], "sdist": False}},
    "Mixed.Case_Name": {"1.0": {}, "1.0.post1": {}},
    "legacy-build": {"1.0": {"requires": ["setuptools"]}},
    "setuptools": {"70.0": {}},
    "greet": {"0.1": {}},
}
PACKAGES["mixed-case-name"] = PACKAGES.pop("Mixed.Case_Name")
PRIVATE = {"corp": {"1.0": {"requires": ["util"]}}, "corp-only": {"1.0+build.1": {"tags": ["py3-none-any"], "sdist": False}}}


def tool(dependencies, tail="", head="package-mode = false\n", python=">=3.11"):
    return (f'[tool.poetry]\nname = "app"\nversion = "1.0"\ndescription = ""\nauthors = []\n{head}\n'
            f'[tool.poetry.dependencies]\npython = "{python}"\n{dependencies}\n{tail}')


def project(dependencies, tail="", poetry="package-mode = false\n", python=">=3.11"):
    return f'[project]\nname = "app"\nversion = "1.0"\nrequires-python = "{python}"\ndependencies = {dependencies!r}\n{tail}\n[tool.poetry]\n{poetry}'


def case(poetry, pyproject, files=None, **more):
    return {"poetry": poetry, "files": {"pyproject.toml": pyproject, **(files or {})}, **more}


def cut(text, name):
    return "[[package]]".join(p for p in text.split("[[package]]") if f'\nname = "{name}"\n' not in p)


GROUPED = tool("""web = "^1.0"
tls = { version = "^1.0", optional = true }
ring-a = { version = "*", optional = true }
""", """[tool.poetry.extras]
crypto = ["tls"]
Ring_Of = ["ring-a", "tls"]

[tool.poetry.group.dev.dependencies]
tester = "*"

[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
numeric = "*"
colors = { version = "*", platform = "win32" }
""")
SPLIT = tool("""frame = "1.0"
numeric = [
  { version = "~1.0", python = "<3.12" },
  { version = "~2.0", python = ">=3.12" },
]
util = [
  { version = "^1.0", markers = "sys_platform == 'linux'" },
  { version = "2.0", platform = "win32" },
]
backport = { version = "*", python = "~2.7 || ~3.11" }
""")
# What Poetry before 1.8 takes: no package-mode.
SPLIT_OLD, GROUPED_OLD = (text.replace("package-mode = false\n", "") for text in (SPLIT, GROUPED))
DEV_OLD = tool('web = { version = "^1.0", extras = ["secure"] }\nlegacy-build = "*"\nMixed_Case-Name = "*"\n'
               'tls = { version = "*", optional = true }\nring-a = { version = "*", optional = true }\n',
               '[tool.poetry.extras]\nring = ["ring-a"]\n\n[tool.poetry.dev-dependencies]\ntester = "^1.0"\nnumeric = "*"\n', head="")
MODERN = project(["web[secure] (>=1.0,<2.0)", "colors ; sys_platform == 'win32'"], """
[project.optional-dependencies]
crypto = ["tls"]
ring = ["ring-a ; python_version >= '3.12'", "mixed.case_name"]

[dependency-groups]
dev = ["tester", {include-group = "docs"}]
docs = ["numeric"]
""")
SOURCES = """
[[tool.poetry.source]]
name = "corp-index"
url = "@SERVER@/private/simple"
priority = "explicit"
"""
ELSEWHERE = """greet = { git = "@GIT@", tag = "v1" }
nested = { git = "@GIT@", branch = "main", subdirectory = "sub" }
lib = { path = "lib", develop = true }
filed = { path = "wheels/filed-1.0-py3-none-any.whl" }
colors = { url = "@SERVER@/files/colors-0.4-py3-none-any.whl" }
"""
LOCAL = {"lib/pyproject.toml": '[tool.poetry]\nname = "lib"\nversion = "0.3"\ndescription = ""\nauthors = []\n'
         '[tool.poetry.dependencies]\npython = ">=3.8"\nring-b = "*"\n', "lib/lib/__init__.py": "",
         "wheels/filed-1.0-py3-none-any.whl": ("filed", "1.0", ["util"], ">=3.6", "py3-none-any")}
BUILT = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'

CASES = {
    # 2.1: groups and markers
    "2.1-project": case("vnew", MODERN),
    "2.1-project-3.11": case("vnew", MODERN, python="3.11.7"),
    "2.1-extras-and-groups": case("vnew", MODERN, extras=["ring"], groups=["docs"]),
    "2.1-two-extras": case("vnew", MODERN, extras=["Crypto", "ring"]),
    "2.1-tool": case("vnew", GROUPED),
    "2.1-tool-extra-group": case("vnew", GROUPED, extras=["ring-of"], groups=["docs", "dev"]),
    "2.1-split": case("vnew", SPLIT),
    "2.1-split-3.11": case("vnew", SPLIT, python="3.11.7"),
    "2.1-dev-and-windows": case("vnew", tool('colors = { version = "*", platform = "win32" }\n',
                                             '[tool.poetry.group.dev.dependencies]\ncolors = "*"\n')),
    "2.1-include-groups": case("vnew", tool('util = "*"\n', '[tool.poetry.group.all]\ninclude-groups = ["docs"]\n'
                               '[tool.poetry.group.docs.dependencies]\nnumeric = "*"\n'), groups=["all"]),
    "2.1-poetry-2.2-groups": case("v22", MODERN, groups=["dev"]),
    "2.1-private-index": case("vnew", tool('corp = { version = "*", source = "corp-index" }\n'
                              'corp-only = { version = "1.0", source = "corp-index" }\n', SOURCES)),
    "2.1-elsewhere": case("vnew", tool(ELSEWHERE), LOCAL),
    "2.1-windows-only": case("vnew", tool('winonly = "*"\n'), agree=False),
    "2.1-hash-non-ascii": case("vnew", tool('util = "^1"\n', """[tool.poetry.group."größe-😀"]
optional = true
[tool.poetry.group."größe-😀".dependencies]
colors = { version = "*", allow-prereleases = true, markers = "platform_version != 'ü'" }
""")),
    "2.1-package": case("vnew", project(["util"], '[project.scripts]\nserve = "app:main"\n', poetry="") + BUILT, {"app/__init__.py": "def main(): pass\n"}),
    "2.1-package-not-there": case("vnew", tool('util = "*"\n', BUILT, head="")),
    "2.1-package-in-src": case("vnew", tool('util = "*"\n', BUILT, head='packages = [{ include = "core", from = "src" }]\n'), {"src/core/__init__.py": ""}),
    # before: a walk
    "2.0-tool": case("v18", GROUPED),
    "2.0-tool-extra-group": case("v18", GROUPED, extras=["Ring_Of"], groups=["docs"]),
    "2.0-split": case("v18", SPLIT),
    "2.0-split-3.11": case("v18", SPLIT, python="3.11.7"),
    "2.0-dev-and-windows": case("v18", tool('colors = { version = "*", platform = "win32" }\n',
                                            '[tool.poetry.group.dev.dependencies]\ncolors = "*"\n')),
    "2.0-extras-of-packages": case("v18", tool('web = { version = ">=1.0", extras = ["all"] }\nring-a = "*"\n')),
    "2.0-private-index": case("v18", tool('corp = { version = "*", source = "corp-index" }\n'
                              'corp-only = { version = "1.0", source = "corp-index" }\n', SOURCES)),
    "2.0-elsewhere": case("v18", tool(ELSEWHERE), LOCAL),
    "2.0-category-split": case("v14", SPLIT_OLD, python="3.11.7"),
    "2.0-category-extra-group": case("v14", GROUPED_OLD, extras=["Ring_Of"], groups=["docs"]),
    "1.1": case("v11", DEV_OLD, python="3.11.7"),
    "1.1-extra": case("v11", DEV_OLD, python="3.11.7", extras=["ring"]),
    "1.1-split": case("v11", SPLIT_OLD.replace("1.0\"\nnumeric", "^1.0\"\nnumeric"), python="3.11.7"),
    "1.0": case("v10", DEV_OLD.replace(">=3.11", "~3.8"), python="3.8.18"),
    "1.0-marker": case("v10", tool('web = "^1.0"\n', head="", python=">=3.8"), python="3.8.18"),
    # refused
    "unknown-extra": case("vnew", GROUPED, agree=False),
    "unknown-group": case("v18", GROUPED, agree=False),
    "version-3": case("vnew", GROUPED, agree=False, edit=lambda t: t.replace('lock-version = "2.1"', 'lock-version = "3.0"')),
    "version-2.9": case("vnew", GROUPED, edit=lambda t: t.replace('lock-version = "2.1"', 'lock-version = "2.9"')),
    "no-content-hash": case("vnew", GROUPED, agree=False, edit=lambda t: t[:t.index("content-hash")]),
    "missing-package": case("v18", GROUPED, agree=False, edit=lambda t: cut(t, "util")),
    "merge-conflict": case("vnew", GROUPED, agree=False,
                           edit=lambda t: t.replace('[metadata]', '<<<<<<< HEAD\n[metadata]')),
    # stale
    "stale-added": case("vnew", GROUPED, agree=False, change=lambda t: t.replace('web = "^1.0"', 'web = "^1.0"\nnumeric = "^2.0"\nmixed-case-name = ">=1"')),
    "stale-bound": case("vnew", MODERN, agree=False, change=lambda t: t.replace(">=1.0,<2.0", ">=1.5").replace(">=3.11", ">=3.12")),
    "stale-removed": case("v18", GROUPED, agree=False, change=lambda t: t.replace('web = "^1.0"', '')),
    "stale-group": case("vnew", MODERN, agree=False, change=lambda t: t.replace('docs = ["numeric"]', 'docs = ["numeric", "greet>0"]')),
    "stale-unclear": case("vnew", GROUPED, agree=False, change=lambda t: t.replace('web = "^1.0"', 'web = ">=1.0"')),
    "stale-1.1": case("v11", DEV_OLD, agree=False, python="3.11.7", change=lambda t: t.replace('^1.0', '^2.0')),
}
CASES["unknown-extra"]["extras_asked"], CASES["unknown-group"]["groups_asked"] = ["crypt"], ["doc", "dev"]
