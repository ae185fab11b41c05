package export

import "pitboss/data"

// around returns an encoder's line: the name between two texts.
func around(before, after string) func([]byte, *data.Listing, int) ([]byte, error) {
	after += "\n"
	return func(b []byte, l *data.Listing, _ int) ([]byte, error) {
		b = append(b, before...)
		b = append(b, l.Domain...)
		return append(b, after...), nil
	}
}

const withSubdomains = "Every name stands for itself and all of its subdomains."

// newEncoder returns the encoder of a name format.
func newEncoder(f Format) (*encoder, bool) {
	if e := blockerEncoder(f); e != nil {
		return e, true
	}
	if e := proxyEncoder(f); e != nil {
		return e, true
	}
	switch f {
	case FormatJSONL:
		return jsonlEncoder(), true
	case FormatCSV:
		return csvEncoder(), true
	case FormatRPZ:
		return rpzEncoder(), true
	case FormatSuricata:
		return suricataEncoder(), true
	case FormatSingBox:
		return singBoxEncoder(), true
	}
	return nil, false
}

// blockerEncoder are the forms of resolvers and content blockers.
func blockerEncoder(f Format) *encoder {
	switch f {
	case FormatDomains:
		return &encoder{comment: "# ", usage: []string{withSubdomains}, line: around("", "")}
	case FormatHosts:
		return &encoder{comment: "# ", usage: []string{"A hosts file has no wildcards: subdomains other than those written are not blocked."}, line: hostsLine}
	case FormatAdblock:
		return &encoder{comment: "! ", usage: []string{withSubdomains}, line: around("||", "^")}
	case FormatDnsmasq:
		return &encoder{comment: "# ", usage: []string{withSubdomains, "Load with conf-file= (dnsmasq 2.86 or later)."}, line: around("local=/", "/")}
	case FormatUnbound:
		return &encoder{
			comment: "# ", usage: []string{withSubdomains, "Load with include:."},
			head: func(b []byte, _ *Options) []byte { return append(b, "server:\n"...) },
			line: around("local-zone: \"", ".\" always_nxdomain"),
		}
	}
	return nil
}

// proxyEncoder are the forms of proxies, web servers and routing clients.
func proxyEncoder(f Format) *encoder {
	e := &encoder{comment: "# ", usage: []string{withSubdomains}}
	switch f {
	case FormatSquid:
		e.usage = append(e.usage, `Load with acl gambling dstdomain "FILE".`)
		e.line = around(".", "")
	case FormatNginx:
		e.usage = append(e.usage, "Load with map $host $gambling { hostnames; include FILE; } and enough map_hash_max_size.")
		e.line = around(".", " 1;")
	case FormatHAProxy:
		e.usage = []string{"The names themselves: load with map_str, beside the haproxy-suffix list."}
		e.line = around("", " 1")
	case FormatHAProxySuffix:
		e.usage = []string{"Everything below the names: load with map_end, beside the haproxy list."}
		e.line = around(".", " 1")
	case FormatMihomo:
		e.usage = append(e.usage, "Load as a rule provider with behavior: domain and format: text.")
		e.line = around("+.", "")
	case FormatSurge:
		e.usage = append(e.usage, "Load as DOMAIN-SET.")
		e.line = around(".", "")
	default:
		return nil
	}
	return e
}

// hostsLine writes the listed name and, since the form knows no subdomains,
// the captured www name too.
func hostsLine(b []byte, l *data.Listing, _ int) ([]byte, error) {
	b = append(b, "0.0.0.0 "...)
	b = append(b, l.Domain...)
	b = append(b, '\n')
	if l.Host == "www."+l.Domain {
		b = append(b, "0.0.0.0 "...)
		b = append(b, l.Host...)
		b = append(b, '\n')
	}
	return b, nil
}
