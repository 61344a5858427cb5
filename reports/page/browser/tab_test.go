// Package browser looks at the report's page in Chromium: as a reader does, at
// three widths and in both themes, with mouse, keyboard and without the script.
//
// The pages are those of made-up results, which a test of package reports writes;
// the folder given by -pages holds further ones to look at, NAME.html.
package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var (
	shots   = flag.String("shots", "", "write screenshots into this folder")
	further = flag.String("pages", "", "look at the pages in this folder too")
)

// made is the folder of the pages of made-up results.
var made string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if made, err = os.MkdirTemp("", "pages"); err == nil {
		defer os.RemoveAll(made)
		write := exec.Command("go", "test", "-count=1", "-run", "^TestPagesForTheBrowser$|^TestPlanPage$|^TestSweepPage$|^TestPagesOfHostileNames$", ".", "-args", "-pages", made)
		write.Dir = filepath.Join("..", "..")
		var said []byte
		if said, err = write.CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, said)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser: pages cannot be written:", err)
		return 1
	}
	return m.Run()
}

// tab is a tab of a browser, with what its page did that it should not.
type tab struct {
	context.Context
	t       *testing.T
	mu      sync.Mutex
	wrong   []string // errors, warnings, dialogs
	foreign []string // requests to anywhere but the file
}

// open starts a browser.
func open(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, shut := chromedp.NewContext(allocator)
	t.Cleanup(shut)
	b := &tab{Context: ctx, t: t}
	require.NoError(t, chromedp.Listen(ctx, b.watch))
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	call(b, page.Enable, page.EnableParams{})
	return b
}

// call sends a command to the tab.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	_, err := chromedp.Call(b, command, params)
	require.NoError(b.t, err, command.Method)
}

// watch notes what a report must not do.
func (b *tab) watch(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, "file:") && !strings.HasPrefix(url, "data:") {
			b.foreign = append(b.foreign, url)
		}
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, fmt.Sprintf("%s (line %d)", e.ExceptionDetails.Exception.Description, e.ExceptionDetails.LineNumber))
	case *runtime.EventConsoleAPICalled:
		b.wrong = append(b.wrong, "console: "+string(e.Type))
	case *log.EventEntryAdded:
		b.wrong = append(b.wrong, e.Entry.Text)
	case *page.EventJavascriptDialogOpening:
		b.wrong = append(b.wrong, "dialog: "+e.Message)
	}
}

// clean requires that the page kept to itself and made no error.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.wrong)
	require.Empty(b.t, b.foreign)
}

// patience is how long the browser may take for anything.
const patience = time.Minute

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b, patience)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, steps...))
}

// is evaluates an expression in the page.
func is[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err, expression)
	return v
}

// view sets the size of the window and the theme of the system.
func (b *tab) view(width, height int64, theme string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}, // scrolling is done at once
	}})
}

// shoot takes a picture of the whole page.
func (b *tab) shoot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	picture, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(*shots, name+".png"), picture, 0o644))
}

// visit opens a page and waits until its script has run.
func (b *tab) visit(file string) {
	b.t.Helper()
	path, err := filepath.Abs(file)
	require.NoError(b.t, err)
	b.do(chromedp.Navigate("file://"+path), chromedp.WaitVisible(chromedp.CSS(".js #theme")))
}

// visitMade opens the page of a made-up result.
func (b *tab) visitMade(name string) {
	b.t.Helper()
	b.visit(filepath.Join(made, name+".html"))
}

// bring scrolls to an element and waits until the page can know that it is near: an
// observer made later than the page's own is told later.
func (b *tab) bring(element string) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(element)))
	is[bool](b, fmt.Sprintf(`new Promise(near => new IntersectionObserver((entries, o) => {
		if (!entries.some(e => e.isIntersecting)) return;
		o.disconnect();
		setTimeout(() => near(true));
	}).observe(document.querySelector(%q)))`, element))
}
