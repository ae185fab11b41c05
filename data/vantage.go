package data

// Vantage is how a visit presents itself. The default one names the crawler;
// any other is chosen by the user and logged.
type Vantage struct {
	Name           string // "default", or a name from the configuration
	UserAgent      string // the whole User-Agent value
	AcceptLanguage string // the whole Accept-Language value; empty: none is sent
	Mobile         bool   // a hand-held device's client hints
}

// Request asks for one visit. The caller makes the id, so that a repeated
// commit of the same visit can be recognised.
type Request struct {
	Visit   string  // id of the visit
	Host    string  // canonical, see NormalizeHost; may carry a port
	Vantage Vantage // zero: the fetcher's default
}
