package defaults_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lockstep/python/internal/defaults"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

// machine has these files, a place for temporary ones, and no server.
func machine(files fs.FS, cpus int) defaults.Machine {
	return defaults.Machine{Files: files, CPUs: cpus, Creates: func(dir string) bool { return dir == "/tmp" || dir == "/dev/shm" }}
}

func find(list []defaults.Assignment, name string) (defaults.Assignment, bool) {
	i := slices.IndexFunc(list, func(a defaults.Assignment) bool { return a.Name == name })
	if i < 0 {
		return defaults.Assignment{}, false
	}
	return list[i], true
}

func testDefaults(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	const (
		ipv4  = "Iface\tDestination\tGateway\neth0\t00000000\t010011AC\neth0\t000011AC\t00000000\n"
		local = "Iface\tDestination\tGateway\neth0\t00000000\t010011AC\neth1\t0000FEA9\t00000000\n"
		none  = "Iface\tDestination\tGateway\n"
		ipv6  = "fd000000000000000000000000000002 05 40 00 80     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n"
		link  = "fe800000000000000042acfffe110002 05 40 20 80     eth0\n"
	)
	// set gives what is set beside what every container gets, as NAME=value words.
	set := func(files fstest.MapFS, writable, environ string) string {
		m := machine(files, 2)
		m.Gunicorn = "/layers/gunicorn.pyc"
		m.Creates = func(dir string) bool { return strings.Contains(" "+writable+" ", " "+dir+" ") }
		list, err := defaults.Choose(append(strings.Fields(environ), "PATH=/venv/bin:/usr/bin", "PORT=5000", "PYTHONUNBUFFERED=1", "WEB_CONCURRENCY=3"), m)
		Expect(err).NotTo(HaveOccurred())
		var words []string
		for _, a := range list {
			words = append(words, a.Name+"="+a.Value)
		}
		return strings.Join(words, "\n")
	}
	tree := func(names ...string) fstest.MapFS {
		files := fstest.MapFS{}
		for _, name := range names {
			name, text, _ := strings.Cut(name, "=")
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return files
	}

	for _, c := range []struct{ name, route, inet6, environ, want string }{
		{"listens on IPv4", ipv4, "", "", "BIND_ADDRESS=0.0.0.0"},
		{"listens on IPv4 where there is both", ipv4, ipv6, "", "BIND_ADDRESS=0.0.0.0"},
		{"listens on IPv6 where there is nothing else", none, ipv6, "", "BIND_ADDRESS=::"},
		{"does not take a link-local IPv4 network for a way in", local, ipv6, "", "BIND_ADDRESS=::"},
		{"does not take a link-local IPv6 address for one", none, link, "", "BIND_ADDRESS=0.0.0.0"},
		{"listens on IPv4 without a network", none, "", "", "BIND_ADDRESS=0.0.0.0"},
		{"listens where the owner says", ipv4, ipv6, "BIND_ADDRESS=::", ""},
	} {
		it(c.name, func() {
			Expect(set(tree("proc/net/route="+c.route, "proc/net/if_inet6="+c.inet6), "/tmp", c.environ)).To(Equal(c.want))
		})
	}

	for _, c := range []struct{ name, writable, environ, want string }{
		{"has a place for temporary files", "/tmp /dev/shm", "", ""},
		{"takes /var/tmp as Python does", "/var/tmp /dev/shm", "", ""},
		{"leads temporary files to memory", "/dev/shm", "", "TMPDIR=/dev/shm"},
		{"believes the owner's place", "/mnt /dev/shm", "TMPDIR=/mnt", ""},
		{"leaves the owner's place alone if it does not work", "/dev/shm", "TMPDIR=/mnt", ""},
		{"gives up without a place", "", "", ""},
	} {
		it(c.name, func() {
			Expect(set(tree(), c.writable, "BIND_ADDRESS=0.0.0.0 "+c.environ)).To(Equal(c.want))
		})
	}

	for _, c := range []struct {
		name    string
		files   []string
		environ string
		want    string
	}{
		{"finds certificates without help", []string{"etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs/0a1b2c3d.0"}, "", ""},
		{"finds cert.pem without help", []string{"etc/ssl/cert.pem", "etc/ssl/certs/ca-certificates.crt"}, "", ""},
		{"names a bundle without a directory of hashes", []string{"etc/ssl/certs/ca-certificates.crt"}, "", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
		{"knows where Red Hat keeps it", []string{"etc/pki/tls/certs/ca-bundle.crt"}, "", "SSL_CERT_FILE=/etc/pki/tls/certs/ca-bundle.crt"},
		{"leaves the owner's file alone", []string{"etc/ssl/certs/ca-certificates.crt"}, "SSL_CERT_FILE=", ""},
		{"leaves the owner's directory alone", []string{"etc/ssl/certs/ca-certificates.crt"}, "SSL_CERT_DIR=/mine", ""},
		{"has none", nil, "", ""},
	} {
		it(c.name, func() {
			Expect(set(tree(c.files...), "/tmp", "BIND_ADDRESS=0.0.0.0 "+c.environ)).To(Equal(c.want))
		})
	}

	const ours = "GUNICORN_CMD_ARGS=--config /layers/gunicorn.pyc"
	for _, c := range []struct{ name, program, writable, environ, want string }{
		{"tells gunicorn", "gunicorn", "/tmp /dev/shm", "", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=8 worker_tmp_dir=/dev/shm"},
		{"leaves heartbeats to gunicorn", "gunicorn", "/tmp", "", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=8"},
		{"finds a last place for heartbeats", "gunicorn", "/dev/mqueue", "", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=8 worker_tmp_dir=/dev/mqueue"},
		{"puts the owner's arguments behind", "gunicorn", "/tmp", "GUNICORN_CMD_ARGS=--threads=2", ours + " --threads=2\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=8"},
		{"has gunicorn listen on IPv6", "gunicorn", "/tmp", "BIND_ADDRESS=::", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=8 bind=[::]:5000"},
		{"knows Kubernetes", "gunicorn", "/tmp", "KUBERNETES_SERVICE_HOST=10.0.0.1", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=28"},
		{"is told how long stopping takes", "gunicorn", "/tmp", "KUBERNETES_SERVICE_HOST=10.0.0.1 BPL_GRACE_PERIOD=120", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=118"},
		{"stops at once if it has to", "gunicorn", "/tmp", "BPL_GRACE_PERIOD=1", ours + "\nLOCKSTEP_GUNICORN=threads=27 keepalive=75 graceful_timeout=1"},
		{"tells uvicorn", "uvicorn", "/tmp", "", "UVICORN_HOST=0.0.0.0\nUVICORN_PORT=5000\nUVICORN_TIMEOUT_KEEP_ALIVE=75\nUVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=8"},
		{"has uvicorn listen on IPv6", "uvicorn", "/tmp", "BIND_ADDRESS=::", "UVICORN_HOST=::\nUVICORN_PORT=5000\nUVICORN_TIMEOUT_KEEP_ALIVE=75\nUVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=8"},
		{"leaves the owner's words to uvicorn alone", "uvicorn", "/tmp", "UVICORN_PORT=1 UVICORN_HOST=h UVICORN_TIMEOUT_KEEP_ALIVE=2", "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=8"},
		{"tells granian", "granian", "/tmp", "", "GRANIAN_HOST=0.0.0.0\nGRANIAN_PORT=5000\nGRANIAN_WORKERS=3"},
	} {
		it(c.name, func() {
			environ := c.environ
			if !strings.Contains(environ, "BIND_ADDRESS") {
				environ += " BIND_ADDRESS=0.0.0.0"
			}
			if !strings.Contains(c.writable, "/tmp") {
				environ += " TMPDIR=/nowhere"
			}
			Expect(set(tree("venv/bin/"+c.program), c.writable, environ)).To(Equal(c.want))
		})
	}

	for _, c := range []struct{ environ, message string }{
		{"WEB_CONCURRENCY=many", `WEB_CONCURRENCY is "many", which is not a number of workers.
  where: the container's environment, variable WEB_CONCURRENCY
  fix: set it to 1 or more, e.g. WEB_CONCURRENCY=2, or leave it unset to have it fit the container's CPUs and memory`},
		{"BPL_WORKER_MEMORY=lots", `BPL_WORKER_MEMORY is "lots", which is not an amount of memory.
  where: the container's environment, variable BPL_WORKER_MEMORY
  fix: write a number with M or G, e.g. BPL_WORKER_MEMORY=300M, or leave it unset for 256 MB`},
		{"BPL_GRACE_PERIOD=30s", `BPL_GRACE_PERIOD is "30s", which is not a number of seconds.
  where: the container's environment, variable BPL_GRACE_PERIOD
  fix: set it to the time that the platform gives a container to stop, e.g. BPL_GRACE_PERIOD=30, or leave it unset`},
	} {
		it("refuses "+c.environ, func() {
			m := machine(tree("venv/bin/uvicorn"), 2)
			_, err := defaults.Choose([]string{"PATH=/venv/bin", c.environ}, m)
			Expect(err).To(MatchError(c.message))
		})
	}

	it("gives a worker threads for its share of the requests", func() {
		for workers, threads := range map[string]string{"": "40", "1": "40", "2": "40", "3": "27", "8": "10", "64": "4"} {
			m := machine(tree("venv/bin/gunicorn"), 2)
			m.Gunicorn = "/layers/gunicorn.pyc"
			list, err := defaults.Choose([]string{"PATH=/venv/bin", "WEB_CONCURRENCY=" + workers}, m)
			Expect(err).NotTo(HaveOccurred())
			got, _ := find(list, "LOCKSTEP_GUNICORN")
			Expect(got.Value).To(HavePrefix("threads="+threads+" "), workers)
		}
	})

	it("reads sizes as people write them", func() {
		for text, workers := range map[string]string{"512M": "2", "512MB": "2", "512Mi": "2", "1g": "1", "536870912": "2", " 512m ": "2", "524288K": "2"} {
			list, err := defaults.Choose([]string{"BPL_WORKER_MEMORY=" + text}, machine(tree("proc/meminfo=MemTotal: 1048576 kB"), 4))
			Expect(err).NotTo(HaveOccurred())
			got, _ := find(list, "WEB_CONCURRENCY")
			Expect(got.Value).To(Equal(workers), text)
		}
	})
}
