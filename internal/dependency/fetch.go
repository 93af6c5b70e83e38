package dependency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lockstep/python/internal/failure"
)

// Limits bounds one fetch. Our own loop, not a retrying HTTP client: those retry requests, and most failures of a 35 MB
// download happen in the body.
type Limits struct {
	Attempts int           // tries in all
	Total    time.Duration // for everything, waits included
	Stall    time.Duration // without a byte
	Wait     time.Duration // before the second try, doubled each time
}

// DefaultLimits are those of a real build.
func DefaultLimits() Limits {
	return Limits{Attempts: 4, Total: 10 * time.Minute, Stall: 30 * time.Second, Wait: time.Second}
}

// Fetcher fetches archives.
type Fetcher struct {
	Root    string // the buildpack's directory: file URIs of an offline package stand under it
	Sources Sources
	Limits  Limits
	Log     func(format string, args ...any)
}

// Fetch puts the archive of d at path, checksum verified while it streams. Nothing is left at path on an error.
func (f Fetcher) Fetch(ctx context.Context, d Dependency, path string) error {
	uri, err := f.Sources.Locate(d)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.Limits.Total)
	defer cancel()
	wait := f.Limits.Wait
	for attempt := 1; ; attempt++ {
		err = f.try(ctx, uri, d, path)
		var again *transient
		if err == nil || !errors.As(err, &again) {
			return err
		}
		if attempt == f.Limits.Attempts || !sleep(ctx, wait) {
			return unreachable(d, uri, attempt, again.err)
		}
		f.Log("%s: %s, trying again (%d of %d)", Redact(uri), again.err, attempt+1, f.Limits.Attempts)
		wait *= 2
	}
}

// transient marks an error that may be gone at the next try.
type transient struct{ err error }

func (t *transient) Error() string { return t.err.Error() }

func (f Fetcher) try(ctx context.Context, uri string, d Dependency, path string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := f.open(ctx, uri, d)
	if err != nil {
		return err
	}
	defer body.Close()
	stall := time.AfterFunc(f.Limits.Stall, func() { cancel(fmt.Errorf("no data for %s", f.Limits.Stall)) })
	defer stall.Stop()
	sum, err := save(&watched{body, stall, f.Limits.Stall}, path)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = &transient{cause}
	}
	if err != nil {
		return err
	}
	if sum != d.SHA256() {
		return errors.Join(wrongChecksum(d, uri, sum), os.Remove(path))
	}
	return nil
}

func (f Fetcher) open(ctx context.Context, uri string, d Dependency) (io.ReadCloser, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return nil, fmt.Errorf("reading the URI of %s %s: %w", d.Name, d.Version, err)
	}
	if u.Scheme == "file" {
		return f.openFile(u.Path, d)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", Redact(uri), err)
	}
	client := http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ResponseHeaderTimeout: f.Limits.Stall,
		TLSHandshakeTimeout:   f.Limits.Stall,
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, &transient{withoutURL(err)}
	}
	switch {
	case resp.StatusCode == http.StatusOK:
		return resp.Body, nil
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout:
		err = &transient{fmt.Errorf("the server answered %s", resp.Status)}
	default:
		err = refused(d, uri, resp.Status)
	}
	return nil, errors.Join(err, resp.Body.Close())
}

// openFile opens a file URI: under the buildpack's directory (offline package), else as it stands (mapping, mirror).
func (f Fetcher) openFile(path string, d Dependency) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(f.Root, path))
	if errors.Is(err, os.ErrNotExist) {
		file, err = os.Open(path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the archive of %s %s: %w", d.Name, d.Version, err)
	}
	return file, nil
}

// withoutURL takes the URL out of an HTTP client's error: it may hold credentials, and the caller names it anyway.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// save copies body to path and gives its sha256. A read error is transient, a write error is not; neither leaves a file.
func save(body io.Reader, path string) (string, error) {
	file, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", path, err)
	}
	sum := sha256.New()
	read := &reader{Reader: body}
	_, err = io.Copy(io.MultiWriter(file, sum), read)
	err = errors.Join(err, file.Close())
	if err == nil {
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
	if read.err != nil {
		err = &transient{read.err}
	} else {
		err = fmt.Errorf("writing %s: %w", path, err)
	}
	return "", errors.Join(err, os.Remove(path))
}

// reader remembers why reading ended, to tell a broken download from a full disk.
type reader struct {
	io.Reader
	err error
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// watched puts the stall timer off with every byte.
type watched struct {
	io.Reader
	timer *time.Timer
	limit time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.timer.Reset(w.limit)
	}
	return n, err
}

// sleep waits, or gives false when the total time would be over.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func unreachable(d Dependency, uri string, attempts int, err error) error {
	return &failure.Error{
		What:  fmt.Sprintf("%s %s could not be downloaded in %d tries: %s", d.Name, d.Version, attempts, err),
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
