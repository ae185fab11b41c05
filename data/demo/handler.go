package demo

import (
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// answer is one response of the made-up web.
type answer struct {
	status    int
	mediaType string
	body      []byte
	header    map[string]string
	cookies   []string
}

func htmlAnswer(status int, body string) answer {
	return answer{status: status, mediaType: "text/html; charset=utf-8", body: []byte(body)}
}

func notFound() answer {
	return htmlAnswer(http.StatusNotFound, "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>")
}

// Handler answers for every host of the web by the Host header. A request for
// a host that the web does not know ends with a closed connection, as nothing
// would answer there.
func (w *Web) Handler() http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		host, _, _ := strings.Cut(strings.ToLower(req.Host), ":")
		s, known := w.byHost[host]
		if !known {
			panic(http.ErrAbortHandler) // net/http's way to close without an answer
		}
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			out.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		w.answer(s, req.URL.Path, req.URL.RawQuery).write(out)
	})
}

func (a answer) write(out http.ResponseWriter) {
	for name, value := range a.header {
		out.Header().Set(name, value)
	}
	for _, name := range a.cookies {
		out.Header().Add("Set-Cookie", name+"; path=/; HttpOnly")
	}
	out.Header().Set("Content-Type", a.mediaType)
	out.Header().Set("Content-Length", fmt.Sprint(len(a.body)))
	out.WriteHeader(a.status)
	_, _ = out.Write(a.body) // the other side has gone away: nobody is left to tell
}

// answer decides what a site says to a path.
func (w *Web) answer(s *site, urlPath, query string) answer {
	switch {
	case s.moved != "":
		return answer{status: http.StatusMovedPermanently, mediaType: "text/html", body: []byte("<html><head><title>301 Moved Permanently</title></head></html>"),
			header: map[string]string{"Location": "http://" + s.moved + urlPath, "Server": "nginx"}}
	case urlPath == "/robots.txt":
		return answer{status: http.StatusOK, mediaType: "text/plain", body: []byte("User-agent: *\nDisallow: /admin/\n")}
	case strings.HasPrefix(urlPath, "/vendor/"):
		return w.vendored(urlPath)
	case s.builder == nil:
		return w.plainAnswer(s, urlPath)
	}
	a := w.builtAnswer(s, urlPath, query)
	if a.header == nil {
		a.header = map[string]string{}
	}
	a.header["Server"] = pick([]string{"nginx", "LiteSpeed", "Apache", "openresty"}, s.operator.name)
	a.header[s.builder.header] = pick([]string{"a", "b", "c"}, s.Host) + s.look.build[:3]
	return a
}

// builtAnswer answers for a site that a workshop built.
func (w *Web) builtAnswer(s *site, urlPath, query string) answer {
	if urlPath == "/" && s.prefix != "" {
		return answer{status: http.StatusFound, mediaType: "text/html", header: map[string]string{"Location": s.prefix + "/"}}
	}
	if urlPath == "/favicon.ico" && s.look.iconExt != "" {
		body, mediaType := w.icon(s.look.icon, s.look.hue, s.look.iconExt)
		return answer{status: http.StatusOK, mediaType: mediaType, body: body}
	}
	local, inside := strings.CutPrefix(urlPath, s.prefix)
	if !inside {
		return w.errorPage(s)
	}
	if rest, ok := strings.CutPrefix(local, s.skin.dir+"/"); ok {
		return w.asset(s, rest)
	}
	for name, route := range s.builder.routes {
		routePath, _, _ := strings.Cut(route, "?")
		if local == routePath {
			return w.pageAnswer(s, name, query)
		}
	}
	return w.errorPage(s)
}

func (w *Web) pageAnswer(s *site, name, query string) answer {
	p := w.page(s, name)
	if query != "" {
		p.r = w.rand("page", s.Host, name, query)
	}
	body, err := p.Block("shell" + s.skin.layout)
	if err != nil {
		return htmlAnswer(http.StatusInternalServerError, err.Error())
	}
	a := htmlAnswer(http.StatusOK, body)
	if name == "home" {
		for _, c := range s.builder.cookies {
			a.cookies = append(a.cookies, c+"="+base36(hash(s.Host, c), 10))
		}
	}
	return a
}

func (w *Web) errorPage(s *site) answer {
	body, err := w.page(s, "error").Block("error")
	if err != nil {
		return htmlAnswer(http.StatusInternalServerError, err.Error())
	}
	return htmlAnswer(http.StatusNotFound, body)
}

// asset answers below the asset folder of a skin.
func (w *Web) asset(s *site, rest string) answer {
	p := w.page(s, "asset")
	full := s.prefix + s.skin.dir + "/" + rest
	switch {
	case full == p.CSS():
		return answer{status: http.StatusOK, mediaType: "text/css", body: []byte(p.stylesheet())}
	case full == p.JS():
		text, err := p.script()
		if err != nil {
			return htmlAnswer(http.StatusInternalServerError, err.Error())
		}
		return answer{status: http.StatusOK, mediaType: "application/javascript", body: []byte(text)}
	case s.look.iconExt != "" && full == p.iconPath():
		body, mediaType := w.icon(s.look.icon, s.look.hue, s.look.iconExt)
		return answer{status: http.StatusOK, mediaType: mediaType, body: body}
	case strings.HasPrefix(rest, "img/") && path.Ext(rest) == ".png":
		return w.picture(s, rest)
	}
	return w.errorPage(s)
}

// picture draws a banner or game picture. Half of the game pictures are the
// game houses' own, alike on every site of every language; the rest is the
// site's.
func (w *Web) picture(s *site, name string) answer {
	r, hue := w.rand("picture", s.Host, name), s.look.hue
	if strings.HasPrefix(name, "img/g") && chance(50, name) {
		house := strconv.FormatUint(hash(name)%60, 10)
		r, hue = w.rand("picture", house), int(hash(house)%360)
	}
	return answer{status: http.StatusOK, mediaType: "image/png", body: drawing(r, hue, 64, 40)}
}

// vendored answers with the public framework's files, byte for byte alike on
// every site that uses them.
func (w *Web) vendored(urlPath string) answer {
	mediaType := map[string]string{".css": "text/css", ".js": "application/javascript"}[path.Ext(urlPath)]
	body, err := templateFiles.ReadFile("special" + urlPath)
	if err != nil || mediaType == "" {
		return notFound()
	}
	return answer{status: http.StatusOK, mediaType: mediaType, body: body}
}
