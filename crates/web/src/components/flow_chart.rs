//! Flow of an amount through steps, each of which is a part of the one before, as SVG with its table.

use maud::{Markup, html};

use super::words::{t, t_html};

/// Step of a flow.
#[derive(Debug, Default, Clone)]
pub struct FlowStep {
    /// Label.
    pub label: String,
    /// Amount; below zero counts as zero.
    pub value: f64,
    /// Formatted amount.
    pub text: String,
    /// Formatted difference to the step before; empty for the first one and where nothing is missing.
    pub rest: String,
    /// Address of its rows, or empty.
    pub href: String,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 150.0;
/// Width of a node.
const NODE: f64 = 14.0;
/// Space above the nodes, for their labels.
const TOP: f64 = 34.0;

/// Draws the flow: a node for each step, its height by the amount, and a band to the next one. What does not go on is
/// the part of the node without a band. The table below has the same figures.
#[must_use]
pub fn flow_chart(caption: &str, steps: &[FlowStep]) -> Markup {
    let largest = steps.iter().map(|step| step.value).fold(0.0, f64::max);
    let height = |step: &FlowStep| if largest > 0.0 { step.value.max(0.0) / largest * HEIGHT } else { 0.0 };
    #[allow(clippy::cast_precision_loss)] // A few steps.
    let distance = if steps.len() > 1 { (WIDTH - 110.0) / (steps.len() - 1) as f64 } else { 0.0 };
    #[allow(clippy::cast_precision_loss)] // A few steps.
    let x = |place: usize| place as f64 * distance;
    html! {
        figure.flow-chart {
            svg viewBox={ "0 0 " (WIDTH) " " (TOP + HEIGHT + 4.0) } role="img" aria-label=(caption) {
                @for (place, pair) in steps.windows(2).enumerate() {
                    @let (left, right) = (x(place) + NODE, x(place + 1));
                    @let (middle, high) = (f64::midpoint(left, right), height(&pair[1]));
                    @if high > 0.0 {
                        path.flow-band d={
                            "M" (one(left)) " " (one(TOP)) " C" (one(middle)) " " (one(TOP)) " " (one(middle)) " " (one(TOP)) " " (one(right)) " " (one(TOP))
                            " V" (one(TOP + high)) " C" (one(middle)) " " (one(TOP + high)) " " (one(middle)) " " (one(TOP + high)) " " (one(left)) " " (one(TOP + high)) " Z"
                        } {}
                    }
                }
                @for (place, step) in steps.iter().enumerate() {
                    rect.flow-node x=(one(x(place))) y=(one(TOP)) width=(NODE) height=(one(height(step).max(1.0))) {}
                    text.flow-label x=(one(x(place))) y="12" { (step.label) }
                    text.flow-text x=(one(x(place))) y="27" { (step.text) }
                }
            }
            table.figure-table {
                caption.visually-hidden { (caption) }
                thead { tr {
                    th scope="col" { (t!("Step")) } th.right scope="col" { (t!("Amount")) } th.right scope="col" { (t!("Not gone on")) }
                } }
                tbody { @for step in steps { tr {
                    th scope="row" { (step.label) }
                    td.right { @if step.href.is_empty() { (step.text) } @else { a href=(step.href) { (step.text) } } }
                    td.right { @if step.rest.is_empty() { "–" } @else { (t_html!("{amount}", amount = step.rest)) } }
                } } }
            }
        }
    }
}

/// Formats a coordinate.
fn one(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_shares_of_the_largest() {
        let step = |value: f64| FlowStep { value, ..FlowStep::default() };
        let text = flow_chart("Money", &[step(200.0), step(100.0), step(-5.0)]).into_string();
        assert!(
            text.contains("height=\"150.0\"")
                && text.contains("height=\"75.0\"")
                && text.contains("height=\"1.0\"")
        );
        assert_eq!(text.matches("flow-band").count(), 1);
        for empty in [flow_chart("a", &[]), flow_chart("a", &[FlowStep::default()])] {
            let text = empty.into_string();
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}
