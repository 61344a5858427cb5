package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// widths are those of the smallest phone, a tablet and a desk.
var widths = []int64{320, 768, 1400}

// A page fits its window at every width in both themes, keeps to itself and makes
// no error.
func TestEveryWidthAndTheme(t *testing.T) {
	var files []string
	for _, name := range []string{"burst", "single", "day", "hostile", "compared", "many", "hostile-compared", "check", "hostile-check", "plan", "plan-hostile", "sweep-grid", "sweep-hostile-latin_hypercube", "sweep-hostile-morris"} {
		files = append(files, filepath.Join(made, name+".html"))
	}
	if *further != "" {
		more, err := filepath.Glob(filepath.Join(*further, "*.html"))
		require.NoError(t, err)
		files = append(files, more...)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		t.Run(name, func(t *testing.T) { look(t, name, file) })
	}
}

func look(t *testing.T, name, file string) {
	b := open(t)
	for _, width := range widths {
		for _, theme := range []string{"light", "dark"} {
			b.view(width, 900, theme)
			b.visit(file)
			require.LessOrEqual(t, is[int64](b, "document.documentElement.scrollWidth"), width, "at %d the page is too wide", width)
			b.shoot(fmt.Sprintf("%s-%d-%s", name, width, theme))
		}
	}
	b.clean()
}

// What the author called things is text.
func TestHostileNamesAreText(t *testing.T) {
	b := open(t)
	b.view(768, 900, "light")
	b.visitMade("hostile")
	require.Contains(t, is[string](b, "document.querySelector('h1').textContent"), "<script>alert('x')</script>")
	require.Contains(t, is[string](b, "document.title"), "<script>alert('x')</script>")
	require.Contains(t, is[string](b, "document.querySelector('.warnings').textContent"), "<img src=x onerror=alert(1)>")
	require.Zero(t, is[int](b, "document.querySelectorAll('main img, main script:not(#data), main b, main i, main u').length"))
	b.do(chromedp.Click(chromedp.CSS("#lane .mark")))
	b.clean()
}

// without the script the page says the same: charts are drawn, tables are there,
// nothing waits for a click that cannot come.
func TestWithoutScript(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("burst")
	drawn := "Array.from(document.querySelectorAll('#time svg.time path[data-series]')).filter(p => p.getBBox().width > 0).length"
	with := is[int](b, drawn)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#timeline")))
	require.Equal(t, with, is[int](b, drawn))
	require.Positive(t, with)
	require.Zero(t, is[int](b, "Array.from(document.querySelectorAll('.live')).filter(e => e.checkVisibility()).length"), "controls that do nothing")
	require.Positive(t, is[int](b, "document.querySelectorAll('#lane a.mark').length"))
	b.shoot("burst-without-script")
	b.clean()
}

// A report of a day with ten charts is below 3 MB and painted within a second.
func TestADayIsSmallAndSoonPainted(t *testing.T) {
	info, err := os.Stat(filepath.Join(made, "day.html"))
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(3_000_000))
	b := open(t)
	b.view(1400, 900, "light")
	var painted []float64
	for range 5 {
		b.visitMade("day")
		painted = append(painted, is[float64](b, "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(performance.now()))))"))
	}
	require.GreaterOrEqual(t, is[int](b, "document.querySelectorAll('#time figure').length"), 10)
	slices.Sort(painted)
	t.Logf("painted after %.0f ms, median of %d; %d kB", painted[len(painted)/2], len(painted), info.Size()/1000)
	require.Less(t, painted[len(painted)/2], 1000.0)
	b.clean()
}

// Zooming a run of 100,000 minutes takes less than 50 ms, with the layout: the least
// that each step took in several rounds, since the machine has other things to do.
func TestZoomingManyPoints(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("long")
	const minutes = "Array.from(atob(JSON.parse(document.getElementById('data').textContent).clocks.minutes.data)).filter(c => c.charCodeAt(0) < 128).length"
	require.Greater(t, is[int](b, minutes), 100_000, "edges of the minutes")
	b.bring("#latency")
	took := is[[]float64](b, `(() => {
		const press = (what) => document.querySelector('[data-do=' + what + ']').click();
		press('in'); press('all'); // reads the data
		const steps = ['in', 'in', 'on', 'in', 'back', 'out', 'in', 'out', 'all'], took = steps.map(() => Infinity);
		for (let round = 0; round < 7; round++) {
			steps.forEach((what, i) => {
				const begun = performance.now();
				press(what);
				document.body.getBoundingClientRect();
				took[i] = Math.min(took[i], performance.now() - begun);
			});
		}
		return took;
	})()`)
	t.Logf("the steps took %.1f ms", took)
	require.Less(t, slices.Max(took), 50.0)
	b.clean()
}

