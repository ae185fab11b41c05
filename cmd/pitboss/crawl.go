package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/crawler"
	"pitboss/crawler/fetch"
	"pitboss/data"
)

type crawlOptions struct {
	run          crawler.Config
	visits       fetch.Config
	connectTo    []string
	userAgent    string
	contact      string
	probe, jarm  bool
	minFreeMiB   uint64
	asJSON       bool
	printVisited bool
}

// crawlSummary is what `pitboss crawl --json` prints.
type crawlSummary struct {
	Visits    int                  `json:"visits"`
	Good      int                  `json:"good"`
	Outcomes  map[data.Outcome]int `json:"outcomes"`
	Lost      int                  `json:"lost"`
	Abandoned int                  `json:"abandoned"`
	Crashed   int                  `json:"crashed"`
	Exchanges int                  `json:"exchanges"`
	Bytes     int64                `json:"bytes"`
	Seconds   float64              `json:"seconds"`
}

const crawlHelp = `Visit every candidate that is due, once: its home page, style sheets, scripts,
icons, manifest, robots.txt and a few further pages. What was received goes to
the archive as it came over the wire.

The crawler only looks. It names itself, obeys robots.txt, waits between
requests, and never dials a private address. A site that fails is recorded with
its outcome and tried again later.

Ctrl-C finishes the visits in flight; the same command goes on from there, as
it does after a crash.`

func newCrawlCommand(a *app) *cobra.Command {
	o := crawlOptions{visits: fetch.DefaultConfig(readBuildInfo().Version)}
	limits := &o.visits.Limits
	cmd := &cobra.Command{
		Use:     "crawl",
		Short:   "Visit the candidates that are due",
		Long:    crawlHelp,
		Example: "  pitboss crawl\n  pitboss crawl --concurrency 32 --per-address 4 --delay 1s",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runCrawl(cmd.Context(), a, o)
		},
	}
	fs := cmd.Flags()
	fs.IntVar(&o.run.Concurrency, "concurrency", 16, "`visits` at once")
	fs.IntVar(&o.run.Limit, "max-visits", 0, "stop after so many `visits`; 0: when nothing is due")
	fs.DurationVar(&o.run.Grace, "grace", 30*time.Second, "`time` for visits in flight after an interruption")
	fs.DurationVar(&o.visits.Delay, "delay", o.visits.Delay, "`time` between two requests to one site")
	fs.IntVar(&o.visits.AddressLimit, "per-address", o.visits.AddressLimit, "`visits` at once to sites on one address; 0: no limit")
	fs.DurationVar(&limits.Duration, "visit-timeout", limits.Duration, "most `time` for one visit")
	fs.IntVar(&limits.Requests, "max-requests", limits.Requests, "most `requests` of one visit")
	fs.Int64Var(&limits.Bytes, "max-bytes", limits.Bytes, "most received `bytes` of one visit")
	fs.IntVar(&limits.Pages, "max-pages", limits.Pages, "further `pages` of one site")
	fs.StringVar(&o.contact, "contact", "", "web or mail `address` that the User-Agent header names for the sites' operators")
	fs.StringVar(&o.userAgent, "user-agent", "", "`text` of the User-Agent header instead of pitboss's own name; it is logged")
	fs.StringArrayVar(&o.visits.Resolvers, "resolver", nil, "DNS server, `ADDR:PORT`, instead of the system's; repeatable")
	fs.StringArrayVar(&o.connectTo, "connect-to", nil, "`[HOST:PORT]:ADDR:PORT` dials ADDR:PORT for HOST:PORT, as curl does; repeatable")
	fs.BoolVar(&o.visits.AllowPrivate, "allow-private-addresses", false, "let the crawler dial private and loopback addresses; for tests")
	fs.BoolVar(&o.probe, "probe", false, "also ask each site with httpx, to learn the CDN in front of it; this traffic is not archived")
	fs.BoolVar(&o.jarm, "jarm", false, "have the probe make ten more TLS handshakes a site, for its JARM; implies --probe")
	fs.Uint64Var(&o.minFreeMiB, "min-free", 512, "stop when fewer `MiB` are free on the disk")
	fs.BoolVar(&o.printVisited, "print-visits", false, "print a line for each visit, not only the summary")
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

