package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// made-up pages that have all parts of a report between them.
var every = []string{"burst", "compared", "plan", "sweep-grid", "sweep-hostile-morris", "check"}

// inEveryTheme looks at all parts of a report in both themes.
func inEveryTheme(t *testing.T, look func(b *tab)) {
	b := open(t)
	for _, theme := range []string{"light", "dark"} {
		b.view(1400, 900, theme)
		for _, name := range every {
			b.visitMade(name)
			b.unfold()
			t.Run(name+" "+theme, func(t *testing.T) {
				b.t = t
				look(b)
			})
		}
	}
	b.t = t
	b.clean()
}

// unfold opens all that is folded.
func (b *tab) unfold() {
	b.t.Helper()
	is[bool](b, "document.querySelectorAll('details').forEach(d => d.open = true) ?? true")
}

// colours are functions of the script for tests: the colour of a computed style over
// what is behind it, as red, green and blue from 0 to 1, and the contrast of two by
// WCAG 2.2.
const colours = `
	const parse = (text) => {
		const numbers = text.match(/-?[\d.]+(e-?\d+)?/g).map(Number), whole = text.startsWith('rgb') ? 255 : 1;
		return [...numbers.slice(0, 3).map(v => v / whole), numbers[3] ?? 1];
	};
	const over = ([r, g, b, a], behind) => [r, g, b].map((v, i) => a * v + (1 - a) * behind[i]);
	const paper = (e) => {
		if (!e) return [1, 1, 1];
		const colour = parse(getComputedStyle(e).backgroundColor);
		return colour[3] === 1 ? colour.slice(0, 3) : over(colour, paper(e.parentElement));
	};
	const light = (c) => c.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
	const named = (e) => e.tagName + '.' + (e.getAttribute('class') ?? '') + ' ' + e.textContent.trim().slice(0, 30);
	const once = (list) => [...new Set(list)];
`

// Every text has a contrast of 4.5:1 at least (WCAG 2.2, 1.4.3), on tiles too.
func TestTextContrast(t *testing.T) {
	inEveryTheme(t, func(b *tab) {
		require.Empty(b.t, is[[]string](b, `(() => {`+colours+`
			const shades = Array.from(document.querySelectorAll('path.shade')).map(e => parse(getComputedStyle(e).fill).slice(0, 3));
			const low = [];
			for (const e of document.querySelectorAll('body *')) {
				if (!e.checkVisibility() || e.disabled || e.closest('svg, .sr') || !Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim())) continue;
				const behind = e.matches('.tile') ? shades : [paper(e)];
				for (const p of behind) {
					const ratio = contrast(over(parse(getComputedStyle(e).color), p), p);
					if (ratio < 4.5) low.push(named(e) + ': ' + ratio.toFixed(2));
				}
			}
			return once(low);
		})()`))
	})
}

// What a picture says is drawn with a contrast of 3:1 at least (WCAG 2.2, 1.4.11):
// all lines but those of the grid and of what is behind, and the borders of controls.
// The shades of a map are told by its scale, its text and its table.
func TestGraphicContrast(t *testing.T) {
	inEveryTheme(t, func(b *tab) {
		require.Empty(b.t, is[[]string](b, `(() => {`+colours+`
			const low = [];
			const look = (e, colour) => {
				const ratio = contrast(parse(colour).slice(0, 3), paper(e.parentElement));
				if (ratio < 3) low.push(e.tagName + '.' + e.getAttribute('class') + ': ' + ratio.toFixed(2));
			};
			for (const e of document.querySelectorAll('svg path')) {
				const style = getComputedStyle(e);
				if (e.matches('.grid, .behind, .missed, .fill, .interval, .shade, .hole') || e.matches('.heat path:not(.h0), .shades path') || style.stroke === 'none') continue;
				look(e, style.stroke);
			}
			for (const e of document.querySelectorAll('button:not([disabled]), select, input')) if (parseFloat(getComputedStyle(e).borderTopWidth)) look(e, getComputedStyle(e).borderTopColor);
			return once(low);
		})()`))
	})
}

// Layers that lie on each other differ in lightness, in print without colours too, and
// no two of a stack have the same.
func TestLayersInGrey(t *testing.T) {
	inEveryTheme(t, func(b *tab) {
		grey := is[[]float64](b, `(() => {`+colours+`
			return [1, 2, 3, 4, 5, 6].map(n => {
				const e = document.createElementNS('http://www.w3.org/2000/svg', 'path');
				e.setAttribute('class', 'fill f' + n);
				document.body.append(e);
				const l = light(parse(getComputedStyle(e).fill).slice(0, 3));
				e.remove();
				return 116 * Math.cbrt(l) - 16; // CIE lightness, 0 to 100
			});
		})()`)
		for i := range grey {
			for k := range i {
				least := 2.5
				if i == k+1 {
					least = 6
				}
				require.Greater(b.t, max(grey[i]-grey[k], grey[k]-grey[i]), least, "f%d and f%d", i+1, k+1)
			}
		}
	})
}