// Of 100,000 points the extremes are drawn, whatever part is shown.
func TestExtremesAreKept(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("long")
	b.bring("#latency")
	reach := func(steps string) []float64 {
		return is[[]float64](b, `(() => {
			for (const what of '`+steps+`'.split(' ')) document.querySelector('[data-do=' + what + ']').click();
			const ys = Array.from(document.querySelector('#latency path[data-series="0"]').getAttribute('d').matchAll(/[V ]([\d.]+)/g), m => +m[1]);
			return [Math.min(...ys), Math.max(...ys)];
		})()`)
	}
	all, first, second := reach("in all"), reach("in back"), reach("on on")
	require.Equal(t, all, []float64{min(first[0], second[0]), max(first[1], second[1])})
	require.Less(t, all[0], all[1])
	b.clean()
}

// Means have their intervals as bands, which contain them at any zoom; one run has
// none.
func TestIntervals(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("long")
	b.bring("#latency")
	for _, press := range strings.Fields("in all in back in on out all") {
		outside := is[float64](b, `(() => {
			document.querySelector('[data-do=`+press+`]').click();
			const ys = (what) => Array.from(document.querySelector('#latency path[data-' + what + '="0"]').getAttribute('d').matchAll(/[V ]([\d.]+)/g), m => +m[1]);
			const mean = ys('series'), band = ys('ribbon');
			return Math.max(Math.min(...band) - Math.min(...mean), Math.max(...mean) - Math.max(...band));
		})()`)
		require.LessOrEqual(t, outside, 0.0, press)
	}
	b.visitMade("single")
	require.Zero(t, is[int](b, "document.querySelectorAll('path.interval').length"))
	b.visitMade("burst")
	require.Empty(t, is[[]string](b, `['load', 'failures', 'latency', 'servers-1', 'cpu-1', 'connections-1', 'services', 'cost'].filter(id =>
		!Array.from(document.querySelectorAll('#' + id + ' svg.time path.interval')).some(p => p.getBBox().height > 0))`), "charts without a band")
	b.clean()
}

const viewBoxes = "Array.from(new Set(Array.from(document.querySelectorAll('#time svg.time')).map(s => s.getAttribute('viewBox').split(' ').filter((_, i) => i === 0 || i === 2).join(' '))))"

// Dragging zooms all charts alike, a double click leaves; so do buttons and keys.
func TestZoom(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("burst")
	require.Equal(t, []string{"0 7200"}, is[[]string](b, viewBoxes))
	whole := is[[]string](b, viewBoxes)

	box := is[[]float64](b, "(() => { const f = document.querySelector('#load .field'); f.scrollIntoView({block: 'center'}); const r = f.getBoundingClientRect(); return [r.left, r.top, r.width, r.height] })()")
	left, middle := box[0], box[1]+box[3]/2
	b.do(chromedp.DragAndDropXY(left+0.25*box[2], middle, left+0.5*box[2], middle, 8))
	zoomed := is[[]string](b, viewBoxes)
	require.Len(t, zoomed, 1, "all charts show the same")
	var from, span float64
	_, err := fmt.Sscan(zoomed[0], &from, &span)
	require.NoError(t, err)
	require.InDelta(t, 1800, from, 15)
	require.InDelta(t, 1800, span, 15)
	require.Contains(t, is[string](b, "document.querySelector('#load .foot').textContent"), "0:45")

	b.do(chromedp.MouseClickXY(left+50, middle, chromedp.ClickCount(2)))
	require.Equal(t, whole, is[[]string](b, viewBoxes))
	b.do(chromedp.Click(chromedp.CSS("[data-do=in]")))
	require.Equal(t, []string{"1800 3600"}, is[[]string](b, viewBoxes))
	b.do(chromedp.Click(chromedp.CSS("[data-do=on]")))
	require.Equal(t, []string{"3600 3600"}, is[[]string](b, viewBoxes))
	b.do(chromedp.Focus(chromedp.CSS("#load .plot")), chromedp.KeyEvent("0"))
	require.Equal(t, whole, is[[]string](b, viewBoxes))
	b.clean()
}

