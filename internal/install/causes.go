package install

import (
	"fmt"
	"regexp"
)

// cause is one way in which uv fails, told by words of the pinned uv: testdata/uv-says holds what the real one says.
type cause struct {
	words  *regexp.Regexp // its submatches go into what
	inside bool           // the words may also stand in the output of a package's build
	what   string
	fix    string
	fixes  map[string]string // another fix for the file, by its name; locks that name the URL of each file go by "URL"
}

const (
	wheelOrCompiler = "lock a version that has a wheel for this Python, ask for a Python that it has one for (.python-version),\n" +
		"or bring %s along: a build image that has it, or an apt buildpack before this one"
	built       = "Failed to (?:download and )?build `([^` @]+).*?" // what failed to build
	sourceNeeds = "%[1]s is built from source (no wheel for this Python, or --no-binary) and needs "
	notInImage  = ", which the build image does not have"
	namesURLs   = "check the network of the build and its proxy (HTTPS_PROXY); the lock names the URL of each file, so to use another index, lock against it"
	lockWheel   = "lock a version that has a wheel for this Python"
	gitFailed   = "`([^` @]+) @[^`]*` Git operation failed.*"
	netrc       = "give them in a netrc file in the home of the build's user: pack build --volume FILE:/home/cnb/.netrc"
	inURL       = "name variables in its URL, git+https://${USER}:${TOKEN}@…, and give them to the build; or bring a netrc file:\n" +
		"pack build --volume FILE:/home/cnb/.netrc"
	authorities = "name a file with all authorities that the build is to trust, the public ones too, with SSL_CERT_FILE; or give yours in a\n" +
		"binding of type ca-certificates, where the builder has the buildpack of that name"
	otherFile = "if the package was published anew under the same version, lock again and look at what changed; if a mirror serves it, replace its copy"
)

