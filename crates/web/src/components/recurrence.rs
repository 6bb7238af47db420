//! Recurrence rules and lists of dates in forms. Both are texts that can be typed; `ui/src/calendar/recurrence.ts` and
//! `ui/src/calendar/date-list.ts` replace them by controls and pickers, and still send the texts.

use maud::{Markup, html};

/// Input of a rule. `starts` are the names of the inputs with the start of the series.
#[must_use]
pub fn rule(input: &Markup, starts: &[String]) -> Markup {
    html! { div.recurrence data-recurrence data-starts=(starts.join(" ")) { (input) } }
}

/// Input of several dates.
#[must_use]
pub fn dates(input: &Markup, label: &str) -> Markup {
    html! { div.date-lists data-date-list=(label) { (input) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_names_the_inputs_of_its_start() {
        let text =
            rule(&html! { input name="rrule"; }, &["start_date".into(), "due_date".into()]).into_string();
        assert!(text.contains("data-starts=\"start_date due_date\""));
        assert!(text.contains("name=\"rrule\""), "it is sent without script too");
    }
}
