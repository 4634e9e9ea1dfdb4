//! A panel as plotly draws it.

use serde_json::{Value, json};

use super::figure::{Axis, Panel, Region, Series};

/// Opacity of bands and of single curves, in hexadecimal.
const BAND: &str = "33";
const THIN: &str = "40";
const FONT: &str =
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/// `{data, layout}` for `Plotly.newPlot`.
pub(crate) fn chart(panel: &Panel) -> Value {
    let traces: Vec<Value> = panel.series.iter().flat_map(traces).collect();
    let shapes: Vec<Value> = panel.regions.iter().map(region).collect();
    let notes: Vec<Value> = panel.regions.iter().map(region_name).collect();
    let mut layout = json!({
        "title": {"text": panel.title, "font": {"size": 14}, "x": 0.0, "xanchor": "left", "xref": "paper"},
        "font": {"family": FONT, "size": 12, "color": "#222"},
        "margin": {
            "l": 64,
            "r": if panel.y2.is_some() { 64 } else { 16 },
            "t": if panel.title.is_empty() { 28 } else { 36 },
            "b": 48,
        },
        "showlegend": false,
        "hovermode": "closest",
        "plot_bgcolor": "#fff",
        "paper_bgcolor": "#fff",
        "shapes": shapes,
        "annotations": notes,
        "xaxis": axis(&panel.x, panel),
        "yaxis": axis(&panel.y, panel),
    });
    if let Some(second) = &panel.y2 {
        layout["yaxis2"] = axis(second, panel);
        layout["yaxis2"]["overlaying"] = json!("y");
        layout["yaxis2"]["side"] = json!("right");
        layout["yaxis2"]["showgrid"] = json!(false);
    }
    json!({"data": traces, "layout": layout})
}

fn axis(axis: &Axis, panel: &Panel) -> Value {
    let is_heat = |series: &Series| matches!(series, Series::Heat { .. });
    let heat = panel.series.iter().any(is_heat);
    let mut value = json!({
        "title": {"text": axis.label, "standoff": 8},
        "type": if axis.log { "log" } else { "linear" },
        "automargin": true,
        "showgrid": !heat,
        "gridcolor": "#e8e8e8",
        "zeroline": false,
        "linecolor": "#444",
        "showline": true,
        "ticks": "outside",
        "tickcolor": "#444",
        "exponentformat": if axis.log { "power" } else { "none" },
        "separatethousands": true,
    });
    if axis.log {
        // Between the powers of ten, plotly would print lone digits.
        value["dtick"] = json!(1);
    }
    if let Some((from, to)) = axis.range {
        let shown = |x: f64| if axis.log { x.log10() } else { x };
        value["range"] = json!([shown(from), shown(to)]);
    }
    value
}

fn traces(series: &Series) -> Vec<Value> {
    match series {
        Series::Line {
            name,
            color,
            points,
            band,
            dashed,
            second_axis,
        } => {
            let mut traces = Vec::new();
            if band.len() == points.len() && !band.is_empty() {
                let mut band = band_trace(color, points, band);
                if *second_axis {
                    band["yaxis"] = json!("y2");
                }
                traces.push(band);
            }
            let (x, y) = coordinates(points);
            traces.push(json!({
                "type": "scatter", "mode": "lines", "name": name, "x": x, "y": y,
                "yaxis": if *second_axis { "y2" } else { "y" },
                "line": {"color": color, "width": 2, "dash": if *dashed { "dash" } else { "solid" }},
            }));
            traces
        }
        Series::Bundle { name, color, lines } => {
            // One trace with gaps: hundreds of traces would be slow.
            let (mut x, mut y) = (Vec::new(), Vec::new());
            for line in lines {
                let (line_x, line_y) = coordinates(line);
                x.extend(line_x);
                y.extend(line_y);
                x.push(Value::Null);
                y.push(Value::Null);
            }
            vec![json!({
                "type": "scatter", "mode": "lines", "name": name, "x": x, "y": y,
                "hoverinfo": "skip",
                "line": {"color": format!("{color}{THIN}"), "width": 1},
            })]
        }
        Series::Dots {
            name,
            color,
            points,
        } => {
            let (x, y) = coordinates(points);
            vec![json!({
                "type": "scatter", "mode": "markers", "name": name, "x": x, "y": y,
                "marker": {"color": color, "size": 6, "opacity": 0.75},
            })]
        }
        Series::Heat {
            label,
            x,
            y,
            values,
            shown,
        } => vec![heat_trace(label, *x, *y, values, *shown)],
    }
}

