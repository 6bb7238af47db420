//! Burn-up chart: scope and completed work over time, with the values at the ends of the lines.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::components::words::{t, t_html};

/// Point of a burn-up chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnUpPoint {
    /// Day.
    pub day: Date,
    /// All work.
    pub scope: f64,
    /// Completed work.
    pub completed: f64,
}

/// Burn-up chart with a table of its values, folded.
#[must_use]
pub fn burn_up(points: &[BurnUpPoint]) -> Markup {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return html! {} };
    let most = points.iter().map(|point| point.scope.max(point.completed)).fold(1.0, f64::max);
    let scope = line(points, most, |point| point.scope);
    let completed = line(points, most, |point| point.completed);
    let label = t!(
        "{completed} of {scope} completed",
        completed = number(last.completed),
        scope = number(last.scope)
    );
    html! {
        figure.burn-up {
            figcaption { (label) }
            div.burn-up-plot {
                svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label=(label) {
                    polyline.burn-up-scope points=(scope) {}
                    polyline.burn-up-done points=(completed) {}
                }
                div.burn-up-ends data-full[last.completed >= last.scope] {
                    span data-series="scope" { (t_html!("Scope {value}", value = number(last.scope))) }
                    span data-series="done" { (t_html!("Completed {value}", value = number(last.completed))) }
                }
            }
            div.burn-up-days { span { (day(first.day)) } span { (day(last.day)) } }
            details {
                summary { (t!("Values by week")) }
                div.table-wrap data-wide { table.table {
                    thead { tr { th scope="col" { (t!("Day")) } th scope="col" data-right { (t!("Scope")) } th scope="col" data-right { (t!("Completed")) } } }
                    tbody { @for point in points {
                        tr { th scope="row" { (day(point.day)) } td data-right { (number(point.scope)) } td data-right { (number(point.completed)) } }
                    } }
                } }
            }
        }
    }
}

fn day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// Formats a weight without trailing zeros.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[allow(clippy::cast_precision_loss)] // A few hundred points.
fn line(points: &[BurnUpPoint], most: f64, value: impl Fn(&BurnUpPoint) -> f64) -> String {
    let step = if points.len() > 1 { 100.0 / (points.len() - 1) as f64 } else { 0.0 };
    let place = |(place, point): (usize, &BurnUpPoint)| {
        format!("{:.2},{:.2}", step * place as f64, 39.0 - value(point) / most * 38.0)
    };
    points.iter().enumerate().map(place).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn lines_end_at_their_values() {
        let point = |day, scope, completed| BurnUpPoint { day: date(2027, 3, day), scope, completed };
        let text = burn_up(&[point(1, 0.0, 0.0), point(8, 4.0, 1.0), point(15, 4.0, 2.5)]).into_string();
        assert!(text.contains("0.00,39.00 50.00,1.00 100.00,1.00"), "{text}");
        assert!(text.contains("Completed 2.5") && text.contains("Scope 4"), "{text}");
        assert!(burn_up(&[]).into_string().is_empty());
    }
}
