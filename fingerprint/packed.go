package fingerprint

import "bytes"

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
	head := body[:min(len(body), 64<<10)]
	for _, p := range packers {
		if bytes.Contains(head, []byte(p.mark)) {
			x.framework(p.name, source)
		}
	}
}
