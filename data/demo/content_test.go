package demo_test

import (
	"bytes"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil/base58"
	"github.com/btcsuite/btcd/btcutil/bech32"
	ico "github.com/sergeymakinen/go-ico"

	"pitboss/data/demo"
)

var (
	tronAddress = regexp.MustCompile(`\bT[1-9A-HJ-NP-Za-km-z]{33}\b`)
	coinAddress = regexp.MustCompile(`\b(?:1[1-9A-HJ-NP-Za-km-z]{25,34}|bc1q[a-z0-9]{38})\b`)
)

func homes(t *testing.T, w *demo.Web, visit func(demo.Site, string)) {
	t.Helper()
	for _, s := range w.Sites() {
		if s.Kind != "redirect" {
			visit(s, home(t, w.Handler(), s.Host))
		}
	}
}

func TestWalletsCarryValidChecksums(t *testing.T) {
	t.Parallel()
	tron, coin := map[string]bool{}, map[string]bool{}
	homes(t, demo.New(seed), func(_ demo.Site, home string) {
		for _, a := range tronAddress.FindAllString(home, -1) {
			tron[a] = true
		}
		for _, a := range coinAddress.FindAllString(home, -1) {
			coin[a] = true
		}
	})
	if len(tron) < 10 || len(coin) < 4 {
		t.Errorf("%d TRON and %d Bitcoin wallets shown, want more", len(tron), len(coin))
	}
	for a := range tron {
		if payload, version, err := base58.CheckDecode(a); err != nil || version != 0x41 || len(payload) != 20 {
			t.Errorf("TRON address %s: version %#x, %d bytes, %v", a, version, len(payload), err)
		}
	}
	for a := range coin {
		if strings.HasPrefix(a, "bc1") {
			if prefix, values, err := bech32.Decode(a); err != nil || prefix != "bc" || values[0] != 0 {
				t.Errorf("segwit address %s: %v", a, err)
			}
		} else if _, version, err := base58.CheckDecode(a); err != nil || version != 0 {
			t.Errorf("Bitcoin address %s: version %#x, %v", a, version, err)
		}
	}
}

// Real hosts appear only where a public service's own form of link needs them.
var services = map[string]bool{
	"t.me": true, "open.kakao.com": true, "line.me": true, "zalo.me": true, "wpa.qq.com": true, "www.instagram.com": true, "schema.org": true,
	"cdn.livechatinc.com": true, "embed.tawk.to": true, "authorisation.mga.org.mt": true, "www.w3.org": true,
}

func TestNoHostIsInventedOutsideReservedDomains(t *testing.T) {
	t.Parallel()
	host := regexp.MustCompile(`https?://([^/"'<>\s]+)`)
	homes(t, demo.New(seed), func(s demo.Site, home string) {
		for _, m := range host.FindAllStringSubmatch(home, -1) {
			if !strings.HasSuffix(m[1], ".example") && !strings.HasSuffix(m[1], ".test") && !services[m[1]] {
				t.Errorf("%s names the host %s", s.Host, m[1])
			}
		}
	})
}

// A visit that runs no script must not be led to anybody's real server.
func TestNothingIsLoadedFromElsewhere(t *testing.T) {
	t.Parallel()
	loaded := regexp.MustCompile(`<(?:script|img|iframe|link)[^>]*(?:src|href)="(?:https?:)?//([^/"]+)`)
	homes(t, demo.New(seed), func(s demo.Site, home string) {
		for _, m := range loaded.FindAllStringSubmatch(home, -1) {
			if m[1] != s.Host {
				t.Errorf("%s loads from %s", s.Host, m[1])
			}
		}
	})
}

