package archive

import (
	"path"
	"strings"

	"pitboss/data"
)

// validRole accepts the roles that an archived answer can have.
func validRole(s string) data.Role {
	switch r := data.Role(s); r {
	case data.RoleHome, data.RolePage, data.RoleRedirect, data.RoleStylesheet, data.RoleScript, data.RoleIcon,
		data.RoleImage, data.RoleManifest, data.RoleRobots, data.RoleSitemap, data.RoleErrorPage, data.RoleData,
		data.RoleOther, data.RoleHosting, data.RoleScreenshot, data.RoleRendered:
		return r
	}
	return ""
}

// roles returns the role of each row within the visit: as archived, or derived
// from address, media type, status and what the pages link.
func (d *draft) roles() []data.Role {
	icons, manifests := map[string]bool{}, map[string]bool{}
	for _, r := range d.rows {
		if r.doc == nil {
			continue
		}
		for _, u := range r.doc.icons {
			icons[u] = true
		}
		for _, u := range r.doc.links {
			manifests[u] = true
		}
	}
	out := make([]data.Role, len(d.rows))
	for i, r := range d.rows {
		key := canonicalURL(r.URL)
		switch {
		case r == d.home:
			out[i] = data.RoleHome
		case r.Role != "" && r.Role != data.RoleHome:
			out[i] = r.Role
		default:
			out[i] = deriveRole(r, icons[key], manifests[key])
		}
	}
	return out
}

func deriveRole(r *row, icon, manifest bool) data.Role {
	p := strings.ToLower(pathOf(r.URL))
	media := mediaOf(r, p)
	switch {
	case r.to != "":
		return data.RoleRedirect
	case p == "/robots.txt":
		return data.RoleRobots
	case r.html && (r.Status == 404 || r.Status == 410):
		return data.RoleErrorPage
	case r.Status >= 400:
		return data.RoleOther
	case r.html && r.embedded:
		return data.RoleOther
	case r.html:
		return data.RolePage
	case manifest, media == "application/manifest+json", strings.HasSuffix(p, "/manifest.json"), strings.HasSuffix(p, ".webmanifest"):
		return data.RoleManifest
	case isSitemap(p, media):
		return data.RoleSitemap
	case icon, isIconPath(p) && strings.HasPrefix(media, "image/"):
		return data.RoleIcon
	}
	return roleOfMedia(media)
}

func isSitemap(p, media string) bool {
	name := path.Base(p)
	return strings.Contains(name, "sitemap") && (strings.HasSuffix(media, "xml") || strings.HasSuffix(name, ".xml.gz"))
}

// isIconPath knows the names that browsers and icon generators use.
func isIconPath(p string) bool {
	name := path.Base(p)
	for _, part := range []string{"favicon", "apple-touch-icon", "apple-icon", "android-chrome", "mstile", "shortcut-icon"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.HasSuffix(name, ".ico")
}

func roleOfMedia(media string) data.Role {
	switch {
	case media == "text/css":
		return data.RoleStylesheet
	case isScript(media):
		return data.RoleScript
	case strings.HasPrefix(media, "image/"):
		return data.RoleImage
	case media == "application/json", media == "text/json", strings.HasSuffix(media, "+json"),
		media == "application/xml", media == "text/xml", strings.HasSuffix(media, "+xml"), media == "application/x-ndjson":
		return data.RoleData
	}
	return data.RoleOther
}

// isScript knows the JavaScript media types of RFC 9239 and older ones.
func isScript(media string) bool {
	switch media {
	case "text/javascript", "application/javascript", "application/x-javascript", "application/ecmascript",
		"text/ecmascript", "module", "text/x-javascript", "text/jscript":
		return true
	}
	return false
}

// mediaOf returns the media type, guessed from the name where the declared
// one says nothing.
func mediaOf(r *row, p string) string {
	switch r.MediaType {
	case "", "text/plain", "application/octet-stream", "binary/octet-stream", "application/x-empty":
	default:
		return r.MediaType
	}
	switch path.Ext(p) {
	case ".css":
		return "text/css"
	case ".js", ".mjs":
		return "text/javascript"
	case ".json":
		return "application/json"
	case ".xml":
		return "application/xml"
	case ".ico":
		return "image/x-icon"
	case ".png", ".gif", ".jpg", ".jpeg", ".webp", ".svg", ".avif", ".bmp":
		return "image/" + strings.TrimPrefix(path.Ext(p), ".")
	}
	return r.MediaType
}

// pathOf returns the path of an address, without query and fragment.
func pathOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	i := strings.IndexByte(rest, '/')
	if i < 0 {
		return "/"
	}
	return rest[i:]
}

// isRoot reports whether an address is the root of its host, without a query.
func isRoot(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	rest, _, _ = strings.Cut(rest, "#")
	i := strings.IndexAny(rest, "/?")
	return i < 0 || rest[i:] == "/"
}
