package export

import (
	"maps"
	"slices"
	"strings"

	"pitboss/data"
)

// opinions are the reviewers whose decision about a site stands, by name.
type opinions struct {
	gambling []string
	harmless []string
}

// standing reads a log of verdicts: a revoked verdict counts for nothing
// (unless its revocation was revoked), and a reviewer's later decision replaces
// the earlier one. Names are compared without case and outer space, so that
// nobody is two reviewers. A gambling verdict counts only for the very host it
// names; a harmless one also protects from listings that would block its host,
// and whatever lies below a host found harmless.
func standing(verdicts []data.Verdict, host string) opinions {
	if len(verdicts) == 0 {
		return opinions{}
	}
	log := slices.Clone(verdicts)
	slices.SortStableFunc(log, func(a, b data.Verdict) int { return a.At.Compare(b.At) })
	revoked := map[string]bool{}
	last := map[string]data.VerdictKind{}
	listed := listedName(data.HostName(host))
	for _, v := range slices.Backward(log) {
		by := strings.ToLower(strings.TrimSpace(v.By))
		switch {
		case v.ID != "" && revoked[v.ID]:
		case v.Kind == data.VerdictRevoke:
			revoked[v.Revokes] = true
		case v.Kind != data.VerdictGambling && v.Kind != data.VerdictHarmless:
		case v.Kind == data.VerdictGambling && (by == "" || !slices.Contains(v.Hosts, host)):
		case v.Kind == data.VerdictHarmless && !protects(v.Hosts, host, listed):
		case last[by] == "":
			last[by] = v.Kind
		}
	}
	var o opinions
	for _, by := range slices.Sorted(maps.Keys(last)) {
		if last[by] == data.VerdictHarmless {
			o.harmless = append(o.harmless, Visible(by, 60))
		} else {
			o.gambling = append(o.gambling, by)
		}
	}
	return o
}

// protects reports whether a harmless verdict on hosts speaks against listing
// host under the name listed.
func protects(hosts []string, host, listed string) bool {
	return slices.ContainsFunc(hosts, func(h string) bool {
		name := data.HostName(h)
		return h == host || covers(listed, name) || covers(name, data.HostName(host))
	})
}
