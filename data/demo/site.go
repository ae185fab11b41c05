package demo

import (
	"fmt"
	"strconv"
	"strings"
)

// site is one host with everything its pages are made of.
type site struct {
	Site

	builder  *builder
	skin     *skin
	look     look
	operator *operator
	agent    string // join code that it shows
	prefix   string // path prefix of everything, "" or "/m7"
	hosting  int    // index of its hosting address
	moved    string // host that every path redirects to
	special  string // template of special/ that draws it
	pack     string // words it uses
}

// look is what makes a site of a skin its own.
type look struct {
	brand    string // in the language's own script
	latin    string
	hue      int
	build    string // build hash in asset names
	minified bool   // scripts shipped minified, local names renamed
	decoy    bool   // carries blocks that belong to nothing
	icon     string // what the favicon is drawn from
	iconExt  string // ".png", ".ico", ".svg", or "" without icon
}

// operator is a group that runs sites, with what identifies it.
type operator struct {
	name      string
	langs     []string
	telegram  string
	messenger string // handle of the language's own messenger
	licence   string // live chat licence, the vendor's form is the builder's choice
	analytics string
	wallets   map[string]string
	account   string // bank account number
	holder    string
	agents    []string // join codes of the agents that promote it
}

const (
	operatorCount = 26
	sitesPerSkin  = 8 // on average; some skins sell better than others
)

// populate makes every site of the web.
func (w *Web) populate() {
	operators := w.makeOperators()
	shops := workshops()
	w.hostings = 48
	for i := range shops {
		for j := range shops[i].skins {
			w.sell(&shops[i], &shops[i].skins[j], operators)
		}
	}
	w.moveDomains()
	w.addSingletons()
	w.addSpecials()
	w.addHarmless()
}

// makeOperators makes the operators. Each works in one language, some in two,
// and buys from whom it likes.
func (w *Web) makeOperators() []*operator {
	langs := []string{"ko", "zh", "id", "vi", "th", "pt"}
	var out []*operator
	for i := range operatorCount {
		name := fmt.Sprintf("op-%02d", i+1)
		r := w.rand("operator", name)
		o := &operator{
			name:      name,
			langs:     []string{langs[i%len(langs)]},
			telegram:  fmt.Sprintf("%s%s_cs%02d", syllable(r.IntN(400)), syllable(r.IntN(400)), r.IntN(90)+10),
			messenger: fmt.Sprintf("%s%s%03d", syllable(r.IntN(400)), syllable(r.IntN(400)), r.IntN(900)+100),
			licence:   strconv.Itoa(11000000 + r.IntN(8000000)),
			analytics: "G-" + strings.ToUpper(base36(r.Uint64(), 10)),
			wallets:   wallets(r),
			account:   fmt.Sprintf("%04d-00-00%05d", 1000+r.IntN(9000), r.IntN(100000)),
			holder:    syllable(r.IntN(400)) + " " + syllable(r.IntN(400)),
		}
		if i%5 == 4 {
			o.langs = append(o.langs, langs[(i+1)%len(langs)])
		}
		for range 3 {
			o.agents = append(o.agents, strings.ToUpper(syllable(r.IntN(400)))+strconv.Itoa(100+r.IntN(900)))
		}
		o.agents = append(o.agents, pick([]string{"1111", "7777", "1234"}, name)) // codes that everybody uses
		out = append(out, o)
	}
	return out
}