// causes stand in the order in which they are tried: what went wrong on the way to the index before what uv concluded from it.
var causes = []cause{
	{words: regexp.MustCompile(`[Nn]o space left on device`), inside: true,
		what: "the disk is full",
		fix:  "give the build more disk space (docker system prune, or a larger volume for the build pod)"},
	{words: regexp.MustCompile("Hash mismatch for `([^`]+)`"),
		what: "the file of %s that the index serves is not the one that was locked: its hash differs", fix: otherFile},
	{words: regexp.MustCompile("Size mismatch for `([^`]+)`"),
		what: "the file of %s that the index serves is not the one that was locked: its size differs", fix: otherFile},
	{words: regexp.MustCompile(`requirements must have a hash, but none were provided for: (.+?) ?$`),
		what: "not every requirement has a hash: there is none for %[1]s",
		fix:  "lock again with hashes for all: uv pip compile --generate-hashes"},
	{words: regexp.MustCompile("Failed to download(?: and build)? `([^` @]+)[^`]*` Failed to extract archive"),
		what: "the file of %[1]s that the index serves is damaged",
		fix:  "try again; if a mirror serves it, replace its copy"},
	{words: regexp.MustCompile(`(40[13]) (?:Unauthorized|Forbidden)`),
		what: "the index refused the request with status %[1]s",
		fix:  "give credentials for it: UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD for a named index,\nor a netrc file",
		fixes: map[string]string{
			"requirements.txt": "give credentials for it: in UV_DEFAULT_INDEX=https://USER:PASSWORD@index.example/simple, in a variable that the file names\n" +
				"(--index-url https://${USER}:${PASSWORD}@index.example/simple), or in a netrc file",
			"poetry.lock":  "give credentials for it: POETRY_HTTP_BASIC_<NAME>_USERNAME and POETRY_HTTP_BASIC_<NAME>_PASSWORD for the source's name, or a netrc file",
			"Pipfile.lock": "give the build the variables that the source's url in Pipfile names, such as https://${USER}:${PASSWORD}@index.example/simple, or a netrc file",
			"pdm.lock":     "give the build the variables that the source's url in pyproject.toml names, such as https://${USER}:${PASSWORD}@index.example/simple, or a netrc file",
		}},
	{words: regexp.MustCompile("404 Not Found"),
		what: "a file that the lock names is not there any more (status 404)",
		fix:  "lock again and commit the new file; if a mirror serves it, bring the file back"},
	{words: regexp.MustCompile(`HTTP status server error \((\d+)`),
		what:  "the package index answers with an error of its own, status %[1]s, each time it is asked",
		fix:   "try again later, or name another index with UV_DEFAULT_INDEX=https://index.example/simple",
		fixes: map[string]string{"URL": "try again later; the lock names the URL of each file, so to use another index, lock against it"}},
	{words: regexp.MustCompile(`invalid peer certificate: certificate not valid for name "([^"]+)"`),
		what: "the server that answers for the package index at %[1]s has a certificate for another name",
		fix:  "correct the host of the index, or have its certificate name it; a proxy that answers in its place needs the same"},
	{words: regexp.MustCompile(`invalid peer certificate: certificate expired`),
		what: "the certificate of the package index has expired",
		fix:  "renew it; if it is still valid, the clock of the build is wrong"},
	{words: regexp.MustCompile(`invalid peer certificate`),
		what: "the certificate of the package index is not trusted by the build image",
		fix:  authorities},
	{words: regexp.MustCompile(`network was disabled|network connectivity is disabled`),
		what: "the network is switched off by UV_OFFLINE and the packages are not at hand",
		fix:  "unset UV_OFFLINE, or bring the wheels along and name their directory with UV_FIND_LINKS"},
	{words: regexp.MustCompile(`error sending request|error reading a body from connection|tcp connect error|dns error|operation timed out|[Cc]onnection refused`),
		what:  "the package index cannot be reached",
		fix:   "check the network of the build and its proxy (HTTPS_PROXY), or name an index that it reaches with UV_DEFAULT_INDEX=https://index.example/simple",
		fixes: map[string]string{"URL": namesURLs}},
	{words: regexp.MustCompile("`([^` @]+) @[^`]*` (?:Git operation failed )?Git executable not found"),
		what: "%[1]s comes from a git repository and needs git" + notInImage,
		fix:  "use a build image with git, or an apt buildpack before this one; or require a release of the package from an index,\nor commit its wheel (pip wheel --no-deps) and require that file"},
	{words: regexp.MustCompile(`Git executable not found`),
		what: "a package comes from a git repository and needs git" + notInImage,
		fix:  "use a build image with git, or an apt buildpack before this one; or require a release of the package from an index"},
	{words: regexp.MustCompile(gitFailed + "failed to fetch [a-z ]+ `([^`]+)`.*(?:not our ref|couldn't find remote ref|unadvertised object)"),
		what: "%[1]s comes from a git repository that has no commit or branch %[2]s",
		fix:  "push it, or ask for one that is there; a commit that no branch or tag leads to can be gone"},
	{words: regexp.MustCompile(gitFailed + `(?:could not read Username|Permission denied \(publickey)`),
		what: "%[1]s comes from a git repository that asks for credentials, and the build has none for it",
		fix:  netrc, fixes: map[string]string{"requirements.txt": inURL}},
	{words: regexp.MustCompile(gitFailed + `(?:Authentication failed|The requested URL returned error: 40[13])`),
		what: "%[1]s comes from a git repository that asks for other credentials than the build has",
		fix:  netrc, fixes: map[string]string{"requirements.txt": inURL}},
	{words: regexp.MustCompile(gitFailed + `(?:server certificate verification failed|SSL certificate problem)`),
		what: "%[1]s comes from a git repository whose server has a certificate that the build does not trust", fix: authorities},
	{words: regexp.MustCompile(gitFailed + `(?:Failed to connect|Could not resolve host|Connection (?:timed out|refused|reset)|Operation timed out)`),
		what: "%[1]s comes from a git repository whose server cannot be reached",
		fix:  "check the address, the network of the build and its proxy (HTTPS_PROXY); or require a release of the package from an index"},
	{words: regexp.MustCompile("`([^` @]+) @[^`]*` Git operation failed"),
		what: "%[1]s comes from a git repository that could not be fetched (see git's words above)",
		fix:  "check the address and the commit, and that the build can reach the repository and has credentials for it"},
	{words: regexp.MustCompile("Failed to (?:download and )?build `([^` @]+)[^`]*` Failed to resolve requirements from"),
		what: "%[1]s has no wheel for this Python, and what building it from source needs is not on the index (see uv's words above)",
		fix:  "lock a version that has a wheel for this Python, or name an index that has what its build-system.requires lists"},
	{words: regexp.MustCompile("(?s)Failed to (?:download and )?build `([^` @]+).*?(?:can't find Rust compiler|Rust not found|[Cc]argo, the Rust package manager, is not installed)"), inside: true,
		what: sourceNeeds + "a Rust compiler" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "Rust")},
	{words: regexp.MustCompile("(?s)" + built + "pg_config executable not found"), inside: true,
		what: sourceNeeds + "PostgreSQL's client library (pg_config)" + notInImage,
		fix: "require psycopg[binary] or psycopg2-binary instead, which bring the library along,\n" +
			"or bring libpq-dev and a compiler along: a build image that has them, or an apt buildpack before this one"},
	{words: regexp.MustCompile("(?s)" + built + "(?:Can not find valid pkg-config name|mysql_config: (?:command )?not found|mysql_config not found)"), inside: true,
		what: sourceNeeds + "MySQL's client library (pkg-config, mysql_config)" + notInImage,
		fix: "require PyMySQL or mysql-connector-python instead, which need no library,\n" +
			"or bring default-libmysqlclient-dev, pkg-config and a compiler along: a build image that has them, or an apt buildpack before this one"},
	{words: regexp.MustCompile("(?s)" + built + "libxml2 and libxslt development packages"), inside: true,
		what: sourceNeeds + "libxml2 and libxslt with their headers" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "libxml2-dev, libxslt1-dev and a compiler")},
	{words: regexp.MustCompile(built + `fatal error: ([\w./+-]+\.h(?:pp)?): No such file`), inside: true,
		what: sourceNeeds + "the header %[2]s" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, development)},
	{words: regexp.MustCompile(built + `cannot find -l([\w.+-]+)`), inside: true,
		what: sourceNeeds + "the library %[2]s" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "its development package")},
	{words: regexp.MustCompile(built + `Dependency "([^"]+)" not found`), inside: true,
		what: sourceNeeds + "the library %[2]s" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "its development package")},
	{words: regexp.MustCompile(built + `headers or library files could not be found for ([\w.+-]+)`), inside: true,
		what: sourceNeeds + "the library %[2]s with its headers" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "its development package")},
	{words: regexp.MustCompile(built + `(?:Unable to invoke pkg-config|pkg-config: (?:command )?not found)`), inside: true,
		what: sourceNeeds + "the program pkg-config" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "pkg-config, a compiler and the libraries that it looks for")},
	{words: regexp.MustCompile(built + `(?:[Nn]o such file or directory: '(?:[\w./-]*-)?(?:c|g|clang)\+\+'|` +
		`command '[^']*\+\+' failed: No such file|unable to execute '[^']*\+\+')`), inside: true,
		what: sourceNeeds + "a C++ compiler" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "a C++ compiler (g++)")},
	{words: regexp.MustCompile(built +
		`(?:[Nn]o such file or directory: '(?:[\w./-]*-)?(?:cc|gcc|clang|gfortran)'|Unknown compiler\(s\)|need a C compiler|` +
		`command '[^']*(?:cc|clang)' failed: No such file|unable to execute '[^']*(?:cc|clang)')`), inside: true,
		what: sourceNeeds + "a compiler" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "a compiler")},
	{words: regexp.MustCompile(built + `Multiple top-level (packages|modules) discovered in a flat-layout`), inside: true,
		what: "%[1]s is built by setuptools, which finds several %[2]s side by side and does not guess which belong to it (see its words above)",
		fix: "name them in pyproject.toml, under [tool.setuptools]: packages = [\"api\"] or py-modules = [\"main\"] (in setup.py: packages=[\"api\"]);\n" +
			"packages = [] is enough for an app that runs from its directory, which without [build-system] and setup.py is not built at all"},
	{words: regexp.MustCompile(built + `ModuleNotFoundError: No module named 'pkg_resources'`), inside: true,
		what: sourceNeeds + "pkg_resources, which setuptools 82 and newer do not have",
		fix: "lock a version that has a wheel for this Python, or commit a file constraints.txt with the line setuptools<82\n" +
			"and set UV_BUILD_CONSTRAINT=constraints.txt for the build"},
	{words: regexp.MustCompile(built + `ModuleNotFoundError: No module named '([\w.]+)'`), inside: true,
		what: "building %[1]s from source needs the module %[2]s, which it does not declare",
		fix: "list what has it in build-system.requires if that is your package, else in your pyproject.toml, under\n" +
			"[tool.uv.extra-build-dependencies], such as flash-attn = [\"torch\"]; or lock a version that has a wheel for this Python",
		fixes: map[string]string{"poetry.lock": lockWheel, "pdm.lock": lockWheel, "Pipfile.lock": lockWheel}},
	{words: regexp.MustCompile("Failed to (?:download and )?build `([^` @]+).*" + `FileNotFoundError: \[Errno 2\] No such file or directory: '([\w+.-]+)'`), inside: true,
		what: sourceNeeds + "the program %[2]s" + notInImage,
		fix:  fmt.Sprintf(wheelOrCompiler, "it")},
	{words: regexp.MustCompile("Failed to build `([^` @]+) @ file:"),
		what: "building %s, which is a directory of the app, failed (see its words above)",
		fix:  "correct what they name; the build has the files of the app dir, and of programs those of the build image"},
	{words: regexp.MustCompile("Failed to (?:download and )?build `([^` @]+)"),
		what: "%s is built from source (no wheel for this Python, or --no-binary), and that failed (see its words above)",
		fix:  "lock a version that has a wheel for this Python, or give the build image what the source needs"},
	{words: regexp.MustCompile("Package `([^`]+)` can't be installed because it is marked as `--no-build`"),
		what: "%[1]s would have to be built from source, which no-build forbids (tool.uv, uv.toml)",
		fix:  "lock a version that has a wheel for this Python, or let it be built"},
	{words: regexp.MustCompile("Couldn't parse requirement in `([^`]+)`"),
		what: "a line of %[1]s is not a requirement (see uv's words above)",
		fix:  "write a name and an optional version, such as flask==3.1.2, on a line of its own"},
	{words: regexp.MustCompile(`Distribution not found at: file://(\S+)`),
		what: "%[1]s is required and does not exist",
		fix:  "commit that directory or file, or correct its path"},
	{words: regexp.MustCompile(`(\S+) does not appear to be a Python project`),
		what: "%[1]s is required and has neither a pyproject.toml nor a setup.py",
		fix:  "correct its path, or add a pyproject.toml with a [project] table there"},
	{words: regexp.MustCompile(`Because (\S+) was yanked`),
		what: "%[1]s was withdrawn from the index by its authors (yanked), and no other version will do",
		fix:  "ask for another version; uv's words above have their reason"},
	{words: regexp.MustCompile(`Because (\S+) has no wheels with a matching`),
		what: "%[1]s has no wheel for this Python and platform, and no source distribution",
		fix:  "ask for a version that has one, or for another Python (.python-version)"},
	{words: regexp.MustCompile(`(?:Because|and) (\S+) requires Python (\S+) and`),
		what: "%[1]s is made for Python %[2]s, which is not the Python of this build",
		fix:  "ask for another Python (.python-version), or for another version of the package"},
	{words: regexp.MustCompile(`([A-Za-z0-9._-]+) was not found in the (?:package registry|provided package locations)`),
		what: "there is no package named %[1]s on the index",
		fix:  "correct its name; if it is a private package, name its index with UV_INDEX or --index-url"},
	{words: regexp.MustCompile(`(?:there (?:is|are) no versions? of|[Bb]ecause only .*?available.*? and you require) ([A-Za-z0-9._\[\]-]+[=<>!~]=?[^\s]*?),? `),
		what: "the index has no %[1]s",
		fix:  "ask for a version that exists, or leave the version out"},
	{words: regexp.MustCompile(`No solution found`),
		what: "the requirements cannot all be met for this Python (see uv's words above)",
		fix:  "loosen one of the requirements that uv names, or ask for another Python (.python-version)"},
}

