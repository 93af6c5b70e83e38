package defaults

import (
	"io/fs"
	"strings"
)

const (
	anyIPv4 = "0.0.0.0"
	anyIPv6 = "::"
)

// address is for commands that have to be told where to listen. A container without an IPv4 address of its own, as in a cluster
// with IPv6 alone, is reached by IPv6 only. Everywhere else IPv4 is the rule: with :: servers differ in whether IPv4 is
// meant too, and those that mean it show IPv4 clients with other addresses, which lists of trusted proxies do not have.
func address(env Environment, m Machine) ([]Assignment, error) {
	if env["BIND_ADDRESS"] != "" {
		return nil, nil
	}
	if !m.routesIPv4() && m.globalIPv6() {
		return []Assignment{{"BIND_ADDRESS", anyIPv6, "no IPv4 address"}}, nil
	}
	return []Assignment{{Name: "BIND_ADDRESS", Value: anyIPv4}}, nil
}

// routesIPv4 looks for a network that an interface other than loopback stands in. Link-local networks (169.254.0.0/16) do not
// count: clusters with IPv6 alone have one for the way out.
func (m Machine) routesIPv4() bool {
	text, err := fs.ReadFile(m.Files, "proc/net/route")
	if err != nil {
		return true
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) > 2 && fields[0] != "Iface" && fields[0] != "lo" && !strings.HasSuffix(fields[1], "FEA9") && fields[1] != "00000000" {
			return true
		}
	}
	return false
}

// globalIPv6 looks for an address of global scope, 00 in the fourth column.
func (m Machine) globalIPv6() bool {
	text, _ := fs.ReadFile(m.Files, "proc/net/if_inet6")
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 6 && fields[3] == "00" {
			return true
		}
	}
	return false
}

// bracketed is an address in front of a port.
func bracketed(address string) string {
	if strings.Contains(address, ":") {
		return "[" + address + "]"
	}
	return address
}
