package fingerprint

import (
	"bytes"
	"image"
	"regexp"

	"github.com/srwiley/oksvg"
	"github.com/srwiley/rasterx"
)

// Bounds of drawings. The renderer follows every line over its whole length,
// visible or not, and every reference; so only small drawings with small
// numbers and without references are drawn. Icons are such drawings.
const (
	maxSVG  = 16 << 10 // bytes
	svgSide = 64       // pixels
)

// svgTooWild matches what could make a small drawing expensive: references,
// dashes, scaling, numbers of five digits or with an exponent.
var svgTooWild = regexp.MustCompile(`(?i)<use|dasharray|scale\(|matrix\(|\d{5}|\d[eE][+-]?\d|<!ENTITY`)

// svgFraction matches the decimals of a number, which may be long.
var svgFraction = regexp.MustCompile(`\.\d+`)

// drawSVG renders a small drawing.
func drawSVG(body []byte) (image.Image, error) {
	if len(body) > maxSVG || svgTooWild.Match(svgFraction.ReplaceAll(hexColors.ReplaceAll(body, nil), []byte("."))) {
		return nil, errPicture
	}
	drawing, err := oksvg.ReadIconStream(bytes.NewReader(body), oksvg.IgnoreErrorMode)
	if err != nil {
		return nil, err
	}
	if v := drawing.ViewBox; !(v.W >= 8 && v.H >= 8 && v.W <= maxSide && v.H <= maxSide) {
		return nil, errPicture
	}
	drawing.SetTarget(0, 0, svgSide, svgSide)
	img := image.NewRGBA(image.Rect(0, 0, svgSide, svgSide))
	scanner := rasterx.NewScannerGV(svgSide, svgSide, img, img.Bounds())
	drawing.Draw(rasterx.NewDasher(svgSide, svgSide, scanner), 1)
	return img, nil
}

// hexColors matches colours, whose digits are no coordinates.
var hexColors = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`)
