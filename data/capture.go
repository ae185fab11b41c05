package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Outcome says what the wire did on a visit. What the page is, is an
// Assessment.
type Outcome string

// The outcomes of a visit.
const (
	OutcomeOK         Outcome = "ok"              // a page was received
	OutcomeDNS        Outcome = "dns"             // the name does not resolve
	OutcomeConnect    Outcome = "connect"         // no connection
	OutcomeTLS        Outcome = "tls"             // no TLS session, broken certificates aside
	OutcomeTimeout    Outcome = "timeout"         // no answer in time
	OutcomeHTTPError  Outcome = "http-error"      // status 400 or above on the home page
	OutcomeRedirects  Outcome = "redirect-loop"   // too many redirects, or a circle
	OutcomeRobots     Outcome = "robots"          // robots.txt forbids it
	OutcomePrivate    Outcome = "private-address" // the address guard refused it
	OutcomeTooLarge   Outcome = "too-large"       // over the body or visit limit
	OutcomeNotHTML    Outcome = "not-html"        // the home page is no document
	OutcomeEmpty      Outcome = "empty"           // an empty body
	OutcomeProtocol   Outcome = "protocol"        // bytes that are no HTTP
	OutcomeCanceled   Outcome = "canceled"        // stopped by us; never stored
	OutcomeOutOfScope Outcome = "out-of-scope"    // redirected to a scheme or host we do not visit
)

// Good reports whether a fingerprint can be made of a visit with this outcome.
func (o Outcome) Good() bool { return o == OutcomeOK }

// Role says what a resource is to the visit.
type Role string

// The roles of a resource within a capture.
const (
	RoleHome       Role = "home"       // the first page, after redirects
	RolePage       Role = "page"       // another page of the same site
	RoleRedirect   Role = "redirect"   // an answer that led elsewhere
	RoleStylesheet Role = "stylesheet" // CSS
	RoleScript     Role = "script"     // JavaScript
	RoleIcon       Role = "icon"       // favicon or touch icon
	RoleImage      Role = "image"      // any other picture
	RoleManifest   Role = "manifest"   // web app manifest
	RoleRobots     Role = "robots"     // robots.txt
	RoleSitemap    Role = "sitemap"    // sitemap.xml
	RoleErrorPage  Role = "error-page" // the answer to a path that does not exist
	RoleData       Role = "data"       // JSON, XML and other data
	RoleOther      Role = "other"      // fonts, media and the rest
	RoleHosting    Role = "hosting"    // the hosting observations, as a metadata record
	RoleScreenshot Role = "screenshot" // a rendered picture
	RoleRendered   Role = "dom"        // the DOM after scripts ran
)

// Location is where a WARC record lies in the archive.
type Location struct {
	Segment string `json:"segment"` // file name below the archive directory
	Offset  int64  `json:"offset"`  // of the gzip member, in bytes
	Length  int64  `json:"length"`  // of the gzip member, in bytes
}

// Exchange is the index entry of one archived answer.
type Exchange struct {
	URL       string    `json:"url"`
	Role      Role      `json:"role"`
	Status    int       `json:"status,omitempty"` // HTTP status; 0 where there is none
	MediaType string    `json:"media_type,omitempty"`
	At        time.Time `json:"at"`
	Addr      string    `json:"addr,omitempty"`      // address that answered
	Digest    string    `json:"digest"`              // "sha256:" + hex of the payload as received (transfer-decoded, still content-encoded)
	Truncated string    `json:"truncated,omitempty"` // WARC-Truncated: "length", "time", "disconnect"
	Record    Location  `json:"record"`              // the response (or resource, metadata) record
}

// RawExchange is an exchange with its bytes, on the way into the archive.
type RawExchange struct {
	Exchange

	Request  []byte // request head as sent; nil when it is not known
	Response []byte // response head and body exactly as received
}

