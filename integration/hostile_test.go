package integration_test

import (
	"flag"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

var everyCell = flag.Bool("every-cell", false, "try every combination of hostile conditions, for hours, instead of every pair")

const distroless = "lockstep/run-distroless:local"

// condition is one thing that a platform can do to a container, as flags of docker run.
type condition struct {
	name  string
	flags []string
}

// conditions are taken together, one of each list. The first of the last two lists stand for the image and the process.
func conditions() [][]condition {
	return [][]condition{
		{{"our user", nil}, {"root", []string{"--user", "0"}}, {"a random user", []string{"--user", "1000650000:0"}}},
		{{"a writable root", nil}, {"a read-only root", []string{"--read-only"}}, {"a read-only root and /tmp", []string{"--read-only", "--tmpfs", "/tmp"}}},
		{{"/dev/shm", nil}, {"no /dev/shm", []string{"--ipc", "none"}}},
		{{"HOME", nil}, {"no HOME", []string{"--env", "HOME="}}, {"a HOME that is not there", []string{"--env", "HOME=/nonexistent"}}},
		{{"IPv4", nil}, {"IPv6 alone", []string{"--network", "ipv6"}}},
		{{"enough", nil}, {"a quarter of a CPU and 128 MB", []string{"--cpus", "0.25", "--memory", "128m"}}},
		{{"the usual run image", []string{"usual"}}, {"a run image without a shell", []string{"distroless"}}},
		{{"gunicorn", []string{"web"}}, {"uvicorn", []string{"uvicorn"}}, {"gunicorn's asgi", []string{"asgi"}}, {"uvicorn's worker", []string{"uvicorn-worker"}}},
	}
}

// cells gives every combination, each as the index into its lists.
func cells(lists [][]condition) [][]int {
	all := [][]int{{}}
	for _, list := range lists {
		var longer [][]int
		for _, cell := range all {
			for i := range list {
				longer = append(longer, append(append([]int{}, cell...), i))
			}
		}
		all = longer
	}
	return all
}

// pairwise picks cells until each pair of conditions stands in one of them, always the cell with the most new pairs.
func pairwise(all [][]int) [][]int {
	pairs := func(cell []int) []string {
		var list []string
		for i := range cell {
			for j := range i {
				list = append(list, fmt.Sprint(j, cell[j], i, cell[i]))
			}
		}
		return list
	}
	seen := map[string]bool{}
	var picked [][]int
	for {
		best, most := []int(nil), 0
		for _, cell := range all {
			fresh := 0
			for _, pair := range pairs(cell) {
				if !seen[pair] {
					fresh++
				}
			}
			if fresh > most {
				best, most = cell, fresh
			}
		}
		if best == nil {
			return picked
		}
		for _, pair := range pairs(best) {
			seen[pair] = true
		}
		picked = append(picked, best)
	}
}

// ipv6 gives the network and address of a container that has IPv6 alone: Docker itself always adds IPv4.
func ipv6(t *testing.T) (string, string) {
	t.Helper()
	number := births.Add(1)
	network := "lockstep-it-" + strings.ToLower(t.Name()[:4]) + fmt.Sprint(number)
	docker(t, "network", "create", "--ipv6", "--subnet", fmt.Sprintf("fd00:6c6f:636b:%x::/64", number%0x10000), network)
	t.Cleanup(func() { docker(t, "network", "rm", network) })
	holder := strings.TrimSpace(docker(t, "run", "--detach", "--network", network, "--entrypoint", "sleep", runImage, "86400"))
	t.Cleanup(func() { docker(t, "rm", "--force", holder) })
	pid := strings.TrimSpace(docker(t, "inspect", "--format", "{{.State.Pid}}", holder))
	if out, err := exec.Command("nsenter", "--target", pid, "--net", "ip", "-4", "addr", "flush", "dev", "eth0").CombinedOutput(); err != nil {
		t.Fatalf("taking IPv4 away: %v\n%s", err, out)
	}
	address := docker(t, "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}", holder)
	return "container:" + holder, "http://[" + strings.TrimSpace(address) + "]:8080"
}

func testHostile(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("serves whatever the platform does to the container", func() {
		usual, bare := fixture(t, "servers"), fixture(t, "servers")
		usual.mustBuild()
		bare.mustBuild("--run-image", distroless)
		images := map[string]string{"usual": usual.image, "distroless": bare.image}
		lists := conditions()
		list := cells(lists)
		if !*everyCell {
			list = pairwise(list)
		}
		Expect(len(list)).To(BeNumerically(">=", 12))

		// try runs one container; only one at a time can have the port of a network with IPv6 alone.
		try := func(cell []int, network, address string) error {
			var names, flags []string
			url := ""
			for i, index := range cell {
				names = append(names, lists[i][index].name)
				if i < len(cell)-2 {
					flags = append(flags, lists[i][index].flags...)
				}
			}
			for i, flag := range flags {
				if flag == "ipv6" {
					flags[i], url = network, address
				}
			}
			image, process := lists[len(cell)-2][cell[len(cell)-2]], lists[len(cell)-1][cell[len(cell)-1]]
			s, err := serve(t, images[image.flags[0]], process.flags[0], flags...)
			defer s.remove()
			if url != "" {
				s.url = url
			}
			if err == nil {
				err = s.answers(60 * time.Second)
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", strings.Join(names, ", "), err)
			}
			return err
		}
		work := make(chan []int, len(list))
		for _, cell := range list {
			work <- cell
		}
		close(work)
		results := make(chan error, len(list))
		var wait sync.WaitGroup
		for range 4 {
			network, address := ipv6(t)
			wait.Go(func() {
				for cell := range work {
					results <- try(cell, network, address)
				}
			})
		}
		wait.Wait()
		close(results)
		Expect(results).To(HaveLen(len(list)))
		for err := range results {
			Expect(err).NotTo(HaveOccurred())
		}
	})

	it("has a place for temporary files when only /dev/shm is writable, and says so", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		s, err := serve(t, a.image, "web", "--read-only")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.answers(30 * time.Second)).To(Succeed())
		c := &container{app: a, id: s.id}
		Expect(c.exec("launcher", "--", "python", "-c", "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8080/temporary').read())")).
			To(Equal("b'/dev/shm'\n"))
		Expect(s.logs()).To(HavePrefix("Lockstep: WEB_CONCURRENCY="))
		Expect(s.logs()).To(ContainSubstring("TMPDIR=/dev/shm (/tmp cannot be written to)"))
		Expect(s.logs()).NotTo(ContainSubstring("rror"))
	})

	it("sizes a web process to the container, in one line of the log", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		s, err := serve(t, a.image, "web", "--cpus", "1.5", "--memory", "1g")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.answers(30 * time.Second)).To(Succeed())
		Expect(s.logs()).To(MatchRegexp(`^Lockstep: WEB_CONCURRENCY=2 \(CPUs 1\.5 from /sys/fs/cgroup/\S+; memory 1024 MB from /sys/fs/cgroup/\S+, 256 MB a worker\)\n`))
		Expect(strings.Count(s.logs(), "Booting worker")).To(Equal(2))
		Expect(s.logs()).To(ContainSubstring("Using worker: gthread"))
	})

	it("gives threads to no gunicorn worker but the one that has some", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		for process, worker := range map[string]string{"web": "gthread", "sync": "sync", "asgi": "asgi", "config": "gthread"} {
			s, err := serve(t, a.image, process, "--cpus", "1")
			Expect(err).NotTo(HaveOccurred())
			Expect(s.answers(30*time.Second)).To(Succeed(), process)
			Expect(s.logs()).To(ContainSubstring("Using worker: "+worker+"\n"), process)
			Expect(s.logs()).NotTo(ContainSubstring("WARNING"), process)
			s.remove()
		}
	})

	it("lets gunicorn.conf.py decide, and says on what", func() {
		a := fixture(t, "servers")
		write(t, a.dir, map[string]string{"gunicorn.conf.py": "import os\nbind = f\"0.0.0.0:{os.environ['PORT']}\"\nworkers = 3\nthreads = 1\n\n\ndef when_ready(server):\n    print('ready as', server.cfg.keepalive)\n"})
		a.mustBuild()
		s, err := serve(t, a.image, "web", "--cpus", "1")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.answers(30 * time.Second)).To(Succeed())
		Expect(s.logs()).To(ContainSubstring("Lockstep: gunicorn.conf.py is used and decides on bind, workers, threads\n"))
		Expect(strings.Count(s.logs(), "Booting worker")).To(Equal(3))
		Expect(s.logs()).To(ContainSubstring("Using worker: sync"))
		Expect(s.logs()).To(ContainSubstring("ready as 75"))
	})

	it("says what is wrong with the container's variables", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		for name, value := range map[string]string{"PORT": "http", "WEB_CONCURRENCY": "many"} {
			out, err := a.outputWith([]string{"--env", name + "=" + value}, "web")
			Expect(err).To(HaveOccurred())
			Expect(out).To(HavePrefix(name + ` is "` + value + `", which is not `))
		}
		s, err := serve(t, a.image, "uvicorn", "--env", "WEB_CONCURRENCY=auto", "--cpus", "1")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.answers(30 * time.Second)).To(Succeed())
	})

	it("says that a command needs the shell that a run image lacks", func() {
		a := newApp(t, map[string]string{"main.py": "print(1)\n", "Procfile": "web: python main.py && python main.py\n"})
		a.mustBuild("--run-image", distroless)
		out, err := exec.Command("docker", "run", "--rm", a.image).CombinedOutput()
		Expect(err).To(HaveOccurred())
		Expect(string(out)).To(HaveSuffix("The image has no bash, which this command of the Procfile needs.\n" +
			"  fix: write the command without shell syntax (no &&, ;, |, $(...), or *), or build with a run image that has bash\n"))
	})

	it("compiles nothing at start", func() {
		a := fixture(t, "servers")
		a.mustBuild()
		s, err := serve(t, a.image, "web", "--read-only", "--env", "PYTHONVERBOSE=1")
		Expect(err).NotTo(HaveOccurred())
		Expect(s.answers(60 * time.Second)).To(Succeed())
		var compiled []string
		for line := range strings.Lines(s.logs()) {
			if strings.HasPrefix(line, "# code object from ") && !strings.Contains(line, ".pyc") {
				compiled = append(compiled, line)
			}
		}
		Expect(compiled).To(BeEmpty())
		Expect(strings.Count(s.logs(), "# code object from ")).To(BeNumerically(">", 100))
	})
}
