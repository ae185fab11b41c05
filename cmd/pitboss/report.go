package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
)

func newReportCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "report DIR",
		Short: "Write the review pages as static files that open from disk",
		Args:  exactly("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runReport(cmd.Context(), a, args[0])
		},
	}
}

func runReport(ctx context.Context, a *app, dir string) error {
	return a.readHouse(ctx, func(h *flow.House) error {
		if err := h.Report(ctx, dir); err != nil {
			return fmt.Errorf("report %s: %w", dir, err)
		}
		_, err := fmt.Fprintf(a.stdout, "report written; open %s/index.html\n", dir)
		return err
	})
}

type serveOptions struct {
	listen string
}

func newServeCommand(a *app) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the review pages in a browser, on this machine only",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runServe(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8787", "loopback `ADDR:PORT`; port 0 picks a free one")
	return cmd
}

// stopWithin is how long open connections may take to end.
const stopWithin = 5 * time.Second

func runServe(ctx context.Context, a *app, o serveOptions) error {
	addr, err := netip.ParseAddrPort(o.listen)
	if err != nil {
		return usagef("--listen %q: say ADDR:PORT, such as 127.0.0.1:8787", o.listen)
	}
	if !addr.Addr().IsLoopback() {
		return usagef("--listen %s: the pages hold evidence and have no log-in, so they are served on loopback only; use an SSH tunnel", o.listen)
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", o.listen)
		if err != nil {
			return withRemedy(fmt.Errorf("serve: %w", err), "choose another port with --listen")
		}
		fmt.Fprintf(a.stdout, "http://%s/\n", l.Addr())
		return serve(ctx, l, h.Pages())
	})
}

// serve serves until ctx ends, then lets open requests finish. It is the way
// to end this command, so it is no error.
func serve(ctx context.Context, l net.Listener, pages http.Handler) error {
	srv := &http.Server{
		Handler: pages, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err := srv.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	if cause := <-failed; !errors.Is(cause, http.ErrServerClosed) {
		err = errors.Join(err, cause)
	}
	return err
}
