"""Asks PyPI's packaging for its answers and writes them as goldens; README.md says how to run it.

The cases are random but seeded, so the same packaging writes the same bytes.
"""

import gzip
import json
import random
import re
from pathlib import Path

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName, InvalidMarker
from packaging._parser import Variable
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

HERE = Path(__file__).parent
PEP440 = HERE.parent.parent / "pep440" / "testdata"
rng = random.Random(440508)


def chance(p):
    return rng.random() < p


def write(path, rows):
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def distinct(count, make):
    """The first count different texts, in the order in which they came up."""
    seen = {}
    while len(seen) < count:
        seen[make()] = None
    return list(seen)


# Versions


def number():
    return rng.choice(["0", "0", "1", "1", "2", "3", "9", "10", "11", "00", "01", "2024", "20240131"])


def case(word):
    return "".join(c.upper() if chance(0.2) else c for c in word)


def separator():
    return rng.choice(["", "", "", ".", "-", "_"])


def release():
    return ".".join(number() for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 3, 4])))


def version(local=0.15):
    text = case(rng.choice(["", "", "", "", "v"]))
    if chance(0.1):
        text += number() + "!"
    text += release()
    if chance(0.3):
        text += separator() + case(rng.choice(["a", "alpha", "b", "beta", "c", "rc", "pre", "preview"]))
        text += rng.choice(["", separator() + number()])
    if chance(0.25):
        if chance(0.2):
            text += "-" + number()
        else:
            text += separator() + case(rng.choice(["post", "rev", "r"])) + rng.choice(["", separator() + number()])
    if chance(0.25):
        text += separator() + case("dev") + rng.choice(["", separator() + number()])
    if chance(local):
        words = ["abc", "ubuntu", "1", "01", "cpu", "cu118", "10", "2", "9a", "12345678901234567890123"]
        parts = [case(rng.choice(words)) for _ in range(rng.choice([1, 1, 2, 3]))]
        text += "+" + "".join(part + rng.choice([".", "-", "_"]) for part in parts[:-1]) + parts[-1]
    return text


def plain_version():
    """From so small a range that versions meet each other's neighbors."""
    text = rng.choice(["", "", "", "", "", "", "1!"]) + rng.choice(["0", "1", "1.0", "1.0.0", "1.0.1", "1.1", "1.2.3", "2", "2.0"])
    text += rng.choice(["", "", "", "a1", "b0", "rc1", "rc2"])
    text += rng.choice(["", "", "", ".post0", ".post1"])
    text += rng.choice(["", "", "", ".dev0", ".dev1"])
    return text + rng.choice(["", "", "", "", "+a", "+1.b", "+2"])


NOISE = " \t;,[]()@\"'<>=!~.*+-_aAvr019\u00e9\u212a\uff11"


def broken(text, noise=NOISE):
    for _ in range(rng.choice([1, 1, 2])):
        i = rng.randrange(len(text) + 1)
        text = rng.choice([text[:i] + text[i + 1 :], text[:i] + rng.choice(noise) + text[i:], text[:i] + rng.choice(noise) + text[i + 1 :]])
    return text


def version_case():
    kind = rng.random()
    if kind < 0.45:
        return version()
    if kind < 0.55:
        return rng.choice([" ", "\t", "\n"]) + version() + rng.choice(["", " "])
    if kind < 0.75:
        return plain_version()
    return broken(version())


def too_large(v):
    """Deliberate difference: numbers are ints of 64 bits, except in local versions."""
    parts = [v.epoch, *v.release, v.pre and v.pre[1], v.post, v.dev]
    return max(part or 0 for part in parts) >= 2**63


def parsed(text):
    try:
        v = Version(text)
    except InvalidVersion:
        return None
    return None if too_large(v) else v


def versions():
    texts = distinct(3000, version_case)
    known = {text: v for text in texts if (v := parsed(text))}
    ranks = {}
    for v in sorted(known.values()):
        ranks.setdefault(v, len(ranks))
    for text in texts:
        v = known.get(text)
        yield [text] + ([str(v), list(v.release), v.is_prerelease, ranks[v]] if v else [])


# Specifiers


def specifier(make_version):
    operator = rng.choice(["==", "!=", "<=", ">=", "<", ">", "~=", "===", "==*", "!=*"])
    gap = rng.choice(["", "", "", " "])
    if operator.endswith("*"):
        return operator[:2] + gap + make_version() + ".*"
    return operator + gap + make_version()