// The cursor is in all charts, with the values under it; Escape hides it.
func TestCursor(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("burst")
	b.do(chromedp.Focus(chromedp.CSS("#load .plot")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	shown := "Array.from(document.querySelectorAll('.cursor')).filter(c => !c.hidden).length"
	require.Equal(t, is[int](b, "document.querySelectorAll('#time figure').length"), is[int](b, shown))
	require.Regexp(t, `^[\d.,]+ ± [\d.,]+/s$`, is[string](b, "document.querySelector('#load output').textContent"))
	require.Contains(t, is[string](b, "document.getElementById('said').textContent"), "offered")
	b.do(chromedp.KeyEvent(kb.Escape))
	require.Zero(t, is[int](b, shown))
	require.Empty(t, is[string](b, "document.querySelector('#load output').textContent"))
	b.clean()
}

// The map of the servers' loads is painted anew for what is shown, in the same way,
// and the cursor reads it.
func TestMapOfLoads(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("burst")
	b.bring("#targets-1")
	painted := "Array.from(document.querySelectorAll('#targets-1 .heat path')).map(p => p.getAttribute('d')).join()"
	all := is[string](b, painted)
	b.do(chromedp.Click(chromedp.CSS("[data-do=in]")))
	require.NotEqual(t, all, is[string](b, painted))
	b.do(chromedp.Click(chromedp.CSS("[data-do=all]")))
	require.Equal(t, all, is[string](b, painted))
	b.do(chromedp.Focus(chromedp.CSS("#targets-1 .plot")), chromedp.KeyEvent(kb.ArrowRight))
	require.Regexp(t, `busiest [\d.]+/s, mean [\d.]+/s, idlest [\d.]+/s`, is[string](b, "document.getElementById('said').textContent"))

	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#targets-1")))
	require.Equal(t, all, is[string](b, painted), "without the script too")
	b.clean()
}

// A mark leads to the line of its event, and the line back to the charts.
func TestEvents(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("burst")
	b.do(chromedp.Click(chromedp.CSS("#lane .mark.out")))
	row := is[string](b, "location.hash")
	require.Regexp(t, `^#e\d+$`, row)
	require.Contains(t, is[string](b, "document.querySelector(location.hash).textContent"), "desired")
	require.True(t, is[bool](b, "(() => { const r = document.querySelector(location.hash).getBoundingClientRect(); return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight })()"), "its line is shown")

	b.do(chromedp.Click(chromedp.CSS(row + " button")))
	require.Len(t, is[[]string](b, viewBoxes), 1)
	require.NotEqual(t, "0 7200", is[[]string](b, viewBoxes)[0])

	lines := "Array.from(document.querySelectorAll('#timeline tbody tr')).filter(r => r.checkVisibility()).length"
	brief := is[int](b, lines)
	b.do(chromedp.Click(chromedp.CSS("#every")))
	require.Greater(t, is[int](b, lines), brief)
	b.do(chromedp.SendKeys(chromedp.CSS("#find"), "noisy-neighbour"))
	require.Equal(t, 2, is[int](b, lines))
	b.clean()
}

// The button changes the theme, whatever the system has.
func TestTheme(t *testing.T) {
	b := open(t)
	paper := "getComputedStyle(document.body).backgroundColor"
	for _, system := range []string{"light", "dark"} {
		b.view(768, 900, system)
		b.visitMade("burst")
		before := is[string](b, paper)
		b.do(chromedp.Click(chromedp.CSS("#theme")))
		require.NotEqual(t, before, is[string](b, paper))
		b.do(chromedp.Click(chromedp.CSS("#theme")))
		require.Equal(t, before, is[string](b, paper))
	}
	b.clean()
}

// Everything that can be pressed is large enough, has a name, and can be reached
// by the keyboard in the order of the page.
func TestControls(t *testing.T) {
	b := open(t)
	b.view(360, 900, "light")
	b.visitMade("burst")
	require.Empty(t, is[[]string](b, `Array.from(document.querySelectorAll('button, select, summary, input, .mark, nav a')).filter(e => e.checkVisibility()).filter(e => {
		const r = (e.closest('label') ?? e).getBoundingClientRect();
		return r.height < 24 || r.width < 24;
	}).map(e => e.outerHTML.slice(0, 80))`), "smaller than 24 pixels")
	require.Empty(t, is[[]string](b, `Array.from(document.querySelectorAll('[id]')).map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)`), "names given twice")
	require.Empty(t, is[[]string](b, `Array.from(document.querySelectorAll('[aria-labelledby]')).flatMap(e => e.getAttribute('aria-labelledby').split(' ')).filter(id => !document.getElementById(id))`), "names that are not there")
	require.Empty(t, is[[]string](b, `Array.from(document.querySelectorAll('[tabindex]')).filter(e => e.tabIndex > 0).map(e => e.outerHTML.slice(0, 80))`), "out of order")
	require.Empty(t, is[[]string](b, `Array.from(document.querySelectorAll('body *')).filter(e => e.checkVisibility() && e.childNodes.length && Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim())).filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML.slice(0, 80))`), "text below 12 pixels")
	b.do(chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "Skip to the report", is[string](b, "document.activeElement.textContent"))
	b.clean()
}
