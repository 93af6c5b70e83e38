package integration_test

import (
	"cmp"
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// queue is an app whose worker is given a task of two seconds. All of them print "adding" when it starts and "added 42" at its end.
type queue struct {
	app   string
	send  string // Python that hands the task in
	beat  string // in the log of the process that hands out tasks by the clock, if there is one
	ends  string // the status with which that ends, if not 0
	redis bool   // the others have their queue in /tmp
}

var queues = []queue{
	{app: "celery-only", send: "import tasks; tasks.add.delay(40, 2)", beat: "Sending due task every-second (tasks.add)"},
	{app: "huey", send: "import tasks; tasks.add(40, 2)"},
	{app: "rq-only", send: "import jobs; jobs.low.enqueue(jobs.add, 40, 2)", redis: true},
	{app: "dramatiq", send: "import tasks; tasks.add.send(40, 2)", redis: true},
	{app: "arq", send: "import asyncio, arq, worker\nasync def send():\n    pool = await arq.create_pool(worker.WorkerSettings.redis_settings)\n" +
		"    await pool.enqueue_job('add', 40, 2)\nasyncio.run(send())", redis: true},
	{app: "taskiq", send: "import asyncio; from shop.tasks import add, broker\nasync def send():\n    await broker.startup()\n" +
		"    await add.kiq(40, 2)\n    await broker.shutdown()\nasyncio.run(send())", beat: "Starting scheduler", ends: "143", redis: true},
}

// Workers with a queue in Redis are for -every-app; they need a redis-server on the PATH.
func testQueues(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	for _, q := range queues {
		if q.redis && !*everyApp {
			continue
		}
		it("finishes a task of "+q.app+" that is under way when it is told to stop", func() {
			a := fixture(t, "start/"+q.app)
			a.mustBuild()
			flags := []string{"--read-only", "--tmpfs", "/tmp", "--user", "12345:12345"}
			if q.redis {
				flags = append(flags, "--network", "host", "--env", "REDIS_URL="+redis(t))
			}
			worker := a.works("worker", flags)
			docker(t, "exec", worker.id, "python", "-c", q.send)
			worker.says("adding")
			docker(t, "stop", "--time", "10", worker.id)
			Expect(worker.logs()).To(ContainSubstring("added 42"))
			Expect(worker.inspect("{{.State.ExitCode}}")).To(Equal("0"), worker.logs())
			if q.beat != "" {
				beat := a.works("beat", flags)
				beat.says(q.beat)
				docker(t, "stop", "--time", "10", beat.id)
				Expect(beat.inspect("{{.State.ExitCode}}")).To(Equal(cmp.Or(q.ends, "0")), beat.logs())
			}
		})
	}
}

// works starts a process that is no server.
func (a *app) works(process string, flags []string) server {
	a.t.Helper()
	s, err := serve(a.t, a.image, process, flags...)
	NewWithT(a.t).Expect(err).NotTo(HaveOccurred())
	return s
}

// says waits for a text in the log.
func (s server) says(text string) {
	s.t.Helper()
	NewWithT(s.t).Eventually(s.logs).WithTimeout(60 * time.Second).WithPolling(100 * time.Millisecond).Should(ContainSubstring(text))
}

// redis starts a server on loopback for a spec, and gives its URL.
func redis(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(free.Addr().(*net.TCPAddr).Port)
	free.Close()
	cmd := exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting Redis, of Debian's package redis-server: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return "redis://127.0.0.1:" + port
}
