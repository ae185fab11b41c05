package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"pitboss/data"
)

// The exit codes, which scripts branch on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartial     = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks for a clean end; with the handler gone, a second
	// one ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run carries out one command line and returns the exit code. An error is
// printed here and nowhere else.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := newApp(stdin, stdout, stderr, os.Environ())
	root := newRootCommand(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(stderr, "pitboss: interrupted; what was finished is kept, and the same command goes on from here")
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "pitboss: %s\n", sanitize(err.Error()))
	if do := remedyOf(err, a.dataDir); do != "" {
		fmt.Fprintf(stderr, "  %s\n", do)
	}
	return exitCode(err)
}

// exitCode maps an error to the documented exit codes.
func exitCode(err error) int {
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, data.ErrPartial):
		return exitPartial
	}
	return exitFailed
}

// usageError is a command line, environment or configuration that makes no
// sense: nothing was done.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// remedyError carries what the reader can do about an error.
type remedyError struct {
	err error
	do  string
}

func (e *remedyError) Error() string { return e.err.Error() }
func (e *remedyError) Unwrap() error { return e.err }

func withRemedy(err error, format string, args ...any) error {
	return &remedyError{err, fmt.Sprintf(format, args...)}
}

// remedyOf says what can be done about an error: its own remedy, or the one
// of the sentinel it wraps.
func remedyOf(err error, dataDir string) string {
	var own *remedyError
	var usage *usageError
	switch {
	case errors.As(err, &own):
		return own.do
	case errors.As(err, &usage):
		return "see `pitboss help`"
	case errors.Is(err, data.ErrLocked):
		return "wait until the other pitboss has ended, or choose another folder with --data"
	case errors.Is(err, data.ErrNewerSchema):
		return "use the newer pitboss that wrote it, or choose another folder with --data"
	case errors.Is(err, data.ErrNoSpace), errors.Is(err, syscall.ENOSPC):
		return "free some space and run the same command again; what was committed is kept"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Sprintf("check the rights on the file, or choose another folder with --data (now %s)", dataDir)
	}
	return ""
}

// withRemedyIf adds a remedy to the errors it is meant for.
func withRemedyIf(target, err error, format string, args ...any) error {
	if !errors.Is(err, target) {
		return err
	}
	return withRemedy(err, format, args...)
}
