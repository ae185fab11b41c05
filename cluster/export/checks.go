package export

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"pitboss/data"
)

// The names of the checks, in the order in which they are applied. They are
// part of the output and do not change.
const (
	CheckName       = "name"           // not a canonical host name
	CheckAddress    = "address"        // an IP address
	CheckSuffix     = "public-suffix"  // others register names below it
	CheckMistake    = "known-mistake"  // a name that others listed wrongly
	CheckCaptured   = "never-captured" // no good visit
	CheckCapture    = "other-capture"  // the fingerprint is not of this host's latest capture
	CheckMoved      = "moved"          // the visit ended on another site
	CheckLicensed   = "licensed"       // a licence of the policy's jurisdiction
	CheckAllow      = "allow-list"     // well-known name
	CheckPublic     = "public-body"    // government, military or school
	CheckTop        = "top-list"       // popular name
	CheckVictim     = "victim"         // hacked legitimate site
	CheckVerdict    = "verdict"        // a reviewer says harmless
	CheckPage       = "page-type"      // parked, dead, harmless, unclear …
	CheckGambling   = "probability"    // under the threshold
	CheckHelp       = "help-page"      // speaks of quitting and offers nothing to play
	CheckStale      = "stale"          // captured too long ago
	CheckFailing    = "failing"        // the last visits failed
	CheckPort       = "port"           // a port that no name format can say
	CheckNeighbour  = "neighbour"      // would block a harmless host below it
	CheckCovered    = "covered"        // another listing blocks it already
	maxClockSkew    = time.Hour        // how far in the future a capture may claim to be
	neededReviewers = 2                // for a name that is well known
)

// check is one question to an entry. It objects with a reason, or is content
// with an empty text.
type check struct {
	name    string
	objects func(*Judge, *subject) string
}

var checks = [...]check{
	{CheckName, (*Judge).checkName},
	{CheckAddress, (*Judge).checkAddress},
	{CheckSuffix, (*Judge).checkSuffix},
	{CheckMistake, (*Judge).checkMistake},
	{CheckCaptured, (*Judge).checkCaptured},
	{CheckCapture, (*Judge).checkCapture},
	{CheckMoved, (*Judge).checkMoved},
	{CheckLicensed, (*Judge).checkLicensed},
	{CheckAllow, (*Judge).checkAllow},
	{CheckPublic, (*Judge).checkPublic},
	{CheckTop, (*Judge).checkTop},
	{CheckVictim, (*Judge).checkVictim},
	{CheckVerdict, (*Judge).checkVerdict},
	{CheckPage, (*Judge).checkPage},
	{CheckGambling, (*Judge).checkGambling},
	{CheckHelp, (*Judge).checkHelp},
	{CheckStale, (*Judge).checkStale},
	{CheckFailing, (*Judge).checkFailing},
	{CheckPort, (*Judge).checkPort},
}

// subject is an entry with what the checks work out of it once.
type subject struct {
	entry    *Entry
	name     string // host without port
	listed   string // what would be listed
	at       time.Time
	opinions opinions
	byURL    bool   // can be listed by URL only
	pageURL  string // then this one
}

func newSubject(e *Entry) *subject {
	s := &subject{entry: e, at: e.Visit.Finished}
	if s.at.IsZero() {
		s.at = e.Visit.Started
	}
	s.name = data.HostName(e.Site.Host)
	s.listed = listedName(s.name)
	s.opinions = standing(e.Verdicts, e.Site.Host)
	return s
}

func (*Judge) checkName(s *subject) string {
	canonical, err := data.NormalizeHost(s.entry.Site.Host)
	if err != nil {
		return err.Error()
	}
	if canonical != s.entry.Site.Host {
		return "not in canonical form, which is " + canonical
	}
	if !data.IsAddress(canonical) && !validName(s.name) {
		return "not a host name that every format can carry"
	}
	return ""
}

func (*Judge) checkAddress(s *subject) string {
	if data.IsAddress(s.entry.Site.Host) {
		return "an address may serve any number of strangers"
	}
	return ""
}

func (*Judge) checkSuffix(s *subject) string {
	for _, name := range []string{s.name, s.listed} {
		if p := nameProblem(name); p != "" {
			return name + " is " + p
		}
	}
	return ""
}

func (j *Judge) checkMistake(s *subject) string { // even where the policy leaves out the rest of the list
	if a, ok := j.allow.find(s.listed); ok && (a.category == categoryMistake || a.category == categorySuffix) {
		return fmt.Sprintf("%s was listed wrongly by others (%s)", a.domain, a.source)
	}
	return ""
}

func (*Judge) checkCaptured(s *subject) string {
	v := &s.entry.Visit
	switch {
	case v.ID == "" && v.Host == "":
		return "no capture: a name is never listed unseen"
	case !v.Outcome.Good():
		return fmt.Sprintf("the visit gave no page: %s", v.Outcome)
	case s.at.IsZero():
		return "the visit has no time"
	}
	return ""
}

