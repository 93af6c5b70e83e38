// Command start measures how an image starts and serves: scripts/bench-start.sh makes the image and calls it.
//
//	start -image IMAGE -run IMAGE -flat DIR -helper FILE [-rows EXPRESSION]
//
// The load comes from this program and goes to containers of this machine alone.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type bench struct {
	image, run, flat, helper string
	repeat                   int
	load                     time.Duration
}

func main() {
	var b bench
	flag.StringVar(&b.image, "image", "", "image of the app")
	flag.StringVar(&b.run, "run", "lockstep/run:local", "run image, for the flat virtual environment")
	flag.StringVar(&b.flat, "flat", "", "directory with app/ and a virtual environment in venv/, mounted at the same path")
	flag.StringVar(&b.helper, "helper", "", "the launch helper")
	flag.IntVar(&b.repeat, "repeat", 9, "runs of what is timed; the median counts")
	flag.DurationVar(&b.load, "load", 4*time.Second, "time under load")
	rows := flag.String("rows", "", "expression for the rows to measure: helper, first, compiled, memory, throughput")
	flag.Parse()
	only := regexp.MustCompile(*rows)
	for _, row := range []struct {
		name string
		run  func() error
	}{
		{"helper", b.helperTime}, {"first", b.firstResponse}, {"compiled", b.compiled}, {"memory", b.memory}, {"throughput", b.throughput},
	} {
		if !only.MatchString(row.name) {
			continue
		}
		if err := row.run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func verdict(label string, figure, bar float64, met bool) {
	fmt.Printf("%-52s %8.3f  bar %.2f  %s\n", label, figure, bar, map[bool]string{true: "met", false: "MISSED"}[met])
}

func docker(args ...string) (string, error) {
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("docker %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// helperTime is the helper alone, as the launcher calls it.
func (b bench) helperTime() error {
	var list []float64
	for range 50 {
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		cmd := exec.Command(b.helper)
		cmd.ExtraFiles = []*os.File{null}
		start := time.Now()
		err = cmd.Run()
		list = append(list, time.Since(start).Seconds()*1000)
		if null.Close(); err != nil {
			return err
		}
	}
	figure := median(list)
	verdict("exec.d helper, ms", figure, 5, figure <= 5)
	return nil
}

// firstResponse compares our image with the same command in a flat virtual environment, and both with a bare interpreter.
func (b bench) firstResponse() error {
	var ours, flat, bare []float64
	for range b.repeat {
		start := time.Now()
		if _, err := docker("run", "--rm", "--entrypoint", "python", b.image, "-c", "pass"); err != nil {
			return err
		}
		bare = append(bare, time.Since(start).Seconds())
		one, err := b.respond("--entrypoint", "web", b.image)
		if err != nil {
			return err
		}
		other, err := b.respond("--volume", b.flat+":"+b.flat+":ro", "--workdir", b.flat+"/app", "--env", "PORT=8080", "--env", "WEB_CONCURRENCY=2",
			"--entrypoint", b.flat+"/venv/bin/gunicorn", b.run, "web:wsgi", "--threads", "8")
		if err != nil {
			return err
		}
		ours, flat = append(ours, one), append(flat, other)
	}
	fmt.Printf("docker run to first response %.2f s; in a flat venv %.2f s; python -c pass %.2f s\n", median(ours), median(flat), median(bare))
	ratio := median(ours) / median(flat)
	verdict("first response ÷ flat venv", ratio, 1.1, ratio <= 1.1)
	return nil
}

func (b bench) respond(args ...string) (float64, error) {
	start := time.Now()
	c, err := b.start(args...)
	if err != nil {
		return 0, err
	}
	defer c.remove()
	return time.Since(start).Seconds(), nil
}

type container struct{ id, url string }

func (c container) remove() { _, _ = docker("rm", "--force", "--volumes", c.id) }

// start runs a container and waits until it answers.
func (b bench) start(args ...string) (container, error) {
	id, err := docker(append([]string{"run", "--detach"}, args...)...)
	if err != nil {
		return container{}, err
	}
	c := container{id: id}
	address, err := docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", id)
	c.url = "http://" + address + ":8080"
	client := http.Client{Timeout: time.Second}
	for end := time.Now().Add(30 * time.Second); err == nil && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if response, err := client.Get(c.url + "/healthz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return c, nil
			}
		}
	}
	logs, _ := docker("logs", id)
	c.remove()
	return c, fmt.Errorf("no answer from docker run %s: %v\n%s", strings.Join(args, " "), err, logs)
}

// compiled counts the sources that are compiled at start, with a read-only root.
func (b bench) compiled() error {
	c, err := b.start("--read-only", "--env", "PYTHONVERBOSE=1", "--entrypoint", "web", b.image)
	if err != nil {
		return err
	}
	defer c.remove()
	logs, err := docker("logs", c.id)
	if err != nil {
		return err
	}
	sources, loaded := 0, 0
	for line := range strings.Lines(logs) {
		if strings.HasPrefix(line, "# code object from ") {
			loaded++
			if !strings.Contains(line, ".pyc") {
				sources++
			}
		}
	}
	if loaded == 0 {
		return fmt.Errorf("no word of Python about what it loads:\n%s", logs)
	}
	fmt.Printf("%d modules loaded\n", loaded)
	verdict("sources compiled at start", float64(sources), 0, sources == 0)
	return nil
}

// memory looks for containers that are killed at our defaults, with workers of several sizes.
func (b bench) memory() error {
	killed, worst := 0, 0.0
	for _, limit := range []int{256, 512, 1024, 2048} {
		for _, ballast := range []int{0, 100} {
			c, err := b.start("--memory", strconv.Itoa(limit)+"m", "--memory-swap", strconv.Itoa(limit)+"m",
				"--env", "BALLAST_MB="+strconv.Itoa(ballast), "--entrypoint", "web", b.image)
			if err != nil {
				return err
			}
			rate(c.url+"/cpu", 16, b.load/2)
			peak, err := docker("exec", c.id, "cat", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes")
			oom, _ := docker("inspect", "--format", "{{.State.OOMKilled}}", c.id)
			logs, _ := docker("logs", c.id)
			c.remove()
			if err != nil || oom != "false" || strings.Contains(logs, "SIGKILL") {
				killed++
			}
			bytes, _ := strconv.ParseFloat(peak, 64)
			fmt.Printf("memory: limit %d MB, %d MB of ballast a worker: peak %.0f MB\n", limit, ballast, bytes/(1<<20))
			worst = max(worst, bytes/float64(limit<<20))
		}
	}
	verdict("containers killed for memory", float64(killed), 0, killed == 0)
	verdict("peak memory ÷ limit", worst, 0.9, worst <= 0.9)
	return nil
}

// throughput compares our defaults with a sweep of workers and threads on the same limited container. The best of many noisy figures
// is a lucky one, and the machine's own speed changes by a third within seconds: the three that come first run beside the defaults,
// each under load in turn for a moment, and the ratio is the median of those of neighboring moments. The defaults against themselves
// show what such a ratio is worth.
func (b bench) throughput() error {
	var sweep []cell
	for _, workers := range []string{"1", "2", "4"} {
		for _, threads := range []string{"1", "4", "16", "40"} {
			sweep = append(sweep, cell{workers + " × " + threads, []string{"--env", "WEB_CONCURRENCY=" + workers, "--env", "GUNICORN_CMD_ARGS=--threads " + threads}})
		}
	}
	for _, cpus := range []string{"1", "2"} {
		limits := []string{"--cpus", cpus, "--memory", "512m", "--entrypoint", "web"}
		for _, page := range []string{"/cpu", "/io"} {
			once, err := b.rates(1, b.load/2, sweep, limits, page)
			if err != nil {
				return err
			}
			best := slices.SortedStableFunc(slices.Values(sweep), func(x, y cell) int { return cmp.Compare(once[y.name][0], once[x.name][0]) })[:3]
			ours, again := cell{name: "defaults"}, cell{name: "defaults again"}
			turns, err := b.rates(24, b.load/4, append([]cell{ours, again}, best...), limits, page)
			if err != nil {
				return err
			}
			least := math.Inf(1)
			for _, other := range append(best, again) {
				var ratios []float64
				for i, figure := range turns[other.name] {
					ratios = append(ratios, turns[ours.name][i]/figure)
				}
				ratio := median(ratios)
				fmt.Printf("  %s CPU, %s: defaults ÷ %s: %.3f\n", cpus, page, other.name, ratio)
				if other.name != again.name {
					least = min(least, ratio)
				}
			}
			verdict(cpus+" CPU, "+page+": requests a second ÷ best of the sweep", least, 0.9, least >= 0.9)
		}
	}
	return nil
}

// cell is a way to run the image.
type cell struct {
	name  string
	flags []string
}

// rates are the requests a second of each cell in each round. All containers run; one at a time is under load.
func (b bench) rates(rounds int, moment time.Duration, cells []cell, limits []string, page string) (map[string][]float64, error) {
	got := map[string][]float64{}
	var urls []string
	for _, c := range cells {
		k, err := b.start(slices.Concat(limits, c.flags, []string{b.image})...)
		if err != nil {
			return nil, err
		}
		defer k.remove()
		rate(k.url+page, 32, b.load/4) // warm
		urls = append(urls, k.url+page)
	}
	for round := range rounds {
		for i := range cells {
			i = (i + round) % len(cells) // none always comes after the same one
			got[cells[i].name] = append(got[cells[i].name], rate(urls[i], 32, moment))
		}
	}
	for _, c := range cells {
		fmt.Printf("  %s: %s: %.0f\n", page, c.name, got[c.name])
	}
	return got, nil
}

// rate is the requests a second that a number of clients get answered, each asking again as soon as it has its answer.
func rate(url string, clients int, duration time.Duration) float64 {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 10 * time.Second}
	var answered atomic.Int64
	var wait sync.WaitGroup
	end := time.Now().Add(duration)
	for range clients {
		wait.Go(func() {
			for time.Now().Before(end) {
				response, err := client.Get(url)
				if err != nil {
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode == http.StatusOK && time.Now().Before(end) {
					answered.Add(1)
				}
			}
		})
	}
	wait.Wait()
	client.CloseIdleConnections()
	return float64(answered.Load()) / duration.Seconds()
}
