package install_test

import (
	"strings"
	"testing"

	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testPip(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("takes where packages come from out of pip's variables, and nothing else", func() {
		env := []string{"PATH=/bin", "PIP_TARGET=/elsewhere", "PIP_USER=1", "PIP_INDEX_URL=https://user:s3cret@index.example/simple", "PIP_EXTRA_INDEX_URL=https://a.example\n  https://b.example",
			"PIP_FIND_LINKS=./wheels https://files.example", "PIP_NO_INDEX=1", "PIP_TRUSTED_HOST=a.example b.example:8080", "PIP_CERT=/ca.pem", "PIP_CLIENT_CERT=/me.pem",
			"PIP_PROXY=http://proxy.example", "PIP_BUILD_CONSTRAINT=b.txt"}
		translated, taken := install.TranslatePip(env, false)
		Expect(translated).To(Equal(append(env[:len(env):len(env)], "UV_DEFAULT_INDEX=https://user:s3cret@index.example/simple", "UV_INDEX=https://a.example https://b.example",
			"UV_FIND_LINKS=./wheels,https://files.example", "UV_NO_INDEX=1", "UV_INSECURE_HOST=a.example b.example:8080", "SSL_CERT_FILE=/ca.pem", "SSL_CLIENT_CERT=/me.pem",
			"ALL_PROXY=http://proxy.example", "UV_BUILD_CONSTRAINT=b.txt")))
		Expect(taken).To(HaveLen(9))
		Expect(taken[0]).To(Equal("PIP_INDEX_URL (as UV_DEFAULT_INDEX)"))
	})

	it("takes what chooses versions where something is resolved", func() {
		env := []string{"PIP_CONSTRAINT=c.txt d.txt", "PIP_PRE=1", "PIP_UPLOADED_PRIOR_TO=2026-01-01"}
		translated, taken := install.TranslatePip(env, true)
		Expect(translated).To(Equal(append(env[:len(env):len(env)], "UV_CONSTRAINT=c.txt d.txt", "UV_EXCLUDE_NEWER=2026-01-01", "UV_PRERELEASE=allow")))
		Expect(taken).To(HaveLen(3))
		translated, taken = install.TranslatePip(env, false)
		Expect(translated).To(Equal(env))
		Expect(taken).To(BeEmpty())
	})

	it("leaves alone what is set for uv, and what is empty or off", func() {
		for _, env := range [][]string{
			{"PIP_INDEX_URL=https://a.example", "UV_DEFAULT_INDEX=https://b.example"}, {"PIP_INDEX_URL=https://a.example", "UV_INDEX_URL=https://b.example"},
			{"PIP_EXTRA_INDEX_URL=https://a.example", "UV_EXTRA_INDEX_URL=https://b.example"}, {"PIP_CERT=/a", "SSL_CERT_FILE=/b"}, {"PIP_NO_INDEX="},
			{"PIP_PROXY=http://a.example", "https_proxy=http://b.example"}, {"PIP_PRE=0"}, {"PIP_PRE=1", "UV_PRERELEASE=disallow"}, nil,
		} {
			translated, taken := install.TranslatePip(env, true)
			Expect(translated).To(Equal(env))
			Expect(taken).To(BeEmpty())
		}
	})

	for _, c := range []struct{ env, want string }{
		{"PIP_NO_BINARY=six,psycopg2", "--no-binary six, --no-binary psycopg2"},
		{"PIP_ONLY_BINARY=:all:", "--only-binary :all:"},
		{"UV_NO_BINARY=1", "--no-binary :all:"},
		{"UV_NO_BINARY_PACKAGE=six idna", "--no-binary six, --no-binary idna"},
		{"UV_NO_BUILD=true", "--only-binary :all:"},
		{"UV_NO_BUILD_PACKAGE=six", "--only-binary six"},
		{"UV_NO_BUILD=0", ""}, {"PIP_NO_BINARY= ", ""}, {"PIP_PREFER_BINARY=1", ""},
	} {
		it("makes options of "+c.env, func() {
			options, taken := install.Formats([]string{"PATH=/bin", c.env})
			Expect(strings.Join(options, ", ")).To(Equal(c.want))
			if c.want == "" {
				Expect(taken).To(BeEmpty())
			} else {
				name, _, _ := strings.Cut(c.env, "=")
				Expect(taken).To(ConsistOf(HavePrefix(name + " (as --")))
			}
		})
	}

	it("knows whether a hash of each requirement is asked for", func() {
		for entry, want := range map[string]string{"PIP_REQUIRE_HASHES=1": "PIP_REQUIRE_HASHES", "UV_REQUIRE_HASHES=true": "UV_REQUIRE_HASHES", "PIP_REQUIRE_HASHES=0": "", "X=1": ""} {
			Expect(install.RequireHashes([]string{entry})).To(Equal(want), entry)
		}
	})

	it("lists what has no say and would matter, sorted", func() {
		Expect(install.Unheard([]string{"UV_PYTHON=3.9", "PIP_TARGET=/x", "PIP_CONFIG_FILE=/x", "PIP_NO_DEPS="})).To(Equal([]string{
			"PIP_CONFIG_FILE (set what it says as variables, such as PIP_INDEX_URL)", "UV_PYTHON (set BP_CPYTHON_VERSION)"}))
	})
}
