package defaults

import (
	"io/fs"
	"strings"
)

// bundles are where distributions keep all certificate authorities in one file.
var bundles = []string{
	"etc/ssl/certs/ca-certificates.crt",
	"etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"etc/pki/tls/certs/ca-bundle.crt",
	"etc/ssl/ca-bundle.pem",
}

// certificates tells Python's OpenSSL about the image's certificate authorities where it would not find them: by itself it looks for
// /etc/ssl/cert.pem and for files named by hash in /etc/ssl/certs.
func certificates(env Environment, m Machine) ([]Assignment, error) {
	_, file := env.Lookup("SSL_CERT_FILE")
	_, dir := env.Lookup("SSL_CERT_DIR")
	if _, err := fs.Stat(m.Files, "etc/ssl/cert.pem"); file || dir || err == nil || m.hashed("etc/ssl/certs") {
		return nil, nil
	}
	for _, bundle := range bundles {
		if _, err := fs.Stat(m.Files, bundle); err == nil {
			return []Assignment{{Name: "SSL_CERT_FILE", Value: "/" + bundle}}, nil
		}
	}
	return nil, nil
}

// hashed looks for a file named by hash, and no further: such a directory has hundreds.
func (m Machine) hashed(dir string) bool {
	file, err := m.Files.Open(dir)
	if err != nil {
		return false
	}
	defer file.Close()
	list, ok := file.(fs.ReadDirFile)
	for ok {
		entries, err := list.ReadDir(32)
		for _, entry := range entries {
			if strings.HasSuffix(entry.Name(), ".0") {
				return true
			}
		}
		ok = err == nil
	}
	return false
}
