package start

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// beside tells an app that the program which has it serves in a thread, beside its own work: a bot that answers a health check. A
// server for the app would leave the work out.
func (t *tree) beside(c candidate) bool {
	found := map[string]bool{}
	t.threads(c.module, c.module.body, found)
	return found[c.id]
}

// threads finds the apps that functions given to a thread or a process start.
func (t *tree) threads(m *module, statements []*statement, found map[string]bool) {
	for _, one := range statements {
		if target := inThread(one); target != nil {
			t.started(m, target, found)
			for j := range target {
				name, _ := dotted(target[j:])
				at := t.lookup(m, nil, name, 0)
				if name == "" || at.module == nil {
					continue
				}
				for _, b := range at.module.names[at.name] {
					if b.function != nil {
						t.startedIn(at.module, b.function.body, found)
					}
				}
			}
		}
		t.threads(m, one.body, found)
	}
}

// inThread is what a statement gives to a thread or a process; nil if it makes none.
func inThread(one *statement) []token {
	for i := 0; i+1 < len(one.tokens); i++ {
		if (one.tokens[i].is("Thread") || one.tokens[i].is("Process")) && one.tokens[i+1].is("(") {
			return one.tokens[i+2 : max(i+2, matching(one.tokens, i+1))]
		}
	}
	return nil
}

// threadIn is the first line of the statements that makes a thread, other than to open a browser for the developer.
func threadIn(statements []*statement) int {
	for _, one := range statements {
		if target := inThread(one); target != nil && !slices.ContainsFunc(target, func(t token) bool { return strings.Contains(t.text, "browser") }) {
			return one.line
		}
		if line := threadIn(one.body); line > 0 {
			return line
		}
	}
	return 0
}

func (t *tree) startedIn(m *module, statements []*statement, found map[string]bool) {
	for _, one := range statements {
		t.started(m, one.tokens, found)
		t.startedIn(m, one.body, found)
	}
}

// started finds the apps in tokens that start a server.
func (t *tree) started(m *module, tokens []token, found map[string]bool) {
	for i := range tokens {
		if app, _ := t.served(m, readExpr(tokens[i:])); app != nil {
			found[app.id] = true
		}
	}
}

func (f *finder) leftOut(c candidate) string {
	return fmt.Sprintf("%s serves %s in a thread, beside what it does itself, which a server for the app alone would leave out. So the image has no default process.\n"+
		"Add a file named Procfile with the program, such as\n%s\nor set %s", c.module.file, c.spec(), cmp.Or(f.programLine(), "web: "+environment(c)+python(c)), f.setting(c))
}
