package fingerprint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// scriptFeatures reads a script as a file of shop.example.
func scriptFeatures(body string) *collector {
	out := newCollector()
	readScript([]byte(body), "https://shop.example/a.js", "shop.example", out)
	return out
}

func valuesOf(c *collector, k data.Kind) []string {
	var out []string
	for _, f := range c.features() {
		if f.Kind == k {
			out = append(out, f.Value)
		}
	}
	return out
}

const plainScript = `
// Deposits.
var walletState = { open: false };
function submitDeposit(form, amount) {
  if (amount > 100) {
    form.setAttribute("data-state", 'pending');
    return $.post("/api/wallet/deposit", { amount: amount, type: "bank" }, function (answer) {
      window.depositAnswer = answer.result;
      $(".deposit-modal").toggleClass("open");
      console.log("done");
    });
  }
  return form.querySelector("input").focus();
}
`

const minifiedScript = `var w={open:!1};function s(e,t){return t>100?(e.setAttribute('data-state',"pending"),$.post('/api/wallet/deposit',{amount:t,type:'bank'},(function(n){window.depositAnswer=n.result,$('.deposit-modal').toggleClass('open'),console.log('done')}))):e.querySelector('input').focus()}`

func TestScriptHashSurvivesMinification(t *testing.T) {
	t.Parallel()
	a, b := valuesOf(scriptFeatures(plainScript), data.KindScriptToken), valuesOf(scriptFeatures(minifiedScript), data.KindScriptToken)
	if len(a) < 3 {
		t.Fatalf("only %d token hashes", len(a))
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("token hashes of a script and its minified form (-plain +minified):\n%s", diff)
	}
	other := strings.NewReplacer("setAttribute", "removeAttribute", "toggleClass", "addClass", "querySelector", "closest", "deposit", "charge").Replace(plainScript)
	for _, v := range valuesOf(scriptFeatures(other), data.KindScriptToken) {
		if slices.Contains(a, v) {
			t.Errorf("another script shares the hash %s", v)
		}
	}
}

func TestScriptHashSamplesParts(t *testing.T) {
	t.Parallel()
	a := valuesOf(scriptFeatures(plainScript), data.KindScriptToken)
	b := valuesOf(scriptFeatures(plainScript+strings.ReplaceAll(plainScript, "deposit", "withdraw")), data.KindScriptToken)
	shared := 0
	for _, v := range a {
		if slices.Contains(b, v) {
			shared++
		}
	}
	if shared == 0 || shared == len(a) {
		t.Errorf("a script within a longer one shares %d of %d hashes, want some and not the whole", shared, len(a))
	}
}

func TestScriptGlobals(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"var alpha = 1, beta2 = f(3), gamma;":                        {"alpha", "beta2", "gamma"},
		"function openGame(id) { var inner = 1; function deep(){} }": {"openGame"},
		"window.gameConfig = {};":                                    {"gameConfig"},
		"window.gameConfig.part = 1; if (window.other == 2) {}":      nil,
		"(function(){ var hidden = 1; window.shown = 2; })();":       {"shown"},
		"const LOBBY = 1; let state = 2; class Wheel {}":             {"LOBBY", "Wheel", "state"},
		"async function loadGames() {}":                              {"loadGames"},
		"x = function named() {}":                                    nil,
		"var a1; var b;":                                             nil,
		"window.location = '/x'":                                     nil,
		"var user = 1; // var comment = 2":                           {"user"},
		"var re = /function fake(/; var str = 'var no = 1';":         {"str"},
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, valuesOf(scriptFeatures(in), data.KindGlobal)); diff != "" {
				t.Errorf("globals (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScriptRoutes(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		`get("/api/user/info")`:                         {"/api/user/info"},
		`get("/api/user/" + id)`:                        {"/api/user/"},
		"get(`/api/game/${id}/start`)":                  {"/api/game/{n}"},
		`get("https://shop.example/api/v1/list?b=1&a")`: {"/api/v{n}/list?a&b"},
		`get("https://api.other.example/gate/open")`:    {"api.other.example/gate/open"},
		`get("ajax.php?act=login")`:                     {"/ajax.php?act=login"},
		`get("user/login.do")`:                          {"/user/login.do"},
		`x = "/static/app.js"`:                          nil,
		`x = "a / b"`:                                   nil,
		`x = "text/html"`:                               nil,
		`x = "/"`:                                       nil,
		`x = "</div>"`:                                  nil,
		`x = a / b / "c"`:                               nil,
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, valuesOf(scriptFeatures(in), data.KindAPIRoute)); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScriptI18N(t *testing.T) {
	t.Parallel()
	in := `this.$t("wallet.deposit_title"); i18n.t('login.submit'); t("plain"); foo("not.a.key"); $t("sentence with spaces.")`
	if diff := cmp.Diff([]string{"login.submit", "wallet.deposit_title"}, valuesOf(scriptFeatures(in), data.KindI18NKey)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestScriptObfuscated(t *testing.T) {
	t.Parallel()
	got := scriptFeatures(strings.Repeat("var _0x1a2b=_0x3c4d('0x1')['abc'](_0x99aa);", 20))
	if diff := cmp.Diff([]string{"javascript-obfuscator"}, valuesOf(got, data.KindFramework)); diff != "" {
		t.Errorf("framework (-want +got):\n%s", diff)
	}
	if v := valuesOf(got, data.KindScriptToken); v != nil {
		t.Errorf("an obfuscated script got token hashes %v", v)
	}
}

// After an error reading goes on behind it, without taking locals for globals.
func TestScriptGoesOnAfterError(t *testing.T) {
	t.Parallel()
	in := "var before = 1;\nvar s = 'unclosed\nget(\"/api/after/error\");\nvar local = 2;"
	got := scriptFeatures(in)
	if diff := cmp.Diff([]string{"/api/after/error"}, valuesOf(got, data.KindAPIRoute)); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	if slices.Contains(valuesOf(got, data.KindGlobal), "local") || !slices.Contains(valuesOf(got, data.KindGlobal), "before") {
		t.Errorf("globals = %v", valuesOf(got, data.KindGlobal))
	}
}

func TestPackers(t *testing.T) {
	t.Parallel()
	c := capture("", file(data.RoleScript, "/p.js", "text/javascript", "eval(function(p,a,c,k,e,d){}('x',1,1,''))"))
	f := Extract(c)
	if diff := cmp.Diff([]string{"packer: dean-edwards"}, f.Values(data.KindFramework)); diff != "" {
		t.Errorf("framework (-want +got):\n%s", diff)
	}
}
