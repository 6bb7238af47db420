//! Charts as SVG and tables from the server: printable, without script, and readable for screen readers.

use maud::{Markup, html};

/// Bar, slice or column.
#[derive(Debug, Default, Clone)]
pub struct Bar {
    /// Label.
    pub label: String,
    /// Link, or empty.
    pub href: String,
    /// Value; negative counts as zero.
    pub value: f64,
    /// Formatted value, such as `₱1.25M`.
    pub text: String,
    /// Module whose color it has, or empty for the accent.
    pub module: String,
}

/// Stacked bar.
#[derive(Debug, Default, Clone)]
pub struct StackedBar {
    /// Label.
    pub label: String,
    /// Parts, in the order of the series.
    pub parts: Vec<f64>,
    /// Formatted total.
    pub text: String,
}

/// Horizontal bars, scaled to the largest.
#[must_use]
pub fn bars(caption: &str, rows: &[Bar]) -> Markup {
    let largest = rows.iter().map(|row| row.value).fold(0.0, f64::max);
    html! {
        table.chart {
            caption.visually-hidden { (caption) }
            tbody {
                @for row in rows {
                    tr data-module=[(!row.module.is_empty()).then_some(&row.module)] {
                        th scope="row" { @if row.href.is_empty() { (row.label) } @else { a href=(row.href) { (row.label) } } }
                        td.chart-bar {
                            svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                                rect.chart-track width="100" height="8" {}
                                rect.chart-mark width=(share(row.value, largest)) height="8" {}
                            }
                        }
                        td.chart-text { (row.text) }
                    }
                }
            }
        }
    }
}

/// Horizontal stacked bars with a legend. Up to six series.
#[must_use]
pub fn stacked_bars(caption: &str, series: &[&str], rows: &[StackedBar]) -> Markup {
    let whole = |row: &StackedBar| row.parts.iter().map(|part| part.max(0.0)).sum::<f64>();
    let largest = rows.iter().map(whole).fold(0.0, f64::max);
    html! {
        div.chart-block {
            (legend(series))
            table.chart {
                caption.visually-hidden { (caption) }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (row.label) }
                            td.chart-bar {
                                svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img"
                                    aria-label=(spoken(series, &row.parts)) {
                                    rect.chart-track width="100" height="8" {}
                                    @for (place, start, width) in placed(&row.parts, largest) {
                                        rect data-series=(place) x=(start) width=(width) height="8" {}
                                    }
                                }
                            }
                            td.chart-text { (row.text) }
                        }
                    }
                }
            }
        }
    }
}

/// Ring chart with the total in its middle and a legend with the numbers.
#[must_use]
pub fn donut(caption: &str, middle: &str, slices: &[Bar]) -> Markup {
    // A circumference of 100 makes the lengths of the dashes percentages.
    const RADIUS: f64 = 100.0 / std::f64::consts::TAU;
    let values: Vec<f64> = slices.iter().map(|slice| slice.value).collect();
    let whole = values.iter().map(|value| value.max(0.0)).sum::<f64>();
    html! {
        figure.donut {
            svg viewBox="0 0 42 42" role="img" aria-label=(caption) {
                circle.chart-ring cx="21" cy="21" r=(number(RADIUS)) {}
                @for (place, start, width) in placed(&values, whole) {
                    circle.chart-slice data-series=(place) cx="21" cy="21" r=(number(RADIUS))
                        data-module=[slices.get(place).map(|slice| &slice.module).filter(|name| !name.is_empty())]
                        stroke-dasharray={ (width) " 100" } stroke-dashoffset={ "-" (start) }
                        transform="rotate(-90 21 21)" {}
                }
                text x="21" y="21" { (middle) }
            }
            figcaption {
                ul.legend data-list {
                    @for (place, slice) in slices.iter().enumerate() {
                        li data-module=[(!slice.module.is_empty()).then_some(&slice.module)] {
                            span.legend-mark data-series=(place) {}
                            span.grow { (slice.label) }
                            span.chart-text { (slice.text) }
                        }
                    }
                }
            }
        }
    }
}

