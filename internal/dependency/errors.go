package dependency

import (
	"fmt"
	"strings"

	"github.com/lockstep/python/internal/failure"
)

func unreachable(d Dependency, uri string, attempts int, err error) error {
	tries := "tries"
	if attempts == 1 {
		tries = "try"
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s %s could not be downloaded in %d %s: %s", d.Name, d.Version, attempts, tries, err),
		Where: Redact(uri),
		Fix: "build again, or name a mirror with BP_DEPENDENCY_MIRROR=https://mirror.example/path;\n" +
			"behind a firewall use the offline package of this buildpack",
		Err: err,
	}
}

func refused(d Dependency, uri, status string) error {
	fix := "build again later"
	if strings.HasPrefix(status, "4") {
		fix = "if this is a mirror (BP_DEPENDENCY_MIRROR, dependency-mapping), put the archive there and check its credentials"
	}
	return &failure.Error{
		What:  fmt.Sprintf("%s %s could not be downloaded: the server answered %s", d.Name, d.Version, status),
		Where: Redact(uri),
		Fix:   fix,
	}
}

func wrongChecksum(d Dependency, uri, got string) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s %s is not the archive that this buildpack pins: its sha256 is %s, not %s", d.Name, d.Version, got, d.SHA256()),
		Where: Redact(uri),
		Fix:   "if this is a mirror, replace its copy by the original; nothing of the archive was used",
	}
}

func absent(d Dependency, uri string, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s %s is not where its mirror or mapping says", d.Name, d.Version),
		Where: Redact(uri),
		Fix:   "put the archive there, readable for the build, or remove the mirror or mapping",
		Err:   err,
	}
}

func notURI(what, where string) error {
	return &failure.Error{
		What:  what + " is not a URI that can be downloaded from",
		Where: where,
		Fix:   "write it as https://mirror.example/path",
	}
}
