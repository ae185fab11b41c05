package cluster

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"pitboss/data"
)

func TestRarityCountsGroupsAndNotSites(t *testing.T) {
	t.Parallel()
	lists := [][]string{{"id:mark"}, {"id:mark"}, {"id:mark"}, {"id:mark"}, {"id:other"}, {"id:third"}}
	each, together := spaceOf(nil, lists...), spaceOf([]int{0, 0, 0, 0, 1, 2}, lists...)
	if n := each.frequent[each.idOf(data.KindID, "mark")]; n != 4 || each.distinct != 6 {
		t.Errorf("apart: in %d of %d", n, each.distinct)
	}
	mark, other := together.idOf(data.KindID, "mark"), together.idOf(data.KindID, "other")
	if n := together.frequent[mark]; n != 1 || together.distinct != 3 {
		t.Errorf("as copies: in %d of %d", n, together.distinct)
	}
	if together.weight[mark] != together.weight[other] {
		t.Errorf("four copies make their mark worth %d, a single site's is worth %d", together.weight[mark], together.weight[other])
	}
	if want := rarity(3, 1); together.weight[mark] != want || want != 2000 {
		t.Errorf("one in three is worth %d milli-bits, want log2(4/1) = 2000", together.weight[mark])
	}
}

func TestRarityFallsWithFrequency(t *testing.T) {
	t.Parallel()
	for n := 2; n <= 500; n++ {
		if rarity(500, n) >= rarity(500, n-1) || rarity(500, n) <= 0 {
			t.Fatalf("%d of 500: %d, one less: %d", n, rarity(500, n), rarity(500, n-1))
		}
	}
}

func TestAlike(t *testing.T) {
	t.Parallel()
	shared, own := series(data.KindID, "shared", 10), series(data.KindID, "own", 10)
	crowded := [][]string{
		slices.Concat(shared, own), shared, shared, {"id:lonely"},
		{"class:c1"}, {"class:c2"}, {"class:c3"}, {"class:c4"},
	}
	s := spaceOf(nil, crowded...)
	if got, ok := s.alike(1, 2, viewName); got != ppm || !ok {
		t.Errorf("the same list is alike to %d, %v", got, ok)
	}
	half, ok := s.alike(0, 1, viewName)
	if w, o := s.weight[s.idOf(data.KindID, "shared0")], s.weight[s.idOf(data.KindID, "own0")]; !ok || half != int64(w)*ppm/int64(w+o) {
		t.Errorf("half of the list is alike to %d, %v; weights %d, %d", half, ok, w, o)
	}
	if got, ok := s.alike(0, 3, viewName); got != 0 || !ok {
		t.Errorf("nothing shared is alike to %d, %v", got, ok)
	}
	if _, ok := s.alike(3, 4, viewName); ok {
		t.Error("one value against none has a say")
	}
	if _, ok := s.alike(1, 2, viewFrame); ok {
		t.Error("a view that nobody has anything in has a say")
	}
}

// web draws profiles over a small alphabet, so that values are shared.
func web(t *rapid.T) *space {
	n := rapid.IntRange(2, 12).Draw(t, "sites")
	lists := make([][]string, n)
	for i := range lists {
		for _, k := range []data.Kind{data.KindClass, data.KindID, data.KindSubtree, data.KindEndpoint, data.KindAsset} {
			for range rapid.IntRange(0, 8).Draw(t, "values") {
				lists[i] = append(lists[i], fmt.Sprintf("%s:/%d/%d", k, rapid.IntRange(0, 3).Draw(t, "folder"), rapid.IntRange(0, 6).Draw(t, "value")))
			}
		}
	}
	return spaceOf(nil, lists...)
}

