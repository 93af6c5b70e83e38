"""What this process and its image are made of, for the page and for /api/info."""

import functools
import importlib.metadata
import os
import platform
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Package(NamedTuple):
    name: str
    version: str
    size: int


@functools.cache
def packages() -> tuple[Package, ...]:
    """The installed distributions by normalized name; the size is what RECORD states."""
    found = (
        Package(
            re.sub(r"[-_.]+", "-", dist.name).lower(),
            dist.version,
            sum(file.size or 0 for file in dist.files or ()),
        )
        for dist in importlib.metadata.distributions()
    )
    return tuple(sorted(found))


def proc(name: str) -> str:
    """A file of /proc, empty on systems that have none."""
    try:
        return Path("/proc", name).read_text(errors="replace")
    except OSError:
        return ""


def age_ms() -> int:
    """Milliseconds since the kernel started this process."""
    stat = proc("self/stat")
    if not stat:
        return 0
    # The command, in parentheses, may hold spaces: count fields behind it.
    ticks = int(stat.rpartition(")")[2].split()[19])
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    return round((now - ticks / os.sysconf("SC_CLK_TCK")) * 1000)


def memory_mb() -> int:
    """Resident memory of this process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", proc("self/status"))
    return round(int(found[1]) / 1024) if found else 0


def bytecode() -> dict[str, bool]:
    """Each imported source module, and whether a .pyc of it exists."""
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    return {
        spec.name: os.path.exists(spec.cached)
        for spec in specs
        if getattr(spec, "cached", None)
    }


def info(start_ms: int) -> dict[str, object]:
    modules = bytecode()
    return {
        "python": platform.python_version(),
        "packages": sorted(f"{p.name}=={p.version}" for p in packages()),
        "pid": os.getpid(),
        "pid1": proc("1/cmdline").rstrip("\0").split("\0"),
        "cached_modules": sum(modules.values()),
        "uncached_modules": sorted(name for name, cached in modules.items() if not cached),
        "start_ms": start_ms,
        "memory_mb": memory_mb(),
    }
