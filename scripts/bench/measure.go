package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// bench is one run; costs are measured when the first row asks for them.
type bench struct {
	builder, registry, blobs, tools, sources string
	apps                                     []string
	repeat                                   int
	work                                     string // locks and caches of this run
	descriptor                               string // the builder's buildpack.toml, and where it stands
	descriptorPath                           string
	url                                      string // where the archives are served
	costs                                    map[string]cost
	order                                    []string
}

// cost is one measured run.
type cost struct {
	cpu, all, wall float64  // seconds: of the build phase, of all phases, elapsed in the build phase
	pushed         int64    // bytes
	size           int64    // what a script weighed
	app            int64    // the app dir, compressed
	phases         []string // CPU of each
	made           []string // layers that the log says were made
}

func (b *bench) prepare() error {
	b.costs = map[string]cost{}
	var err error
	if b.work, err = os.MkdirTemp(b.tools, "run-"); err != nil {
		return err
	}
	if err = os.Chmod(b.work, 0o755); err != nil { // the builder's user reads it
		return err
	}
	out, err := output("docker", "run", "--rm", "--entrypoint", "bash", b.builder, "-c", "cd /cnb/buildpacks/lockstep_python/*/ && pwd && cat buildpack.toml")
	b.descriptorPath, b.descriptor, _ = strings.Cut(out, "\n")
	return err
}

// once measures something the first time that it is asked for.
func (b *bench) once(name string, run func() (cost, error)) (cost, error) {
	if c, ok := b.costs[name]; ok {
		return c, nil
	}
	c, err := run()
	if err == nil {
		b.costs[name], b.order = c, append(b.order, name)
	}
	return c, err
}

// variant is what differs from a build of the app as it is.
type variant struct {
	name       string
	previous   string // the variant whose image is the previous one; empty for a first build
	lock       string // "" or the kind of bump
	change     string // a shell line that edits the app dir
	descriptor string // another buildpack.toml
	cache      bool   // with a cache volume
	flat       bool   // by the baseline's buildpack
	env        []string
	repeat     bool
}

// build measures the five phases.
func (b *bench) build(app string, v variant) (cost, error) {
	return b.once(app+": "+v.name, func() (cost, error) {
		var all []cost
		for i := 0; i == 0 || v.repeat && i < b.repeat; i++ {
			c, err := b.lifecycle(app, v, i)
			if err != nil {
				return c, err
			}
			all = append(all, c)
		}
		slices.SortFunc(all, func(x, y cost) int { return int((x.all - y.all) * 1e6) })
		return all[len(all)/2], nil
	})
}

func (b *bench) image(app, variant string) string {
	return fmt.Sprintf("%s/bench/%s:%s", b.registry, app, strings.ReplaceAll(variant, " ", "-"))
}

func (b *bench) lifecycle(app string, v variant, try int) (cost, error) {
	env := append([]string{"IMAGE=" + b.image(app, v.name), "PREVIOUS=" + b.image(app, v.previous+"-"), "RUN=" + b.registry + "/lockstep/run:local",
		"CHANGE=" + strings.ReplaceAll(v.change, "@TRY@", strconv.Itoa(try))}, v.env...)
	if v.previous != "" {
		env[1] = "PREVIOUS=" + b.image(app, v.previous)
	}
	var mounts []string
	if v.cache {
		dir := filepath.Join(b.work, "cache-"+app)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return cost{}, err
		}
		if err := os.Chmod(dir, 0o777); err != nil {
			return cost{}, err
		}
		mounts, env = append(mounts, dir+":/cache"), append(env, "CACHE=-cache-dir=/cache")
	}
	if v.descriptor != "" {
		file := filepath.Join(b.work, strings.ReplaceAll(v.name, " ", "-")+".toml")
		if err := os.WriteFile(file, []byte(v.descriptor), 0o644); err != nil {
			return cost{}, err
		}
		mounts = append(mounts, file+":"+b.descriptorPath+"/buildpack.toml:ro")
	}
	if v.flat {
		env = append(env, "CNB_BUILDPACKS_DIR=/flat", "CNB_ORDER_PATH=/flat/order.toml")
	}
	before, err := weigh(b.blobs)
	if err != nil {
		return cost{}, err
	}
	c, err := b.container(app, v.lock, []string{"lifecycle"}, mounts, env)
	if err != nil {
		return c, err
	}
	after, err := weigh(b.blobs)
	c.pushed = after - before
	return c, err
}

