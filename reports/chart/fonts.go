package chart

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/headroom-sim/headroom/experiments/files"
)

// systemFonts are where operating systems keep fonts with Korean, Chinese,
// Japanese and symbols, the best first. Liberation Sans, which is built in, has
// Latin, Greek and Cyrillic only.
var systemFonts = []string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",        // Debian: fonts-noto-cjk
	"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",             // Arch, Alpine
	"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",      // Fedora
	"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-*.ttc", // Fedora
	"/usr/share/fonts/truetype/nanum/NanumGothic.ttf",               // Debian: fonts-nanum
	"/usr/share/fonts/nanum/NanumGothic.ttf",
	"/usr/share/fonts/truetype/unfonts-core/UnDotum.ttf",
	"/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
	"/System/Library/Fonts/AppleSDGothicNeo.ttc", // macOS
	"/System/Library/Fonts/Hiragino Sans GB.ttc",
	"/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
	`C:\Windows\Fonts\malgun.ttf`, // Windows
	`C:\Windows\Fonts\msyh.ttc`,
	`C:\Windows\Fonts\seguisym.ttf`,
	"/usr/share/fonts/truetype/noto/NotoSansSymbols2-Regular.ttf",
	"/usr/share/fonts/truetype/noto/NotoEmoji-Regular.ttf",
	"/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf",
	"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
	"/usr/share/fonts/truetype/noto/NotoSans[A-Z]*-Regular.ttf", // Debian: fonts-noto-core, a file for each script
}

// fonts finds a face for every character: the built-in one, or the first on
// the machine that has it. Files are opened only when a character asks for it.
type fonts struct {
	plain, bold *opentype.Font
	paths       []string // patterns of files not opened yet
	boxes       bool     // draw a box for a character that no font has
	others      []*opentype.Font
}

func newFonts(paths []string) *fonts {
	f := &fonts{paths: slices.Clone(paths)}
	for _, face := range liberation.Collection() {
		if face.Font.Variant == "Sans" && face.Font.Style == xfont.StyleNormal {
			switch face.Font.Weight {
			case xfont.WeightNormal:
				f.plain = face.Face
			case xfont.WeightBold:
				f.bold = face.Face
			}
		}
	}
	return f
}

// has reports whether the font has a glyph for the character.
func has(f *opentype.Font, r rune) bool {
	var buf sfnt.Buffer
	index, err := f.GlyphIndex(&buf, r)
	return err == nil && index != 0
}

// find returns the font to draw r with, nil where no font has it.
func (f *fonts) find(r rune, own *opentype.Font) *opentype.Font {
	if has(own, r) {
		return own
	}
	for i := 0; ; i++ {
		if i == len(f.others) && !f.open() {
			return nil
		}
		if has(f.others[i], r) {
			return f.others[i]
		}
	}
}

// open opens the next font file that there is; false when there is none left.
func (f *fonts) open() bool {
	for len(f.paths) > 0 {
		matches, _ := filepath.Glob(f.paths[0]) // the patterns are well formed
		f.paths = f.paths[1:]
		for _, path := range matches {
			if face := readFont(path); face != nil {
				f.others = append(f.others, face)
				return true
			}
		}
	}
	return false
}

// readFont reads the first font of a file; nil when it is none that can be drawn.
func readFont(path string) *opentype.Font {
	content, err := files.Read(path, files.Most)
	if err != nil {
		return nil
	}
	collection, err := opentype.ParseCollection(content)
	if err != nil || collection.NumFonts() == 0 {
		return nil
	}
	face, err := collection.Font(0)
	if err != nil {
		return nil
	}
	return face
}

// run is a piece of text in one font.
type run struct {
	text    string
	face    font.Face
	missing bool // no font has it: drawn as boxes, or by the viewer's fonts
}

// style is how a text is written.
type style struct {
	size vg.Length
	bold bool
	ink  tint
}