def specifiers(make_version, most=3):
    blank = lambda: rng.choice(["", "", " "])
    count = rng.choice(range(1, most + 1))
    return (blank() + "," + blank()).join(specifier(make_version) for _ in range(count))


def valid_specifiers():
    """Mostly valid: what an operator cannot take is left out."""
    parts = []
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3])):
        while True:
            part = specifier(rng.choice([plain_version, plain_version, version, release]))
            if specifier_set(part) is not None:
                break
        parts.append(part)
    return rng.choice([",", ", ", " ,"]).join(parts)


def specifier_case():
    kind = rng.random()
    if kind < 0.7:
        return valid_specifiers()
    if kind < 0.85:
        return specifiers(rng.choice([plain_version, version]))
    return broken(valid_specifiers())


def specifier_set(text):
    try:
        found = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    for s in found:
        # Deliberate difference: === needs a version.
        if not s.version if s.operator == "===" else too_large(Version(s.version.removesuffix(".*"))):
            return None
    return found


def bits(answers):
    return "".join("?" if a is None else str(int(a)) for a in answers)


def containment():
    pool = distinct(64, plain_version) + distinct(16, lambda: next(t for t in iter(version, None) if parsed(t)))
    yield pool
    items = [Version(text) for text in pool]
    for text in ["", ",", " >=1 , "] + distinct(2500, specifier_case):
        found = specifier_set(text)
        if found is None:
            yield [text]
            continue
        # Contains keeps PEP 440's own rule, which contains() had until packaging 26: hence the explicit argument.
        named = bool(found.prereleases)
        yield [
            text,
            bits(found.contains(v, prereleases=named) for v in items),
            bits(found.contains(v, prereleases=True) for v in items),
        ]


def equality():
    few = lambda: rng.choice(["1", "1.0", "1.0.0", "1.1", "2.0", "2.0rc1"])
    part = lambda: rng.choice(["==", ">=", "~=", "== ", "!="]) + few()
    rows = 0
    while rows < 600:
        a = ",".join(part() for _ in range(rng.choice([1, 1, 2])))
        b = ", ".join(reversed(a.split(","))) if chance(0.3) else ",".join(part() for _ in range(rng.choice([1, 1, 2])))
        left, right = specifier_set(a), specifier_set(b)
        if left is not None and right is not None and (left == right or rows % 3):
            rows += 1
            yield [a, b, left == right]


# Markers

