package process

import (
	"io/fs"
	"regexp"
)

// reloading are the servers that start anew when a source changes, if told to: the name that stands in a command → its option.
var reloading = []struct {
	name   *regexp.Regexp
	option string
}{
	{server("gunicorn|uvicorn|hypercorn|granian|fastapi run"), " --reload"},
	{server("streamlit run"), " --server.runOnSave true"},
	{server(`flask run`), " --debug"},
}

func server(names string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s/])(?:` + names + `)(?:\s|$)`)
}

// WithLiveReload adds the process "reload" and makes it the default: the web process, told to start anew when a source changes.
func WithLiveReload(list []Process, app fs.FS, helper string) ([]Process, []Warning, error) {
	for _, p := range list {
		if p.Type != "web" {
			continue
		}
		for _, r := range reloading {
			at := r.name.FindStringIndex(p.Text)
			if at == nil {
				continue
			}
			end := at[1]
			if end < len(p.Text) || p.Text[end-1] == ' ' {
				end-- // in front of the blank
			}
			reload, err := New("reload", p.Text[:end]+r.option+p.Text[end:], app, helper)
			return withDefault(list, reload), nil, err
		}
		return list, []Warning{{Text: "BP_LIVE_RELOAD_ENABLED has no effect: nothing is known of how '" + p.Text + "' starts anew when a source changes.\n" +
			"gunicorn, uvicorn, hypercorn and granian do; or run the image's web process under a file watcher."}}, nil
	}
	return list, []Warning{{Text: "BP_LIVE_RELOAD_ENABLED has no effect: the image has no web process"}}, nil
}

func withDefault(list []Process, added Process) []Process {
	out := make([]Process, 0, len(list)+1)
	for _, p := range list {
		if p.Default = false; p.Type != added.Type {
			out = append(out, p)
		}
	}
	added.Default = true
	return append(out, added)
}
