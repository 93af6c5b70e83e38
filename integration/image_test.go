package integration_test

import (
	"encoding/json"
	"sort"
	"strings"
	"testing"
)

// labels is what the lifecycle writes about the layers of an image.
type labels struct {
	App        []struct{ SHA string }
	Buildpacks []struct {
		Key    string
		Layers map[string]struct{ SHA string }
	}
}

// layers gives the digest of each layer of the buildpack, and of the app as "app".
func (a *app) layers() map[string]string {
	a.t.Helper()
	return readLayers(a.t, docker(a.t, "image", "inspect", "--format", `{{index .Config.Labels "io.buildpacks.lifecycle.metadata"}}`, a.image))
}

func readLayers(t *testing.T, label string) map[string]string {
	t.Helper()
	var l labels
	if err := json.Unmarshal([]byte(label), &l); err != nil {
		t.Fatalf("%v in %q", err, label)
	}
	digests := map[string]string{}
	for _, layer := range l.App {
		digests["app"] += layer.SHA
	}
	for _, buildpack := range l.Buildpacks {
		for name, layer := range buildpack.Layers {
			if buildpack.Key == "lockstep/python" {
				digests[name] = layer.SHA
			}
		}
	}
	return digests
}

// changed names the layers that differ, sorted: new ones, those with other content, and, with a minus, those that are gone.
func changed(before, after map[string]string) []string {
	list := []string{}
	for name := range before {
		if after[name] == "" {
			list = append(list, "-"+name)
		} else if after[name] != before[name] {
			list = append(list, name)
		}
	}
	for name := range after {
		if before[name] == "" {
			list = append(list, "+"+name)
		}
	}
	sort.Slice(list, func(i, j int) bool { return strings.Trim(list[i], "+-") < strings.Trim(list[j], "+-") })
	return list
}
