package demo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
)

// hexColour converts hue (degrees), saturation and lightness (percent) to
// "#rrggbb".
func hexColour(h, s, l int) string {
	c := hsl(h, s, l)
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}

func hsl(h, s, l int) color.RGBA {
	hh, ss, ll := float64((h%360+360)%360), float64(s)/100, float64(l)/100
	part := func(n float64) uint8 {
		k := math.Mod(n+hh/30, 12)
		a := ss * math.Min(ll, 1-ll)
		return uint8(math.Round(255 * (ll - a*math.Max(-1, math.Min(math.Min(k-3, 9-k), 1)))))
	}
	return color.RGBA{part(0), part(8), part(4), 255}
}

// drawing makes a symmetric picture of coloured fields, as small as an icon
// or banner of a placeholder.
func drawing(r *rand.Rand, hue, width, height int) []byte {
	var palette color.Palette
	for range 8 * 4 {
		palette = append(palette, hsl(hue+r.IntN(60)-30, 50+r.IntN(50), 10+r.IntN(80)))
	}
	m := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	for y := range height {
		for x := range width {
			cx := x * 8 / width
			if cx > 3 {
				cx = 7 - cx
			}
			m.SetColorIndex(x, y, uint8(y*8/height*4+cx)) //nolint:gosec // below 32
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, m); err != nil {
		return nil // an image of positive size always encodes
	}
	return b.Bytes()
}

// icon draws a favicon and returns its body and media type.
func (w *Web) icon(name string, hue int, ext string) ([]byte, string) {
	r := w.rand("icon", name)
	switch ext {
	case ".svg":
		return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="%d" fill="%s"/><circle cx="%d" cy="%d" r="%d" fill="%s"/><path d="M%d 4L28 %dL%d 28Z" fill="%s"/></svg>`,
			r.IntN(16), hexColour(hue, 80, 40), 8+r.IntN(16), 8+r.IntN(16), 3+r.IntN(9), hexColour(hue+150, 80, 60),
			4+r.IntN(20), 4+r.IntN(24), 4+r.IntN(20), hexColour(hue+60, 70, 70)), "image/svg+xml"
	case ".ico":
		return ico(drawing(r, hue, 16, 16), drawing(r, hue, 32, 32)), "image/x-icon"
	}
	return drawing(r, hue, 32, 32), "image/png"
}

// ico wraps PNG pictures of 16 and 32 pixels in an ICO directory.
func ico(small, large []byte) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, [3]uint16{0, 1, 2}) // writes to a buffer do not fail
	offset := uint32(6 + 2*16)
	for i, body := range [][]byte{small, large} {
		side := byte(16 << i)
		b.Write([]byte{side, side, 0, 0, 1, 0, 32, 0})
		_ = binary.Write(&b, binary.LittleEndian, [2]uint32{uint32(len(body)), offset})
		offset += uint32(len(body))
	}
	b.Write(small)
	b.Write(large)
	return b.Bytes()
}
