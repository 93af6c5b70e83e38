package defaults_test

import (
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/defaults"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// layout is how control groups are mounted. Its groups stand in dirs, the outermost first, as many as a case has levels.
type layout struct {
	version   int
	mounts    []string // lines of mountinfo
	group     string   // in /proc/self/cgroup
	top       string   // the mount point; with v1, the controller's name follows
	dirs      []string // below top
	separated bool     // v1: a mount for each controller
}

const mount = "36 25 0:32 %s %s rw,nosuid - %s %s %s"

func v1(root string, group string, dirs ...string) layout {
	l := layout{version: 1, group: group, top: "sys/fs/cgroup", dirs: dirs, separated: true}
	for _, c := range []string{"cpu", "cpuset", "memory"} {
		l.mounts = append(l.mounts, fmt.Sprintf(mount, root, "/sys/fs/cgroup/"+c, "cgroup", "cgroup", "rw,"+c))
	}
	return l
}

func v2(root, point, group string, dirs ...string) layout {
	return layout{version: 2, group: group, top: strings.ReplaceAll(point, `\040`, " ")[1:], dirs: dirs,
		mounts: []string{fmt.Sprintf(mount, root, point, "cgroup2", "cgroup2", "rw")}}
}

func layouts() map[string]layout {
	joined := v1("/docker/0123", "/docker/0123", "")
	joined.mounts[0] = strings.Replace(strings.Replace(joined.mounts[0], "/cpu ", "/cpu,cpuacct ", 1), "rw,cpu", "rw,cpu,cpuacct", 1)
	hybrid := v1("/", "/user", "user")
	hybrid.mounts = append([]string{fmt.Sprintf(mount, "/", "/sys/fs/cgroup/unified", "cgroup2", "cgroup2", "rw")}, hybrid.mounts...)
	hidden1, hidden2 := v1("/", "/docker/0123", "docker/0123"), v2("/", "/sys/fs/cgroup", "/a", "a")
	hidden1.mounts, hidden2.mounts = nil, nil
	return map[string]layout{
		"v2-namespace":    v2("/", "/sys/fs/cgroup", "/", ""),
		"v2-host":         v2("/", "/sys/fs/cgroup", "/a/b/c", "a", "a/b", "a/b/c"),
		"v2-bound":        v2("/docker/0123", "/sys/fs/cgroup", "/docker/0123/in/ner", "", "in", "in/ner"),
		"v2-outside":      v2("/", "/sys/fs/cgroup", "/../other", ""),
		"v2-blank":        v2("/", `/mnt/control\040groups`, "/", ""),
		"v2-no-mountinfo": hidden2,
		"v1-host":         v1("/", "/kube/pod/c", "kube", "kube/pod", "kube/pod/c"),
		"v1-bound":        v1("/docker/0123", "/docker/0123/in/ner", "", "in", "in/ner"),
		"v1-container":    v1("/docker/0123", "/docker/0123", ""),
		"v1-joined":       joined,
		"hybrid":          hybrid,
		"v1-no-mountinfo": hidden1,
		"none":            {},
	}
}

// dir is the directory of a level.
func (l layout) dir(controller string, level int) string {
	top := l.top
	if l.separated {
		top += "/" + controller
		for _, line := range l.mounts {
			if fields := strings.Fields(line); strings.HasPrefix(path.Base(fields[4]), controller+",") {
				top = fields[4][1:]
			}
		}
	}
	return path.Join(top, l.dirs[level])
}

// files are what the kernel would show.
func (c limits) files(l layout) fstest.MapFS {
	files := fstest.MapFS{}
	write := func(name, text string) {
		if text != "" {
			files[name] = &fstest.MapFile{Data: []byte(text + "\n")}
		}
	}
	if c.total != "-" {
		mb, _ := strconv.Atoi(c.total)
		write("proc/meminfo", fmt.Sprintf("MemTotal:       %d kB\nMemFree:  1 kB", mb<<10))
	}
	if c.online != "-" {
		cpus, _ := strconv.Atoi(c.online)
		write("sys/devices/system/cpu/online", strings.TrimPrefix("0-"+strconv.Itoa(cpus-1), map[bool]string{true: "0-"}[cpus == 1]))
	}
	if l.version == 0 {
		return files
	}
	if len(l.mounts) > 0 {
		write("proc/self/mountinfo", "24 1 8:1 / / rw - ext4 /dev/sda rw\n"+strings.Join(l.mounts, "\n"))
	} else if l.version == 2 {
		write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu memory")
	}
	// The group of v2 is there in a hybrid tree, too, and holds no limits.
	groups := map[int]string{1: "4:memory:%s\n3:cpuset:%s\n2:cpu,cpuacct:%s\n0::/elsewhere", 2: "0::%s"}[l.version]
	write("proc/self/cgroup", strings.ReplaceAll(groups, "%s", l.group))
	for i, text := range c.quota {
		dir := l.dir("cpu", i)
		quota, period, _ := strings.Cut(text, ":")
		switch {
		case text == "-":
		case l.version == 2:
			write(dir+"/cpu.max", map[bool]string{true: "max 100000", false: quota + " " + period}[text == "max"])
		default:
			write(dir+"/cpu.cfs_quota_us", map[bool]string{true: "-1", false: quota}[text == "max"])
			write(dir+"/cpu.cfs_period_us", map[bool]string{true: "100000", false: period}[text == "max"])
		}
	}
	for i, text := range c.cpuset {
		if text != "-" {
			name := map[int]string{1: "/cpuset.cpus", 2: "/cpuset.cpus.effective"}[l.version]
			write(l.dir("cpuset", i)+name, strings.Replace(text, "empty", " ", 1))
		}
	}
	for i, text := range c.memory {
		if text != "-" {
			write(l.dir("memory", i)+"/"+memoryFile(l, text), memoryValue(l, text))
		}
	}
	return files
}

func memoryFile(l layout, text string) string {
	switch {
	case l.version == 1:
		return "memory.limit_in_bytes"
	case strings.HasPrefix(text, "high"):
		return "memory.high"
	}
	return "memory.max"
}

func memoryValue(l layout, text string) string {
	if mb, err := strconv.Atoi(strings.TrimPrefix(text, "high")); err == nil {
		return strconv.Itoa(mb << 20)
	}
	if text == "huge" || text == "max" && l.version == 1 {
		return "9223372036854771712"
	}
	return text
}

// limits is one line of cases.txt.
type limits struct {
	line                  string
	layout, cpus, online  string
	quota, cpuset, memory []string
	total, variables      string
	workers, cpu, by      string
}

func readLimits(t *testing.T) []limits {
	data, err := os.ReadFile("testdata/limits/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []limits
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); f[0] != "#" {
			levels := func(text string) []string { return strings.Split(text, "/") }
			all = append(all, limits{strings.TrimSpace(line), f[0], f[1], f[2], levels(f[3]), levels(f[4]), levels(f[5]), f[6], f[7], f[9], f[10], f[11]})
		}
	}
	return all
}

