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
	if err != nil || width < 1 {
		return 80, true // a terminal that does not know its size
	}
	return width, true
}

// dumb tells of a terminal that understands no control codes.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// progress draws one line with a bar and the time left, on a terminal only:
// no control code ever reaches a pipe. It may be updated from many goroutines.
type progress struct {
	mu    sync.Mutex
	w     *os.File // nil: draw nothing
	start time.Time
	drawn time.Time
}

// redraw is the least time between two drawings.
const redraw = 100 * time.Millisecond

func newProgress(w io.Writer, quiet bool) *progress {
	file, ok := w.(*os.File)
	if !ok || quiet || dumb() {
		return &progress{}
	}
	if _, ok := columns(file); !ok {
		return &progress{}
	}
	return &progress{w: file, start: time.Now()}
}

// update draws the share of the simulated work that is done, 0 to 1.
func (p *progress) update(done float64) {
	p.draw(func(now time.Time, width int) string { return progressLine(done, now.Sub(p.start), width) })
}

// tried draws how many points have been tried, before anything is simulated.
func (p *progress) tried(points, of int) {
	p.draw(func(now time.Time, width int) string {
		p.start = now // of what is simulated
		return fitting(width, fmt.Sprintf("trying points: %d of %d", points, of), fmt.Sprintf("%d of %d", points, of))
	})
}

// draw draws a line over the one before, not too often.
func (p *progress) draw(line func(now time.Time, width int) string) {
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
	if width, ok := columns(p.w); ok { // asked again: a window changes its size
		fmt.Fprint(p.w, "\r\x1b[K", line(now, width))
	}
}

// barWidth is the length of the bar in columns.
const barWidth = 24

// progressLine is the bar with what is known of the time left, or as much of
// it as leaves the last column of the terminal free: a full line would wrap.
func progressLine(done float64, elapsed time.Duration, width int) string {
	left := ""
	if done > 0.01 {
		rest := time.Duration(float64(elapsed) * (1 - done) / done)
		left = fmt.Sprintf("  about %s left", rest.Round(time.Second))
	}
	filled := int(done * barWidth)
	bar := strings.Repeat("#", filled) + strings.Repeat(".", barWidth-filled)
	return fitting(width,
		fmt.Sprintf("simulating [%s] %3.0f %%%s", bar, 100*done, left),
		fmt.Sprintf("simulating %3.0f %%%s", 100*done, left),
		fmt.Sprintf("%3.0f %%", 100*done),
	)
}

// fitting is the first of some lines that leaves the last column free.
func fitting(width int, lines ...string) string {
	for _, line := range lines {
		if len(line) < width {
			return line
		}
	}
	return ""
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
