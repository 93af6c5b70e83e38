package defaults

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

const (
	// workerMemory is what one worker of a web app is taken to need: 40 MB with Flask, 60 to 100 with Django or FastAPI,
	// 200 with pandas. BPL_WORKER_MEMORY says otherwise.
	workerMemory = 256 << 20
	// mostUnasked is the most workers for a container without a limit: nobody said that the whole machine is for it.
	mostUnasked = 8
)

// concurrency sets the number of workers: gunicorn and uvicorn read WEB_CONCURRENCY on their own.
func concurrency(env Environment, m Machine) ([]Assignment, error) {
	own := strings.TrimSpace(env["WEB_CONCURRENCY"])
	if own != "" && own != "auto" {
		if n, err := strconv.ParseUint(own, 10, 16); err != nil || n == 0 {
			return nil, badWorkers(env["WEB_CONCURRENCY"])
		}
		return nil, nil
	}
	need, err := readSize(env, "BPL_WORKER_MEMORY", workerMemory)
	if err != nil {
		return nil, err
	}
	groups := readTrees(m.Files)
	cpu, memory := m.cpu(groups), m.memory(groups)
	workers := max(1, min((cpu.value+999)/1000, memory.value/need))
	why := "CPUs " + thousandths(cpu.value) + " from " + cpu.file
	if memory.value < unlimited {
		why += fmt.Sprintf("; memory %s from %s, %s a worker", megabytes(memory.value), memory.file, megabytes(need))
	}
	return []Assignment{{"WEB_CONCURRENCY", strconv.FormatInt(workers, 10), why}}, nil
}

// cpu is the smallest of the quota, the CPU set and the CPUs that the kernel lets the process run on.
func (m Machine) cpu(groups trees) limit {
	quota, set := groups.find("cpu").quota(), groups.find("cpuset").cpuset()
	l := limit{int64(m.CPUs) * 1000, "the machine"}
	if set.value < l.value/1000 {
		l = limit{set.value * 1000, set.file}
	}
	if quota.value < l.value {
		return quota
	}
	if l.value > mostUnasked*1000 && !m.narrowed(l.value/1000) {
		return limit{mostUnasked * 1000, "no limit: at most " + strconv.Itoa(mostUnasked)}
	}
	return l
}

// narrowed tells whether the process was given some of the machine's CPUs rather than all.
func (m Machine) narrowed(cpus int64) bool {
	text, err := fs.ReadFile(m.Files, "sys/devices/system/cpu/online")
	return err == nil && cpus < countCPUs(strings.TrimSpace(string(text)))
}

// memory is the group's limit, or the machine's memory where that is less.
func (m Machine) memory(groups trees) limit {
	l := groups.find("memory").memory()
	text, err := fs.ReadFile(m.Files, "proc/meminfo")
	if err != nil {
		return l
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "MemTotal:" {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			l.lower(kilobytes<<10, "proc/meminfo")
		}
	}
	return l
}

func thousandths(value int64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%03d", value/1000, value%1000), "0"), ".")
}

func megabytes(bytes int64) string { return strconv.FormatInt(bytes>>20, 10) + " MB" }

// readSize reads 512M, 512MB, 1Gi or a number of bytes.
func readSize(env Environment, name string, unset int64) (int64, error) {
	text := strings.ToUpper(strings.TrimSpace(env[name]))
	if text == "" {
		return unset, nil
	}
	digits := strings.TrimRight(text, "KMGIB")
	shift, known := map[string]uint{"": 0, "K": 10, "M": 20, "G": 30}[strings.TrimSuffix(strings.TrimSuffix(text[len(digits):], "B"), "I")]
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !known || value <= 0 || value > 1<<50>>shift {
		return 0, badSize(name, env[name])
	}
	return value << shift, nil
}
