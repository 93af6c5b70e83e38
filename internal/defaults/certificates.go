package defaults

import "io/fs"

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
	hashed, _ := fs.Glob(m.Files, "etc/ssl/certs/*.0")
	if _, err := fs.Stat(m.Files, "etc/ssl/cert.pem"); file || dir || err == nil || len(hashed) > 0 {
		return nil, nil
	}
	for _, bundle := range bundles {
		if _, err := fs.Stat(m.Files, bundle); err == nil {
			return []Assignment{{Name: "SSL_CERT_FILE", Value: "/" + bundle}}, nil
		}
	}
	return nil, nil
}
