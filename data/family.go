package data

import "time"

// MilliBits is a weight of evidence: a thousandth of a bit of log-likelihood
// ratio. Weights and their sums are integers so that the order of addition and
// the number of cores never change a result.
type MilliBits int64

// Evidence is one term of a link or a membership, as a reviewer reads it.
type Evidence struct {
	Kind   Kind      `json:"kind"`
	Value  string    `json:"value,omitempty"`  // one shared value, or empty for a whole view
	Detail string    `json:"detail"`           // one line for people: what agrees, how rare it is
	Sites  int       `json:"sites,omitempty"`  // distinct templates that have the value, baseline included
	Weight MilliBits `json:"weight"`           // towards (positive) or against (negative)
	Source string    `json:"source,omitempty"` // URL where it was seen
}

// Link says why two sites are tied on one layer.
type Link struct {
	A           string     `json:"a"` // hosts, A < B
	B           string     `json:"b"`
	Layer       Layer      `json:"layer"`
	Probability float64    `json:"probability"`
	Weight      MilliBits  `json:"weight"`
	Evidence    []Evidence `json:"evidence"` // heaviest first
}

// Member is a site's place in a family.
type Member struct {
	Host       string     `json:"host"`
	Confidence float64    `json:"confidence"` // probability that it belongs here
	Nearest    string     `json:"nearest"`    // the member it is tied to best
	Evidence   []Evidence `json:"evidence"`   // why it is here, heaviest first
}

// Defining is a feature that tells a family from everything else.
type Defining struct {
	Kind    Kind    `json:"kind"`
	Value   string  `json:"value"`
	Label   string  `json:"label,omitempty"`
	Inside  int     `json:"inside"`  // members that have it
	Outside int     `json:"outside"` // other sites that have it
	Lift    float64 `json:"lift"`    // share inside over share everywhere
}

// Family is a group of sites on one layer: a builder's family, one of its
// templates (skins), or an operator group.
type Family struct {
	ID        string     `json:"id"`
	Layer     Layer      `json:"layer"`
	Name      string     `json:"name,omitempty"`   // given by a reviewer
	Parent    string     `json:"parent,omitempty"` // builder family of a template
	Medoid    string     `json:"medoid"`           // most typical member
	Members   []Member   `json:"members"`          // by host
	Defining  []Defining `json:"defining"`
	FirstSeen time.Time  `json:"first_seen"`
	LastSeen  time.Time  `json:"last_seen"`
}

// ChangeKind is what happened to a family or a site between two runs.
type ChangeKind string

// The kinds of change.
const (
	ChangeBorn   ChangeKind = "born"   // a new family
	ChangeDied   ChangeKind = "died"   // a family without members
	ChangeJoined ChangeKind = "joined" // a site entered a family
	ChangeLeft   ChangeKind = "left"   // a site left a family
	ChangeMerged ChangeKind = "merged" // a family went into another
	ChangeSplit  ChangeKind = "split"  // a family came out of another
)

// Change is one line of the log that makes ids stable.
type Change struct {
	Run    string     `json:"run"`
	At     time.Time  `json:"at"`
	Kind   ChangeKind `json:"kind"`
	Layer  Layer      `json:"layer"`
	Family string     `json:"family"`
	Other  string     `json:"other,omitempty"` // the other family of a merge or split
	Host   string     `json:"host,omitempty"`
	Reason string     `json:"reason"`
}

// Run is the whole result of one clustering.
type Run struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Epoch    string    `json:"epoch"` // the model: weights, caps and the program's version
	Sites    int       `json:"sites"` // sites that took part
	Families []Family  `json:"families"`
	Changes  []Change  `json:"changes"`
}

// VerdictKind is what a reviewer decided.
type VerdictKind string

// The kinds of verdict.
const (
	VerdictConfirm    VerdictKind = "confirm"     // the site belongs to the family
	VerdictReject     VerdictKind = "reject"      // the site does not belong to the family
	VerdictName       VerdictKind = "name"        // the family is called so
	VerdictMustLink   VerdictKind = "must-link"   // the two sites belong together
	VerdictCannotLink VerdictKind = "cannot-link" // the two sites do not belong together
	VerdictGambling   VerdictKind = "gambling"    // the site is an illegal gambling site
	VerdictHarmless   VerdictKind = "harmless"    // it is not
	VerdictRevoke     VerdictKind = "revoke"      // takes back the verdict it names
)

// Verdict is a reviewer's decision. The log of verdicts only grows.
type Verdict struct {
	ID      string      `json:"id"`
	At      time.Time   `json:"at"`
	By      string      `json:"by"`
	Kind    VerdictKind `json:"kind"`
	Layer   Layer       `json:"layer,omitempty"`
	Hosts   []string    `json:"hosts,omitempty"`
	Family  string      `json:"family,omitempty"`
	Name    string      `json:"name,omitempty"`
	Revokes string      `json:"revokes,omitempty"`
	Reason  string      `json:"reason"`
}

// Listing is one exported entry, with what it rests on.
type Listing struct {
	Host       string    `json:"host"`   // the site that was captured
	Domain     string    `json:"domain"` // what is listed, host or registrable domain
	Subdomains bool      `json:"subdomains"`
	Page       PageType  `json:"page"`
	Gambling   float64   `json:"gambling"`
	Builder    string    `json:"builder,omitempty"`
	Template   string    `json:"template,omitempty"`
	Operator   string    `json:"operator,omitempty"`
	FirstSeen  time.Time `json:"first_seen"`
	LastSeen   time.Time `json:"last_seen"`
	Expires    time.Time `json:"expires"`
	Reason     string    `json:"reason"`
	Capture    string    `json:"capture"` // digest of the capture it rests on
}

// Refusal is a site that was not exported, and why.
type Refusal struct {
	Host   string `json:"host"`
	Check  string `json:"check"`  // which check of the gate refused it
	Reason string `json:"reason"` // for people
}

// Hit is a site that carries a searched indicator.
type Hit struct {
	Host    string `json:"host"`
	Kind    Kind   `json:"kind"`
	Value   string `json:"value"`
	Source  string `json:"source,omitempty"`
	Context string `json:"context,omitempty"`
}