CPYTHON = {
    "implementation_name": "cpython",
    "implementation_version": "3.13.5",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": "3.13.5",
    "platform_python_implementation": "CPython",
    "python_version": "3.13",
    "sys_platform": "linux",
}
OLD = CPYTHON | {"python_version": "3.8", "python_full_version": "3.8.20", "implementation_version": "3.8.20"}
ALPHA = CPYTHON | {"python_version": "3.15", "python_full_version": "3.15.0a2", "implementation_version": "3.15.0a2"}
ARM = CPYTHON | {"platform_machine": "aarch64", "platform_release": "6.1.0", "platform_version": "#1 SMP 6.1.0"}
MAC = CPYTHON | {"sys_platform": "darwin", "platform_system": "Darwin", "platform_release": "23.1.0", "platform_machine": "arm64"}
WINDOWS = CPYTHON | {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_release": "10", "platform_machine": "AMD64"}
PYPY = CPYTHON | {
    "implementation_name": "pypy",
    "implementation_version": "7.3.13",
    "platform_python_implementation": "PyPy",
    "platform_release": "6.1.0-13-amd64",
}
NONE = {"extra": "", "extras": [], "dependency_groups": []}
ENVIRONMENTS = [
    CPYTHON | NONE,
    CPYTHON | {"extra": "cpu", "extras": ["cpu"], "dependency_groups": ["dev"]},
    OLD | NONE,
    ALPHA | {"extra": "foo-bar", "extras": ["foo-bar"], "dependency_groups": ["foo-bar"]},
    ARM | NONE,
    MAC | NONE,
    WINDOWS | NONE,
    PYPY | NONE,
    # Several at once, as a pylock is asked for; extra has one value in packaging, so answers() leaves it out.
    CPYTHON | {"extra": "", "extras": ["cpu", "foo-bar"], "dependency_groups": ["dev", "gpu"]},
    ARM | {"extra": "", "extras": ["extra-3-foo-cpu", "gpu"], "dependency_groups": []},
]

TEXT_VALUES = {
    "os_name": ["posix", "nt", "java"],
    "os.name": ["posix", "nt"],
    "sys_platform": ["linux", "darwin", "win32", "linux2", "lin", "linux darwin", "win"],
    "sys.platform": ["linux", "win32"],
    "platform_machine": ["x86_64", "aarch64", "arm64", "AMD64", "aarch64 x86_64", "", "it's"],
    "platform.machine": ["x86_64"],
    "platform_system": ["Linux", "Windows", "Darwin", "linux"],
    "platform_version": ["", "#1 SMP 6.1.0", "SMP", "1.0", "6"],
    "platform.version": ["1.0"],
    "platform_python_implementation": ["CPython", "PyPy", "CPython,PyPy"],
    "platform.python_implementation": ["CPython"],
    "python_implementation": ["CPython", "PyPy"],
    "implementation_name": ["cpython", "pypy"],
}
VERSION_VALUES = {
    "python_version": ["3", "3.8", "3.9", "3.10", "3.13", "3.13.0", "3.*", "3.13.*", "3.8 3.9", "3.8, 3.13", "3.1", "4", " 3.13", "3.13 ", "x", "", "=3.13", "3.14.dev0"],
    "python_full_version": ["3.8.20", "3.13.5", "3.13", "3.13.*", "3.15", "3.15.0a2", "3.15.0a1", "3.13.5+local", "3.8.20 3.13.5", "3.15.0rc1"],
    "implementation_version": ["3.13.5", "7.3.13", "7.3", "7.*", "foo"],
    "platform_release": ["", "6.1.0", "6", "10", "6.1.0-13-amd64", "23.1.0", "23.*", "22", "generic"],
}
EXTRAS = ["cpu", "CPU", "foo-bar", "Foo_Bar", "foo.-bar", "gpu", "extra-3-foo-cpu", "cpu gpu"]
OPERATORS = ["==", "!=", "<=", ">=", "<", ">", "~=", "===", "in", "not in"]


def quoted(text):
    return f'"{text}"' if "'" in text or chance(0.5) else f"'{text}'"


def joined(left, operator, right):
    if operator[0] in "in":
        left, operator = left + " ", operator.replace(" ", rng.choice([" ", "  ", "\t"]))
        return left + operator + rng.choice([" ", ""]) + right if right[0] in "\"'" else left + operator + " " + right
    blank = lambda: rng.choice(["", " ", " ", "  ", "\t"])
    return left + blank() + operator + blank() + right


def comparison():
    kind = rng.random()
    if kind < 0.4:
        variable = rng.choice(list(VERSION_VALUES))
        literal = rng.choice(VERSION_VALUES[variable])
        operator = rng.choice(OPERATORS)
    elif kind < 0.75:
        variable = rng.choice(list(TEXT_VALUES))
        literal = rng.choice(TEXT_VALUES[variable])
        operator = rng.choice(["==", "!=", "in", "not in", "==", "!=", "in", "not in"] + OPERATORS)
    elif kind < 0.88:
        variable, literal = "extra", rng.choice(EXTRAS)
        operator = rng.choice(["==", "==", "==", "!=", "!=", "in", "not in", "<=", "<"])
    else:
        operator = rng.choice(["in", "not in"])
        return joined(quoted(rng.choice(EXTRAS + ["dev"])), operator, rng.choice(["extras", "dependency_groups"]))
    if chance(0.15):
        return joined(quoted(literal), operator, variable)
    return joined(variable, operator, quoted(literal))


def membership():
    """What a lock file asks of several sets at once."""
    name = lambda: quoted(rng.choice(EXTRAS + ["dev", "Dev", "docs"]))
    return joined(name(), rng.choice(["in", "in", "not in"]), rng.choice(["extras", "dependency_groups"]))


def marker(depth=0, comparison=None):
    comparison = comparison or globals()["comparison"]
    text = comparison()
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3]) if depth < 3 else 0):
        right = "(" + rng.choice(["", " "]) + marker(depth + 1, comparison) + rng.choice(["", " "]) + ")" if chance(0.3) else comparison()
        text += rng.choice([" and ", " or ", " and ", " or ", "\tand  "]) + right
    if chance(0.1):
        text = "(" + text + ")"
    return text


def marker_case():
    kind = rng.random()
    if kind < 0.35:
        return comparison()
    if kind < 0.8:
        return marker()
    return broken(rng.choice([comparison, marker])())


