package pep508

import (
	"fmt"

	"github.com/lockstep/python/internal/pep440"
)

// Environment is what markers ask about: the interpreter, the machine, and what of a project was chosen.
type Environment struct {
	ImplementationName           string
	ImplementationVersion        string
	OSName                       string
	PlatformMachine              string
	PlatformRelease              string
	PlatformSystem               string
	PlatformVersion              string
	PythonFullVersion            string
	PlatformPythonImplementation string
	PythonVersion                string
	SysPlatform                  string

	Extras           []Name
	DependencyGroups []Name
}

// Linux is CPython of the given version on Linux. The kernel's release and version stay empty: the machine that builds is
// not the one that runs.
func Linux(version pep440.Version, machine string) Environment {
	full := version.String()
	if len(version.Release()) < 3 {
		full = fmt.Sprintf("%d.%d.%d", version.Major(), version.Minor(), version.Micro())
	}
	return Environment{
		ImplementationName:           "cpython",
		ImplementationVersion:        full,
		OSName:                       "posix",
		PlatformMachine:              machine,
		PlatformSystem:               "Linux",
		PythonFullVersion:            full,
		PlatformPythonImplementation: "CPython",
		PythonVersion:                fmt.Sprintf("%d.%d", version.Major(), version.Minor()),
		SysPlatform:                  "linux",
	}
}

// variables gives each variable of a marker its value; it also is the list of those that hold text.
var variables = map[string]func(Environment) string{
	"implementation_name":            func(e Environment) string { return e.ImplementationName },
	"implementation_version":         func(e Environment) string { return e.ImplementationVersion },
	"os_name":                        func(e Environment) string { return e.OSName },
	"platform_machine":               func(e Environment) string { return e.PlatformMachine },
	"platform_release":               func(e Environment) string { return e.PlatformRelease },
	"platform_system":                func(e Environment) string { return e.PlatformSystem },
	"platform_version":               func(e Environment) string { return e.PlatformVersion },
	"python_full_version":            func(e Environment) string { return e.PythonFullVersion },
	"platform_python_implementation": func(e Environment) string { return e.PlatformPythonImplementation },
	"python_version":                 func(e Environment) string { return e.PythonVersion },
	"sys_platform":                   func(e Environment) string { return e.SysPlatform },
}

// legacy are the spellings of before PEP 508 that are still accepted.
var legacy = map[string]string{
	"os.name":                        "os_name",
	"sys.platform":                   "sys_platform",
	"platform.version":               "platform_version",
	"platform.machine":               "platform_machine",
	"platform.python_implementation": "platform_python_implementation",
	"python_implementation":          "platform_python_implementation",
}

// versionVariables are compared as versions when the other side allows it.
var versionVariables = map[string]bool{
	"implementation_version": true, "platform_release": true, "python_full_version": true, "python_version": true,
}

// The variables that hold names. An extra is asked for with ==, the other two with in.
const (
	extraVariable  = "extra"
	extrasVariable = "extras"
	groupsVariable = "dependency_groups"
)
