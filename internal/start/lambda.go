package start

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

const handlerSetting = "BP_LAMBDA_HANDLER"

// handlers are how a handler of AWS Lambda looks in a module's text: a function of its usual name, or an adapter around an app.
var handlers = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^(?:async )?def (lambda_handler)\(`),
	regexp.MustCompile(`(?m)^def (handler)\(event, *(?:context|_\w*)`),
	regexp.MustCompile(`(?m)^(\w+)(?:: *\w+)? *= *(?:\w+\.)?(?:Mangum|VercelASGI|AsgiHandler)\(`),
}

var handlerName = regexp.MustCompile(`^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$`)

// Lambda gives the command that serves AWS Lambda's runtime interface, for an app that locks awslambdaric, and what was found where.
// handler is what the owner set, "module.function"; without it, the modules in the root of the app dir are read. No handler, no command.
func Lambda(app fs.FS, packages Packages, handler string) (command, note string, err error) {
	if !packages.has("awslambdaric") {
		if handler != "" {
			return "", "", noRuntime(handler)
		}
		return "", "", nil
	}
	if handler != "" {
		if !handlerName.MatchString(handler) {
			return "", "", badHandler(handler)
		}
		return "python -m awslambdaric " + handler, "The Lambda handler is " + handler + " (" + handlerSetting + ")", nil
	}
	found, err := findHandlers(app)
	if err != nil || len(found) == 0 {
		return "", "", err
	}
	if len(found) > 1 {
		return "", "", severalHandlers(found)
	}
	return "python -m awslambdaric " + found[0], "The Lambda handler is " + found[0] + " (found in " + moduleFile(found[0]) + ")", nil
}

func findHandlers(app fs.FS) ([]string, error) {
	names, err := fs.Glob(app, "*.py") // sorted
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range names {
		text, err := fs.ReadFile(app, name)
		if err != nil {
			continue // told where the app is compiled
		}
		for _, pattern := range handlers {
			for _, m := range pattern.FindAllSubmatch(text, -1) {
				found = append(found, strings.TrimSuffix(name, ".py")+"."+string(m[1]))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func moduleFile(handler string) string {
	module, _, _ := strings.Cut(handler, ".")
	return module + ".py"
}

func noRuntime(handler string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s is %q, but awslambdaric, which serves Lambda's runtime interface, is not among the packages", handlerSetting, handler),
		Where: handlerSetting,
		Fix:   "add awslambdaric to the app's dependencies and lock them anew, or remove " + handlerSetting,
	}
}

func badHandler(handler string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s is %q, which is not a module and a function in it", handlerSetting, handler),
		Where: handlerSetting,
		Fix:   "write them with a dot between, such as " + handlerSetting + "=lambda_function.lambda_handler",
	}
}

func severalHandlers(found []string) error {
	var settings []string
	for _, name := range found {
		settings = append(settings, handlerSetting+"="+name)
	}
	return &failure.Error{
		What:  "several functions could be the Lambda handler: " + strings.Join(found, ", "),
		Where: "the app dir",
		Fix:   "name one: set " + strings.Join(settings, " or "),
	}
}
