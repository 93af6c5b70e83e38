package dependency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
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
	if err == nil {
		err = f.fetch(ctx, uri, d, path)
	}
	if err == nil {
		return nil
	}
	if e := os.Remove(path); e != nil && !errors.Is(e, fs.ErrNotExist) {
		return errors.Join(err, e)
	}
	return err
}

func (f Fetcher) fetch(ctx context.Context, uri string, d Dependency, path string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, f.Limits.Total, fmt.Errorf("not done after %s", f.Limits.Total))
	defer cancel()
	wait := f.Limits.Wait
	for attempt := 1; ; attempt++ {
		err := f.try(ctx, uri, d, path)
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
	u, err := url.Parse(uri)
	if err != nil {
		return fmt.Errorf("reading the URI of %s %s: %w", d.Name, d.Version, err)
	}
	var sum string
	if u.Scheme == "file" {
		sum, err = f.copy(u.Path, uri, d, path)
	} else {
		sum, err = f.download(ctx, uri, d, path)
	}
	if err != nil {
		return err
	}
	if sum != d.SHA256() {
		return wrongChecksum(d, uri, sum)
	}
	return nil
}

// download saves what the server has. From the first packet on, silence ends it.
func (f Fetcher) download(ctx context.Context, uri string, d Dependency, path string) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stall := time.AfterFunc(f.Limits.Stall, func() { cancel(fmt.Errorf("no data for %s", f.Limits.Stall)) })
	defer stall.Stop()
	body, err := open(ctx, uri, d)
	var sum string
	if err == nil {
		defer body.Close()
		sum, err = save(&watched{body, stall, f.Limits.Stall}, path)
	}
	if cause := context.Cause(ctx); cause != nil && errors.As(err, new(*transient)) {
		err = &transient{cause}
	}
	return sum, err
}

func open(ctx context.Context, uri string, d Dependency) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", Redact(uri), withoutURL(err))
	}
	client := http.Client{Transport: &http.Transport{
		Proxy:              http.ProxyFromEnvironment,
		DisableKeepAlives:  true, // a new try is a new connection
		DisableCompression: true, // servers that call .tar.gz an encoding would have it unpacked before the checksum sees it
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, &transient{withoutURL(err)}
	}
	status := strings.TrimSpace(fmt.Sprintf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
	switch {
	case resp.StatusCode == http.StatusOK:
		return resp.Body, nil
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout:
		err = &transient{fmt.Errorf("the server answered %s", status)}
	default:
		err = refused(d, uri, status)
	}
	return nil, errors.Join(err, resp.Body.Close())
}

// copy copies the file of a file URI: under the buildpack's directory (offline package), else as it stands (mapping, mirror).
func (f Fetcher) copy(name, uri string, d Dependency, path string) (string, error) {
	file, err := os.Open(filepath.Join(f.Root, name))
	if errors.Is(err, fs.ErrNotExist) {
		file, err = os.Open(name)
	}
	if err != nil && uri != d.URI {
		return "", absent(d, uri, err)
	}
	if err != nil {
		return "", fmt.Errorf("opening the archive of %s %s: %w", d.Name, d.Version, err)
	}
	defer file.Close()
	sum, err := save(file, path)
	var broken *transient
	if errors.As(err, &broken) { // a disk is not asked again
		err = fmt.Errorf("reading the archive of %s %s: %w", d.Name, d.Version, broken.err)
	}
	return sum, err
}

var credentials = regexp.MustCompile(`://[^\s"]*@`)

// withoutURL takes the URL out of an HTTP client's error, which the caller names anyway, and credentials out of the rest
// (those of a proxy).
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if text := err.Error(); credentials.MatchString(text) {
		return errors.New(credentials.ReplaceAllString(text, "://****@"))
	}
	return err
}

// save copies body to path and gives its sha256. A read error is transient, a write error is not.
func save(body io.Reader, path string) (string, error) {
	file, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("writing %s: %w", path, err)
	}
	sum := sha256.New()
	read := &reader{Reader: body}
	_, err = io.Copy(io.MultiWriter(file, sum), read)
	err = errors.Join(err, file.Close())
	switch {
	case read.err != nil:
		return "", &transient{read.err}
	case err != nil:
		return "", fmt.Errorf("writing %s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
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
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err() == nil
}
