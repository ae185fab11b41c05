package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options are the command line.
type options struct {
	listen    string
	addresses int
	tls       bool
	life      time.Duration
	files     []string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opts, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "warcserve:", err)
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, opts.life)
	defer cancel()
	if err := serve(ctx, opts, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "warcserve:", err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	set := flag.NewFlagSet("warcserve", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() {
		fmt.Fprintln(stderr, "usage: warcserve [flags] FILE…")
		set.PrintDefaults()
	}
	set.StringVar(&o.listen, "listen", "127.0.0.1:0", "first loopback address and port; port 0 lets the system choose")
	set.IntVar(&o.addresses, "addresses", 1, "number of loopback addresses to spread the hosts over, 1 to 200")
	set.BoolVar(&o.tls, "tls", false, "answer TLS too, with a certificate signed by itself")
	set.DurationVar(&o.life, "for", 30*time.Minute, "how long to run")
	if err := set.Parse(args); err != nil {
		return o, fmt.Errorf("flags: %w", err)
	}
	o.files = set.Args()
	switch {
	case len(o.files) == 0:
		return o, errors.New("no WARC file named")
	case o.addresses < 1 || o.addresses > 200:
		return o, errors.New("-addresses must be 1 to 200")
	case o.life <= 0:
		return o, errors.New("-for must be positive")
	}
	return o, nil
}

// serve indexes the files, listens, prints where, and waits for the end.
func serve(ctx context.Context, opts options, stdout, stderr io.Writer) error {
	ix := newIndex()
	defer ix.close()
	for _, name := range opts.files {
		if err := ix.add(name); err != nil {
			return err
		}
	}
	if ix.skipped > 0 {
		fmt.Fprintf(stderr, "warcserve: %d records are no HTTP responses of their own and were left out\n", ix.skipped)
	}
	s, err := start(ctx, opts, ix)
	if err != nil {
		return err
	}
	defer s.close()
	if err := announce(stdout, s, ix.hosts()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func announce(out io.Writer, s *server, hosts []string) error {
	var b strings.Builder
	for _, l := range s.listeners {
		fmt.Fprintf(&b, "listening %s\n", l.Addr())
	}
	sort.Strings(hosts)
	for _, h := range hosts {
		to := s.addressOf(h)
		fmt.Fprintf(&b, "%s:443:%s\n%s:80:%s\n", h, to, h, to)
	}
	// Whatever else the sites lead to comes here too, and gets a closed
	// connection: nothing leaves the machine.
	fmt.Fprintf(&b, "::%s\n", s.listeners[0].Addr())
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("print the rules: %w", err)
	}
	return nil
}
