#!/usr/bin/env python3
"""Writes cases.txt beside this file: what a container's limits are, and what has to come out.

The rule stands here a second time, on the limits themselves: in fractions, and without a file of the kernel. limits_test.go
makes the files of each layout from a case's limits, so that reading them is what is tested.
"""
import itertools
import math
from fractions import Fraction
from pathlib import Path

MB = 1 << 20
HEADER = """\
# Written by oracle.py; read README.md first. Levels are separated by /, the outermost first; - is a file that is missing.
# layout cpus online quota cpuset memory total variables -> workers cpu memory
"""

# How many levels of groups a layout shows.
ONE = ["v2-namespace", "v1-container", "v1-joined", "hybrid", "v2-blank", "v2-no-mountinfo", "v1-no-mountinfo", "v2-outside"]
MANY = ["v2-host", "v2-bound", "v1-host", "v1-bound"]


def quota(text):
    if text in ("-", "max", "bad", "0:100000", "100000:0"):
        return None
    share, period = text.split(":")
    return Fraction(int(share), int(period))


def cpus_in(text):
    if text in ("-", "empty", "bad"):
        return None
    total = 0
    for item in text.split(","):
        first, _, last = item.partition("-")
        total += int(last or first) - int(first) + 1
    return total


def megabytes(text):
    return None if text in ("-", "max", "bad", "huge") else int(text.removeprefix("high")) * MB


def smallest(text, read):
    """The smallest limit along the levels and where it stands, the innermost of equal ones."""
    best, at = None, None
    levels = text.split("/")
    for index in reversed(range(len(levels))):
        value = read(levels[index])
        if value is not None and (best is None or value < best):
            best, at = value, index
    return best, at


def answer(case):
    layout, cpus, online, quotas, cpusets, memory, total, variables = case
    own = dict(item.split("=") for item in variables.split(",") if variables != "-")
    if own.get("WEB_CONCURRENCY", "auto") != "auto":
        return "unset - -" if own["WEB_CONCURRENCY"].isdigit() and int(own["WEB_CONCURRENCY"]) > 0 else "error - -"
    need = own.get("BPL_WORKER_MEMORY", "256M")
    if need[:-1].isdigit() and need[-1] in "MG" and int(need[:-1]) > 0:
        need = int(need[:-1]) * (MB if need[-1] == "M" else 1024 * MB)
    else:
        return "error - -"
    cpu, cpu_by = Fraction(cpus), "machine"
    for name, (value, at) in (("cpuset", smallest(cpusets, cpus_in)), ("quota", smallest(quotas, quota))):
        if layout != "none" and value is not None and value < cpu:
            cpu, cpu_by = Fraction(value), f"{name}@{at}"
    if cpu > 8 and not cpu_by.startswith("quota") and not (online != "-" and cpu < int(online)):
        cpu, cpu_by = Fraction(8), "unasked"
    bytes_, at = smallest(memory, megabytes) if layout != "none" else (None, None)
    memory_by = "none" if bytes_ is None else f"memory@{at}"
    if total != "-" and (bytes_ is None or int(total) * MB < bytes_):
        bytes_, memory_by = int(total) * MB, "total"
    workers = math.ceil(cpu)
    if bytes_ is not None:
        workers = min(workers, bytes_ // need)
    return f"{max(1, workers)} {cpu_by} {memory_by}"


def cases():
    # Each layout with each kind of limit, one level.
    for layout in ONE + MANY:
        for limits in [("max", "0-7", "max"), ("150000:100000", "0-7", "512"), ("25000:100000", "0-7", "128"), ("400000:100000", "0-1", "2048"),
                       ("max", "0,2-3,6", "1024"), ("-", "-", "-"), ("bad", "bad", "bad"), ("50000:50000", "-", "huge")]:
            yield (layout, 8, "8", *limits, "16384", "-")
    # Nested groups: the smallest limit may stand on any level, and levels may lack files.
    for layout in MANY:
        for quotas in ["max/200000:100000", "200000:100000/max", "300000:100000/200000:100000", "200000:100000/300000:100000", "-/200000:100000", "100000:50000/200000:100000/-"]:
            for memory in ["2048/512", "512/2048", "max/-"]:
                yield (layout, 8, "8", quotas, "0-7/0-7", memory, "16384", "-")
        yield (layout, 8, "8", "max/max", "0-3/0-7", "max/max", "-", "-")
        yield (layout, 8, "8", "max/max", "0-7/0-3", "max/max", "-", "-")
        yield (layout, 8, "8", "max/max/max", "0-7/0-2/0-3", "4096/1024/2048", "-", "-")
    # Memory.high slows down instead of killing, and counts the same.
    for memory in ["high512", "high512/2048", "2048/high512", "512/high2048"]:
        yield ("v2-host", 8, "8", "max", "-", memory, "16384", "-")
    # CPUs against memory, and odd quotas.
    for share, memory in itertools.product(["1000:100000", "25000:100000", "100000:100000", "100001:100000", "175000:100000", "800000:100000", "3200000:100000"],
                                           ["64", "256", "511", "512", "1024", "8192", "max"]):
        yield ("v2-namespace", 32, "32", share, "0-31", memory, "65536", "-")
    # No limit: a machine of any size, some of its CPUs, and what is not known.
    for cpus, online in [(1, "1"), (2, "2"), (8, "8"), (9, "9"), (64, "64"), (16, "64"), (64, "-"), (4, "64")]:
        yield ("none", cpus, online, "-", "-", "-", "131072", "-")
        yield ("v2-namespace", cpus, online, "max", f"0-{cpus - 1}", "max", "131072", "-")
    for total in ["512", "1024", "-"]:
        yield ("none", 4, "4", "-", "-", "-", total, "-")
    for text in ["0:100000", "100000:0", "max", "bad"]:
        yield ("v2-namespace", 4, "4", text, "empty", "bad", "16384", "-")
        yield ("v1-container", 4, "4", text, "empty", "huge", "16384", "-")
    # The owner's word.
    for variables in ["WEB_CONCURRENCY=1", "WEB_CONCURRENCY=64", "WEB_CONCURRENCY=auto", "WEB_CONCURRENCY=0", "WEB_CONCURRENCY=-1", "WEB_CONCURRENCY=2.5",
                      "WEB_CONCURRENCY=max", "BPL_WORKER_MEMORY=128M", "BPL_WORKER_MEMORY=1G", "BPL_WORKER_MEMORY=64M", "BPL_WORKER_MEMORY=0M",
                      "BPL_WORKER_MEMORY=many", "BPL_WORKER_MEMORY=64M,WEB_CONCURRENCY=auto", "BPL_WORKER_MEMORY=many,WEB_CONCURRENCY=2"]:
        for layout in ["v2-namespace", "v1-container"]:
            yield (layout, 4, "4", "400000:100000", "0-3", "512", "16384", variables)


def main():
    lines = [" ".join(str(field) for field in case) + " -> " + answer(case) for case in cases()]
    assert len(lines) == len(set(lines)), "a case stands twice"
    Path(__file__).with_name("cases.txt").write_text(HEADER + "\n".join(lines) + "\n")


main()
