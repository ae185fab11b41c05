package demo

import "fmt"

// contact is a link to where an operator is reached.
type contact struct{ Label, URL string }

// Contacts returns the messenger links that the site shows: some sites show
// all of them, some few, some none.
func (p *page) Contacts() []contact {
	o := p.operator
	if o == nil {
		return nil
	}
	var out []contact
	if p.Opt("telegram") {
		out = append(out, contact{"Telegram @" + o.telegram, "https://t.me/" + o.telegram})
	}
	if p.Opt("messenger") {
		switch p.pack {
		case "ko":
			out = append(out, contact{"KakaoTalk " + o.messenger, "https://open.kakao.com/o/" + o.messenger})
		case "th":
			out = append(out, contact{"LINE @" + o.messenger, "https://line.me/R/ti/p/@" + o.messenger})
		case "vi":
			out = append(out, contact{"Zalo", "https://zalo.me/g/" + o.messenger})
		case "zh":
			out = append(out, contact{"QQ " + o.licence, "https://wpa.qq.com/msgrd?v=3&uin=" + o.licence + "&site=qq"})
		default:
			out = append(out, contact{"Instagram", "https://www.instagram.com/" + o.messenger + ".oficial"})
		}
	}
	return out
}

// Wallet returns the address for deposits in USDT, on sites that take them.
func (p *page) Wallet() string {
	if p.operator == nil || !chance(40, p.Site.Host, "wallet") {
		return ""
	}
	return p.operator.wallets["tron"]
}

// Bitcoin returns the second wallet, which fewer sites show.
func (p *page) Bitcoin() string {
	if p.operator == nil || !chance(15, p.Site.Host, "bitcoin") {
		return ""
	}
	return p.operator.wallets[pick([]string{"bitcoin", "segwit"}, p.Site.Host)]
}

// Account returns the bank account for deposits, on sites that print it.
func (p *page) Account() string {
	if p.operator == nil || !chance(30, p.Site.Host, "account") {
		return ""
	}
	return pick(p.Banks(), p.operator.name) + " " + p.operator.account + " " + p.operator.holder
}

// Tracking returns the inline scripts of analytics and live chat, in the form
// that their vendors hand out: they load their libraries later, so a visit
// that runs no script asks nobody else for anything.
func (p *page) Tracking() string {
	out := ""
	if p.builder != nil && p.builder.devID != "" {
		out += gtag(p.builder.devID)
	}
	o := p.operator
	if o == nil {
		return out
	}
	if p.Opt("analytics") {
		out += gtag(o.analytics)
	}
	if p.Opt("chat") && p.builder != nil {
		out += chatSnippet(p.builder.chat, o)
	}
	return out
}

func gtag(id string) string {
	return fmt.Sprintf(`<script>
window.dataLayer = window.dataLayer || [];
function gtag(){dataLayer.push(arguments);}
gtag('js', new Date());
gtag('config', '%s');
</script>
`, id)
}

func chatSnippet(vendor string, o *operator) string {
	switch vendor {
	case "livechat":
		return fmt.Sprintf(`<script>
window.__lc = window.__lc || {};
window.__lc.license = %s;
(function(n,t,c){var i=t.createElement("script");i.async=!0;i.src="https://cdn.livechatinc.com/tracking.js";t.head.appendChild(i)})(window,document);
</script>
`, o.licence)
	case "tawk":
		return fmt.Sprintf(`<script>
var Tawk_API=Tawk_API||{}, Tawk_LoadStart=new Date();
(function(){var s1=document.createElement("script"),s0=document.getElementsByTagName("script")[0];
s1.async=true;s1.src='https://embed.tawk.to/%024x/default';s0.parentNode.insertBefore(s1,s0);})();
</script>
`, hash("tawk", o.licence))
	case "channel":
		id := fmt.Sprintf("%016x", hash("channel", o.licence))
		return fmt.Sprintf("<script>\nChannelIO('boot', {\"pluginKey\": \"%s-%s-4%s-8%s-%s%s\"});\n</script>\n",
			id[:8], id[8:12], id[12:15], id[1:4], id[2:6], id[8:])
	}
	return ""
}
