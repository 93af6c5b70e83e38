package install_test

import (
	"testing"

	"github.com/lockstep/python/internal/install"
	. "github.com/onsi/gomega"
	"github.com/sclevine/spec"
)

func testPip(t *testing.T, context spec.G, it spec.S) {
	var Expect = NewWithT(t).Expect

	it("takes where packages come from out of pip's variables, and nothing else", func() {
		env := []string{"PATH=/bin", "PIP_TARGET=/elsewhere", "PIP_USER=1", "PIP_INDEX_URL=https://user:s3cret@index.example/simple", "PIP_EXTRA_INDEX_URL=https://a.example\n  https://b.example",
			"PIP_FIND_LINKS=./wheels https://files.example", "PIP_NO_INDEX=1", "PIP_TRUSTED_HOST=a.example b.example:8080", "PIP_CERT=/ca.pem", "PIP_CONSTRAINT=c.txt d.txt"}
		translated, taken := install.TranslatePip(env)
		Expect(translated).To(Equal(append(env[:len(env):len(env)], "UV_DEFAULT_INDEX=https://user:s3cret@index.example/simple", "UV_INDEX=https://a.example https://b.example",
			"UV_FIND_LINKS=./wheels,https://files.example", "UV_NO_INDEX=1", "UV_INSECURE_HOST=a.example b.example:8080", "SSL_CERT_FILE=/ca.pem", "UV_CONSTRAINT=c.txt d.txt")))
		Expect(taken).To(HaveLen(7))
		Expect(taken[0]).To(Equal("PIP_INDEX_URL (as UV_DEFAULT_INDEX)"))
	})

	it("leaves alone what is set for uv, and what is empty", func() {
		for _, env := range [][]string{
			{"PIP_INDEX_URL=https://a.example", "UV_DEFAULT_INDEX=https://b.example"}, {"PIP_INDEX_URL=https://a.example", "UV_INDEX_URL=https://b.example"},
			{"PIP_EXTRA_INDEX_URL=https://a.example", "UV_EXTRA_INDEX_URL=https://b.example"}, {"PIP_CERT=/a", "SSL_CERT_FILE=/b"}, {"PIP_NO_INDEX="}, nil,
		} {
			translated, taken := install.TranslatePip(env)
			Expect(translated).To(Equal(env))
			Expect(taken).To(BeEmpty())
		}
	})
}
