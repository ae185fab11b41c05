package fingerprint

import (
	"net/url"
	"regexp"
	"strings"
)

// bannerSize is how much of a file is searched for a banner, in bytes.
const bannerSize = 600

// banner matches the opening comment of a library: "/*! jQuery v3.6.0",
// "/*! * Bootstrap v5.1.3 (https://…".
var banner = regexp.MustCompile(`(?i)/\*[!*]?[\s*]*(?:@license\s+)?([a-z][\w.$ -]{1,40}?)(?:\s*[-–:|,@]?\s*)\(?v?(?:ersion:? *)?(\d+\.\d+(?:\.\d+)?)`)

// versionInName matches a version in a file's name or path.
var versionInName = regexp.MustCompile(`\d+\.\d+(?:\.\d+)?`)

// knownLibrary names the generic library that a script or style sheet is,
// "jquery 3.6.0", or returns "" when it is none that is known. The file's name
// must start with the library's or its banner must name it.
func knownLibrary(source string, body []byte) string {
	name, version := libraryOfBanner(body)
	if name == "" {
		name, version = libraryOfPath(source)
	}
	if name == "" {
		return ""
	}
	if version != "" {
		return name + " " + version
	}
	return name
}

func libraryOfBanner(body []byte) (name, version string) {
	head := body[:min(len(body), bannerSize)]
	m := banner.FindSubmatch(head)
	if m == nil {
		return "", ""
	}
	key := libraryKey(string(m[1]))
	if isLibrary(key) {
		return key, string(m[2])
	}
	return "", ""
}

func libraryOfPath(source string) (name, version string) {
	u, err := url.Parse(source)
	if err != nil {
		return "", ""
	}
	if strings.Contains(u.Path, "/wp-includes/") {
		return "wordpress", ""
	}
	file := strings.ToLower(u.Path[strings.LastIndexByte(u.Path, '/')+1:])
	file = strings.TrimSuffix(strings.TrimSuffix(file, ".css"), ".js")
	version = versionInName.FindString(file)
	if version == "" {
		version = versionInName.FindString(u.RawQuery)
	}
	for {
		short := file
		for _, s := range [...]string{".min", "-min", ".slim", ".bundle", "-bundle", ".global", ".prod", ".umd", ".pkgd", ".full", ".all", ".pack", ".esm", ".core", ".production", "-" + version, "." + version, "@" + version} {
			if s != "-" && s != "." && s != "@" {
				short = strings.TrimSuffix(short, s)
			}
		}
		if short == file {
			break
		}
		file = short
	}
	if key := libraryKey(file); isLibrary(key) {
		return key, version
	}
	return "", ""
}

// libraryKey folds the ways a library's name is written.
func libraryKey(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.NewReplacer(" ", "-", "_", "-", ".", "-").Replace(s)
	for _, suffix := range [...]string{"-js", "-css", "-core", "-javascript-library", "-library"} {
		s = strings.TrimSuffix(s, suffix)
	}
	return strings.Trim(s, "-")
}

// isLibrary names generic front-end libraries. They are facts, collected from
// the libraries' own distributions.
func isLibrary(key string) bool {
	switch key {
	case "jquery", "jquery-migrate", "jquery-ui", "jquery-easing", "jquery-cookie", "jquery-validate", "jquery-form", "jquery-lazyload", "jquery-lazy", "jquery-mobile",
		"jquery-waypoints", "jquery-magnific-popup", "jquery-fancybox", "jquery-bxslider", "jquery-marquee", "jquery-countdown", "jquery-countto", "jquery-nicescroll",
		"jquery-mcustomscrollbar", "jquery-validation-plugin", "jquery-lazyload-any", "jquery-validate-unobtrusive", "jquery-blockui", "jquery-appear", "jquery-scrollto",
		"bootstrap", "bootstrap-theme", "bootstrap-grid", "bootstrap-reboot", "bootstrap-icons", "bootstrap-datepicker", "bootstrap-select", "popper", "tether", "swiper", "slick",
		"slick-theme", "slick-carousel", "owl-carousel", "owl-theme-default", "owl-carousel2", "flickity", "splide", "glide", "tiny-slider", "flexslider", "nivo-slider", "nouislider",
		"vue", "vue-router", "vuex", "vuetify", "vue-resource", "vue-i18n", "pinia", "react", "react-dom", "angular", "angular-route", "angular-animate", "angular-sanitize", "zone",
		"polyfill", "polyfills", "axios", "lodash", "underscore", "backbone", "ember", "knockout", "require", "requirejs", "moment", "moment-with-locales", "dayjs",
		"date-fns", "luxon", "font-awesome", "fontawesome", "fontawesome-all", "font-awesome-free", "font-awesome-pro", "material-icons", "ionicons", "themify-icons", "simple-line-icons",
		"animate", "aos", "wow", "hover", "gsap", "tweenmax", "tweenlite", "scrolltrigger", "scrollmagic", "scrollreveal", "three", "d3", "chart", "apexcharts", "highcharts", "echarts",
		"modernizr", "html5shiv", "respond", "lazysizes", "lazyload", "vanilla-lazyload", "lozad", "fancybox", "lightbox", "lightbox2", "lightgallery", "magnific-popup", "photoswipe",
		"photoswipe-ui-default", "colorbox", "select2", "chosen", "selectize", "choices", "sweetalert", "sweetalert2", "sweet-alert", "toastr", "noty", "notyf", "izitoast", "layui", "layer", "layer-mobile",
		"element-ui", "element-plus", "vant", "ant-design", "antd", "mui", "iview", "view-design", "mint-ui", "weui", "zepto", "fastclick", "iscroll", "better-scroll", "cryptojs",
		"md5", "jsencrypt", "clipboard", "zeroclipboard", "qrcode", "socket-io", "sockjs", "stomp", "pusher", "hls", "video", "dplayer", "flv", "plyr", "mediaelement", "mediaelementplayer", "isotope",
		"masonry", "imagesloaded", "packery", "waypoints", "parallax", "particles", "typed", "countup", "odometer", "counterup", "normalize", "reset", "sanitize", "tailwind", "tailwindcss", "bulma",
		"foundation", "materialize", "uikit", "uikit-icons", "semantic", "pure", "skeleton", "milligram", "superfish", "hoverintent", "smoothscroll", "smooth-scroll", "perfect-scrollbar", "simplebar",
		"flatpickr", "pikaday", "daterangepicker", "datepicker", "fullcalendar", "datatables", "jquery-datatables", "leaflet", "mapbox-gl", "ol", "prism", "highlight", "codemirror", "quill", "tinymce",
		"ckeditor", "dropzone", "cropper", "handlebars", "mustache", "ejs", "nunjucks", "alpine", "alpinejs", "htmx", "stimulus", "turbo", "livewire", "inputmask", "cleave", "imask", "intltelinput",
		"js-cookie", "localforage", "dexie", "es5-shim", "es6-shim", "es6-promise", "core-js", "regenerator-runtime", "whatwg-fetch", "fetch", "promise", "i18next", "mathjax", "katex",
		"wp-embed", "wp-emoji-release", "comment-reply", "contact-form-7", "woocommerce", "webfont", "webfontloader", "gtag", "gtm", "analytics", "fbevents", "recaptcha", "email-decode", "rocket-loader",
		"workbox", "workbox-sw", "sortable", "sortablejs", "hammer", "velocity", "anime", "lottie", "lottie-player", "bodymovin", "pace", "nprogress", "holder", "jszip", "filesaver", "html2canvas", "jspdf", "kendo-all":
		return true
	}
	return false
}
