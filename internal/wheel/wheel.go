// Package wheel tells which wheel of a locked package fits an interpreter: a wheel's file name and an interpreter's
// description in, a rank out (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
package wheel

import (
	"fmt"
	"strconv"
	"strings"
)

// Interpreter is what compatibility depends on.
type Interpreter struct {
	Minor   int    // 14 for CPython 3.14
	Machine string // x86_64 or aarch64
	Glibc   int    // 36 for glibc 2.36; the newest that the image has
}

// Tags ranks every tag that the interpreter supports: the lower, the better.
type Tags map[string]int

// Tags lists the supported tags in the order of pip and uv: native ABI, stable ABI, then pure Python; newer platforms first,
// the one that nobody vouches for (linux_*) last.
func (i Interpreter) Tags() Tags {
	tags := Tags{}
	add := func(python, abi string, platforms []string) {
		for _, platform := range platforms {
			tag := python + "-" + abi + "-" + platform
			if _, ok := tags[tag]; !ok {
				tags[tag] = len(tags)
			}
		}
	}
	native, pure := i.platforms(), []string{"any"}
	cp := fmt.Sprintf("cp3%d", i.Minor)
	add(cp, cp, native)
	add(cp, "abi3", native)
	add(cp, "none", native)
	for minor := i.Minor - 1; minor >= 2; minor-- {
		add(fmt.Sprintf("cp3%d", minor), "abi3", native)
	}
	for _, platforms := range [][]string{native, pure} {
		if platforms[0] == "any" {
			add(cp, "none", pure)
		}
		add(fmt.Sprintf("py3%d", i.Minor), "none", platforms)
		add("py3", "none", platforms)
		for minor := i.Minor - 1; minor >= 0; minor-- {
			add(fmt.Sprintf("py3%d", minor), "none", platforms)
		}
	}
	return tags
}

// platforms lists manylinux platforms (PEP 600 and the names before it), newest glibc first.
func (i Interpreter) platforms() []string {
	oldest := 17
	legacy := map[int]string{17: "manylinux2014"}
	if i.Machine == "x86_64" {
		oldest = 5
		legacy[12], legacy[5] = "manylinux2010", "manylinux1"
	}
	var list []string
	for glibc := i.Glibc; glibc >= oldest; glibc-- {
		list = append(list, fmt.Sprintf("manylinux_2_%d_%s", glibc, i.Machine))
		if name, ok := legacy[glibc]; ok {
			list = append(list, name+"_"+i.Machine)
		}
	}
	return append(list, "linux_"+i.Machine)
}

// builds is more than any build number that Rank tells apart.
const builds = 1 << 40

// Rank gives the rank of the wheel with this file name, and whether it fits at all. Of two wheels the lower rank is
// better; the build tag decides between equal ones (higher wins, so it is subtracted).
func (t Tags) Rank(filename string) (int, bool) {
	name, isWheel := strings.CutSuffix(filename, ".whl")
	parts := strings.Split(strings.ToLower(name), "-")
	if !isWheel || len(parts) < 5 || len(parts) > 6 {
		return 0, false
	}
	number, ok := build(parts)
	if !ok {
		return 0, false
	}
	best, found := 0, false
	for _, python := range strings.Split(parts[len(parts)-3], ".") {
		for _, abi := range strings.Split(parts[len(parts)-2], ".") {
			for _, platform := range strings.Split(parts[len(parts)-1], ".") {
				if rank, ok := t[python+"-"+abi+"-"+platform]; ok && (!found || rank < best) {
					best, found = rank, true
				}
			}
		}
	}
	if !found {
		return 0, false
	}
	return best*builds - number, true
}

// build is the number that the build tag (the optional third part of a name) begins with; a tag without one is none.
func build(parts []string) (number int, ok bool) {
	if len(parts) != 6 {
		return 0, true
	}
	digits := parts[2][:len(parts[2])-len(strings.TrimLeft(parts[2], "0123456789"))]
	number, err := strconv.Atoi(digits)
	if err != nil && digits != "" {
		number = builds // larger than an int
	}
	return min(number, builds-1), digits != ""
}
