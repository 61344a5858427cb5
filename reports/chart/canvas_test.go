package chart

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
)

func TestHundredthsDoNotHangOnTheLastBit(t *testing.T) {
	for _, v := range []float64{196.775, 42.125, 0.005, 17.4, 1033.25, 599.995} {
		below, above := math.Nextafter(v, 0), math.Nextafter(v, 1e9)
		require.Equal(t, hundredths(vg.Length(v)), hundredths(vg.Length(below)), "%v", v)
		require.Equal(t, hundredths(vg.Length(v)), hundredths(vg.Length(above)), "%v", v)
	}
	require.Equal(t, vg.Length(196.78), hundredths(196.775))
	require.Equal(t, vg.Length(1033.3), hundredths(1033.25))
	require.Equal(t, vg.Length(17.4), hundredths(17.4))
}

// The pixels are the same on every machine. How they are packed into a file is up to
// the standard library.
func TestPixels(t *testing.T) {
	var got bytes.Buffer
	for _, s := range samples {
		for _, p := range builtin(s.result()) {
			var file bytes.Buffer
			require.NoError(t, p.Write(&file, "png"))
			picture, err := png.Decode(&file)
			require.NoError(t, err)
			pixels := image.NewRGBA(picture.Bounds())
			draw.Draw(pixels, pixels.Rect, picture, image.Point{}, draw.Src)
			hash := sha256.Sum256(pixels.Pix)
			fmt.Fprintf(&got, "%x %s %s\n", hash[:8], s.name, p.Name)
		}
	}
	golden(t, "pixels.txt", got.Bytes())
}
