package fingerprint

import (
	"net/url"
	"testing"
)

func TestNormalName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"header":                  "header",
		"col-md-6":                "col-md-6",
		"mt-20":                   "mt-20",
		"w-100":                   "w-{n}",
		"post-1234":               "post-{n}",
		"post-7":                  "post-{n}",
		"menu-item-567":           "menu-item-{n}",
		"menu-item-9":             "menu-item-{n}",
		"page-id-42":              "page-id-{n}",
		"css-1x2y3z4":             "css-*",
		"sc-1a2b3c4":              "sc-*",
		"jsx-1234567890":          "jsx-*",
		"svelte-abcdef":           "svelte-*",
		"Button_root__3xYz1":      "Button_root__*",
		"card__title":             "card__title",
		"block__element--active":  "block__element--active",
		"elementor-element-3f2a1": "elementor-element-3f2a1",
		"module_a1b2c3d4e5f6":     "module_*",
		"banner20231105":          "banner{n}",
		"h1":                      "h1",
		"":                        "",
		"바카라":                     "바카라",
	} {
		if got := normalName(in); got != want {
			t.Errorf("normalName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAssetPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, want string
		picture  bool
	}{
		{"/static/js/main.3f2a1b9c.js", "/static/js/main.*.js", false},
		{"/static/js/main.8d7e6f5a.js", "/static/js/main.*.js", false},
		{"/assets/index-BxY12a9Q.js", "/assets/index-*.js", false},
		{"/js/chunk-vendors.abc12345.js", "/js/chunk-vendors.*.js", false},
		{"/js/jquery-3.6.0.min.js", "/js/jquery-*.min.js", false},
		{"/lib/bootstrap/5.1.3/bootstrap.css", "/lib/bootstrap/*/bootstrap.css", false},
		{"/css/style.css", "/css/style.css", false},
		{"/css/style2.css", "/css/style2.css", false},
		{"/img/banner1.png", "/img/banner1.png", true},
		{"/wp-content/uploads/2023/05/dinner.jpg", "/wp-content/uploads/*/05/*.jpg", true},
		{"/upload/abc.PNG", "/upload/*.png", true},
		{"/upload/site.js", "/upload/site.js", false},
		{"/img/0f1e2d3c4b5a69788796a5b4c3d2e1f0.png", "/img/*.png", true},
		{"/_next/static/5QwErTyUiOpAsDfGh12Jk/_buildManifest.js", "/_next/static/*/_buildManifest.js", false},
	}
	for _, tt := range tests {
		if got := assetPath(&url.URL{Path: tt.in}, tt.picture); got != tt.want {
			t.Errorf("assetPath(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://a.example":                                                   "/",
		"https://a.example/":                                                  "/",
		"https://a.example/notice/view/991":                                   "/notice/view/{n}",
		"https://a.example/notice/view/7":                                     "/notice/view/{n}",
		"https://a.example/board12/page-2":                                    "/board{n}/page-{n}",
		"https://a.example/bbs/board.php?wr_id=5&bo_table=free":               "/bbs/board.php?bo_table&wr_id",
		"https://a.example/index.php?m=home&c=Login&id=7":                     "/index.php?c=Login&id&m=home",
		"https://a.example/game/0f8fad5b-d9cb-469f-a165-70867728950e":         "/game/{id}",
		"https://a.example/the-best-dinner-in-town.html":                      "/{slug}.html",
		"https://a.example/12345.html":                                        "/{n}.html",
		"https://a.example/%EA%B3%B5%EC%A7%80":                                "/{slug}",
		"https://a.example/app.js?1700000000":                                 "/app.js",
		"https://a.example/x?utm_source=q&b=1&a=2&a=3":                        "/x?a&b",
		"https://a.example/x?items[0][id]=3":                                  "/x?items[{n}][id]",
		"https://a.example/login":                                             "/login",
		"https://a.example/api/v2/user":                                       "/api/v{n}/user",
		"https://a.example/s?t=a&0123456789abcdef0123456789abcdef=1&amp;zz=2": "/s?*&t&zz",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := endpoint(u); got != want {
			t.Errorf("endpoint(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLooksRandom(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"3xYz1": true, "a1b2c3": true, "1x2y3z4": true, "QwErTyUi": true, "deadbeef12": true,
		"header": false, "col12": false, "h264": false, "getUserInfo": false, "item": false, "2024": false, "바카라123a": false, "": false,
		"bootstrap5": false, "CamelCase": false,
	} {
		if got := looksRandom(in); got != want {
			t.Errorf("looksRandom(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestCookieName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"PHPSESSID": "PHPSESSID", " laravel_session ": "laravel_session",
		"wordpress_logged_in_0123456789abcdef0123456789abcdef": "wordpress_logged_in_*",
		"_ga_12345678": "_ga_*", "": "", "쿠키": "",
	} {
		if got := cookieName(in); got != want {
			t.Errorf("cookieName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKnownLibrary(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, body, want string }{
		{"https://a.example/js/jquery-3.6.0.min.js", "", "jquery 3.6.0"},
		{"https://a.example/js/jquery.min.js?ver=3.7.1", "", "jquery 3.7.1"},
		{"https://a.example/x.js", "/*! jQuery v3.6.0 | (c) OpenJS Foundation */", "jquery 3.6.0"},
		{"https://a.example/x.css", "@charset \"UTF-8\";/*!\n * Bootstrap v5.1.3 (https://getbootstrap.com/)", "bootstrap 5.1.3"},
		{"https://a.example/swiper-bundle.min.css", "", "swiper"},
		{"https://a.example/owl.carousel.min.js", "", "owl-carousel"},
		{"https://a.example/npm/vue@2.6.14/dist/vue.min.js", "", "vue"},
		{"https://a.example/wp-includes/js/wp-util.js", "", "wordpress"},
		{"https://a.example/js/common.js", "/*! Main v1.0 */", ""},
		{"https://a.example/js/lottery.js", "var a = 1", ""},
		{"://", "", ""},
	}
	for _, tt := range tests {
		if got := knownLibrary(tt.url, []byte(tt.body)); got != tt.want {
			t.Errorf("knownLibrary(%q, %q) = %q, want %q", tt.url, tt.body, got, tt.want)
		}
	}
}