// check completes the options and refuses what makes no sense, before anything
// is done.
func (o *crawlOptions) check(log *slog.Logger) error {
	limits := &o.visits.Limits
	switch {
	case o.run.Concurrency < 1 || o.run.Limit < 0:
		return usagef("--concurrency must be at least 1 and --max-visits at least 0")
	case o.run.Grace < 0 || o.visits.Delay < 0 || o.visits.AddressLimit < 0:
		return usagef("--grace, --delay and --per-address must be at least 0")
	case limits.Duration <= 0 || limits.Requests < 1 || limits.Bytes < 1 || limits.Pages < 0:
		return usagef("--visit-timeout, --max-requests and --max-bytes must be more than 0, --max-pages at least 0")
	case o.userAgent != "" && o.contact != "":
		return usagef("--contact is part of pitboss's own name; put it into --user-agent yourself")
	}
	for _, s := range o.connectTo {
		rule, err := fetch.ParseConnectTo(s)
		if err != nil {
			return usagef("--connect-to: %w", err)
		}
		o.visits.ConnectTo = append(o.visits.ConnectTo, rule)
	}
	if o.contact != "" {
		o.visits.Vantage = fetch.NamedVantage(readBuildInfo().Version, o.contact)
	}
	if o.userAgent != "" {
		o.visits.Vantage.Name, o.visits.Vantage.UserAgent = "custom", o.userAgent
		log.Warn("the crawler does not use its own name", "user-agent", o.userAgent)
	}
	if o.visits.AllowPrivate {
		log.Warn("private and loopback addresses are open to the crawler")
	}
	o.visits.Log = log
	var err error
	if o.probe || o.jarm {
		o.visits, err = flow.WithProbe(o.visits, o.jarm)
	} else {
		_, err = fetch.New(o.visits)
	}
	if errors.Is(err, data.ErrInvalid) {
		return usagef("%w", err)
	}
	return err
}

func runCrawl(ctx context.Context, a *app, o crawlOptions) error {
	log, err := a.logger()
	if err != nil {
		return err
	}
	if err := o.check(log); err != nil {
		return err
	}
	var failed error
	o.run.Progress = func(p crawler.Progress) {
		if o.printVisited && failed == nil {
			failed = a.printVisit(p, o.asJSON)
		}
	}
	return a.useHouse(ctx, flow.Options{MinFree: o.minFreeMiB << 20}, func(h *flow.House) error {
		stats, err := h.Crawl(ctx, o.visits, o.run)
		if stats.Committed > 0 || err == nil {
			if err := a.showCrawl(stats, o.asJSON); err != nil {
				return err
			}
		}
		if err == nil {
			err = failed
		}
		if err == nil {
			err = ctx.Err()
		}
		return err
	})
}

func (a *app) printVisit(p crawler.Progress, asJSON bool) error {
	if asJSON {
		return a.printJSON(struct {
			Host    string       `json:"host"`
			Outcome data.Outcome `json:"outcome"`
			Reason  string       `json:"reason,omitempty"`
		}{p.Host, p.Outcome, p.Reason})
	}
	_, err := fmt.Fprintln(a.stdout, p.Outcome, sanitize(p.Host), sanitize(p.Reason))
	return err
}

func (a *app) showCrawl(s crawler.Stats, asJSON bool) error {
	if asJSON {
		return a.printJSON(crawlSummary{
			Visits: s.Committed, Good: s.Good, Outcomes: s.Outcomes, Lost: s.Lost, Abandoned: s.Abandoned,
			Crashed: s.Crashed, Exchanges: s.Exchanges, Bytes: s.Bytes, Seconds: s.Elapsed.Seconds(),
		})
	}
	var parts []string
	for _, outcome := range slices.Sorted(maps.Keys(s.Outcomes)) {
		parts = append(parts, fmt.Sprintf("%s %d", outcome, s.Outcomes[outcome]))
	}
	_, err := fmt.Fprintf(a.stdout, "%d visits in %s: %s\n%d answers, %.1f MiB archived\n", s.Committed, s.Elapsed.Round(time.Millisecond),
		joinStrings(parts, "nothing was due"), s.Exchanges, float64(s.Bytes)/(1<<20))
	if s.Abandoned > 0 {
		a.notef("%d visits in flight were given back; they are due again", s.Abandoned)
	}
	return err
}
