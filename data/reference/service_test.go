package reference

import "testing"

func TestServiceOf(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"www.facebook.com": "social", "T.ME": "messenger", "embed.tawk.to": "live-chat", "bit.ly": "shortener", "www.googletagmanager.com.": "analytics",
		"apps.apple.com": "store", "shop.myshopify.com": "hosting", "gmail.com": "mail", "www.begambleaware.org": "standard",
		"winner-casino.com": "", "notfacebook.com": "", "com": "", "": "",
	} {
		if got := ServiceOf(host); got != want {
			t.Errorf("ServiceOf(%q) = %q, want %q", host, got, want)
		}
	}
}
