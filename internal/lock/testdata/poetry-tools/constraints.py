#!/usr/bin/env python3
"""Writes what poetry-core makes of constraints, one line each: constraint, then the versions of VERSIONS that it allows; and of
constraints on Python the versions for which the marker that Poetry makes of it holds. Run by a Poetry's interpreter (2.5.1);
OUT gets constraints.txt and python.txt."""
import pathlib
import sys

from poetry.core.constraints.version import Version, parse_constraint
from poetry.core.packages.utils.utils import create_nested_marker
from poetry.core.version.markers import parse_marker

VERSIONS = """0.0.1 0.0.2 0.0.3 0.0.4 0.1.0 0.1.5 0.2 0.9 1.0 1.0.post1 1.0+local 1.0.1 1.2 1.2.2 1.2.3 1.2.3.4 1.2.4 1.3 1.9.9 2.0b1
2.0 2.0.1 2.1 3.0 10.0 1!1.0 1!1.5 1!2.0""".split()
CONSTRAINTS = """*
1.2.3
=1.2.3
==1.2.3
!=1.2.3
^1.2.3
^1.2
^1
^0.2.3
^0.1.0
^0.0.3
^0.0
^0
^0.0.0
^1.2.3.4
^2.0b1
^ 1.2
^v1.2
^1!1.0
~1.2.3
~1.2
~1
~0.0.3
~=1.2.3
~=1.2
~=1
1.2.*
==1.2.*
!=1.2.*
1.*
1.2.x.ignored
>=1.0,<2.0
>=1.0 <2.0
>= 1.0, < 2.0
>=1.0,<2.0,
>1.2,<=2.0
>=1.2.*
<2
<2.0
<=1.0
>1.0
<1.0 || >=2
<1|>=2.0
^1.0 || ^3.0
>=1.0,!=1.2,!=1.2.3
>=1,<1.2 || >1.2,<2 || ==3.0
x
*.*
1.0+local
>=1.0.post1""".splitlines()
PYTHONS = [f"3.{m}.{p}" for m in range(6, 16) for p in (0, 1, 6)] + ["2.7.0", "2.7.18", "4.0.0"]
ON_PYTHON = """*
^3.8
~3.11
~3.11.1
3.11
3.11.*
==3.11
3.11.6
!=3.11
!=3.11.*
>=3.8,<3.12
>3.11
<=3.11
<3.11.1
>=3.11.6
~2.7 || ^3.10
>=2.7, !=3.0.*, !=3.11.*
>=3.8,<3.10 || >=3.12
<3.10|>=3.12
^3.11.1
>=3.8,<4.0""".splitlines()

out = pathlib.Path(sys.argv[1])
lines = []
for text in CONSTRAINTS:
    try:
        constraint = parse_constraint(text)
    except ValueError:
        lines.append(f"{text}\terror\n")
        continue
    lines.append(f"{text}\t{' '.join(v for v in VERSIONS if constraint.allows(Version.parse(v)))}\n")
(out / "constraints.txt").write_text("# " + " ".join(VERSIONS) + "\n" + "".join(lines))
lines = []
for text in ON_PYTHON:
    marker = parse_marker(create_nested_marker("python_version", parse_constraint(text)))
    holds = [v for v in PYTHONS if marker.validate({"python_version": v.rpartition(".")[0], "python_full_version": v})]
    lines.append(f"{text}\t{' '.join(holds)}\n")
(out / "python.txt").write_text("# " + " ".join(PYTHONS) + "\n" + "".join(lines))
