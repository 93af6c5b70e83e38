// Command bench measures builds of the apps beside it and prints a table: row, bar, figure, verdict. Every build is the real
// lifecycle's five phases in a container of the builder, exported to a registry on loopback; the baselines run in the same
// container image with the same lock and the same interpreter. CPU is user and system time, children included, as bash's time
// gives it. scripts/bench.sh starts the registry and runs this.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

func main() {
	var b bench
	apps, rows := "", ""
	flag.StringVar(&b.builder, "builder", "lockstep/builder:local", "builder image")
	flag.StringVar(&b.registry, "registry", "", "registry on loopback; it holds the run image as lockstep/run:local")
	flag.StringVar(&b.blobs, "blobs", "", "directory in which the registry keeps its blobs")
	flag.StringVar(&b.tools, "tools", "", "directory with uv, floor, and python: a CPython with pip and bytecode")
	flag.StringVar(&b.sources, "sources", "scripts/bench", "directory of the apps")
	flag.StringVar(&apps, "apps", "small,medium,large", "apps, from the smallest to the largest")
	flag.StringVar(&rows, "rows", "", "regular expression: the rows whose name matches it")
	flag.IntVar(&b.repeat, "repeat", 5, "runs of what is cheap; the median counts")
	flag.Parse()
	b.apps = strings.Split(apps, ",")
	if err := b.table(regexp.MustCompile(rows)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// table measures the rows and prints each as it comes; what a row needs is measured once. A row that cannot be measured does not
// keep the others from it.
func (b *bench) table(wanted *regexp.Regexp) error {
	if err := b.prepare(); err != nil {
		return err
	}
	defer os.RemoveAll(b.work)
	const line = "%-58s %-7s %-12s %-12s %s\n"
	fmt.Printf(line, "row", "app", "bar", "figure", "verdict")
	var failed error
	for _, r := range rows {
		if !wanted.MatchString(r.name) {
			continue
		}
		for _, app := range r.of(b.apps) {
			figure, err := r.measure(b, app)
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s, %s: %w", r.name, app, err))
				fmt.Printf(line, r.name, app, r.limit(), "-", "NOT MEASURED")
				continue
			}
			fmt.Printf(line, r.name, app, r.limit(), strings.TrimSpace(fmt.Sprintf("%.3g %s", figure, r.unit)), r.verdict(figure))
		}
	}
	b.raw()
	return failed
}

// raw prints what the rows were computed from.
func (b *bench) raw() {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\nrun\tbuild CPU s\tall CPU s\tbuild wall s\tbytes\t\tphases")
	for _, name := range b.order {
		c := b.costs[name]
		fmt.Fprintf(out, "%s\t%.2f\t%.2f\t%.2f\t%d\t\t%s\n", name, c.cpu, c.all, c.wall, max(c.pushed, c.size), strings.Join(c.phases, ", "))
	}
	_ = out.Flush()
}

// row is one line of the table.
type row struct {
	name    string
	bar     float64
	unit    string // "", "CPU s" or "MB"
	pick    string // "" for all apps, or "largest"
	measure func(b *bench, app string) (float64, error)
	equal   bool // the figure has to be the bar
	info    bool // there is no bar
}

func (r row) of(apps []string) []string {
	if r.pick == "largest" {
		return apps[len(apps)-1:]
	}
	return slices.Clone(apps)
}

func (r row) limit() string {
	switch {
	case r.info:
		return ""
	case r.equal:
		return fmt.Sprintf("%.4g", r.bar)
	}
	return strings.TrimSpace(fmt.Sprintf("≤ %.4g %s", r.bar, r.unit))
}

func (r row) verdict(figure float64) string {
	switch {
	case r.info:
		return ""
	case figure > r.bar || r.equal && figure != r.bar:
		return "MISSED"
	}
	return "met"
}
