package review_test

import (
	"strings"
	"testing"

	"pitboss/data"
)

// TestDangerSigns shows them on the site's page with their place, defanged,
// and leaves the section out where there are none.
func TestDangerSigns(t *testing.T) {
	t.Parallel()
	store := madeUp()
	const host = "alpha-palace.example"
	p := store.prints[host]
	p.Dangers = []data.Danger{
		{Rule: "card-skimmer", Meaning: "card data is collected and sent to another site", Detail: "cc_number, btoa(, sendbeacon(, to collect.example", Source: "https://alpha-palace.example/js/app.js", Offset: 1234},
		{Rule: "hidden-frame", Meaning: "a frame", Detail: `<script>alert(1)</script>` + "\u202e", Source: "javascript:alert(1)"},
	}
	store.prints[host] = p
	dir := report(t, store)

	page := open(t, dir, "site/alpha-palace.example.html")
	want(t, page, "#dangers tbody tr:first-child td:nth-child(1)", "card-skimmercard data is collected and sent to another site")
	want(t, page, "#dangers tbody tr:first-child td:nth-child(2)", "cc_number, btoa(, sendbeacon(, to collect.example")
	if n := page.Find("#dangers tbody tr").Length(); n != 2 {
		t.Errorf("%d signs shown, want 2", n)
	}
	if place := page.Find("#dangers .source").First().Text(); !strings.Contains(place, "app.js at byte 1\u202f234") || strings.Contains(place, "https://") {
		t.Errorf("place %q, want it defanged and with its byte", place)
	}
	if n := page.Find("#dangers script, #dangers a").Length(); n != 0 || strings.Contains(page.Find("#dangers").Text(), "\u202e") {
		t.Errorf("what was found came through as mark-up or as a control character")
	}
	if n := open(t, dir, "site/never-seen.example.html").Find("#dangers").Length(); n != 0 {
		t.Error("a site without danger signs has a section about them")
	}
}
