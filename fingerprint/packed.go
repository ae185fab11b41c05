package fingerprint

import "sync"

// packers are the shapes of packed and obfuscated scripts.
var packers = []struct{ name, mark string }{
	{"packer: dean-edwards", "eval(function(p,a,c,k,e,"},
	{"packer: jsfuck", "[][(![]+[])["},
	{"packer: jjencode", "=~[];"},
	{"packer: aaencode", "ﾟωﾟﾉ"},
	{"packer: sojson", "jsjiami.com"},
	{"packer: webpack", "webpackJsonp"},
	{"packer: webpack", "webpackChunk"},
	{"packer: webpack", "__webpack_require__"},
	{"packer: parcel", "parcelRequire"},
	{"packer: vite", "__vite__mapDeps"},
	{"packer: browserify", "Cannot find module '"},
}

// packed names the packer, obfuscator or bundler of a script.
func (x *extraction) packed(body []byte, source string) {
	for i, seen := range present(packerMarks(), body[:min(len(body), 64<<10)]) {
		if seen {
			x.framework(packers[i].name, source)
		}
	}
}

var packerMarks = sync.OnceValue(func() *needles {
	marks := make([]string, len(packers))
	for i, p := range packers {
		marks[i] = p.mark
	}
	return newNeedles(marks)
})
