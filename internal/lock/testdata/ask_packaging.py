#!/usr/bin/env python3
"""Asks the packaging library what each pylock.toml under pylock/ selects; README.md says how it is run.

Writes packaging-selects (name==version of what is installed), or others-refuse with its error.
"""
import pathlib
import tomllib

from packaging.markers import default_environment
from packaging.pylock import Pylock
from packaging.tags import compatible_tags, cpython_tags

HERE = pathlib.Path(__file__).parent / "pylock"


def tags(minor, machine):
    platforms = [f"manylinux_2_{n}_{machine}" for n in range(36, 16, -1)] + [f"manylinux2014_{machine}", f"linux_{machine}"]
    version = (3, minor)
    return [*cpython_tags(version, platforms=platforms), *compatible_tags(version, f"cp3{minor}", platforms)]


def selected(case):
    file = case / "environment"
    python, machine = (file.read_text() if file.exists() else "3.14.6 x86_64").split()
    environment = default_environment() | {
        "python_full_version": python, "python_version": python.rpartition(".")[0], "implementation_version": python,
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
        "platform_machine": machine, "platform_release": "", "platform_version": "", "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
    }
    request = {}
    if (case / "request").exists():
        request = {line.split()[0]: line.split()[1:] for line in (case / "request").read_text().splitlines()}
    lock = Pylock.from_dict(tomllib.loads((case / "pylock.toml").read_text()))
    groups = (lock.default_groups or []) + request.get("groups", [])
    for wanted, known in ((request.get("extras", []), lock.extras or []), (groups, (lock.dependency_groups or []) + (lock.default_groups or []))):
        if set(wanted) - set(known):
            raise ValueError(f"{wanted} is not among {known}")
    chosen = lock.select(environment=environment, tags=tags(int(python.split(".")[1]), machine), extras=request.get("extras", []), dependency_groups=groups)
    return "".join(sorted(f"{p.name}=={p.version}\n" if p.version else f"{p.name}\n" for p, _ in chosen))


# Taken by us all the same: a name that is not normalized, no list of packages at all.
LENIENT = ["plain", "empty"]

for case in sorted(HERE.iterdir()):
    for name in ("packaging-selects", "others-refuse"):
        (case / name).unlink(missing_ok=True)
    try:
        (case / "packaging-selects").write_text(selected(case))
    except Exception as e:
        if case.name not in LENIENT:
            (case / "others-refuse").write_text(f"{type(e).__name__}: {e}\n")
