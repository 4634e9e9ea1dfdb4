//! Figures for papers: SVG and PNG, with fonts and metrics of their own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kuva::backend::png::PngBackend;
use kuva::backend::svg::SvgBackend;
use kuva::plot::annotations::ShadedRegion;
use kuva::plot::legend::{LegendEntry, LegendShape};
use kuva::plot::scatter::MarkerShape;
use kuva::plot::{ColorMap, Heatmap, LinePlot, LineStyle, ScatterPlot};
use kuva::render::figure::{Figure as Sheet, FigureLegendPosition};
use kuva::render::layout::{Layout, TickFormat};
use kuva::render::plots::Plot;
use kuva::render::render::Scene;
use kuva::render::theme::Theme;

use super::figure::{Figure, Panel, Region, Series};

/// Pixels of a PNG for one of the SVG's.
const PNG_SCALE: f32 = 2.0;

/// Dashes and gaps in pixels: wide enough that round ends leave a gap.
const DASHES: &str = "9 8";

/// Writes `ID.svg` and `ID.png` into a folder that exists; returns their paths.
pub(crate) fn write(figure: &Figure, folder: &Path) -> io::Result<[PathBuf; 2]> {
    let scene = scene(figure);
    let [svg, png] = ["svg", "png"].map(|kind| folder.join(format!("{}.{kind}", figure.id)));
    let text = SvgBackend::new()
        .with_embedded_font(true)
        .render_scene(&scene);
    fs::write(&svg, upright_font_alone(&text))?;
    let pixels = PngBackend::new().with_scale(PNG_SCALE).render_scene(&scene);
    fs::write(&png, pixels.map_err(io::Error::other)?)?;
    Ok([svg, png])
}

/// Leaves the bold, slanted and fixed-width faces out: two thirds of the file, and no figure has such
/// text.
fn upright_font_alone(svg: &str) -> String {
    let face = "@font-face{";
    let second = svg
        .find(face)
        .and_then(|first| Some(first + face.len() + svg[first + face.len()..].find(face)?));
    match second.and_then(|from| Some((from, from + svg[from..].find("</style>")?))) {
        Some((from, to)) => format!("{}{}", &svg[..from], &svg[to..]),
        None => svg.to_owned(),
    }
}

fn scene(figure: &Figure) -> Scene {
    let columns = figure.columns.max(1);
    let rows = figure.panels.len().div_ceil(columns);
    let (width, height) = match columns {
        1 => (520.0, 380.0),
        2 => (430.0, 330.0),
        3 => (380.0, 310.0),
        _ => (260.0, 240.0),
    };
    let mut plots = Vec::new();
    let mut layouts = Vec::new();
    let mut twins = Vec::new();
    for (index, panel) in figure.panels.iter().enumerate() {
        let (first, second): (Vec<&Series>, Vec<&Series>) =
            panel.series.iter().partition(|series| !series.is_second());
        let first: Vec<Plot> = first.into_iter().flat_map(of_series).collect();
        let second: Vec<Plot> = second.into_iter().flat_map(of_series).collect();
        layouts.push(layout(panel, &first, &second));
        if second.is_empty() {
            plots.push(first);
        } else {
            plots.push(Vec::new());
            twins.push((index, first, second));
        }
    }
    let structure = (0..figure.panels.len()).map(|index| vec![index]).collect();
    let mut sheet = Sheet::new(rows, columns)
        .with_structure(structure)
        .with_plots(plots)
        .with_layouts(layouts)
        .with_cell_size(width, height)
        .with_spacing(12.0)
        .with_padding(8.0);
    for (index, first, second) in twins {
        sheet = sheet.with_twin_y_plots(index, first, second);
    }
    // Panels may share their regions.
    let mut regions: Vec<&Region> = Vec::new();
    for region in figure.panels.iter().flat_map(|panel| &panel.regions) {
        if !regions.iter().any(|known| known.name == region.name) {
            regions.push(region);
        }
    }
    let entries: Vec<LegendEntry> = figure
        .legend()
        .into_iter()
        .filter_map(legend_entry)
        .chain(regions.into_iter().map(region_entry))
        .collect();
    if !entries.is_empty() {
        sheet = sheet
            .with_shared_legend_position(FigureLegendPosition::RightMiddle)
            .with_shared_legend_entries(entries);
    }
    sheet.render()
}

impl Series {
    fn is_second(&self) -> bool {
        matches!(
            self,
            Self::Line {
                second_axis: true,
                ..
            }
        )
    }
}

fn legend_entry(series: &Series) -> Option<LegendEntry> {
    let (name, color) = series.legend()?;
    let (shape, dasharray) = match series {
        Series::Dots { .. } => (LegendShape::Circle, None),
        Series::Line { dashed, points, .. } if is_dashed(*dashed, points) => {
            (LegendShape::Line, Some(DASHES.to_owned()))
        }
        _ => (LegendShape::Line, None),
    };
    Some(LegendEntry {
        label: name.to_owned(),
        color: color.to_owned(),
        shape,
        dasharray,
    })
}

fn is_dashed(dashed: bool, points: &[(f64, f64)]) -> bool {
    dashed && points.len() == 2
}

fn region_entry(region: &Region) -> LegendEntry {
    LegendEntry {
        label: region.name.clone(),
        color: pale(&pale(region.color)),
        shape: LegendShape::Rect,
        dasharray: None,
    }
}

