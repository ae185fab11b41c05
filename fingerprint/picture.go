package fingerprint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/corona10/goimagehash"
	"github.com/sergeymakinen/go-ico"
	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// Bounds of pictures that are decoded.
const (
	maxPixels    = 4096 * 4096
	maxSide      = 16_384
	maxICOFrames = 32
	blankRange   = 8 // levels of grey that a blank picture stays within
)

var errPicture = errors.New("picture cannot be decoded within bounds")

// imageHashes returns goimagehash's pHash, dHash and aHash of a picture on
// white, each with its letter: "p:…", "d:…", "a:…". Blank pictures have none,
// since they match each other and mean nothing. Decoders panic on some broken
// files; such a file has no hashes either.
func imageHashes(body []byte, format string) (hashes []string) {
	defer func() {
		if recover() != nil {
			hashes = nil
		}
	}()
	img, err := decodePicture(body, format)
	if err != nil {
		return nil
	}
	img = onWhite(img)
	if isBlank(img) {
		return nil
	}
	for _, f := range []func(image.Image) (*goimagehash.ImageHash, error){
		goimagehash.PerceptionHash, goimagehash.DifferenceHash, goimagehash.AverageHash,
	} {
		if h, err := f(img); err == nil && h.GetHash() != 0 {
			hashes = append(hashes, h.ToString())
		}
	}
	return hashes
}

// decodePicture decodes a picture whose dimensions were looked at first.
func decodePicture(body []byte, format string) (image.Image, error) {
	switch format {
	case "png":
		return decodeWith(body, png.DecodeConfig, png.Decode)
	case "gif":
		return decodeWith(body, gif.DecodeConfig, gif.Decode) // the first frame
	case "jpeg":
		return decodeWith(body, jpeg.DecodeConfig, jpeg.Decode)
	case "webp":
		return decodeWith(body, webp.DecodeConfig, webp.Decode)
	case "bmp":
		return decodeWith(body, bmp.DecodeConfig, bmp.Decode)
	case "ico":
		return decodeICO(body)
	case "svg":
		return drawSVG(body)
	}
	return nil, errPicture
}

func decodeWith(body []byte, config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error)) (image.Image, error) {
	c, err := config(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if !fits(c.Width, c.Height) {
		return nil, errPicture
	}
	return decode(bytes.NewReader(body))
}

func fits(w, h int) bool {
	return w > 0 && h > 0 && w <= maxSide && h <= maxSide && w*h <= maxPixels
}

// decodeICO decodes the largest frame of an ICO file. The frame is looked up
// here, since the directory may lie about the picture it points at.
func decodeICO(body []byte) (image.Image, error) {
	const header, entry = 6, 16
	count := int(binary.LittleEndian.Uint16(body[4:]))
	best, bestArea := -1, 0
	for i := range min(count, maxICOFrames) {
		at := header + i*entry
		if at+entry > len(body) {
			break
		}
		_, w, h, ok := icoFrame(body, body[at:at+entry])
		if ok && w*h > bestArea {
			best, bestArea = at, w*h
		}
	}
	if best < 0 {
		return nil, errPicture
	}
	frame, _, _, _ := icoFrame(body, body[best:best+entry])
	if imageFormat(frame) == "png" {
		return png.Decode(bytes.NewReader(frame))
	}
	one := append([]byte{0, 0, 1, 0, 1, 0}, body[best:best+entry]...)
	binary.LittleEndian.PutUint32(one[header+12:], header+entry)
	return ico.Decode(bytes.NewReader(append(one, frame...)))
}

// icoFrame returns the bytes of the frame that a directory entry points at,
// and the dimensions that the frame itself states.
func icoFrame(body, entry []byte) (frame []byte, w, h int, ok bool) {
	size := int64(binary.LittleEndian.Uint32(entry[8:]))
	at := int64(binary.LittleEndian.Uint32(entry[12:]))
	if size < 24 || at+size > int64(len(body)) {
		return nil, 0, 0, false
	}
	frame = body[at : at+size]
	if imageFormat(frame) == "png" {
		c, err := png.DecodeConfig(bytes.NewReader(frame))
		return frame, c.Width, c.Height, err == nil && fits(c.Width, c.Height)
	}
	w = int(int32(binary.LittleEndian.Uint32(frame[4:])))
	h = int(int32(binary.LittleEndian.Uint32(frame[8:]))) / 2 // colours and mask
	return frame, w, h, fits(w, h)
}

// onWhite paints a picture on a white ground, so that what is transparent
// looks as it does in a browser's tab.
func onWhite(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}

// isBlank reports whether a picture has one colour all over, looked at in a
// grid of 64 by 64 points.
func isBlank(img image.Image) bool {
	b := img.Bounds()
	low, high := 255, 0
	const grid = 64
	for y := range grid {
		for x := range grid {
			c := color.GrayModel.Convert(img.At(b.Min.X+x*b.Dx()/grid, b.Min.Y+y*b.Dy()/grid)).(color.Gray)
			low, high = min(low, int(c.Y)), max(high, int(c.Y))
		}
	}
	return high-low < blankRange
}