fn band_trace(color: &str, points: &[(f64, f64)], band: &[(f64, f64)]) -> Value {
    let forth = points
        .iter()
        .zip(band)
        .map(|(point, interval)| (point.0, interval.1));
    let back = points
        .iter()
        .zip(band)
        .rev()
        .map(|(point, interval)| (point.0, interval.0));
    let outline: Vec<(f64, f64)> = forth.chain(back).collect();
    let (x, y) = coordinates(&outline);
    json!({
        "type": "scatter", "mode": "lines", "x": x, "y": y, "fill": "toself",
        "fillcolor": format!("{color}{BAND}"), "line": {"width": 0}, "hoverinfo": "skip",
    })
}

fn heat_trace(
    label: &str,
    x: (f64, f64),
    y: (f64, f64),
    values: &[Vec<Option<f64>>],
    shown: (f64, f64),
) -> Value {
    let columns = values.first().map_or(0, Vec::len);
    let cells: Vec<Vec<Value>> = values
        .iter()
        .map(|row| row.iter().map(|value| two_digits(*value)).collect())
        .collect();
    json!({
        "type": "heatmap", "z": cells, "colorscale": "Viridis", "zmin": shown.0, "zmax": shown.1,
        "x0": x.0 + (x.1 - x.0) / columns.max(1) as f64 / 2.0,
        "dx": (x.1 - x.0) / columns.max(1) as f64,
        "y0": y.0 + (y.1 - y.0) / values.len().max(1) as f64 / 2.0,
        "dy": (y.1 - y.0) / values.len().max(1) as f64,
        "showscale": !label.is_empty(),
        "colorbar": {"title": {"text": label, "side": "right"}, "thickness": 12, "outlinewidth": 0},
    })
}

/// Colors tell no more than hundredths apart.
fn two_digits(value: Option<f64>) -> Value {
    value.map_or(Value::Null, |value| {
        rounded((value * 100.0).round() / 100.0)
    })
}

fn region(region: &Region) -> Value {
    json!({
        "type": "rect", "xref": "x", "yref": "paper", "x0": region.from, "x1": region.to, "y0": 0, "y1": 1,
        "fillcolor": region.color, "opacity": 0.14, "line": {"width": 0}, "layer": "below",
    })
}

fn region_name(region: &Region) -> Value {
    json!({
        "text": region.name, "x": (region.from + region.to) / 2.0, "y": 1.0, "xref": "x", "yref": "paper",
        "yanchor": "bottom", "showarrow": false, "font": {"size": 11, "color": "#555"},
    })
}

fn coordinates(points: &[(f64, f64)]) -> (Vec<Value>, Vec<Value>) {
    points
        .iter()
        .map(|(x, y)| (rounded(*x), rounded(*y)))
        .unzip()
}

/// Six significant digits: more can't be seen, and the page is read over slow lines too.
fn rounded(value: f64) -> Value {
    if !value.is_finite() {
        return Value::Null;
    }
    let short: f64 = format!("{value:.5e}")
        .parse()
        .expect("a number that was just printed");
    json!(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_gaps_are_null() {
        assert_eq!(rounded(1.0 / 3.0), json!(0.333_333));
        assert_eq!(rounded(f64::NAN), Value::Null);
        let bundle = Series::Bundle {
            name: String::new(),
            color: "#000000",
            lines: vec![vec![(0.0, 1.0), (1.0, 2.0)], vec![(0.0, 3.0)]],
        };
        let traces = traces(&bundle);
        assert_eq!(traces.len(), 1);
        assert_eq!(traces[0]["y"], json!([1.0, 2.0, null, 3.0, null]));
    }

    #[test]
    fn a_band_goes_forth_on_top_and_back_below() {
        let trace = band_trace(
            "#000000",
            &[(0.0, 1.0), (1.0, 1.0)],
            &[(0.0, 2.0), (0.5, 3.0)],
        );
        assert_eq!(trace["x"], json!([0.0, 1.0, 1.0, 0.0]));
        assert_eq!(trace["y"], json!([2.0, 3.0, 0.5, 0.0]));
    }
}