def leaves(tree):
    for part in tree:
        if isinstance(part, list):
            yield from leaves(part)
        elif isinstance(part, tuple):
            yield part


def refused(tree):
    """Deliberate difference: comparisons that mean nothing are errors of syntax, not of evaluation."""
    for left, operator, right in leaves(tree):
        if isinstance(left, Variable) == isinstance(right, Variable):
            return True
        if isinstance(left, Variable) and left.value in ("extras", "dependency_groups"):
            return True
        if isinstance(right, Variable) and right.value in ("extras", "dependency_groups") and operator.value not in ("in", "not in"):
            return True
    return False


def answers(found):
    """None where packaging has no answer, or where the README lists a difference."""
    loose = any(
        "extra" in (left.value, right.value) and (operator.value not in ("==", "!=") or "" in (left.value, right.value))
        for left, operator, right in leaves(found._markers)
    )
    asks = any("extra" in (left.value, right.value) for left, _, right in leaves(found._markers))
    for environment in ENVIRONMENTS:
        values = environment | {k: frozenset(environment[k]) for k in ("extras", "dependency_groups")}
        if loose and not environment["extra"] or asks and len(environment["extras"]) > 1:
            yield None
            continue
        try:
            yield found.evaluate(values, context="lock_file")
        except (UndefinedComparison, UndefinedEnvironmentName):
            yield None


def markers():
    yield ENVIRONMENTS
    sets = lambda: marker(0, lambda: membership() if chance(0.7) else comparison())
    for text in distinct(4000, marker_case) + distinct(1000, sets):
        try:
            found = Marker(text)
        except InvalidMarker:
            yield [text]
            continue
        yield [text] if refused(found._markers) else [text, bits(answers(found))]


# Requirements


def name():
    words = ["foo", "Foo", "a", "A1", "zope", "1x", "ruamel", "bar_baz", "x--y", "q._z"]
    return rng.choice(["", "", "", "-", "_", "."]).join(rng.choice(words) for _ in range(rng.choice([1, 1, 2])))


def requirement():
    blank = lambda: rng.choice(["", "", " ", "  ", "\t"])
    text = blank() + name() + blank()
    if chance(0.3):
        text += "[" + blank() + (blank() + "," + blank()).join(name() for _ in range(rng.choice([0, 1, 1, 2, 3]))) + blank() + "]" + blank()
    if chance(0.15):
        text += "@" + blank() + rng.choice(
            ["https://files.example/x-1.0.tar.gz", "git+https://git.example/a/b@v1#egg=b", "file:///a;b", "./x.whl", "https://u:p@index.example/x.whl#sha256=00"]
        )
        return text + rng.choice(["", " ", " ; " + marker(), "\t;" + marker(), ";" + comparison()])
    if chance(0.7):
        wanted = valid_specifiers() if chance(0.8) else specifiers(plain_version)
        wanted = wanted.replace("===", "==") if chance(0.8) else wanted
        text += "(" + blank() + wanted + blank() + ")" if chance(0.15) else wanted + rng.choice(["", "", "", ","])
    return text + blank() + (";" + blank() + marker() + blank() if chance(0.4) else "")


def requirement_case():
    return requirement() if chance(0.7) else broken(requirement(), NOISE + "\n")


def requirements():
    for text in distinct(4000, requirement_case):
        # Differences the README lists: a line break in a quoted string, and === before a comma.
        if "\n" in text and ";" in text or re.search("===[^;]*,", text):
            continue
        try:
            found = Requirement(text)
        except InvalidRequirement:
            yield [text]
            continue
        # Deliberate difference: names end with a letter or digit, as the specification says.
        misnamed = any(n.endswith("_") for n in [found.name, *found.extras])
        if misnamed or specifier_set(str(found.specifier)) is None or (found.marker and refused(found.marker._markers)):
            yield [text]
            continue
        yield [
            text,
            found.name,
            canonicalize_name(found.name),
            sorted({canonicalize_name(e) for e in found.extras}),
            str(found.specifier),
            found.url or "",
            bits(answers(found.marker)) if found.marker else "",
        ]


def main():
    PEP440.mkdir(exist_ok=True)
    write(PEP440 / "versions.jsonl.gz", versions())
    write(PEP440 / "containment.jsonl.gz", containment())
    write(PEP440 / "equality.jsonl.gz", equality())
    write(HERE / "markers.jsonl.gz", markers())
    write(HERE / "requirements.jsonl.gz", requirements())


main()
