package eval_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"pitboss/data"
)

// Rewriters do to a captured site what builders do to copies of their kit, so
// that it is known by construction whose the copy is. strength is the share of
// names, blocks or texts that is touched, 0–1.
type rewriter struct {
	name    string
	rewrite func(c *data.Capture, strength float64, r *rand.Rand, other *data.Capture)
}

func rewriters() []rewriter {
	return []rewriter{
		{"rename classes and ids", func(c *data.Capture, s float64, r *rand.Rand, _ *data.Capture) { rename(c, s, r) }},
		{"rehash assets", func(c *data.Capture, s float64, r *rand.Rand, _ *data.Capture) { rehash(c, s, r) }},
		{"wrap blocks", onPage(wrap)},
		{"reorder blocks", onPage(reorder)},
		{"swap brand, texts, colours", func(c *data.Capture, s float64, r *rand.Rand, _ *data.Capture) {
			onPage(retext)(c, s, r, nil)
			recolour(c, r)
		}},
		{"insert decoy blocks", onPage(decoys)},
		{"head of another site", func(c *data.Capture, s float64, r *rand.Rand, other *data.Capture) { borrowHead(c, s, other) }},
		{"scripts and sheets not fetched", func(c *data.Capture, s float64, r *rand.Rand, _ *data.Capture) { drop(c, s, r) }},
		{"texts, assets, order, decoys", func(c *data.Capture, s float64, r *rand.Rand, _ *data.Capture) {
			onPage(retext)(c, s, r, nil)
			recolour(c, r)
			rehash(c, s, r)
			onPage(reorder)(c, s, r, nil)
			onPage(decoys)(c, s, r, nil)
		}},
		{"all of the above", func(c *data.Capture, s float64, r *rand.Rand, other *data.Capture) {
			rename(c, s, r)
			onPage(retext)(c, s, r, nil)
			recolour(c, r)
			rehash(c, s, r)
			onPage(wrap)(c, s, r, nil)
			onPage(reorder)(c, s, r, nil)
			onPage(decoys)(c, s, r, nil)
			borrowHead(c, s, other)
		}},
	}
}

// copyOf is a capture of the same site under another host; nothing of it is
// shared with the original's memory.
func copyOf(c *data.Capture, host string) data.Capture {
	out := *c
	out.Host, out.Visit, out.Hosting = host, "v-"+host, data.Hosting{}
	move := func(s string) string { return strings.ReplaceAll(s, c.Host, host) }
	out.FinalURL = move(c.FinalURL)
	out.Resources = slices.Clone(c.Resources)
	for i := range out.Resources {
		res := &out.Resources[i]
		res.URL = move(res.URL)
		res.Header = slices.Clone(res.Header)
		if res.Role != data.RoleIcon && res.Role != data.RoleImage {
			res.Body = []byte(move(string(res.Body)))
		}
	}
	redigest(&out)
	return out
}

// redigest gives a rewritten capture a digest of its own.
func redigest(c *data.Capture) {
	h := sha256.New()
	for i := range c.Resources {
		fmt.Fprintf(h, "%s\x00%x\n", c.Resources[i].URL, sha256.Sum256(c.Resources[i].Body))
	}
	c.Digest = fmt.Sprintf("%x", h.Sum(nil))
}

// onPage makes a rewriter of what works on the parsed home page.
func onPage(work func(doc *html.Node, strength float64, r *rand.Rand)) func(*data.Capture, float64, *rand.Rand, *data.Capture) {
	return func(c *data.Capture, strength float64, r *rand.Rand, _ *data.Capture) {
		home := c.Home()
		doc, err := html.Parse(bytes.NewReader(home.Body))
		if err != nil {
			return
		}
		work(doc, strength, r)
		var out bytes.Buffer
		if html.Render(&out, doc) == nil {
			home.Body = out.Bytes()
		}
	}
}

// elements lists the elements below a node, in document order.
func elements(n *html.Node) []*html.Node {
	var out []*html.Node
	for c := range n.Descendants() {
		if c.Type == html.ElementNode {
			out = append(out, c)
		}
	}
	return out
}

func find(doc *html.Node, a atom.Atom) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == a {
			return n
		}
	}
	return nil
}

// chosen draws with a probability that belongs to the name, so that one name is
// treated alike everywhere.
func chosen(name string, strength float64, salt uint64) bool {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", salt, name)
	return float64(h.Sum64()%1000) < strength*1000
}

var (
	inSheet  = regexp.MustCompile(`([.#])(-?[A-Za-z_][\w-]*)`)
	inScript = regexp.MustCompile(`(["'])([.#]?)([A-Za-z_][\w-]*)`)
	ascii    = regexp.MustCompile(`^-?[A-Za-z_][\w-]*$`)
)