/// Vertical columns, for months and quarters.
#[must_use]
pub fn columns(caption: &str, rows: &[Bar]) -> Markup {
    let largest = rows.iter().map(|row| row.value).fold(0.0, f64::max);
    html! {
        table.columns-chart {
            caption.visually-hidden { (caption) }
            tbody {
                @for row in rows {
                    tr title={ (row.label) ": " (row.text) } {
                        td.columns-text { (row.text) }
                        td.columns-mark {
                            svg viewBox="0 0 8 100" preserveAspectRatio="none" aria-hidden="true" {
                                rect.chart-mark width="8" height=(share(row.value, largest))
                                    transform="rotate(180 4 50)" {}
                            }
                        }
                        th scope="row" { (row.label) }
                    }
                }
            }
        }
    }
}

/// Small line chart without axes.
#[must_use]
pub fn sparkline(label: &str, values: &[f64]) -> Markup {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = if most > least { most - least } else { 1.0 };
    let step = if values.len() > 1 { 96.0 / (values.len() - 1) as f64 } else { 0.0 };
    let points: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            let x = 2.0 + step * place as f64;
            let y = 22.0 - (value - least) / range * 20.0;
            format!("{},{}", number(x), number(y))
        })
        .collect();
    html! {
        svg.sparkline viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label=(label) {
            polyline points=(points.join(" ")) {}
        }
    }
}

fn legend(series: &[&str]) -> Markup {
    html! {
        ul.legend {
            @for (place, name) in series.iter().enumerate() {
                li { span.legend-mark data-series=(place) {} (name) }
            }
        }
    }
}

/// Returns start and width in percent of every part that is not zero.
fn placed(parts: &[f64], whole: f64) -> Vec<(usize, String, String)> {
    let mut start = 0.0;
    let mut places = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let width = percent(*part, whole);
        if width > 0.0 {
            places.push((place, number(start), number(width)));
        }
        start += width;
    }
    places
}

fn spoken(series: &[&str], parts: &[f64]) -> String {
    let pairs: Vec<String> =
        series.iter().zip(parts).map(|(name, part)| format!("{name} {}", number(*part))).collect();
    pairs.join(", ")
}

fn share(value: f64, largest: f64) -> String {
    number(percent(value, largest))
}

fn percent(value: f64, whole: f64) -> f64 {
    if whole > 0.0 && value.is_finite() { (value.max(0.0) / whole * 100.0).min(100.0) } else { 0.0 }
}

/// Formats a number with at most two decimals.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_shares_of_the_largest() {
        let rows = [
            Bar { value: 50.0, text: "50".into(), ..Bar::default() },
            Bar { value: 200.0, text: "200".into(), ..Bar::default() },
            Bar { value: -3.0, ..Bar::default() },
        ];
        let text = bars("Money", &rows).into_string();
        for width in ["\"25\"", "\"100\"", "\"0\""] {
            assert!(text.contains(&format!("chart-mark\" width={width}")), "{width}");
        }
    }

    #[test]
    fn parts_follow_each_other() {
        assert_eq!(
            placed(&[1.0, 0.0, 3.0], 4.0),
            [(0, "0".to_owned(), "25".to_owned()), (2, "25".to_owned(), "75".to_owned())]
        );
    }

    #[test]
    fn empty_charts_are_rendered() {
        for text in [
            bars("a", &[]).into_string(),
            donut("a", "0", &[Bar::default()]).into_string(),
            sparkline("a", &[]).into_string(),
            sparkline("a", &[4.0]).into_string(),
            columns("a", &[Bar::default()]).into_string(),
            stacked_bars("a", &["x"], &[StackedBar::default()]).into_string(),
        ] {
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}
