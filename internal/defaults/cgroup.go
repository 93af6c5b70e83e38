package defaults

import (
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// cgroup is where one controller's files stand: the process's own directory and those above it, as far as they can be seen.
// A limit holds for all that is below it, so the smallest one along the way counts.
type cgroup struct {
	files fs.FS
	dirs  []string // the innermost first; without a leading slash
	v2    bool
}

// hierarchy is one mounted tree of control groups.
type hierarchy struct {
	point, root string
	controllers []string // of v1; none for v2
	v2          bool
}

// find follows cgroups(7): /proc/self/cgroup names the group, and /proc/self/mountinfo the part of the tree that is
// mounted, which in a container is often only the group itself. Where a controller has a v1 tree, that is the one in use.
func (t trees) find(controller string) cgroup {
	var best hierarchy
	for _, h := range t.mounted {
		if slices.Contains(h.controllers, controller) || h.v2 && best.point == "" {
			best = h
		}
	}
	if best.point == "" {
		return cgroup{}
	}
	return cgroup{files: t.files, dirs: best.dirs(groupOf(t.groups, controller, best.v2)), v2: best.v2}
}

// trees is what the kernel says about control groups, read once.
type trees struct {
	files   fs.FS
	mounted []hierarchy
	groups  string // /proc/self/cgroup
}

func readTrees(files fs.FS) trees {
	groups, _ := fs.ReadFile(files, "proc/self/cgroup") // without it, the mount points are the groups
	return trees{files, hierarchies(files), string(groups)}
}

func hierarchies(files fs.FS) []hierarchy {
	text, err := fs.ReadFile(files, "proc/self/mountinfo")
	if err != nil {
		return usualHierarchies(files)
	}
	var list []hierarchy
	for line := range strings.Lines(string(text)) {
		mount, super, _ := strings.Cut(strings.TrimSpace(line), " - ")
		fields, kind := strings.Fields(mount), strings.Fields(super)
		if len(fields) < 5 || len(kind) < 3 {
			continue
		}
		h := hierarchy{point: unescape(fields[4]), root: unescape(fields[3])}
		switch kind[0] {
		case "cgroup":
			h.controllers = strings.Split(kind[2], ",")
		case "cgroup2":
			h.v2 = true
		default:
			continue
		}
		list = append(list, h)
	}
	return list
}

// usualHierarchies are asked when the mounts cannot be read.
func usualHierarchies(files fs.FS) []hierarchy {
	const point = "/sys/fs/cgroup"
	if _, err := fs.Stat(files, "sys/fs/cgroup/cgroup.controllers"); err == nil {
		return []hierarchy{{point: point, root: "/", v2: true}}
	}
	var list []hierarchy
	for _, controller := range []string{"cpu", "cpuset", "memory"} {
		list = append(list, hierarchy{point: point + "/" + controller, root: "/", controllers: []string{controller}})
	}
	return list
}

// unescape undoes what the kernel does to blanks in mountinfo.
func unescape(text string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(text)
}

// groupOf is the path of the process's group in the controller's tree.
func groupOf(groups, controller string, v2 bool) string {
	for line := range strings.Lines(groups) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) == 3 && (v2 && fields[0] == "0" || !v2 && slices.Contains(strings.Split(fields[1], ","), controller)) {
			return fields[2]
		}
	}
	return "/"
}

// dirs leads from the group's directory up to the mount point. A group outside of what is mounted has only the mount point.
func (h hierarchy) dirs(group string) []string {
	rest, below := strings.CutPrefix(group, strings.TrimSuffix(h.root, "/"))
	if !below || rest != "" && rest[0] != '/' || strings.Contains(rest, "..") {
		rest = ""
	}
	top := strings.TrimPrefix(path.Clean(h.point), "/")
	var list []string
	for dir := path.Join(top, rest); ; dir = path.Dir(dir) {
		list = append(list, dir)
		if dir == top || dir == "." {
			return list
		}
	}
}

// limit is a number and the file that says so.
type limit struct {
	value int64
	file  string
}

// unlimited is more than any machine has; v1 writes no limit as a number a little above.
const unlimited = 1 << 60

// lower takes over a smaller limit.
func (l *limit) lower(value int64, file string) {
	if value > 0 && value < l.value {
		*l = limit{value, "/" + file}
	}
}

func (c cgroup) read(dir, name string) (string, bool) {
	data, err := fs.ReadFile(c.files, path.Join(dir, name))
	return strings.TrimSpace(string(data)), err == nil
}

func (c cgroup) number(dir, name string) (int64, bool) {
	text, ok := c.read(dir, name)
	value, err := strconv.ParseInt(text, 10, 64)
	return value, ok && err == nil
}

// quota is the CPU time that the group may use, in thousandths of a CPU.
func (c cgroup) quota() limit {
	l := limit{value: unlimited}
	for _, dir := range c.dirs {
		if c.v2 {
			text, _ := c.read(dir, "cpu.max")
			fields := strings.Fields(text)
			if len(fields) == 2 {
				l.share(fields[0], fields[1], path.Join(dir, "cpu.max"))
			}
			continue
		}
		quota, _ := c.read(dir, "cpu.cfs_quota_us")
		period, _ := c.read(dir, "cpu.cfs_period_us")
		l.share(quota, period, path.Join(dir, "cpu.cfs_quota_us"))
	}
	return l
}

func (l *limit) share(quota, period, file string) {
	q, err := strconv.ParseFloat(quota, 64)
	p, wrong := strconv.ParseFloat(period, 64)
	if err == nil && wrong == nil && q > 0 && p > 0 {
		l.lower(max(1, int64(math.Ceil(q*1000/p))), file)
	}
}

// cpuset is the number of CPUs that the group may run on.
func (c cgroup) cpuset() limit {
	l := limit{value: unlimited}
	names := []string{"cpuset.effective_cpus", "cpuset.cpus"}
	if c.v2 {
		names = []string{"cpuset.cpus.effective", "cpuset.cpus"}
	}
	for _, dir := range c.dirs {
		for _, name := range names {
			if text, ok := c.read(dir, name); ok {
				l.lower(countCPUs(text), path.Join(dir, name))
				break
			}
		}
	}
	return l
}

// countCPUs reads a list such as 0-3,8; it gives 0 for what is not one.
func countCPUs(list string) int64 {
	var count int64
	for item := range strings.SplitSeq(list, ",") {
		from, to, isRange := strings.Cut(item, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.ParseInt(from, 10, 32)
		last, wrong := strconv.ParseInt(to, 10, 32)
		if err != nil || wrong != nil || last < first {
			return 0
		}
		count += last - first + 1
	}
	return count
}

// memory is what the group may use, in bytes. Memory.high does not kill, but slows down what is above it to a crawl.
func (c cgroup) memory() limit {
	l := limit{value: unlimited}
	names := []string{"memory.limit_in_bytes"}
	if c.v2 {
		names = []string{"memory.max", "memory.high"}
	}
	for _, dir := range c.dirs {
		for _, name := range names {
			value, _ := c.number(dir, name)
			l.lower(value, path.Join(dir, name))
		}
	}
	if !c.v2 && len(c.dirs) > 0 {
		l.lower(c.hierarchical(c.dirs[0]), path.Join(c.dirs[0], "memory.stat"))
	}
	return l
}

// hierarchical is the smallest limit of a v1 group and all above it, those outside of the container included.
func (c cgroup) hierarchical(dir string) int64 {
	text, _ := c.read(dir, "memory.stat")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "hierarchical_memory_limit "); ok {
			number, _ := strconv.ParseInt(value, 10, 64)
			return number
		}
	}
	return 0
}
