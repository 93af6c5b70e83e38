package django

import (
	"fmt"
	"slices"

	"github.com/lockstep/python/internal/failure"
)

// atFault are the exceptions that the app would have at start too.
var atFault = []string{"ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "TabError", "NameError"}

// Fatal gives the owner's error for a failure that the app would have at start too; others are nil: they may come from what only
// the build lacks, such as a database or a variable.
func (f Failure) Fatal() error {
	if !slices.Contains(atFault, f.Type) {
		return nil
	}
	fix := "correct it; 'python manage.py check' shows the same without a build"
	if f.Module != "" {
		fix = fmt.Sprintf("add the package that has the module %s to the app's dependencies, or remove the import", f.Module)
	}
	return &failure.Error{
		What:  fmt.Sprintf("Django cannot load this app: %s: %s", f.Type, f.Message),
		Where: f.where(),
		Fix:   fix,
	}
}

// Reason is why static files were not collected, for the log.
func (f Failure) Reason() string {
	return fmt.Sprintf("%s: %s (%s)", f.Type, f.Message, f.where())
}

func (f Failure) where() string {
	if f.File == "" {
		return "collectstatic"
	}
	return fmt.Sprintf("%s, line %d", f.File, f.Line)
}