func TestOldDomainsLeadToLivingSites(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	kinds := map[string]string{}
	for _, s := range w.Sites() {
		kinds[s.Host] = s.Kind
	}
	chains := 0
	for _, s := range w.Sites() {
		if s.Kind != "redirect" {
			continue
		}
		host, steps := s.Host, 0
		for ; kinds[host] == "redirect" && steps < 10; steps++ {
			rec := get(t, w.Handler(), host, "/")
			if rec.Code != http.StatusMovedPermanently {
				t.Fatalf("%s answers %d", host, rec.Code)
			}
			host = strings.TrimSuffix(strings.TrimPrefix(rec.Header().Get("Location"), "http://"), "/")
		}
		if kinds[host] != "gambling-site" {
			t.Errorf("%s leads to %s (%s)", s.Host, host, kinds[host])
		}
		if steps > 1 {
			chains++
		}
	}
	if chains == 0 {
		t.Error("no chain of two redirects")
	}
}

func TestErrorPagesBelongToTheBuilder(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	tags := regexp.MustCompile(`<(\w+)`)
	shape := map[string]string{} // tags of an error page → builder
	for _, s := range w.Sites() {
		if s.Kind != "gambling-site" {
			continue
		}
		rec := get(t, w.Handler(), s.Host, "/no/such/page-93b1")
		if rec.Code != http.StatusNotFound {
			t.Errorf("%s answers %d to an unknown path", s.Host, rec.Code)
		}
		got := strings.Join(tags.FindAllString(rec.Body.String(), -1), "")
		if b := shape[got]; b != "" && b != s.Builder {
			t.Errorf("error pages of %s and %s are alike", b, s.Builder)
		}
		shape[got] = s.Builder
	}
	if len(shape) != 7 {
		t.Errorf("%d shapes of error pages, want one a builder", len(shape))
	}
}

func TestIconsDecode(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	kinds := map[string]int{}
	icon := regexp.MustCompile(`rel="icon" href="([^"]+)"`)
	homes(t, w, func(s demo.Site, home string) {
		m := icon.FindStringSubmatch(home)
		if m == nil {
			kinds["none"]++
			return
		}
		rec := get(t, w.Handler(), s.Host, m[1])
		kind := rec.Header().Get("Content-Type")
		kinds[kind]++
		var err error
		switch kind {
		case "image/png":
			_, err = png.Decode(bytes.NewReader(rec.Body.Bytes()))
		case "image/x-icon":
			_, err = ico.DecodeAll(bytes.NewReader(rec.Body.Bytes()))
		}
		if err != nil {
			t.Errorf("icon of %s: %v", s.Host, err)
		}
	})
	for _, k := range []string{"none", "image/png", "image/x-icon", "image/svg+xml"} {
		if kinds[k] == 0 {
			t.Errorf("no site with icon %s in %v", k, kinds)
		}
	}
}

func TestHackedPageHidesItsLinks(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	known := map[string]string{}
	for _, s := range w.Sites() {
		known[s.Host] = s.Kind
	}
	link := regexp.MustCompile(`href="http://([^/"]+)/`)
	homes(t, w, func(s demo.Site, home string) {
		if s.Kind != "compromised" {
			return
		}
		_, hidden, ok := strings.Cut(home, `style="position:absolute;left:-`)
		links := link.FindAllStringSubmatch(hidden, -1)
		if !ok || len(links) < 20 {
			t.Errorf("%s hides %d links", s.Host, len(links))
		}
		for _, m := range links {
			if known[m[1]] != "gambling-site" {
				t.Errorf("%s links to %s, a %q", s.Host, m[1], known[m[1]])
			}
		}
	})
}

func TestScriptsDifferBetweenSitesOfASkin(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	scripts, sites := map[string]map[string]bool{}, map[string]int{}
	for _, s := range w.Sites() {
		if s.Kind != "gambling-site" {
			continue
		}
		if scripts[s.Template] == nil {
			scripts[s.Template] = map[string]bool{}
		}
		sites[s.Template]++
		for _, v := range see(t, w.Handler(), s).scripts {
			scripts[s.Template][v] = true
		}
	}
	for skin, of := range scripts {
		if len(of) < sites[skin]/2 {
			t.Errorf("%d sites of %s ship %d scripts", sites[skin], skin, len(of))
		}
	}
}

func TestHandlerRefusesToWrite(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		rec := do(w.Handler(), method, w.Sites()[0].Host)
		if rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s is answered with %d", method, rec.Code)
		}
	}
}
