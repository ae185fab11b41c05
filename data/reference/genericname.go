package reference

import (
	"regexp"
	"strings"
	"sync"

	"pitboss/data"
)

// generic holds the names that ordinary sites share, by kind.
var generic = sync.OnceValue(func() map[data.Kind]map[string]string {
	out := map[data.Kind]map[string]string{}
	for _, row := range table("generic.tsv", 3) {
		kind := data.Kind(row[0])
		if out[kind] == nil {
			out[kind] = map[string]string{}
		}
		for _, v := range list(row[2]) {
			out[kind][v] = row[1]
		}
	}
	return out
})

// GenericTokens returns, for a kind of feature, the names that ordinary sites
// share and the library each comes from. Callers must not change the map.
func GenericTokens(kind data.Kind) map[string]string { return generic()[kind] }

// Patterns of class names that libraries form by rule.
var (
	tailwind  = regexp.MustCompile(`^!?-?(?:(?:sm|md|lg|xl|2xl|hover|focus|active|dark|group-hover|first|last|odd|even|disabled|before|after|focus-visible|motion-safe|print|peer-[a-z]+|data-\[[^\]]*\]|max-[a-z]+|min-\[[^\]]*\]):)*!?-?(?:m|p|mt|mb|ml|mr|mx|my|ms|me|pt|pb|pl|pr|px|py|ps|pe|w|h|min-w|min-h|max-w|max-h|gap|gap-x|gap-y|space-x|space-y|top|left|right|bottom|inset|inset-x|inset-y|z|order|col|col-span|row|row-span|grid-cols|grid-rows|text|bg|border|border-t|border-b|border-l|border-r|rounded|rounded-t|rounded-b|rounded-l|rounded-r|shadow|opacity|font|leading|tracking|flex|basis|grow|shrink|from|via|to|ring|ring-offset|fill|stroke|duration|delay|ease|scale|rotate|translate-x|translate-y|skew-x|skew-y|blur|backdrop-blur|divide|divide-x|divide-y|outline|underline-offset|line-clamp|aspect|columns|size|origin|object|overflow|overflow-x|overflow-y|items|justify|self|content|place|whitespace|break|list|align|cursor|select|animate|transition|transform|will-change|decoration|accent|caret|scroll|snap|touch)-(?:\[[^\]]+\]|[a-z0-9./%-]{1,24})$`)
	bootstrap = regexp.MustCompile(`^(?:col|offset|order|row-cols|g|gx|gy|m|p|mt|mb|ml|mr|mx|my|ms|me|pt|pb|pl|pr|px|py|ps|pe|d|text|float|justify-content|align-items|align-self|flex|w|h|fs|rounded|border|container|navbar-expand|hidden|visible)(?:-(?:xs|sm|md|lg|xl|xxl))?(?:-(?:auto|none|block|inline|flex|center|start|end|left|right|between|around|[0-9]{1,3}|offset-[0-9]{1,2}|push-[0-9]{1,2}|pull-[0-9]{1,2}))?$`)
	wordpress = regexp.MustCompile(`^(?:wp-block-|wp-image-|wp-elements-|wp-container-|wp-theme-|menu-item-|page-item-|post-|postid-|page-id-|category-|tag-|cat-item-|attachment-|comment-|depth-|byuser|bypostauthor|author-|has-[a-z0-9-]+-(?:color|background-color|font-size)$|is-style-|elementor-(?:element-|widget-|icon-|size-|col-|kit-|page-|[0-9])|vc_(?:col|custom)|wpcf7-|woocommerce-|i-amphtml-|fa-|icon-|el-|ant-|van-|v-|mui-|Mui|css-[0-9a-z]{5,8}$|sc-[0-9a-zA-Z]{5,8}$|swiper-|slick-|owl-|aos-|wow-|amp-wp-)`)
	tagged    = regexp.MustCompile(`^(?:post|comment|menu-item|widget|text|block|search|recent-posts|recent-comments|archives|categories|meta|nav_menu|media_image|custom_html|elementor|wpcf7-f|attachment|page|div-comment)-?[0-9{}n]+`)
)

// IsGeneric reports whether a value of a kind is common on ordinary websites,
// so that two sites sharing it says about nothing. A selector is judged by the
// class or id it names.
func IsGeneric(kind data.Kind, value string) bool {
	switch kind {
	case data.KindSelector:
		if strings.HasPrefix(value, ".") {
			return IsGeneric(data.KindClass, value[1:])
		}
		if strings.HasPrefix(value, "#") {
			return IsGeneric(data.KindID, value[1:])
		}
	case data.KindClass:
		if len(value) <= 2 || tailwind.MatchString(value) || bootstrap.MatchString(value) || wordpress.MatchString(value) {
			return true
		}
	case data.KindID:
		if len(value) <= 2 || tagged.MatchString(value) {
			return true
		}
	case data.KindProperty:
		if strings.HasPrefix(value, "--wp--") || strings.HasPrefix(value, "--bs-") || strings.HasPrefix(value, "--tw-") || strings.HasPrefix(value, "--swiper-") || strings.HasPrefix(value, "--fa-") || strings.HasPrefix(value, "--el-") || strings.HasPrefix(value, "--van-") {
			return true
		}
	case data.KindHeader, data.KindParam, data.KindMeta:
		value = strings.ToLower(value)
	case data.KindAsset:
		if strings.HasPrefix(value, "/wp-includes/") || strings.HasPrefix(value, "/cdn-cgi/") {
			return true
		}
	}
	_, ok := generic()[kind][value]
	return ok
}
