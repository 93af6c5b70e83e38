package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
)

// layer is what the lifecycle's label says of one.
type layer struct {
	digest string
	facts  map[string]any
}

// layers reads the layers of our buildpack from an image's label.
func (b *bench) layers(image string) (map[string]layer, error) {
	out, err := output("crane", "config", "--insecure", image)
	if err != nil {
		return nil, err
	}
	var config struct {
		Config struct{ Labels map[string]string }
	}
	var label struct {
		Buildpacks []struct {
			Layers map[string]struct {
				SHA  string
				Data map[string]any
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &config); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(config.Config.Labels["io.buildpacks.lifecycle.metadata"]), &label); err != nil {
		return nil, fmt.Errorf("reading the label of %s: %w", image, err)
	}
	found := map[string]layer{}
	for _, buildpack := range label.Buildpacks {
		for name, l := range buildpack.Layers {
			facts, _ := l.Data["made-from"].(map[string]any)
			found[name] = layer{l.SHA, facts}
		}
	}
	return found, nil
}

// serve serves the archives of the builder's buildpack on loopback, as an online buildpack would download them.
func (b *bench) serve() (string, error) {
	if b.url != "" {
		return b.url, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	b.url = "http://" + listener.Addr().String()
	go func() {
		_ = http.Serve(listener, http.FileServer(http.Dir(filepath.Join(b.tools, "dependencies"))))
	}()
	return b.url, nil
}

// run starts a container of an image that waits, with a read-only root.
func (b *bench) run(app, variant string) (string, func(), error) {
	image := b.image(app, variant)
	if _, err := output("docker", "pull", "--quiet", image); err != nil {
		return "", nil, err
	}
	id, err := output("docker", "run", "--detach", "--read-only", "--entrypoint", "launcher", image, "sleep", "3600")
	if err != nil {
		return "", nil, err
	}
	id = strings.TrimSpace(id)
	return id, func() {
		_, _ = output("docker", "rm", "--force", id)
		_, _ = output("docker", "rmi", "--force", image)
	}, nil
}

// startups are what apps import at start.
var startups = []string{
	"django.http, django.urls, django.template, django.db.models, django.core.management",
	"fastapi",
	"flask",
	"boto3, sqlalchemy.orm",
	"pandas, sklearn.linear_model",
}

func python(container, code string) (string, error) {
	return output("docker", "exec", container, "launcher", "python", "-c", code)
}

// imports compares the CPU of starts with packages in layers and all in one, in turn, and gives the mean of the ratios of the medians.
func imports(b *bench, app string) (float64, error) {
	var containers []string
	for _, v := range []variant{cold, one} {
		if _, err := b.need(app, v); err != nil {
			return 0, err
		}
		id, end, err := b.run(app, v.name)
		if err != nil {
			return 0, err
		}
		defer end()
		containers = append(containers, id)
	}
	var sum, count float64
	var missing error
	for _, modules := range startups {
		code := "import " + modules + "; import time; print(time.process_time())"
		if _, err := python(containers[1], "import "+modules); err != nil {
			missing = errors.Join(missing, err) // the app may have no such packages
			continue
		}
		times := [2][]float64{}
		for range 2*b.repeat + 1 {
			for i, id := range containers {
				out, err := python(id, code)
				if err != nil {
					return 0, err
				}
				times[i] = append(times[i], number(strings.TrimSpace(out)))
			}
		}
		for i := range times {
			slices.Sort(times[i])
		}
		layered, flat := times[0][b.repeat], times[1][b.repeat]
		name := app + ": import " + strings.Split(modules, ",")[0]
		b.costs[name], b.order = cost{cpu: layered, all: flat}, append(b.order, name)
		sum, count = sum+layered/flat, count+1
	}
	if count == 0 {
		return 0, fmt.Errorf("importing what apps import: %w", missing)
	}
	return sum / count, nil
}

// compiledAtStart counts the modules that Python compiles from their source when it starts and imports what apps import.
func compiledAtStart(b *bench, app string) (float64, error) {
	if _, err := b.need(app, cold); err != nil {
		return 0, err
	}
	id, end, err := b.run(app, cold.name)
	if err != nil {
		return 0, err
	}
	defer end()
	code := `import subprocess, sys
found = 0
for modules in ` + fmt.Sprintf("%q", strings.Join(startups, "|")) + `.split("|"):
    said = subprocess.run([sys.executable, "-v", "-c", "import " + modules], capture_output=True, text=True, errors="replace").stderr
    assert "matches" in said
    found += sum(line.startswith("# code object from /") for line in said.splitlines())
print(found)`
	out, err := python(id, code)
	return number(strings.TrimSpace(out)), err
}
