package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// columns is the width of the terminal; ok is false where file is none.
func columns(file *os.File) (width int, ok bool) {
	if !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 20 {
		return 80, true
	}
	return width, true
}

// progress draws one line with a bar and the time left, on a terminal only:
// no control code ever reaches a pipe. It may be updated from many goroutines.
type progress struct {
	mu    sync.Mutex
	w     io.Writer // nil: draw nothing
	width int
	start time.Time
	drawn time.Time
}

// redraw is the least time between two drawings.
const redraw = 100 * time.Millisecond

func newProgress(w io.Writer, quiet bool) *progress {
	file, ok := w.(*os.File)
	if !ok || quiet {
		return &progress{}
	}
	width, ok := columns(file)
	if !ok {
		return &progress{}
	}
	return &progress{w: file, width: width, start: time.Now()}
}

// update draws the share of the simulated work that is done, 0 to 1.
func (p *progress) update(done float64) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.drawn) < redraw {
		return
	}
	p.drawn = now
	fmt.Fprint(p.w, "\r\x1b[K", p.line(done, now.Sub(p.start)))
}

// line is the bar with what is known of the time left.
func (p *progress) line(done float64, elapsed time.Duration) string {
	left := ""
	if done > 0.01 {
		rest := time.Duration(float64(elapsed) * (1 - done) / done)
		left = fmt.Sprintf("  about %s left", rest.Round(time.Second))
	}
	const bar = 24
	filled := int(done * bar)
	line := fmt.Sprintf("simulating [%s%s] %3.0f %%%s", strings.Repeat("#", filled), strings.Repeat(".", bar-filled), 100*done, left)
	if len(line) >= p.width {
		line = fmt.Sprintf("%3.0f %%", 100*done)
	}
	return line
}

// clear takes the line away.
func (p *progress) clear() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprint(p.w, "\r\x1b[K")
}
