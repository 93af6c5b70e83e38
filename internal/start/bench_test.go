package start_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lockstep/python/internal/golden"
	"github.com/lockstep/python/internal/start"
)

// BenchmarkFind5000 looks for the app among 5,000 files of 6 KB that all import a framework, 500 of them with a router each. What counts
// is cpu-ms/op.
func BenchmarkFind5000(b *testing.B) {
	dir := b.TempDir()
	write := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	body := strings.Repeat("\n\ndef total(rows, key=\"price\"):\n    \"\"\"Adds up a column, such as the price.\"\"\"\n    return sum(row[key] for row in rows if row.get(key))\n", 40)
	for i := range 5000 {
		router := ""
		if i%10 == 0 {
			router = "router = APIRouter()\n"
		}
		write(fmt.Sprintf("shop/part%d/views%d.py", i%100, i), "from fastapi import APIRouter\n"+router+body)
	}
	write("main.py", "from fastapi import FastAPI\n\nfrom shop.part0.views0 import router\n\napp = FastAPI()\napp.include_router(router)\n")
	locked := start.Packages{"fastapi": "1", "uvicorn": "1"}
	golden.Loop(b, func() {
		found, err := start.Find(os.DirFS(dir), locked, start.Settings{})
		if err != nil || len(found.Processes) != 1 {
			b.Fatal(found, err)
		}
	})
}