// source is the file that a limit of a case stands in.
func (c limits) source(l layout, by string) string {
	kind, index, _ := strings.Cut(by, "@")
	level, _ := strconv.Atoi(index)
	name := map[string]string{
		"quota1": "cpu.cfs_quota_us", "quota2": "cpu.max", "cpuset1": "cpuset.cpus", "cpuset2": "cpuset.cpus.effective",
	}[kind+strconv.Itoa(l.version)]
	switch kind {
	case "quota":
		return "/" + l.dir("cpu", level) + "/" + name
	case "cpuset":
		return "/" + l.dir("cpuset", level) + "/" + name
	case "memory":
		return "/" + l.dir("memory", level) + "/" + memoryFile(l, c.memory[level])
	}
	return map[string]string{"machine": "the machine", "unasked": "no limit: at most 8", "total": "/proc/meminfo"}[kind]
}

func testLimits(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	cases := readLimits(t)
	it("has many cases", func() { Expect(len(cases)).To(BeNumerically(">=", 200)) })

	for _, c := range cases {
		it(c.line, func() {
			l, known := layouts()[c.layout]
			Expect(known).To(BeTrue())
			cpus, err := strconv.Atoi(c.cpus)
			Expect(err).NotTo(HaveOccurred())
			list, err := defaults.Choose(strings.Split(c.variables, ","), machine(c.files(l), cpus))
			if c.workers == "error" {
				Expect(err).To(MatchError(ContainSubstring("the container's environment, variable ")))
				return
			}
			Expect(err).NotTo(HaveOccurred())
			got, set := find(list, "WEB_CONCURRENCY")
			if c.workers == "unset" {
				Expect(set).To(BeFalse())
				return
			}
			Expect(got.Value).To(Equal(c.workers))
			cpu, memory, _ := strings.Cut(got.Why, "; ")
			Expect(cpu).To(HaveSuffix(" from " + c.source(l, c.cpu)))
			if c.by == "none" {
				Expect(memory).To(BeEmpty())
			} else {
				Expect(memory).To(ContainSubstring(" from " + c.source(l, c.by) + ", "))
			}
		})
	}
}