// Visit is one attempt to look at a site.
type Visit struct {
	ID        string     `json:"id"`
	Host      string     `json:"host"`
	Origin    string     `json:"origin"` // "crawl", or "import" and the file's base name
	Started   time.Time  `json:"started"`
	Finished  time.Time  `json:"finished"`
	Outcome   Outcome    `json:"outcome"`
	Reason    string     `json:"reason,omitempty"` // one line, for people
	FinalURL  string     `json:"final_url,omitempty"`
	Vantage   string     `json:"vantage"` // name of the vantage, "default" or "import"
	Chain     []Hop      `json:"chain,omitempty"`
	Exchanges []Exchange `json:"exchanges,omitempty"`
	Hosting   Hosting    `json:"hosting"`
}

// Hop is one step of a redirect chain.
type Hop struct {
	URL    string `json:"url"`
	Status int    `json:"status,omitempty"` // 0 for a redirect by document or script
	To     string `json:"to"`
	By     string `json:"by"` // "http", "meta", "script"
}

// Digest identifies what a visit saw: sha256 over its exchanges in order,
// printed as hex. Two visits that received the same bytes from the same URLs
// have the same digest, whenever they took place.
func (v *Visit) Digest() string {
	h := sha256.New()
	for _, e := range v.Exchanges {
		if e.Role == RoleHosting {
			continue // DNS answers vary in order and TTL
		}
		fmt.Fprintf(h, "%s\x00%s\x00%s\n", e.URL, e.Role, e.Digest)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// HeaderField is one header line, in wire order and case.
type HeaderField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Resource is one answer, decoded, as the extractor reads it.
type Resource struct {
	URL         string
	Role        Role
	Status      int
	Proto       string        // "HTTP/1.1"
	Header      []HeaderField // in wire order and case
	ContentType string        // as declared, with parameters
	Body        []byte        // transfer- and content-decoded, in the declared charset, bounded
	Truncated   bool          // the body was cut at a limit or by the wire
}

// HeaderValue returns the first value of a header, its name compared without
// case.
func (r *Resource) HeaderValue(name string) string {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Capture is what a visit saw, read back from the archive: the only input of
// the fingerprint room.
type Capture struct {
	Host      string
	Visit     string // visit id
	Digest    string // Visit.Digest
	At        time.Time
	Outcome   Outcome
	FinalURL  string
	Chain     []Hop
	Hosting   Hosting
	Resources []Resource // home page first, then in the order they were fetched
}

// Home returns the home page, or nil when there is none.
func (c *Capture) Home() *Resource {
	for i := range c.Resources {
		if c.Resources[i].Role == RoleHome {
			return &c.Resources[i]
		}
	}
	return nil
}

// Hosting is where a site runs, as far as it could be seen. Nothing in it ever
// ties templates, builders or operators.
type Hosting struct {
	Addrs       []string     `json:"addrs,omitempty"` // sorted
	CNAMEs      []string     `json:"cnames,omitempty"`
	NameServers []string     `json:"name_servers,omitempty"`
	MX          []string     `json:"mx,omitempty"`
	TXT         []string     `json:"txt,omitempty"`
	ASN         uint32       `json:"asn,omitempty"`
	ASName      string       `json:"as_name,omitempty"`
	Country     string       `json:"country,omitempty"`
	CDN         string       `json:"cdn,omitempty"`
	JARM        string       `json:"jarm,omitempty"`
	HHHash      string       `json:"hhhash,omitempty"`
	Server      string       `json:"server,omitempty"`
	Certificate *Certificate `json:"certificate,omitempty"`
}

// Certificate is the leaf certificate that was presented.
type Certificate struct {
	SHA256    string    `json:"sha256"`      // hex of the DER
	SPKI      string    `json:"spki_sha256"` // hex of the public key info
	Serial    string    `json:"serial"`
	Issuer    string    `json:"issuer"`
	Subject   string    `json:"subject"`
	Names     []string  `json:"names,omitempty"` // subject alternative names
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	Problem   string    `json:"problem,omitempty"` // why a browser would refuse it
}