func TestAlikeIsSymmetricAndBounded(t *testing.T) {
	t.Parallel()
	layer := handModel().Builder
	rapid.Check(t, func(t *rapid.T) {
		s := web(t)
		layer.Power = rapid.Float64Range(0.2, 1).Draw(t, "power")
		weights := layer.weights()
		for a := range s.profiles {
			for b := range s.profiles {
				for v := range views {
					x, okX := s.alike(a, b, v)
					y, okY := s.alike(b, a, v)
					if x != y || okX != okY || x < 0 || x > ppm || a == b && okX && x != ppm {
						t.Fatalf("view %s of %d and %d: %d %v, turned round %d %v", viewNames[v], a, b, x, okX, y, okY)
					}
				}
				c, back := s.compare(a, b, &layer, &weights), s.compare(b, a, &layer, &weights)
				var sum int64
				for v := range views {
					sum += c.share[v]
				}
				if c.similarity != back.similarity || c.similarity < 0 || c.similarity > ppm || sum != c.similarity {
					t.Fatalf("%d and %d: %d, turned round %d, sum of shares %d", a, b, c.similarity, back.similarity, sum)
				}
			}
		}
	})
}

func TestAViewWithoutSayIsLeftOutOfTheMean(t *testing.T) {
	t.Parallel()
	ids := series(data.KindID, "zqi", 10)
	lists := [][]string{ids, ids, slices.Concat(ids, series(data.KindEndpoint, "/zqe", 10))}
	for i := range 8 {
		lists = append(lists, series(data.KindID, fmt.Sprintf("bg%d", i), 5))
	}
	s, l := spaceOf(nil, lists...), handModel().Builder
	weights := l.weights()
	if c := s.compare(0, 1, &l, &weights); c.similarity < ppm-10 || c.jaccard[viewEndpoint] != -1 || c.jaccard[viewName] != ppm {
		t.Errorf("two sites without endpoints: %+v", c)
	}
	if c := s.compare(0, 2, &l, &weights); c.jaccard[viewEndpoint] != 0 || c.similarity < ppm/2-10 || c.similarity > ppm/2+10 {
		t.Errorf("one of two sites has endpoints: %+v", c)
	}
}

// In a small space no pair that shares a value of bounded spread is missed.
func TestCandidatesIncludeEveryPairThatSharesSomethingRare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := web(t)
		got := s.candidates()
		if !slices.IsSortedFunc(got, func(x, y [2]int) int { return slices.Compare(x[:], y[:]) }) {
			t.Fatalf("not in order: %v", got)
		}
		for a := range s.profiles {
			for b := a + 1; b < len(s.profiles); b++ {
				shares := false
				for v := range views {
					shares = shares || len(s.intersection(a, b, v)) > 0
				}
				if has := slices.Contains(got, [2]int{a, b}); has != shares {
					t.Fatalf("%d and %d share something: %v, compared: %v", a, b, shares, has)
				}
			}
		}
	})
}

func TestARareBlockMakesAPairInALargeSpace(t *testing.T) {
	t.Parallel()
	const n = smallSpace + 200
	lists := make([][]string, n)
	for i := range lists {
		// Everybody has the hub; blocks of 16 share one value; two far apart share a rare one.
		lists[i] = []string{"id:hub", fmt.Sprintf("id:block%d", i/16), fmt.Sprintf("id:own%d", i)}
	}
	lists[3], lists[n-1] = append(lists[3], "id:rare"), append(lists[n-1], "id:rare")
	got := spaceOf(nil, lists...).candidates()
	if _, ok := slices.BinarySearchFunc(got, [2]int{3, n - 1}, func(x, y [2]int) int { return slices.Compare(x[:], y[:]) }); !ok {
		t.Error("the pair with a rare value is not compared")
	}
	if most := n * 16; len(got) > most {
		t.Errorf("%d pairs: the hub makes pairs", len(got))
	}
}

func TestAProfileProposesABoundedNumberOfPairs(t *testing.T) {
	t.Parallel()
	const n = smallSpace + 1
	lists := make([][]string, n)
	for i := range lists { // each shares a value of 250 sites in two ways
		lists[i] = []string{fmt.Sprintf("id:x%d", i%13), fmt.Sprintf("class:y%d", i/250), fmt.Sprintf("endpoint:z%d", i%17)}
	}
	if got := len(spaceOf(nil, lists...).candidates()); got > n*maxCandidates || got < n {
		t.Errorf("%d pairs of %d profiles", got, n)
	}
}

