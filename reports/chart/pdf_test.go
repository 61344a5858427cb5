package chart

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
)

// A PDF has its texts as text, so that they can be found and copied, and the same
// bytes in any year. With its fonts it is small enough for a mail.
func TestPDF(t *testing.T) {
	for _, s := range samples {
		first, again := builtin(s.result()), builtin(s.result())
		for i, p := range first {
			var a, b bytes.Buffer
			require.NoError(t, p.Write(&a, "pdf"))
			require.NoError(t, again[i].Write(&b, "pdf"))
			require.True(t, bytes.Equal(a.Bytes(), b.Bytes()), "%s %s: not the same bytes twice", s.name, p.Name)
			require.True(t, bytes.HasPrefix(a.Bytes(), []byte("%PDF-1.")))
			require.Contains(t, a.String(), "/CreationDate (D:19700101000000")
			width, height := p.figure.size()
			require.Contains(t, a.String(), fmt.Sprintf("/MediaBox [0 0 %.2f %.2f]", width.Points(), height.Points()))
			require.Contains(t, drawn(t, a.Bytes()), "("+escaped(p.Title)+") Tj")
			require.Less(t, a.Len(), 80_000)
		}
	}
}

// A letter that the built-in fonts lack is drawn by its outline: the font that has it
// may be of a kind, or of a size, that cannot be embedded.
func TestPDFOutlines(t *testing.T) {
	s := newSheet(100, 50, newFonts(nil))
	for _, other := range liberation.Collection() {
		if other.Font.Variant == "Serif" && other.Font.Weight == xfont.WeightNormal {
			face := font.Face{Font: font.Font{Size: 10}, Face: other.Face}
			canvas{s}.FillString(face, vg.Point{X: 10, Y: 20}, "o")
		}
	}
	var file bytes.Buffer
	require.NoError(t, s.doc.Output(&file))
	page := drawn(t, file.Bytes())
	require.Contains(t, page, " c\n")
	require.NotContains(t, page, "Tj")
}

// The curves of letters bend as the font says, whose kind PDF does not have: a
// quadratic curve and the cubic one meet in the middle.
func TestCubic(t *testing.T) {
	from, q, to := vg.Point{X: 1, Y: 2}, vg.Point{X: 4, Y: 8}, vg.Point{X: 10, Y: 3}
	a, b := cubic(from, vg.PathComp{Type: vg.CurveComp, Control: []vg.Point{q}, Pos: to})
	require.InDelta(t, float64(from.X/4+q.X/2+to.X/4), float64(from.X/8+a.X*3/8+b.X*3/8+to.X/8), 1e-9)
	require.InDelta(t, float64(from.Y/4+q.Y/2+to.Y/4), float64(from.Y/8+a.Y*3/8+b.Y*3/8+to.Y/8), 1e-9)
}

// drawn is what the page of a PDF file draws.
func drawn(t *testing.T, file []byte) string {
	t.Helper()
	_, stream, found := bytes.Cut(file, []byte("stream\n"))
	require.True(t, found)
	packed, err := zlib.NewReader(bytes.NewReader(stream))
	require.NoError(t, err)
	page, err := io.ReadAll(packed)
	require.NoError(t, err)
	return string(page)
}

// escaped is a text as a PDF file has it: two bytes a letter, big-endian.
func escaped(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(u >> 8), byte(u)})
	}
	return strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`, "\r", `\r`).Replace(b.String())
}