// runs cuts a text into pieces that one font can draw.
func (f *fonts) runs(text string, s style) []run {
	own, weight := f.plain, xfont.WeightNormal
	if s.bold {
		own, weight = f.bold, xfont.WeightBold
	}
	var runs []run
	for _, r := range clean(text) {
		found := f.find(r, own)
		missing := found == nil
		if missing {
			found = own
		}
		if n := len(runs); n > 0 && runs[n-1].face.Face == found && runs[n-1].missing == missing {
			runs[n-1].text += string(r)
			continue
		}
		descriptor := font.Font{Typeface: "Sans", Weight: weight, Size: s.size}
		runs = append(runs, run{string(r), font.Face{Font: descriptor, Face: found}, missing})
	}
	return runs
}

func (r run) width() vg.Length {
	if r.missing { // as wide as the viewer's font will probably make it
		return vg.Length(len([]rune(r.text))) * r.face.Font.Size
	}
	return r.face.Width(r.text)
}

// width is how wide the text is.
func (f *fonts) width(text string, s style) vg.Length {
	var w vg.Length
	for _, r := range f.runs(text, s) {
		w += r.width()
	}
	return w
}

// fit shortens a text to a width.
func (f *fonts) fit(text string, s style, width vg.Length) string {
	if f.width(text, s) <= width {
		return text
	}
	letters := []rune(text)
	cut := len(letters) - 1
	for cut > 0 && f.width(string(letters[:cut])+"…", s) > width {
		cut--
	}
	return strings.TrimRight(string(letters[:cut]), " ") + "…"
}

// write draws a text on its baseline; align is 0 for a text that begins at x,
// 0.5 for one that has its middle there, 1 for one that ends there.
func (f *fonts) write(c draw.Canvas, text string, s style, x, y, align vg.Length) {
	c.SetColor(s.ink)
	x -= align * f.width(text, s)
	for _, r := range f.runs(text, s) {
		text := r.text
		if r.missing && f.boxes {
			text = strings.Repeat("□", len([]rune(text)))
		}
		c.FillString(r.face, vg.Point{X: x, Y: y}, text)
		x += r.width()
	}
}

// script is a writing system with the fonts that draw it.
type script struct {
	name    string
	letters []*unicode.RangeTable // none: all others
	install string
}

// scripts are those for which people install fonts by themselves; the last is for
// all others.
var scripts = []script{
	{"Korean letters", []*unicode.RangeTable{unicode.Hangul}, "fonts-nanum (apt-get install fonts-nanum), google-noto-sans-cjk-fonts on Fedora, noto-fonts-cjk on Arch"},
	{"Chinese or Japanese letters", []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana}, "fonts-noto-cjk (apt-get install fonts-noto-cjk), google-noto-sans-cjk-fonts on Fedora, noto-fonts-cjk on Arch"},
	{"symbols", []*unicode.RangeTable{unicode.S}, "fonts-symbola (apt-get install fonts-symbola), gdouros-symbola-fonts on Fedora"},
	{"letters", nil, "fonts-noto-core (apt-get install fonts-noto-core), google-noto-fonts-all on Fedora, noto-fonts on Arch"},
}

// warnings names the letters that no font has, script by script, with a text that has
// them, and what to install.
func (f *fonts) warnings(texts []string) []string {
	missing, of := make([][]rune, len(scripts)), make([]string, len(scripts))
	for _, text := range texts {
		for _, r := range clean(text) {
			if f.find(r, f.plain) != nil {
				continue
			}
			k := slices.IndexFunc(scripts, func(s script) bool { return len(s.letters) == 0 || unicode.In(r, s.letters...) })
			if missing[k] == nil {
				of[k] = text
			}
			if !slices.Contains(missing[k], r) {
				missing[k] = append(missing[k], r)
			}
		}
	}
	var list []string
	for k, s := range scripts {
		if len(missing[k]) > 0 {
			list = append(list, fmt.Sprintf("plots: no font on this machine has the %s %s of %q: PNG pictures show boxes there. To get one, install %s.",
				s.name, some(missing[k], 12), some([]rune(clean(of[k])), 40), s.install))
		}
	}
	return list
}

// some are so many letters of many.
func some(letters []rune, most int) string {
	if len(letters) <= most {
		return string(letters)
	}
	return string(letters[:most]) + "…"
}

// clean drops what must not be drawn: control characters, marks that turn the
// direction of writing round, and joiners that no plain font knows.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		return r
	}, text)
}