// checkCapture ties the judgement to this host's own latest bytes. An unchanged
// page keeps its earlier fingerprint, so equal digests are as good as equal
// visits.
func (*Judge) checkCapture(s *subject) string {
	e := s.entry
	switch {
	case e.Visit.Host != e.Site.Host:
		return "the visit is of another host, " + e.Visit.Host
	case e.Fingerprint.Host != e.Site.Host:
		return "the fingerprint is of another host, " + e.Fingerprint.Host
	case e.Fingerprint.Capture == "":
		return "the fingerprint names no capture"
	case len(e.Visit.Exchanges) > 0 && e.Fingerprint.Capture != e.Visit.Digest():
		return "the fingerprint is not of the latest good capture"
	case len(e.Visit.Exchanges) == 0 && e.Fingerprint.Visit != e.Visit.ID:
		return "the fingerprint is not of the latest good visit"
	}
	return ""
}

// checkMoved refuses both ends of a redirect to another site: the final host
// was not asked for, and the first one showed nothing of its own. It may be a
// shortener, a hacked page or a sold domain, and may point at a bank tomorrow.
// The final host becomes a candidate and is judged by its own capture.
func (*Judge) checkMoved(s *subject) string {
	e := s.entry
	if e.Site.Status == data.StatusMoved {
		return "its last visit ended on another site, " + e.Site.MovedTo
	}
	if e.Visit.FinalURL == "" {
		return "the visit names no final URL"
	}
	final, ok := urlHost(e.Visit.FinalURL)
	if !ok {
		return "the final URL cannot be read"
	}
	if !covers(s.listed, final) {
		return fmt.Sprintf("the visit ended on %s, which is judged on its own", final)
	}
	return ""
}

func (j *Judge) checkLicensed(s *subject) string {
	if a, ok := j.builtin(s.listed); ok && a.category == categoryLicensed && j.exempts(a.jurisdiction) {
		return fmt.Sprintf("licensed operator in %s (%s)", a.jurisdiction, a.source)
	}
	a := &s.entry.Fingerprint.Assessment
	if a.Page != data.PageLicensed {
		return ""
	}
	if j.policy.Jurisdiction == "" || len(a.Licences) == 0 {
		return "its licence claim checks out"
	}
	for _, l := range a.Licences {
		where, known := authorityJurisdiction(l)
		if !known {
			return "its licence claim checks out, and the authority's jurisdiction is not known: " + l
		}
		if j.exempts(where) {
			return fmt.Sprintf("licensed in %s: %s", where, l)
		}
	}
	return ""
}

// exempts reports whether a licence of this jurisdiction counts under the
// policy. A licence of a country counts in its parts, not the other way round.
func (j *Judge) exempts(jurisdiction string) bool {
	p := j.policy.Jurisdiction
	return p == "" || p == jurisdiction || strings.HasPrefix(p, jurisdiction+"-")
}

func (j *Judge) builtin(name string) (allowed, bool) {
	if j.policy.NoBuiltin {
		return allowed{}, false
	}
	return j.allow.find(name)
}

func (j *Judge) checkAllow(s *subject) string {
	a, ok := j.builtin(s.listed)
	switch {
	case ok && a.category == categoryLicensed: // judged by checkLicensed
	case ok && a.final:
		return fmt.Sprintf("%s is %s; it is never listed", a.domain, a.category)
	case ok && !s.reviewed():
		return fmt.Sprintf("%s is on the allow list (%s); %s", a.domain, a.category, s.lacking())
	}
	if j.policy.Allow.Protects(s.listed) && !s.reviewed() {
		return fmt.Sprintf("%s is on the user's allow list; %s", s.listed, s.lacking())
	}
	return ""
}

func (*Judge) checkPublic(s *subject) string {
	if kind := publicBody(s.listed); kind != "" && !s.reviewed() {
		return fmt.Sprintf("a %s name; %s", kind, s.lacking())
	}
	return ""
}

func (j *Judge) checkTop(s *subject) string {
	if j.policy.Top.Protects(s.listed) && !s.reviewed() {
		return fmt.Sprintf("%s is a popular site; %s", s.listed, s.lacking())
	}
	return ""
}

func (s *subject) reviewed() bool { return len(s.opinions.gambling) >= neededReviewers }

func (s *subject) lacking() string {
	return fmt.Sprintf("%d of %d reviewers call it gambling", len(s.opinions.gambling), neededReviewers)
}

// checkVictim never lists a hacked site by name. The one hacked page may be
// listed by its URL, unless it is the owner's home page.
func (*Judge) checkVictim(s *subject) string {
	if s.entry.Fingerprint.Assessment.Page != data.PageCompromised {
		return ""
	}
	page, ok := pageURL(s.entry.Visit.FinalURL)
	if !ok {
		return "a hacked legitimate site: its owner is told, its home page is not blocked"
	}
	s.byURL, s.pageURL = true, page
	return ""
}