// rename gives classes and ids other names, alike in page, sheets and scripts.
func rename(c *data.Capture, strength float64, r *rand.Rand) {
	salt := r.Uint64()
	names := map[string]string{}
	doc, err := html.Parse(bytes.NewReader(c.Home().Body))
	if err != nil {
		return
	}
	for _, n := range elements(doc) {
		for i, a := range n.Attr {
			switch a.Key {
			case "class", "id", "for":
				var out []string
				for name := range strings.FieldsSeq(a.Val) {
					if ascii.MatchString(name) && chosen(name, strength, salt) {
						names[name] = fmt.Sprintf("z%x", fnvOf(name, salt))
						name = names[name]
					}
					out = append(out, name)
				}
				n.Attr[i].Val = strings.Join(out, " ")
			}
		}
	}
	replace := func(re *regexp.Regexp, body []byte) []byte {
		return re.ReplaceAllFunc(body, func(m []byte) []byte {
			g := re.FindSubmatch(m)
			if to := names[string(g[len(g)-1])]; to != "" {
				return append(m[:len(m)-len(g[len(g)-1]):len(m)-len(g[len(g)-1])], to...)
			}
			return m
		})
	}
	for _, n := range elements(doc) {
		if text := n.FirstChild; text != nil && n.DataAtom == atom.Script {
			text.Data = string(replace(inScript, []byte(text.Data)))
		} else if text != nil && n.DataAtom == atom.Style {
			text.Data = string(replace(inSheet, []byte(text.Data)))
		}
	}
	var out bytes.Buffer
	if html.Render(&out, doc) == nil {
		c.Home().Body = out.Bytes()
	}
	for i := range c.Resources {
		switch res := &c.Resources[i]; res.Role {
		case data.RoleStylesheet:
			res.Body = replace(inSheet, res.Body)
		case data.RoleScript:
			res.Body = replace(inScript, res.Body)
		}
	}
}

func fnvOf(name string, salt uint64) uint32 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%d %s", salt, name)
	return h.Sum32()
}

var assetPath = regexp.MustCompile(`(?:[\w./~-]*/)?[\w.~-]+\.(?:css|js|png|jpe?g|gif|svg|webp|ico|woff2?)\b`)

// rehash gives assets other file names, and above strength one half other
// folders too; resources move along.
func rehash(c *data.Capture, strength float64, r *rand.Rand) {
	salt := r.Uint64()
	move := func(p string) string {
		dir, base := path.Split(p)
		if strings.Contains(dir, "//") || !chosen(base, strength, salt) {
			return p // another host's, or left alone
		}
		if parts := strings.Split(dir, "/"); strength > 0.5 {
			for i, part := range parts {
				if part != "" && part != "." && part != ".." {
					parts[i] = fmt.Sprintf("d%x", fnvOf(part, salt)&0xffff)
				}
			}
			dir = strings.Join(parts, "/")
		}
		return dir + fmt.Sprintf("%08x", fnvOf(base, salt)) + path.Ext(base)
	}
	home := c.Home()
	home.Body = assetPath.ReplaceAllFunc(home.Body, func(m []byte) []byte { return []byte(move(string(m))) })
	for i := range c.Resources {
		res := &c.Resources[i]
		scheme, rest, ok := strings.Cut(res.URL, "://")
		host, p, hasPath := strings.Cut(rest, "/")
		if ok && hasPath && res.Role != data.RoleHome && host == c.Host {
			res.URL = scheme + "://" + host + move("/"+p)
		}
	}
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Ul, atom.Form, atom.Header, atom.Footer, atom.Nav, atom.Main, atom.Article, atom.Table, atom.P:
		return n.Parent != nil
	}
	return false
}

func element(a atom.Atom, class string) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String(), Attr: []html.Attribute{{Key: "class", Val: class}}}
}

// wrap puts further boxes around blocks.
func wrap(doc *html.Node, strength float64, r *rand.Rand) {
	salt := r.Uint32()
	for _, n := range elements(doc) {
		if isBlock(n) && r.Float64() < strength*0.6 {
			box := element(atom.Div, fmt.Sprintf("w%x-%d", salt, r.IntN(4)))
			n.Parent.InsertBefore(box, n)
			n.Parent.RemoveChild(n)
			box.AppendChild(n)
		}
	}
}

// reorder shuffles the top-level blocks, and with full strength those of the
// level below.
func reorder(doc *html.Node, strength float64, r *rand.Rand) {
	body := find(doc, atom.Body)
	if body == nil {
		return
	}
	shuffle(body, r)
	for n := range body.ChildNodes() {
		if isBlock(n) && r.Float64() < strength {
			shuffle(n, r)
			for m := range n.ChildNodes() {
				if isBlock(m) && strength == 1 {
					shuffle(m, r)
				}
			}
		}
	}
}

// children lists the nodes right below one, so that they can be moved while
// they are walked.
func children(parent *html.Node) []*html.Node {
	var nodes []*html.Node
	for n := range parent.ChildNodes() {
		nodes = append(nodes, n)
	}
	return nodes
}

