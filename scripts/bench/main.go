// Command bench measures builds of one app: cold, without a change, and with a changed source, against pip in the same image
// and in the same run. Every build is the real lifecycle's five phases in a container of the builder, exported to a
// registry on loopback. CPU is what bash's time gives for a phase, children included; walls depend on what else runs.
//
//	bench -builder IMAGE -run IMAGE -python DIR -registry HOST:PORT -blobs DIR -app DIR -name NAME [-repeat N]
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

type bench struct {
	builder, run, python, registry, blobs, app, name string
	repeat                                           int
}

// cost is one measured run, in seconds and bytes.
type cost struct {
	wall, cpu float64 // of the build phase
	all       float64 // CPU of all phases
	pushed    int64
	log       string
}

func main() {
	var b bench
	flag.StringVar(&b.builder, "builder", "lockstep/builder:local", "builder image")
	flag.StringVar(&b.run, "run", "", "run image, in the registry")
	flag.StringVar(&b.python, "python", "", "CPython with pip, for the baseline")
	flag.StringVar(&b.registry, "registry", "", "registry on loopback")
	flag.StringVar(&b.blobs, "blobs", "", "directory in which the registry keeps its blobs")
	flag.StringVar(&b.app, "app", "", "app directory; it needs a hashed requirements.txt, which pip gets too")
	flag.StringVar(&b.name, "name", "", "name of the app in the table")
	flag.IntVar(&b.repeat, "repeat", 5, "runs of what is cheap; the median counts")
	flag.Parse()
	if err := b.measure(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (b bench) measure() error {
	image := fmt.Sprintf("%s/bench/%s:%d", b.registry, b.name, os.Getpid())
	cold, err := b.build(image, "")
	if err != nil {
		return err
	}
	same, err := b.median(func(int) (cost, error) { return b.build(image, "") })
	if err != nil {
		return err
	}
	code, err := b.median(func(i int) (cost, error) {
		return b.build(image, fmt.Sprintf("echo '# change %d' >> /workspace/main.py", i))
	})
	if err != nil {
		return err
	}
	pip, size, err := b.pip()
	if err != nil {
		return err
	}
	ours, err := b.size(image)
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: %s\n", b.name, strings.TrimSpace(cold.log))
	fmt.Printf("%-28s %10s %10s %12s %14s\n", "", "wall s", "CPU s", "all CPU s", "bytes pushed")
	for _, row := range []struct {
		label string
		cost
	}{{"cold build", cold}, {"no change", same}, {"code changed", code}} {
		fmt.Printf("%-28s %10.2f %10.2f %12.2f %14d\n", row.label, row.wall, row.cpu, row.all, row.pushed)
	}
	fmt.Printf("%-28s %10.2f %10.2f\n", "python -m venv + pip install", pip.wall, pip.cpu)
	verdict("build phase without a change, CPU s", same.cpu, 0.3)
	verdict("cold build ÷ pip, CPU", cold.cpu/pip.cpu, 0.6)
	verdict("image ÷ venv + pip, bytes", float64(ours)/float64(size), 0.75)
	fmt.Printf("%-44s %s and %s\n", "image; Python + venv + pip", megabytes(ours), megabytes(size))
	return nil
}

func verdict(label string, figure, bar float64) {
	word := "met"
	if figure > bar {
		word = "MISSED"
	}
	fmt.Printf("%-44s %6.3f  bar %.2f  %s\n", label, figure, bar, word)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// median runs a measurement as often as asked and gives the run with the median CPU.
func (b bench) median(run func(int) (cost, error)) (cost, error) {
	var all []cost
	for i := range b.repeat {
		c, err := run(i)
		if err != nil {
			return cost{}, err
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y cost) int { return int((x.cpu - y.cpu) * 1e6) })
	return all[len(all)/2], nil
}

const phases = `set -euo pipefail
cp -r /source/. /workspace/
eval "$CHANGE"
export CNB_PLATFORM_API=0.13
phase() {
  local name=$1 TIMEFORMAT="$1 %R %U %S"; shift
  { time "$@" >"/tmp/$name.log" 2>&1; } 2>>/tmp/times || { cat "/tmp/$name.log"; exit 1; }
}
phase analyzer /cnb/lifecycle/analyzer -layers=/layers -run-image="$RUN" "$IMAGE"
phase detector /cnb/lifecycle/detector -app=/workspace -layers=/layers
phase restorer /cnb/lifecycle/restorer -layers=/layers
phase builder /cnb/lifecycle/builder -app=/workspace -layers=/layers
phase exporter /cnb/lifecycle/exporter -app=/workspace -layers=/layers "$IMAGE"
cat /tmp/times
grep -E 'in [0-9.]+ s' /tmp/builder.log | sed 's/^/log /'
`

// build runs the five phases; change is a shell line that edits the app first.
func (b bench) build(image, change string) (cost, error) {
	before, err := weigh(b.blobs)
	if err != nil {
		return cost{}, err
	}
	out, err := b.container(phases, "IMAGE="+image, "RUN="+b.run, "CHANGE="+change)
	if err != nil {
		return cost{}, err
	}
	after, err := weigh(b.blobs)
	return read(out, after-before), err
}

// container runs a script in the builder image as its user, with the app at /source and the registry on loopback.
func (b bench) container(script string, env ...string) (string, error) {
	args := []string{"run", "--rm", "--network", "host", "--volume", b.app + ":/source:ro", "--volume", b.python + ":/python:ro",
		"--env", "BP_LOG_LEVEL=DEBUG"}
	for _, e := range env {
		args = append(args, "--env", e)
	}
	cmd := exec.Command("docker", append(args, "--entrypoint", "bash", b.builder, "-c", script)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("measuring %s: %w\n%s", b.name, err, out.String())
	}
	return out.String(), nil
}

func read(out string, pushed int64) cost {
	c := cost{pushed: pushed}
	for _, line := range strings.Split(out, "\n") {
		if text, ok := strings.CutPrefix(line, "log "); ok {
			c.log += "\n " + text
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 4 {
			continue
		}
		wall, cpu := number(fields[1]), number(fields[2])+number(fields[3])
		c.all += cpu
		if fields[0] == "builder" {
			c.wall, c.cpu = wall, cpu
		}
	}
	return c
}

func number(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// The baseline's own Python is compiled first, outside of the measurement, as it would be on a machine that has used it.
const pipInstall = `set -euo pipefail
export PIP_CERT=/etc/ssl/certs/ca-certificates.crt
cp -r /python /tmp/python
/tmp/python/bin/python3 -m compileall -q /tmp/python/lib >/dev/null 2>&1 || true
TIMEFORMAT="builder %R %U %S"
install() {
  /tmp/python/bin/python3 -m venv --without-pip /tmp/venv # this CPython has pip, not ensurepip
  /tmp/python/bin/python3 -m pip --python /tmp/venv/bin/python install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r /source/requirements.txt
}
time install
find /tmp/python -name __pycache__ -prune -exec rm -rf {} +
echo "size $(tar -C /tmp -cf - python venv | gzip -1 | wc -c)"
`

// pip measures the baseline and weighs what it would put into an image, compressed as the lifecycle compresses.
func (b bench) pip() (cost, int64, error) {
	out, err := b.container(pipInstall)
	if err != nil {
		return cost{}, 0, err
	}
	var size int64
	for _, line := range strings.Split(out, "\n") {
		if text, ok := strings.CutPrefix(line, "size "); ok {
			size, _ = strconv.ParseInt(text, 10, 64)
		}
	}
	return read(out, 0), size, nil
}

// size is the compressed size of an image's layers of ours above the run image, without the app.
func (b bench) size(image string) (int64, error) {
	ours, err := layerBytes(image)
	if err != nil {
		return 0, err
	}
	base, err := layerBytes(b.run)
	return ours - base, err
}

func layerBytes(image string) (int64, error) {
	out, err := exec.Command("crane", "manifest", "--insecure", image).Output()
	if err != nil {
		return 0, fmt.Errorf("reading the manifest of %s: %w", image, err)
	}
	var manifest struct {
		Layers []struct {
			Size int64 `json:"size"`
		} `json:"layers"`
	}
	if err := json.Unmarshal(out, &manifest); err != nil {
		return 0, fmt.Errorf("reading the manifest of %s: %w", image, err)
	}
	var total int64
	for _, layer := range manifest.Layers {
		total += layer.Size
	}
	return total, nil
}

func weigh(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
