package cluster

import (
	"sort"
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// view is one way to look at a site. Views are chosen so that they can agree
// independently: whoever changes class names keeps endpoints, whoever moves
// assets keeps the bones of the page.
type view int

// The views.
const (
	viewClass    view = iota // class names
	viewStyle                // selectors and properties of style sheets
	viewTree                 // subtrees and runs of tags with classes
	viewAsset                // asset paths, their folders and contents
	viewName                 // ids, globals, data attributes: the names that code needs
	viewEndpoint             // routes, forms, parameters, cookies
	viewBones                // subtrees without names
	viewRun                  // runs of tags without names
	viewScript               // scripts by content
	viewHead                 // metas, comments, generator
	viewFrame                // names of the elements that hold much of the page
	viewStem                 // first parts of names
	views
)

// viewNames are the views' names in ledgers and in the model file.
var viewNames = [views]string{"class", "style", "tree", "asset", "name", "endpoint", "bones", "run", "script", "head", "frame", "stem"}

// viewTitles are the views' names for people.
var viewTitles = [views]string{
	"class names", "style sheet vocabulary", "page blocks", "assets and their folders", "ids, globals and data attributes", "routes, forms and parameters",
	"page blocks without names", "runs of tags", "scripts", "page head", "frame of the page", "first parts of names",
}

// viewOf tells which kinds of feature make up which view.
var viewOf = map[data.Kind]view{
	data.KindClass:        viewClass,
	data.KindSelector:     viewStyle,
	data.KindProperty:     viewStyle,
	data.KindShingle:      viewTree,
	data.KindSubtree:      viewTree,
	data.KindAsset:        viewAsset,
	data.KindAssetHash:    viewAsset,
	data.KindFaviconMD5:   viewAsset,
	data.KindID:           viewName,
	data.KindGlobal:       viewName,
	data.KindDataAttr:     viewName,
	data.KindI18NKey:      viewName,
	data.KindEndpoint:     viewEndpoint,
	data.KindParam:        viewEndpoint,
	data.KindAPIRoute:     viewEndpoint,
	data.KindJSONKeys:     viewEndpoint,
	data.KindCookie:       viewEndpoint,
	data.KindHeader:       viewEndpoint,
	data.KindErrorPage:    viewEndpoint,
	data.KindBareSubtree:  viewBones,
	data.KindBareShingle:  viewRun,
	data.KindScriptHash:   viewScript,
	data.KindScriptToken:  viewScript,
	data.KindInlineScript: viewScript,
	data.KindMeta:         viewHead,
	data.KindComment:      viewHead,
	data.KindGenerator:    viewHead,
	data.KindFrame:        viewFrame,
	kindStem:              viewStem,
}

// kindFolder is the kind of a token that stands for a folder of an asset's
// path: a kit moves between domains with its folders, whatever lies in them.
const kindFolder data.Kind = "asset-folder"

// kindStem is the kind of a token that stands for the first part of names: who
// wrote "fusion-row", "fusion-footer" and "fusion-widget" will write
// "fusion-header" on the next site. Two levels tell a stem in use from one that
// the site is made of.
const kindStem data.Kind = "name-stem"

// The numbers of different names from which a stem counts, and counts again.
const (
	fewNames  = 3
	manyNames = 12
)

// token is one feature value as the clustering sees it.
type token struct {
	view  view
	kind  data.Kind
	value string
}

// tokensOf lists the tokens of a fingerprint, each once. Names that ordinary
// websites share are left out.
func tokensOf(f *data.Fingerprint) []token {
	seen := make(map[token]bool, len(f.Features))
	add := func(t token) {
		if t.value != "" && !isGeneric(t.kind, t.value) {
			seen[t] = true
		}
	}
	for i := range f.Features {
		feature := &f.Features[i]
		v, ok := viewOf[feature.Kind]
		if !ok {
			continue
		}
		add(token{v, feature.Kind, feature.Value})
		if feature.Kind == data.KindAsset {
			for _, folder := range folders(feature.Value) {
				add(token{v, kindFolder, folder})
			}
		}
	}
	for stem, n := range stems(f) {
		if n >= fewNames {
			add(token{viewStem, kindStem, stem})
		}
		if n >= manyNames {
			add(token{viewStem, kindStem, stem + "…"})
		}
	}
	out := make([]token, 0, len(seen))
	for t := range seen {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].before(out[j]) })
	return out
}

// isGeneric reports whether ordinary websites share a value. An element of the
// frame is judged by its name, and a number that was normalised away is taken
// for any.
func isGeneric(kind data.Kind, value string) bool {
	value = strings.ReplaceAll(value, "{n}", "5")
	if kind == data.KindFrame {
		if i := strings.IndexAny(value, ".#"); i >= 0 {
			kind = data.KindClass
			if value[i] == '#' {
				kind = data.KindID
			}
			value = value[i+1:]
		}
	}
	return reference.IsGeneric(kind, value)
}

func (t token) before(o token) bool {
	if t.view != o.view {
		return t.view < o.view
	}
	if t.kind != o.kind {
		return t.kind < o.kind
	}
	return t.value < o.value
}

// stems counts the different class names and ids by their first part.
func stems(f *data.Fingerprint) map[string]int {
	out := map[string]int{}
	for i := range f.Features {
		if k := f.Features[i].Kind; k != data.KindClass && k != data.KindID {
			continue
		}
		name := f.Features[i].Value
		if isGeneric(f.Features[i].Kind, name) {
			continue
		}
		if end := strings.IndexAny(name, "-_"); end >= 2 {
			out[name[:end]]++
		}
	}
	return out
}

// folders returns the folders of a path from the second level down; the top
// one ("/js") is shared by half of the web and rarity would drop it anyway.
func folders(path string) []string {
	path, _, _ = strings.Cut(path, "?")
	var out []string
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			out = append(out, path[:i])
		}
	}
	return out
}