func (*Judge) checkVerdict(s *subject) string {
	if by := s.opinions.harmless; len(by) > 0 {
		return "found harmless by " + strings.Join(by, ", ")
	}
	return ""
}

func (j *Judge) checkPage(s *subject) string {
	page := s.entry.Fingerprint.Assessment.Page
	if s.byURL && page == data.PageCompromised {
		return ""
	}
	// A licence that does not count here leaves an ordinary gambling site.
	if page == data.PageLicensed && slices.Contains(j.policy.Pages, data.PageGambling) {
		return ""
	}
	if !slices.Contains(j.policy.Pages, page) {
		return fmt.Sprintf("the page is %q, which this policy does not list", page)
	}
	return ""
}

func (j *Judge) checkGambling(s *subject) string {
	p := s.entry.Fingerprint.Assessment.Gambling
	if !(p >= j.policy.MinGambling && p <= 1) { // also refuses NaN
		return fmt.Sprintf("probability %.3f is under %.3f", p, j.policy.MinGambling)
	}
	return ""
}

// checkHelp holds back what is easily taken for gambling and must never be
// blocked: help for gamblers. Such a page speaks of quitting and names games,
// but neither money nor offers. Either alone is common among gambling sites:
// many carry a notice of responsible play, and some are drawn by scripts. The
// rules' names are those of the assessment, which keeps them stable.
func (*Judge) checkHelp(s *subject) string {
	quitting, games := false, false
	for _, r := range s.entry.Fingerprint.Assessment.Reasons {
		quitting = quitting || r.Rule == "prevention" && r.Weight < 0
		games = games || r.Rule == "games-only" && r.Weight < 0
	}
	if quitting && games && !s.reviewed() {
		return "it speaks of quitting and offers neither money nor play; " + s.lacking()
	}
	return ""
}

func (j *Judge) checkStale(s *subject) string {
	age := j.policy.Now.Sub(s.at)
	switch {
	case age < -maxClockSkew:
		return fmt.Sprintf("captured in the future, %s", s.at.UTC().Format(time.RFC3339))
	case age > j.policy.MaxAge:
		return fmt.Sprintf("last captured on %s, more than %d days ago", s.at.UTC().Format(time.DateOnly), int(j.policy.MaxAge.Hours()/24))
	}
	return ""
}

func (j *Judge) checkFailing(s *subject) string {
	if n := s.entry.Site.Failures; n >= j.policy.MaxFailures {
		return fmt.Sprintf("the last %d visits failed", n)
	}
	return ""
}

// checkPort comes last: only a site that passes everything else is worth a
// line in the url-only list.
func (*Judge) checkPort(s *subject) string {
	_, port, err := net.SplitHostPort(s.entry.Site.Host)
	if err != nil {
		return "" // no port
	}
	page, ok := siteURL(s.entry.Visit.FinalURL, s.entry.Site.Host)
	if !ok {
		return fmt.Sprintf("port %s cannot be said by name, and the visit ended elsewhere", port)
	}
	s.byURL, s.pageURL = true, page
	return ""
}

// pageURL returns a URL that names one page and not a site's home: without
// fragment and user info, its host canonical.
func pageURL(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxURL {
		return "", false
	}
	if p := strings.ToLower(strings.Trim(u.EscapedPath(), "/")); (p == "" || homeName(p)) && u.RawQuery == "" {
		return "", false
	}
	return cleanURL(u)
}

// homeName reports whether a path is another spelling of the home page.
func homeName(p string) bool {
	base, ext, _ := strings.Cut(p, ".")
	return (base == "index" || base == "default" || base == "home" || base == "main") && !strings.ContainsAny(ext, "/")
}

// siteURL returns the URL of a site on a port of its own, if that is where the
// visit ended.
func siteURL(raw, host string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxURL {
		return "", false
	}
	if h, err := data.NormalizeHost(u.Host); err != nil || h != host {
		return "", false
	}
	return cleanURL(u)
}

const maxURL = 2000 // bytes; longer ones are cut by many consumers

func cleanURL(u *url.URL) (string, bool) {
	host, err := data.NormalizeHost(u.Host)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return "", false
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	out := url.URL{Scheme: u.Scheme, Host: host, Path: u.Path, RawPath: u.RawPath, RawQuery: escapeQuery(u.RawQuery)}
	if out.Path == "" {
		out.Path = path
	}
	return out.String(), len(out.String()) <= maxURL
}

// escapeQuery percent-escapes every byte of a query that a line-based list
// could misread; url.Parse keeps queries as they came.
func escapeQuery(q string) string {
	var b strings.Builder
	for i := range len(q) {
		if c := q[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\' || c == '`' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
