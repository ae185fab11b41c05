package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cluster/eval"
	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/crawler"
	"pitboss/crawler/fetch"
	"pitboss/data"
	"pitboss/data/demo"
)

const (
	// demoFolder is where the demo goes unless --data says otherwise.
	demoFolder = "demo-data"
	// demoMark is the file that says a folder belongs to the demo.
	demoMark = "this-folder-belongs-to-pitboss-demo"
	// demoSeed makes the made-up web; another one makes another web.
	demoSeed = 1

	demoCandidates = "candidates.txt"
	demoLabels     = "labels.tsv"
	demoReport     = "report"

	// unjudged is the truth of a site that no figure counts; see demo.Site.
	unjudged = "?"
)

type demoOptions struct {
	seed uint64
}

func newDemoCommand(a *app) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole flow on a made-up gambling web, offline",
		Long: `Serve a made-up gambling web on loopback, crawl it, find its families, write the
report, and compare what was found with the truth. Nothing leaves the machine.
Everything goes to --data, by default ./` + demoFolder + `, which a further run begins anew.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("data") && a.dataDir == cmd.Flags().Lookup("data").DefValue {
				a.dataDir = demoFolder
			}
			return runDemo(cmd.Context(), a, o)
		},
	}
	cmd.Flags().Uint64Var(&o.seed, "seed", demoSeed, "`number` that the made-up web grows from")
	return cmd
}

func runDemo(ctx context.Context, a *app, o demoOptions) error {
	started := time.Now()
	if err := claimDemoFolder(a.dataDir); err != nil {
		return err
	}
	web := demo.New(o.seed)
	server, err := web.Serve(ctx)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer server.Close()
	if err := a.writeTruth(web); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	var result demoResult
	err = a.withHouse(ctx, func(h *flow.House) error {
		result, err = a.demoFlow(ctx, h, server, o)
		return err
	})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return a.showDemo(web, result, time.Since(started))
}

// claimDemoFolder makes the demo's folder, or empties the one that an earlier
// demo made. Any other folder that holds something is left alone.
func claimDemoFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("demo: %w", err)
	}
	ours := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMark })
	if len(entries) > 0 && !ours {
		return withRemedy(fmt.Errorf("demo: %s holds something that no demo made", dir), "name another folder: pitboss demo --data some-new-folder")
	}
	for _, e := range entries {
		if e.Name() == demoMark {
			continue // last, so that an interrupted clean-up can be repeated
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	text := "Made by `pitboss demo`; the next one removes everything in this folder.\n"
	return os.WriteFile(filepath.Join(dir, demoMark), []byte(text), 0o644)
}

// writeTruth leaves the list of candidates and the truth for the reader to try
// the commands on.
func (a *app) writeTruth(web *demo.Web) error {
	var hosts strings.Builder
	for _, s := range web.Sites() {
		hosts.WriteString(s.Host + "\n")
	}
	if err := os.WriteFile(filepath.Join(a.dataDir, demoCandidates), []byte(hosts.String()), 0o644); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(a.dataDir, demoLabels))
	if err != nil {
		return err
	}
	return errors.Join(web.WriteLabels(f), f.Close())
}

// demoResult is what the flow of the demo came to.
type demoResult struct {
	stats  crawler.Stats
	run    data.Run
	report eval.Report
}

// demoFlow runs every arrow of the flow, each with a line on standard error.
func (a *app) demoFlow(ctx context.Context, h *flow.House, server *demo.Server, o demoOptions) (demoResult, error) {
	var r demoResult
	var err error
	step := func(n int, format string, args ...any) { a.notef("[%d/6] "+format, append([]any{n}, args...)...) }

	list, err := os.Open(filepath.Join(a.dataDir, demoCandidates))
	if err != nil {
		return r, err
	}
	defer list.Close()
	imported, err := h.Import(ctx, list, demoCandidates)
	if err != nil {
		return r, err
	}
	step(1, "%d candidates imported from %s", imported.Added, list.Name())

	visits, err := demoVisits(server)
	if err != nil {
		return r, err
	}
	if r.stats, err = h.Crawl(ctx, visits, crawler.Config{Concurrency: 32}); err != nil {
		return r, err
	}
	step(2, "%d sites visited over loopback, %d gave a page, %.1f MiB archived", r.stats.Committed, r.stats.Good, float64(r.stats.Bytes)/(1<<20))

	made, err := h.Fingerprint(ctx, false)
	if err != nil {
		return r, err
	}
	step(3, "%d fingerprints made from the archive", made.Made)

	if r.run, err = h.Cluster(ctx); err != nil {
		return r, err
	}
	step(4, "%d families found", len(r.run.Families))

	if err := h.Report(ctx, filepath.Join(a.dataDir, demoReport)); err != nil {
		return r, err
	}
	step(5, "report written")

	labels, err := os.Open(filepath.Join(a.dataDir, demoLabels))
	if err != nil {
		return r, err
	}
	defer labels.Close()
	r.report, err = h.Eval(ctx, labels, eval.TrustLow)
	step(6, "compared with the truth, seed %d", o.seed)
	return r, err
}

// demoVisits lets the crawler reach the made-up web and nothing else.
func demoVisits(server *demo.Server) (fetch.Config, error) {
	cfg := fetch.DefaultConfig(readBuildInfo().Version)
	cfg.AllowPrivate, cfg.Delay, cfg.AddressLimit = true, 0, 0
	for host, addr := range server.ConnectTo() {
		rule, err := fetch.ParseConnectTo(host + "::" + addr)
		if err != nil {
			return cfg, err
		}
		cfg.ConnectTo = append(cfg.ConnectTo, rule)
	}
	slices.SortFunc(cfg.ConnectTo, func(x, y fetch.Rule) int { return cmp.Compare(x.Host, y.Host) })
	rest, err := fetch.ParseConnectTo("::" + server.Fallback())
	cfg.ConnectTo = append(cfg.ConnectTo, rest)
	return cfg, err
}

// showDemo prints the families beside the truth.
func (a *app) showDemo(web *demo.Web, r demoResult, took time.Duration) error {
	w := a.stdout
	fmt.Fprintf(w, "\nBuilders' families found, and who made their sites in truth\n\n")
	truth := map[string]demo.Site{}
	for _, s := range web.Sites() {
		truth[s.Host] = s
	}
	t := newTable(column{head: "FAMILY", most: 20}, column{head: "SITES", right: true}, column{head: "TRUE BUILDER", most: 28},
		column{head: "PURITY", right: true}, column{head: "OF ITS SITES", right: true}, column{head: "SKINS", right: true}, column{head: "KNOWN BY", most: 44})
	for _, f := range r.run.Families {
		if f.Layer == data.LayerBuilder {
			t.add(truthRow(f, truth)...)
		}
	}
	if err := t.write(w); err != nil {
		return err
	}
	b, tm := r.report.Builder, r.report.Template
	fmt.Fprintf(w, "\nbuilder   B³ precision %.3f  recall %.3f  F1 %.3f  ARI %.3f\n", b.B3Precision, b.B3Recall, b.B3F1, b.ARI)
	fmt.Fprintf(w, "template  B³ precision %.3f  recall %.3f  F1 %.3f  ARI %.3f\n", tm.B3Precision, tm.B3Recall, tm.B3F1, tm.ARI)
	fmt.Fprintf(w, "operator  precision %.3f  recall %.3f\n", r.report.Operator.Precision, r.report.Operator.Recall)
	fmt.Fprintf(w, "gambling  precision %.3f  recall %.3f\n", r.report.Gambling.Precision, r.report.Gambling.Recall)
	dir := a.dataDir
	fmt.Fprintf(w, "\nDone in %.1f s. The report: %s\n\nNext:\n", took.Seconds(), filepath.Join(dir, demoReport, "index.html"))
	for _, next := range demoNext(r.run, web) {
		fmt.Fprintf(w, "  %s --data %s %s\n", programName(os.Args), shellWord(dir), next)
	}
	return nil
}

// truthRow sets a found family beside the builder that most of its sites have.
// A site that nobody else's is like counts for itself alone; one whose truth is
// not to be judged, such as an old name that redirects, counts for nobody.
func truthRow(f data.Family, truth map[string]demo.Site) []string {
	builder := func(s demo.Site) string { return cmp.Or(s.Builder, s.Host) }
	count, total, skins := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, s := range truth {
		total[builder(s)]++
	}
	best, judged := "", 0
	for _, m := range f.Members {
		s := truth[m.Host]
		b := builder(s)
		if b == unjudged {
			continue
		}
		judged++
		count[b]++
		if s.Template != "" && s.Template != unjudged {
			skins[s.Template] = true
		}
		if n := count[b]; n > count[best] || n == count[best] && b < best {
			best = b
		}
	}
	name := best
	if _, single := truth[best]; single {
		name = "nobody's: they stand alone"
	}
	return []string{
		f.ID, strconv.Itoa(len(f.Members)), name, percent(count[best], judged),
		percent(count[best], total[best]), strconv.Itoa(len(skins)), knownBy(f),
	}
}

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return strconv.Itoa((100*n+of/2)/of) + "%"
}

// demoNext suggests commands that show something.
func demoNext(run data.Run, web *demo.Web) []string {
	next := []string{"families"}
	for _, f := range run.Families {
		if f.Layer != data.LayerBuilder || len(f.Members) < 2 {
			continue
		}
		next = append(next, "family "+f.ID, "site "+f.Medoid)
		if a, b := twoSkins(f, web); b != "" {
			next = append(next, "why "+a+" "+b)
		}
		break
	}
	return append(next, "export adblock", "serve")
}

// twoSkins names two sites of a family whose skins differ in truth, since what
// ties those is worth reading.
func twoSkins(f data.Family, web *demo.Web) (first, second string) {
	skin := map[string]string{}
	for _, s := range web.Sites() {
		skin[s.Host] = s.Template
	}
	for _, m := range f.Members {
		switch t := skin[m.Host]; {
		case t == "" || t == unjudged:
		case first == "":
			first = m.Host
		case t != skin[first]:
			return first, m.Host
		}
	}
	return first, ""
}

// programName is how the reader called this program, so that what is suggested
// can be pasted.
func programName(args []string) string {
	if len(args) == 0 || !strings.ContainsRune(args[0], os.PathSeparator) {
		return "pitboss"
	}
	return shellWord(args[0])
}

// shellWord quotes a word for a shell where it needs quoting.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
