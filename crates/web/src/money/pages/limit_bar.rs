//! Bar of a limit with the parts that are taken of it.

use maud::{Markup, html};

/// Bar of a limit. Each part has the number of its color and its amount; what exceeds the limit is cut.
pub(super) fn limit_bar(limit: i64, parts: &[(u8, i64)]) -> Markup {
    let mut start = 0.0;
    let mut placed = Vec::with_capacity(parts.len());
    for (series, amount) in parts {
        let width = share(*amount, limit, 100.0 - start);
        placed.push((series, number(start), number(width)));
        start += width;
    }
    html! {
        svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.chart-track width="100" height="8" {}
            @for (series, start, width) in &placed {
                rect data-series=(series) x=(start) width=(width) height="8" {}
            }
        }
    }
}

/// Returns the width of a part, at most `most`. All of a limit of zero is taken by any amount.
#[allow(clippy::cast_precision_loss)] // Amounts are far below 2^53 centavos.
fn share(part: i64, whole: i64, most: f64) -> f64 {
    let width = if whole > 0 {
        part as f64 / whole as f64 * 100.0
    } else if part > 0 {
        100.0
    } else {
        0.0
    };
    width.clamp(0.0, most.max(0.0))
}

fn number(value: f64) -> String {
    format!("{value:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_up_to_the_limit() {
        let bar = limit_bar(400, &[(5, 100), (0, 700)]).into_string();
        assert!(bar.contains(r#"data-series="5" x="0.00" width="25.00""#), "{bar}");
        assert!(bar.contains(r#"data-series="0" x="25.00" width="75.00""#), "{bar}");
        assert!(limit_bar(0, &[(0, 1)]).into_string().contains(r#"width="100.00""#));
        assert!(limit_bar(0, &[(0, 0)]).into_string().contains(r#"width="0.00""#));
    }
}