func shuffle(parent *html.Node, r *rand.Rand) {
	nodes := children(parent)
	for _, n := range nodes {
		parent.RemoveChild(n)
	}
	r.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	for _, n := range nodes {
		parent.AppendChild(n)
	}
}

// retext puts other words in the place of texts and of what images say, and
// another brand everywhere.
func retext(doc *html.Node, strength float64, r *rand.Rand) {
	word := func(length int) string {
		var b strings.Builder
		for range max(1, length/6) {
			fmt.Fprintf(&b, "%c%c%c%c ", 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26), 'a'+r.IntN(26))
		}
		return strings.TrimSpace(b.String())
	}
	for n := range doc.Descendants() {
		raw := n.Parent != nil && (n.Parent.DataAtom == atom.Script || n.Parent.DataAtom == atom.Style)
		if n.Type == html.TextNode && !raw && strings.TrimSpace(n.Data) != "" && r.Float64() < strength {
			n.Data = word(len(n.Data))
		}
		for i, a := range n.Attr {
			if (a.Key == "alt" || a.Key == "title" || a.Key == "placeholder" || a.Key == "content" && n.DataAtom == atom.Meta && len(a.Val) > 24) && r.Float64() < strength {
				n.Attr[i].Val = word(len(a.Val))
			}
		}
	}
}

var colour = regexp.MustCompile(`#[0-9a-fA-F]{6}\b`)

// recolour changes all colours, and takes another icon.
func recolour(c *data.Capture, r *rand.Rand) {
	salt := r.Uint64()
	paint := func(body []byte) []byte {
		return colour.ReplaceAllFunc(body, func(m []byte) []byte {
			return fmt.Appendf(nil, "#%06x", fnvOf(strings.ToLower(string(m)), salt)&0xffffff)
		})
	}
	c.Resources = slices.DeleteFunc(c.Resources, func(res data.Resource) bool { return res.Role == data.RoleIcon })
	for i := range c.Resources {
		if res := &c.Resources[i]; res.Role == data.RoleStylesheet || res.Role == data.RoleHome {
			res.Body = paint(res.Body)
		}
	}
}

// decoys inserts blocks that belong to nothing: with strength 1 as many
// elements as the page has.
func decoys(doc *html.Node, strength float64, r *rand.Rand) {
	body := find(doc, atom.Body)
	if body == nil {
		return
	}
	all := elements(body)
	tags := []atom.Atom{atom.Div, atom.Span, atom.Ul, atom.Li, atom.P, atom.Section, atom.I, atom.A}
	for left := int(strength * float64(len(all))); left > 0; {
		at := body
		for range min(left, 4+r.IntN(20)) {
			n := element(tags[r.IntN(len(tags))], fmt.Sprintf("q%x q%x", r.Uint32(), r.Uint32()))
			if r.IntN(4) == 0 {
				n.Attr = append(n.Attr, html.Attribute{Key: "id", Val: fmt.Sprintf("q%x", r.Uint32())})
			}
			at.AppendChild(n)
			if r.IntN(3) == 0 {
				at = n
			}
			left--
		}
	}
}

// borrowHead takes the metas of another site's head, with full strength its
// links and style sheets too. The site's own sheets and scripts stay, or
// nothing of it would work.
func borrowHead(c *data.Capture, strength float64, other *data.Capture) {
	mine, err := html.Parse(bytes.NewReader(c.Home().Body))
	if err != nil {
		return
	}
	theirs, err := html.Parse(bytes.NewReader(other.Home().Body))
	if err != nil {
		return
	}
	head, source := find(mine, atom.Head), find(theirs, atom.Head)
	for _, n := range children(head) {
		if n.DataAtom == atom.Meta || n.Type == html.CommentNode {
			head.RemoveChild(n)
		}
	}
	for _, n := range children(source) {
		if n.DataAtom == atom.Meta || n.Type == html.CommentNode || strength == 1 && (n.DataAtom == atom.Link || n.DataAtom == atom.Style) {
			source.RemoveChild(n)
			head.AppendChild(n)
		}
	}
	for i := range other.Resources {
		if res := other.Resources[i]; strength == 1 && res.Role == data.RoleStylesheet {
			res.URL = strings.ReplaceAll(res.URL, other.Host, c.Host)
			c.Resources = append(c.Resources, res)
		}
	}
	var out bytes.Buffer
	if html.Render(&out, mine) == nil {
		c.Home().Body = out.Bytes()
	}
}

// drop loses what a page links to, as a dead content network or a hasty visit
// does.
func drop(c *data.Capture, strength float64, r *rand.Rand) {
	c.Resources = slices.DeleteFunc(c.Resources, func(res data.Resource) bool { return res.Role != data.RoleHome && r.Float64() < strength })
}