fn layout(panel: &Panel, first: &[Plot], second: &[Plot]) -> Layout {
    let mut layout = match second.is_empty() {
        true => Layout::auto_from_plots(first),
        false => Layout::auto_from_twin_y_plots(first, second),
    };
    if !panel.title.is_empty() {
        layout = layout.with_title(panel.title.clone());
    }
    layout = layout
        .with_x_label(panel.x.label.clone())
        .with_y_label(panel.y.label.clone())
        .with_title_size(14)
        .with_label_size(12)
        .with_tick_size(11)
        .with_theme(theme())
        .with_tick_format(TickFormat::Custom(Arc::new(tick)));
    let unlabelled =
        |series: &Series| matches!(series, Series::Heat { label, .. } if label.is_empty());
    if panel.series.iter().any(unlabelled) {
        layout.show_colorbar = false;
    }
    if panel.x.log {
        layout = layout.with_log_x();
    }
    if panel.y.log {
        layout = layout.with_log_y();
    }
    if let Some((from, to)) = panel.x.range {
        layout = layout.with_x_axis_min(from).with_x_axis_max(to);
    }
    if let Some((from, to)) = panel.y.range {
        layout = layout.with_y_axis_min(from).with_y_axis_max(to);
    }
    if let Some(axis) = &panel.y2 {
        layout = layout.with_y2_label(axis.label.clone());
        if let Some((from, to)) = axis.range {
            layout = layout.with_y2_axis_min(from).with_y2_axis_max(to);
        }
    }
    for region in &panel.regions {
        layout = layout.with_shaded_region(
            ShadedRegion::vertical(region.from, region.to)
                .with_color(region.color)
                .with_opacity(0.14),
        );
    }
    layout
}

/// Black on white, no grid, no boxes.
fn theme() -> Theme {
    Theme {
        legend_border: "none".to_owned(),
        axis_color: "#444444".to_owned(),
        tick_color: "#444444".to_owned(),
        text_color: "#222222".to_owned(),
        show_grid: false,
        ..Theme::light()
    }
}

/// A tick's number without needless zeros.
fn tick(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = match value.abs() {
        size if (1e-3..1e5).contains(&size) => format!("{value:.4}"),
        _ => return format!("{value:.0e}").replace('-', "−"),
    };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('-', "−")
}

fn of_series(series: &Series) -> Vec<Plot> {
    match series {
        Series::Line {
            color,
            points,
            band,
            dashed,
            ..
        } => {
            let mut line = LinePlot::new()
                .with_data(points.iter().copied())
                .with_color(*color)
                .with_stroke_width(if *dashed { 1.4 } else { 2.0 });
            // In PNG every segment starts its dashes anew: with many they would leave no gap.
            if is_dashed(*dashed, points) {
                line = line.with_line_style(LineStyle::Custom(DASHES.to_owned()));
            }
            if band.len() == points.len() && !band.is_empty() {
                let (low, high): (Vec<f64>, Vec<f64>) = band.iter().copied().unzip();
                line = line.with_band(low, high);
            }
            vec![Plot::Line(line)]
        }
        Series::Bundle { color, lines, .. } => lines
            .iter()
            .map(|points| {
                let line = LinePlot::new()
                    .with_data(points.iter().copied())
                    .with_color(pale(color))
                    .with_stroke_width(0.6);
                Plot::Line(line)
            })
            .collect(),
        Series::Dots { color, points, .. } => {
            let dots = ScatterPlot::new()
                .with_data(points.iter().copied())
                .with_color(*color)
                .with_marker(MarkerShape::Circle)
                .with_size(2.5)
                .with_marker_opacity(0.75);
            vec![Plot::Scatter(dots)]
        }
        Series::Heat { x, y, values, .. } => {
            let cells = values.iter().map(|row| {
                row.iter()
                    .map(|value| value.unwrap_or(f64::NAN))
                    .collect::<Vec<f64>>()
            });
            let heat = Heatmap::new()
                .with_data(cells)
                .with_color_map(ColorMap::Custom(Arc::new(heat_color)))
                .with_x_range(x.0, x.1)
                .with_y_range(y.0, y.1)
                .with_cell_size(1.0);
            vec![Plot::Heatmap(heat)]
        }
    }
}

/// Viridis, and white for what is absent.
fn heat_color(value: f64) -> String {
    match value.is_nan() {
        true => "#ffffff".to_owned(),
        false => ColorMap::Viridis.map(value),
    }
}

/// Halfway to white: many thin lines of it don't hide each other.
fn pale(color: &str) -> String {
    let channel = |from: usize| {
        let value = color
            .get(from..from + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        value.map_or(0x80, |value| 0xff - (0xff - value) / 2)
    };
    format!("#{:02x}{:02x}{:02x}", channel(1), channel(3), channel(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_face_of_the_font_is_kept() {
        let svg = "<style>@font-face{a}@font-face{b}@font-face{c}</style><text/>";
        assert_eq!(
            upright_font_alone(svg),
            "<style>@font-face{a}</style><text/>"
        );
        assert_eq!(upright_font_alone("<text/>"), "<text/>");
    }

    #[test]
    fn ticks_are_short() {
        for (value, text) in [(0.5, "0.5"), (-10.0, "−10"), (1e-5, "1e−5"), (0.0, "0")] {
            assert_eq!(tick(value), text);
        }
    }

    #[test]
    fn pale_is_halfway_to_white() {
        assert_eq!(pale("#000000"), "#808080");
        assert_eq!(pale("#ffffff"), "#ffffff");
        assert_eq!(pale("#2166ac"), "#90b3d6");
    }
}
