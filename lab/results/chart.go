package results

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Chart is one picture of curves that share their axes.
type Chart struct {
	Title  string  `json:"title"`
	X      Axis    `json:"x"`
	Y      Axis    `json:"y"`
	Curves []Curve `json:"curves"`
}

// Curve is a line through points, which are marked if they are Measurements of their own.
type Curve struct {
	Name         string `json:"name"`
	Points       []XY   `json:"points"`
	Measurements bool   `json:"measurements,omitempty"`
}

// XY is a point.
type XY struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

const (
	width  = 9 * vg.Inch
	height = 2.8 * vg.Inch // of one chart
	margin = vg.Inch / 9
)

// picture draws charts below each other.
func picture(charts []Chart) (*vgsvg.Canvas, error) {
	svg := vgsvg.New(width, height*vg.Length(len(charts)))
	canvas := draw.New(svg)
	canvas.SetColor(color.White) // whatever the page behind it has
	canvas.Fill(canvas.Rectangle.Path())
	tiles := draw.Tiles{Rows: len(charts), Cols: 1, PadTop: margin, PadBottom: margin, PadLeft: margin, PadRight: margin, PadY: 2 * margin}
	for i, c := range charts {
		if err := c.draw(tiles.At(canvas, 0, i)); err != nil {
			return nil, err
		}
	}
	return svg, nil
}

// draw fills the tile: curves on the left, their names beside them.
func (c Chart) draw(tile draw.Canvas) error {
	p := plot.New()
	p.Title.Text = c.Title
	p.Add(plotter.NewGrid())
	legend := plot.NewLegend()
	legend.Top = true
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &legend.TextStyle,
	} {
		style.Font.Variant = "Sans"
	}
	for i, curve := range c.Curves {
		if err := c.add(p, &legend, i, curve); err != nil {
			return err
		}
	}
	c.X.shape(&p.X)
	c.Y.shape(&p.Y)
	names := legend.Rectangle(tile).Size().X + margin
	p.Draw(draw.Crop(tile, 0, -names, 0, 0))
	legend.Draw(draw.Crop(tile, tile.Size().X-names, 0, 0, -2*margin))
	return nil
}

func (c Chart) add(p *plot.Plot, legend *plot.Legend, i int, curve Curve) error {
	xys := c.drawable(curve)
	if len(xys) == 0 {
		return nil
	}
	palette := colours()
	line, dots, err := plotter.NewLinePoints(xys)
	if err != nil {
		return err
	}
	line.Color, dots.Color = palette[i%len(palette)], palette[i%len(palette)]
	line.Dashes = plotutil.Dashes(i / len(palette))
	dots.Shape, dots.Radius = draw.CircleGlyph{}, vg.Points(2)
	p.Add(line)
	legend.Add(curve.Name, line)
	if curve.Measurements {
		p.Add(dots)
	}
	return nil
}

// colours are those of Okabe and Ito, which can be told apart by nearly everyone.
func colours() []color.Color {
	return []color.Color{
		color.RGBA{0, 114, 178, 255},
		color.RGBA{213, 94, 0, 255},
		color.RGBA{0, 158, 115, 255},
		color.RGBA{204, 121, 167, 255},
		color.RGBA{230, 159, 0, 255},
		color.RGBA{86, 180, 233, 255},
		color.RGBA{0, 0, 0, 255},
	}
}

// drawable are the points that have a place on the axes.
func (c Chart) drawable(curve Curve) plotter.XYs {
	var xys plotter.XYs
	for _, point := range curve.Points {
		off := c.X.Log && point.X <= 0 || c.Y.Log && point.Y <= 0
		if !off && !math.IsNaN(point.Y) && !math.IsInf(point.Y, 0) {
			xys = append(xys, plotter.XY(point))
		}
	}
	return xys
}