// script measures a function of container.sh that is no build.
func (b *bench) script(app, lock, function string, env ...string) (cost, error) {
	return b.once(strings.TrimSpace(app+": "+function+" "+lock+" "+strings.Join(env, " ")), func() (cost, error) {
		return b.container(app, lock, strings.Fields(function), nil, env)
	})
}

func (b *bench) container(app, lock string, function, mounts, env []string) (cost, error) {
	dir, err := b.lock(app, lock)
	if err != nil {
		return cost{}, err
	}
	wheels := filepath.Join(b.work, "wheels-"+app)
	if function[0] == "floor" {
		if err := b.download(app, dir, wheels); err != nil {
			return cost{}, err
		}
		mounts = append(mounts, wheels+":/wheels:ro")
	}
	flat, err := b.flat()
	if err != nil {
		return cost{}, err
	}
	sources, err := filepath.Abs(b.sources)
	if err != nil {
		return cost{}, err
	}
	mounts = append(mounts, filepath.Join(sources, app)+":/source:ro", dir+":/lock:ro", flat+":/flat:ro",
		filepath.Join(sources, "container.sh")+":/container.sh:ro", filepath.Join(sources, "floor/compile.py")+":/compile.py:ro",
		filepath.Join(b.tools, "python")+":/python:ro", filepath.Join(b.tools, "uv")+":/uv:ro", filepath.Join(b.tools, "floor")+":/floor:ro")
	args := []string{"run", "--rm", "--network", "host"}
	for _, m := range mounts {
		args = append(args, "--volume", m)
	}
	for _, e := range env {
		args = append(args, "--env", e)
	}
	out, err := output("docker", append(append(args, "--entrypoint", "bash", b.builder, "/container.sh"), function...)...)
	if err != nil {
		return cost{}, err
	}
	return read(out), nil
}

// read reads what container.sh prints.
func read(out string) cost {
	var c cost
	for _, line := range strings.Split(out, "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 4:
			cpu := number(fields[2]) + number(fields[3])
			c.all += cpu
			c.phases = append(c.phases, fmt.Sprintf("%s %.2f", fields[0], cpu))
			if fields[0] == "builder" {
				c.wall, c.cpu = number(fields[1]), cpu
			}
		case len(fields) != 2:
		case fields[0] == "size":
			c.size = int64(number(fields[1]))
		case fields[0] == "app":
			c.app = int64(number(fields[1]))
		case fields[0] == "Made":
			c.made = append(c.made, fields[1])
		}
	}
	return c
}

func number(text string) float64 {
	n, _ := strconv.ParseFloat(text, 64)
	return n
}

// flat makes the directory of the baseline's buildpack.
func (b *bench) flat() (string, error) {
	dir := filepath.Join(b.work, "flat")
	bin := filepath.Join(dir, "bench_flat/0/bin")
	if _, err := os.Stat(bin); err == nil {
		return dir, nil
	}
	script, err := os.ReadFile(filepath.Join(b.sources, "flat.sh"))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	for name, text := range map[string]string{
		"order.toml":                  "[[order]]\n[[order.group]]\nid = \"bench/flat\"\nversion = \"0\"\n",
		"bench_flat/0/buildpack.toml": "api = \"0.10\"\n[buildpack]\nid = \"bench/flat\"\nversion = \"0\"\n[[targets]]\nos = \"linux\"\n",
		"bench_flat/0/bin/detect":     string(script),
		"bench_flat/0/bin/build":      string(script),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// sizes gives the compressed size of every layer of an image.
func (b *bench) sizes(image string) (map[string]int64, error) {
	out, err := output("crane", "manifest", "--insecure", image)
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Layers []struct {
			Digest string `json:"digest"`
			Size   int64  `json:"size"`
		} `json:"layers"`
	}
	if err := json.Unmarshal([]byte(out), &manifest); err != nil {
		return nil, fmt.Errorf("reading the manifest of %s: %w", image, err)
	}
	sizes := map[string]int64{}
	for _, layer := range manifest.Layers {
		sizes[layer.Digest] = layer.Size
	}
	return sizes, nil
}

func output(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, &out, &errs)
	}
	return out.String(), nil
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
