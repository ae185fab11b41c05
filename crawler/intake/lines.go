package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// lineReader reads lines of bounded length. Its buffer is at least as large
// as the longest line.
type lineReader struct {
	r      *bufio.Reader
	max    int
	number int      // of the line returned last, from 1
	back   [][]byte // lines given back, to be returned again
	after  error    // to be returned after them
}

// peek returns the first bytes without consuming them, and takes a byte order
// mark away.
func (l *lineReader) peek() ([]byte, error) {
	if bom, _ := l.r.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		l.r.Discard(3)
	}
	head, err := l.r.Peek(sniffSize)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, inputError(err)
	}
	return head, nil
}

// next returns a line without its end. The slice is valid until the next call.
// errLongLine comes with the line's beginning; the line is consumed.
func (l *lineReader) next() ([]byte, error) {
	if len(l.back) > 0 {
		line := l.back[0]
		l.back = l.back[1:]
		l.number++
		return line, nil
	}
	if err := l.after; err != nil {
		l.after = nil
		l.number++
		return nil, err
	}
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return l.skipLong(line)
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil
	}
	if err != nil {
		return nil, inputError(err)
	}
	l.number++
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if len(line) > l.max {
		return line, l.tooLong()
	}
	return line, nil
}

func (l *lineReader) skipLong(line []byte) ([]byte, error) {
	first := bytes.Clone(line[:min(len(line), 256)])
	for {
		_, err := l.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, inputError(err)
		}
		l.number++
		return first, l.tooLong()
	}
}

func (l *lineReader) tooLong() error {
	return fmt.Errorf("%w: the limit is %d bytes", errLongLine, l.max)
}

// giveBack returns lines to the front of the input, and behind them the line
// that was too long, if one was met.
func (l *lineReader) giveBack(lines [][]byte, err error) {
	l.number -= len(lines)
	if errors.Is(err, errLongLine) {
		l.after = err
		l.number--
	}
	l.back = append(lines, l.back...)
}

// inputError explains an input that breaks off.
func inputError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the gzip data breaks off; everything before was read: %w", err)
	}
	return err
}
