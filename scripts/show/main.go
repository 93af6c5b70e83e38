// Command show asks a URL, for a second or until it answers, and shows the response's status, type and beginning. Its
// exit status is 1 without an answer and 3 when the answer is a server's error.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

const (
	patience = time.Second
	shown    = 2000 // bytes of the body
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: show URL")
		os.Exit(2)
	}
	response, err := ask(os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	defer response.Body.Close()
	if err := show(os.Stdout, response); err != nil {
		fmt.Fprintln(os.Stderr, "show:", err)
		os.Exit(3)
	}
}

// ask tries until the app listens: the engine may accept a container's connections before the app does, and drop them.
func ask(url string) (*http.Response, error) {
	// No proxy: the app is on this machine.
	client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		response, err := client.Get(url)
		if err == nil || time.Since(start) > patience {
			return response, err
		}
	}
}

func show(w io.Writer, response *http.Response) error {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("reading the response: %w", err)
	}
	fmt.Fprintf(w, "%s %s\nContent-Type: %s\n\n", response.Proto, response.Status, response.Header.Get("Content-Type"))
	if len(body) > shown {
		fmt.Fprintf(w, "%s\n... and %d bytes more\n", body[:shown], len(body)-shown)
	} else {
		fmt.Fprintf(w, "%s\n", body)
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("the app answers %s", response.Status)
	}
	return nil
}