// sell makes the sites of one skin: brands of operators, most with one domain,
// some with mirrors.
func (w *Web) sell(b *builder, k *skin, operators []*operator) {
	r := w.rand("sell", b.name, k.name)
	var buyers []*operator
	for _, o := range operators {
		for _, l := range o.langs {
			if l == b.lang {
				buyers = append(buyers, o)
			}
		}
	}
	want := sitesPerSkin - 3 + r.IntN(7)
	for made, try := 0, 0; made < want; try++ { // a host may be taken: the next try draws another brand
		o := buyers[r.IntN(len(buyers))]
		mirrors := 1
		if r.IntN(4) == 0 {
			mirrors = 2
		}
		l := w.newLook(b.lang, w.brandsOf(b, k), b.name, k.name, strconv.Itoa(try))
		for range mirrors {
			s := &site{
				builder: b, skin: k, look: l, operator: o, pack: b.lang,
				agent: o.agents[r.IntN(len(o.agents))],
				Site: Site{
					Host: hostName(l.latin, pick(w.packs[b.lang]["tail"], l.latin, strconv.Itoa(try), k.name), r.IntN(5)), Template: b.name + ":" + k.name,
					Builder: b.name, Operator: o.name, Gambling: "yes", Kind: "gambling-site",
				},
			}
			s.hosting = int(hash("hosting", o.name, strconv.Itoa(r.IntN(3))) % uint64(w.hostings))
			if b.prefix {
				s.prefix = pick([]string{"", "/m7", "/cl", "/vip8"}, s.Host)
			}
			if w.add(s) {
				made++
			}
		}
	}
}

// brandsOf returns the brands that are sold with a skin: no two skins of a
// workshop share one.
func (w *Web) brandsOf(b *builder, k *skin) []string {
	var out []string
	for i, brand := range w.packs[b.lang]["brand"] {
		if b.skins[(i+len(b.name))%len(b.skins)].name == k.name {
			out = append(out, brand)
		}
	}
	return out
}

// newLook draws one of the brands and what goes with it.
func (w *Web) newLook(pack string, brands []string, names ...string) look {
	r := w.rand(append([]string{"look", pack}, names...)...)
	latin, native, _ := strings.Cut(brands[r.IntN(len(brands))], ":")
	return look{
		brand: native, latin: latin, hue: r.IntN(360), build: base36(r.Uint64(), 8),
		minified: r.IntN(5) < 2, decoy: r.IntN(4) == 0,
		icon: latin + strconv.Itoa(r.IntN(50)), iconExt: []string{".png", ".png", ".ico", ".svg", ""}[r.IntN(5)],
	}
}

// hostName joins a brand and a tail to a host of a reserved top-level domain
// (RFC 2606, RFC 6761).
func hostName(latin, tail string, n int) string {
	name := latin + tail
	if n > 0 {
		name += strconv.Itoa(n)
	}
	if n%2 == 0 {
		return name + ".example"
	}
	return name + ".test"
}

// moveDomains gives some sites older names that redirect to them, one or two
// steps long.
func (w *Web) moveDomains() {
	r := w.rand("moved")
	for i := range 10 {
		target := w.sites[r.IntN(len(w.sites))]
		for target.moved != "" || target.builder == nil {
			target = w.sites[r.IntN(len(w.sites))]
		}
		to := target.Host
		for step := range 1 + i%2 {
			old := &site{
				moved: to, hosting: r.IntN(w.hostings), pack: target.pack, look: target.look,
				Site: Site{
					Host: fmt.Sprintf("%s-old%d%d.example", target.look.latin, i, step), Template: "?", Builder: "?",
					Operator: "?", Gambling: "unknown", Kind: "redirect",
				},
			}
			if w.add(old) {
				to = old.Host
			}
		}
	}
}

var (
	onsets = []string{"b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "ch", "sh", "br", "tr"}
	rimes  = []string{"a", "e", "i", "o", "u", "an", "en", "in", "or", "un", "ay", "el", "is", "ok", "ur", "al", "em", "ia", "os", "ut"}
)

// syllable returns the n-th of 400 syllables, twice over.
func syllable(n int) string {
	n %= len(onsets) * len(rimes)
	second := n * 7 % 400
	return onsets[n/len(rimes)] + rimes[n%len(rimes)] + onsets[second/len(rimes)] + rimes[second%len(rimes)]
}

func base36(n uint64, length int) string {
	s := strconv.FormatUint(n, 36)
	for len(s) < length {
		s += "0"
	}
	return s[:length]
}