// development stands for the package that has a header, where headers does not know it.
const development = "the development package that has it"

// headers are Debian's packages of those that sources ask for most.
var headers = map[string]string{
	"ffi.h": "libffi-dev", "gmp.h": "libgmp-dev", "lber.h": "libldap2-dev", "ldap.h": "libldap2-dev", "sasl/sasl.h": "libsasl2-dev",
	"sql.h": "unixodbc-dev", "libpq-fe.h": "libpq-dev", "mysql.h": "default-libmysqlclient-dev", "openssl/ssl.h": "libssl-dev",
	"openssl/opensslv.h": "libssl-dev", "zlib.h": "zlib1g-dev", "bzlib.h": "libbz2-dev", "lzma.h": "liblzma-dev", "jpeglib.h": "libjpeg-dev",
	"cairo.h": "libcairo2-dev", "graphviz/cgraph.h": "libgraphviz-dev", "gssapi/gssapi.h": "libkrb5-dev", "librdkafka/rdkafka.h": "librdkafka-dev",
	"snappy-c.h": "libsnappy-dev", "portaudio.h": "portaudio19-dev", "alsa/asoundlib.h": "libasound2-dev", "libxml/xmlversion.h": "libxml2-dev",
	"stdio.h": "libc6-dev", "stdlib.h": "libc6-dev", "string.h": "libc6-dev", "limits.h": "libc6-dev", "c++config.h": "g++",
}
