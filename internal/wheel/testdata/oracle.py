"""Asks PyPI's packaging which tags an interpreter supports and which wheel fits best; README.md says how to run it.

The cases are random but seeded, so the same packaging writes the same bytes.
"""

import gzip
import json
import random
from pathlib import Path
from unittest import mock

from packaging import _manylinux
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

HERE = Path(__file__).parent
rng = random.Random(425)


def write(path, rows):
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def platforms(machine, glibc):
    with (
        mock.patch.object(_manylinux, "_get_glibc_version", lambda: (2, glibc)),
        mock.patch.object(_manylinux, "_have_compatible_abi", lambda *_: True),
        mock.patch.object(_manylinux, "_get_manylinux_module", lambda: None, create=True),
    ):
        # Deliberate difference: packaging has put linux_* first since 26.3; uv, and pip with packaging 26.2, put it last.
        return [*_manylinux.platform_tags([machine]), "linux_" + machine]


def supported(minor, machine, glibc):
    version, interpreter = (3, minor), f"cp3{minor}"
    offered = platforms(machine, glibc)
    yield from cpython_tags(version, abis=[interpreter], platforms=offered)
    yield from compatible_tags(version, interpreter, offered)


def interpreters():
    for minor in range(10, 15):
        for machine in ["x86_64", "aarch64"]:
            for glibc in [41, 36, 28, 17]:
                yield minor, machine, glibc
    yield 14, "x86_64", 0
    yield 14, "x86_64", 4
    yield 14, "aarch64", 16


PYTHONS = ["cp314", "cp313", "cp312", "cp310", "cp39", "cp36", "cp32", "cp31", "cp315", "cp3", "py3", "py2.py3", "py2", "py314", "py313", "py315", "py30", "pp311", "cp312.cp313", "CP314"]
ABIS = ["cp314", "cp313", "cp312", "abi3", "none", "cp314t", "abi3.cp313", "cp36m", "none.abi3"]
PLATFORMS = [
    "any", "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_36_x86_64", "manylinux_2_37_x86_64",
    "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "manylinux_2_12_x86_64", "manylinux_2_5_x86_64.manylinux1_x86_64",
    "manylinux_2_17_aarch64.manylinux2014_aarch64", "manylinux_2_28_aarch64", "manylinux2014_aarch64", "manylinux2010_aarch64",
    "manylinux_2_34_aarch64", "manylinux_2_39_aarch64", "linux_x86_64", "linux_aarch64", "musllinux_1_2_x86_64", "musllinux_1_1_aarch64",
    "macosx_11_0_arm64", "win_amd64", "manylinux_2_17_i686.manylinux2014_i686", "manylinux2014_x86_64.musllinux_1_2_x86_64", "Linux_x86_64",
]
NAMES = ["numpy", "Foo_Bar", "ruamel.yaml", "torch"]
VERSIONS = ["1.0", "2.5.1+cpu", "2.5.1+cu124.post1", "1!2.0rc1", "2024.10.5"]
BUILDS = ["", "", "", "", "1-", "2-", "10-", "1abc-", "0-", "1000-", "20240131-"]
BROKEN = [
    "", ".whl", "foo", "foo-1.0.tar.gz", "foo-1.0-py3-none-any", "foo-1.0-py3-none-any.whl.metadata", "py3-none-any.whl",
    "foo-py3-none-any.whl", "foo-1.0-x-py3-none-any.whl", "foo-1.0-1-2-py3-none-any.whl", "foo-1.0--py3-none-any.whl",
]


def filename():
    kind = rng.random()
    if kind < 0.2:  # what the index is full of
        tag = rng.choice(["py3-none-any", "py2.py3-none-any", "cp37-abi3-" + rng.choice(PLATFORMS)])
    elif kind < 0.6:
        python = rng.choice(["cp310", "cp311", "cp312", "cp313", "cp314"])
        tag = f"{python}-{python}-{rng.choice(PLATFORMS)}"
    else:
        tag = f"{rng.choice(PYTHONS)}-{rng.choice(ABIS)}-{rng.choice(PLATFORMS)}"
    return f"{rng.choice(NAMES)}-{rng.choice(VERSIONS)}-{rng.choice(BUILDS)}{tag}.whl"


def key(name, ranks):
    """What pip sorts by, smaller is better; None does not fit."""
    try:
        _, _, build, tags = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return None
    found = [ranks[tag] for tag in tags if tag in ranks]
    # Deliberate difference: of the build tag only the number counts.
    return (min(found), -(build[0] if build else 0)) if found else None


def lists():
    yield from ([name] for name in BROKEN)
    for _ in range(2500):
        yield [filename() for _ in range(rng.choice([1, 1, 2, 3, 5, 8, 30]))]


def cases():
    known = {}
    choices = [(minor, machine, 36) for minor in range(10, 15) for machine in ["x86_64", "aarch64"]]
    for names in lists():
        who = rng.choice(choices)
        if who not in known:
            known[who] = {tag: rank for rank, tag in reversed(list(enumerate(supported(*who))))}
        keys = [key(name, known[who]) for name in names]
        order = sorted({k for k in keys if k is not None})
        yield [*who, names, [order.index(k) if k is not None else -1 for k in keys]]


write(HERE / "tags.jsonl.gz", ([*who, [str(tag) for tag in supported(*who)]] for who in interpreters()))
write(HERE / "wheels.jsonl.gz", cases())