// Who cannot see a page hears what it says: each picture has a text, each table a
// caption and heads, each control a name, headings follow each other, and nothing that
// is hidden from the reader takes the focus.
func TestStructure(t *testing.T) {
	inEveryTheme(t, func(b *tab) {
		require.Empty(b.t, is[[]string](b, `(() => {
			const wrong = [], all = (s) => Array.from(document.querySelectorAll(s));
			const text = (e) => (e.getAttribute('aria-label') ?? (e.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ')).trim();
			const expect = (holds, e, what) => holds || wrong.push(what + ': ' + e.outerHTML.slice(0, 100));
			expect(document.documentElement.lang === 'en' && document.title, document.head, 'language and title');
			expect(all('main').length === 1 && all('h1').length === 1, document.body, 'one main part, one first heading');
			for (const e of all('svg')) expect(e.closest('[aria-hidden=true]') || e.getAttribute('role') === 'img' && text(e), e, 'a picture without a text');
			for (const e of all('table')) {
				expect(e.caption?.textContent.trim(), e, 'a table without a caption');
				expect(Array.from(e.querySelectorAll('th')).every(h => h.scope), e, 'a head without its scope');
				expect(e.querySelector('thead th, tbody th'), e, 'a table without heads');
			}
			for (const e of all('button, select, input, a[href], summary')) expect(text(e) || e.textContent.trim() || e.labels?.[0]?.textContent.trim(), e, 'a control without a name');
			for (const e of all('section, [role=group], [role=toolbar], nav')) expect(text(e), e, 'a part without a name');
			for (const e of all('[aria-hidden=true]')) expect(!e.querySelector('a, button, input, select, [tabindex]'), e, 'hidden, and takes the focus');
			for (const e of all('ul, ol')) expect(Array.from(e.children).every(c => c.tagName === 'LI'), e, 'a list of what is no item');
			for (const e of all('dl > div > *')) expect(['DT', 'DD'].includes(e.tagName), e, 'a list of what is neither name nor value');
			let last = 0;
			for (const e of all('h1, h2, h3, h4')) {
				const level = +e.tagName[1];
				expect(level <= last + 1, e, 'a heading after one of level ' + last);
				last = level;
			}
			return wrong;
		})()`))
	})
}

// The tabulator reaches every control in the order of the page, and shows where it is.
func TestKeyboard(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	for _, name := range []string{"burst", "compared", "sweep-grid"} {
		b.visitMade(name)
		const controls = `Array.from(document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')).filter(e => e.checkVisibility() && !e.disabled)`
		n := is[int](b, controls+".length")
		require.Positive(t, n)
		is[bool](b, `(() => {`+colours+`
			const order = `+controls+`;
			window.reached = [];
			addEventListener('focusin', (e) => {
				const style = getComputedStyle(e.target);
				const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && contrast(parse(style.outlineColor).slice(0, 3), paper(document.body)) >= 3;
				window.reached.push(shown ? order.indexOf(e.target) : 'not shown: ' + e.target.outerHTML.slice(0, 80));
			});
			return true;
		})()`)
		var keys []chromedp.Action[chromedp.Void]
		for range n {
			keys = append(keys, chromedp.KeyEvent(kb.Tab))
		}
		b.do(keys...)
		want := make([]string, n)
		for i := range want {
			want[i] = fmt.Sprint(i)
		}
		require.Equal(t, strings.Join(want, "\n"), is[string](b, "window.reached.join('\\n')"), name)
	}
	b.clean()
}

// Controls say what they do now, and cannot be pressed where that is nothing.
func TestStates(t *testing.T) {
	b := open(t)
	b.view(1400, 900, "light")
	b.visitMade("burst")
	deed := "document.getElementById('theme').getAttribute('aria-label')"
	require.Equal(t, "Show in dark colours", is[string](b, deed))
	b.do(chromedp.Focus(chromedp.CSS("#theme")), chromedp.KeyEvent(kb.Enter))
	require.Equal(t, "Show in light colours", is[string](b, deed))
	require.True(t, is[bool](b, "document.querySelector('[data-do=out]').disabled"), "there is no more to show")
	b.do(chromedp.Focus(chromedp.CSS("[data-do=in]")), chromedp.KeyEvent(" "))
	require.False(t, is[bool](b, "document.querySelector('[data-do=out]').disabled"))
	b.clean()
}