func TestMajority(t *testing.T) {
	t.Parallel()
	s := spaceOf(nil,
		[]string{"id:zqall", "id:zqtwo", "id:zqone", "class:zqfirst"},
		[]string{"id:zqall", "id:zqtwo", "id:zqhalfA"},
		[]string{"id:zqall", "id:zqthree"},
		[]string{"id:zqall", "id:zqthree", "class:zqfirst"},
	)
	values := func(p profile) []string {
		var out []string
		for _, ids := range p {
			for _, id := range ids {
				out = append(out, s.vocab.tokens[id].value)
			}
		}
		return out
	}
	if got := values(majority(s.profiles)); !slices.Equal(got, []string{"zqfirst", "zqall", "zqthree", "zqtwo"}) {
		t.Errorf("what at least two of four have: %q", got)
	}
	if got := values(majority(s.profiles[:3])); !slices.Equal(got, []string{"zqall", "zqtwo"}) {
		t.Errorf("what at least two of three have: %q", got)
	}
	if got := values(majority(s.profiles[1:2])); !slices.Equal(got, []string{"zqall", "zqhalfA", "zqtwo"}) {
		t.Errorf("of one: %q", got)
	}
	back := slices.Clone(s.profiles)
	slices.Reverse(back)
	if got, want := values(majority(back)), values(majority(s.profiles)); !slices.Equal(got, want) {
		t.Errorf("in another order %q, %q before", got, want)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	f := page("a.example", []string{
		"asset:/skin/main/css/a.css?v=*", "asset:/top.js", "asset:lib/x.js",
		"class:hero-a", "class:hero-b", "class:hero_c", "id:hero-a", "class:one-a", "class:one-b", "class:x-a", "class:x-b", "class:x-c", "class:plain",
		"telegram:someone", "ip:192.0.2.1", "asn:64500", "color:#ff0000", "favicon-mmh3:1", "text:hello", "class:",
	})
	var got []string
	for _, tok := range tokensOf(&f) {
		if tok.kind != data.KindClass && tok.kind != data.KindID {
			got = append(got, fmt.Sprintf("%s %s:%s", viewNames[tok.view], tok.kind, tok.value))
		}
		if tok.value == "" {
			t.Error("an empty value is a token")
		}
	}
	want := []string{
		"asset asset:/skin/main/css/a.css?v=*", "asset asset:/top.js", "asset asset:lib/x.js",
		"asset asset-folder:/skin", "asset asset-folder:/skin/main", "asset asset-folder:/skin/main/css", "asset asset-folder:lib",
		"stem name-stem:hero",
	}
	if !slices.Equal(got, want) {
		t.Errorf("tokens\n%q\nwant\n%q", got, want)
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]string{
		"":                nil,
		"/":               nil,
		"a.css":           nil,
		"/a.css":          nil,
		"/a/b.css":        {"/a"},
		"/a/b/":           {"/a", "/a/b"},
		"/a?x=/b/c":       nil,
		"/a/b.css?x=/b/c": {"/a"},
	} {
		if got := folders(path); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestStemsComeInTwoLevels(t *testing.T) {
	t.Parallel()
	stemsOf := func(n int) []string {
		f := page("a.example", series(data.KindClass, "zqkit-", n))
		var out []string
		for _, tok := range tokensOf(&f) {
			if tok.view == viewStem {
				out = append(out, tok.value)
			}
		}
		return out
	}
	for n, want := range map[int][]string{fewNames - 1: nil, fewNames: {"zqkit"}, manyNames - 1: {"zqkit"}, manyNames: {"zqkit", "zqkit…"}} {
		if got := stemsOf(n); !slices.Equal(got, want) {
			t.Errorf("%d names: stems %q, want %q", n, got, want)
		}
	}
}

func TestVocabularyDependsOnTheSetAlone(t *testing.T) {
	t.Parallel()
	a, b := []token{{viewClass, "class", "x"}, {viewName, "id", "y"}}, []token{{viewClass, "class", "w"}, {viewName, "id", "y"}}
	x, y := newVocabulary([][]token{a, b}), newVocabulary([][]token{b, a, a})
	if !slices.Equal(x.tokens, y.tokens) {
		t.Errorf("%v and %v", x.tokens, y.tokens)
	}
	for i, tok := range x.tokens {
		if x.number[tok] != int32(i) || y.number[tok] != int32(i) {
			t.Errorf("%v has the numbers %d and %d, stands at %d", tok, x.number[tok], y.number[tok], i)
		}
	}
}

func nodesOf(fps []data.Fingerprint, apart [][2]int) (sizes []int) {
	sites := sitesOf(fps)
	lists := make([][]token, len(sites))
	for i := range sites {
		lists[i] = sites[i].tokens
	}
	for _, n := range collapse(sites, newVocabulary(lists), apart) {
		sizes = append(sizes, len(n.sites))
	}
	return sizes
}

func TestCollapse(t *testing.T) {
	t.Parallel()
	red, blue := skin("red"), skin("blue")
	bare := series(data.KindSubtree, "small", leastTree-1)
	classes := series(data.KindClass, "zqc", 12)
	for _, tc := range []struct {
		name  string
		fps   []data.Fingerprint
		apart [][2]int
		want  []int
	}{
		{"exact copies are one", []data.Fingerprint{page("a", red), page("b", red), page("c", blue)}, nil, []int{2, 1}},
		{"other words and pictures make no other page", []data.Fingerprint{
			page("a", red, []string{"asset:/own/a.png", "comment:hi", "meta:author=a"}), page("b", red),
		}, nil, []int{2}},
		{"another class does", []data.Fingerprint{page("a", red, []string{"class:zqmore"}), page("b", red)}, nil, []int{1, 1}},
		{"another block does", []data.Fingerprint{page("a", red, []string{"subtree:zqmore"}), page("b", red)}, nil, []int{1, 1}},
		{"another id does", []data.Fingerprint{page("a", red, []string{"id:zqmore"}), page("b", red)}, nil, []int{1, 1}},
		{"two nearly empty pages are no copies", []data.Fingerprint{page("a", bare, classes), page("b", bare, classes)}, nil, []int{1, 1}},
		{"parted copies are never collapsed, the others are", []data.Fingerprint{page("a", red), page("b", red), page("c", red), page("d", red)}, [][2]int{{0, 2}}, []int{1, 2, 1}},
	} {
		if got := nodesOf(tc.fps, tc.apart); !slices.Equal(got, tc.want) {
			t.Errorf("%s: nodes of %v sites, want %v", tc.name, got, tc.want)
		}
	}
}

func TestWhatTakesPart(t *testing.T) {
	t.Parallel()
	var fps []data.Fingerprint
	for i, p := range []data.PageType{data.PageParked, data.PageDefault, data.PageChallenge, data.PageSeized, data.PageError, data.PageEmpty} {
		f := page(fmt.Sprintf("no%d", i), skin("red"))
		f.Assessment.Page = p
		fps = append(fps, f)
	}
	fps = append(fps,
		page("sparse", series(data.KindClass, "zqc", leastTokens-1)), page("hosting", series(data.KindIP, "192.0.2.", 40)),
		page("z", skin("red")), page("enough", series(data.KindClass, "zqc", leastTokens)), page("a", skin("red")))
	var got []string
	for _, s := range sitesOf(fps) {
		got = append(got, s.fp.Host)
	}
	if want := []string{"a", "enough", "z"}; !slices.Equal(got, want) {
		t.Errorf("%q take part, want %q", got, want)
	}
}
