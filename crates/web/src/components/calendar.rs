//! The calendar: toolbar and module filter from the server, the grid from `ui/src/calendar.ts`.

use maud::{Markup, html};

use super::icons::icon;

/// The calendar of the page, or of a detail page.
#[derive(Debug, Default, Clone)]
pub struct Calendar {
    /// `month`, `week`, `day` or `list`.
    pub view: String,
    /// The date it shows, `YYYY-MM-DD`; empty for today.
    pub date: String,
    /// The office's date today.
    pub today: String,
    /// The first day of the week: 0 is Sunday.
    pub week_start: u8,
    /// The office's time zone, an IANA name.
    pub timezone: String,
    /// The modules, in their order.
    pub modules: Vec<CalendarModule>,
    /// The word searched for.
    pub search: String,
    /// Only what concerns the person.
    pub mine: bool,
    /// Parameters the feed always gets, such as `resource`.
    pub feed_parameters: Vec<(String, String)>,
    /// What can be made on a day.
    pub creates: Vec<CalendarCreate>,
    /// Kinds of entries that may last longer than a day, so that their ends can be pulled.
    pub spans: Vec<String>,
    /// Kinds of entries that may have times, so that they may change between hours and whole days.
    pub timed: Vec<String>,
    /// Whether it is a part of a page that has its own heading.
    pub embedded: bool,
    /// What stands there without script: the entries as a list.
    pub fallback: Markup,
}

/// Something that can be made on a day, and the fields of its form that the day goes into.
#[derive(Debug, Default, Clone)]
pub struct CalendarCreate {
    /// What it is, such as "Event".
    pub label: String,
    /// Address of its form.
    pub href: String,
    /// Field with the first day or the start; empty when it has no such field.
    pub start: String,
    /// Field with the last day or the end.
    pub end: String,
    /// Whether it may have times; then the end is exclusive and `all_day` says which of both it is.
    pub timed: bool,
    /// Whether a single day goes into the end alone, as into the due date of a task.
    pub due: bool,
}

/// A module in the filter.
#[derive(Debug, Default, Clone)]
pub struct CalendarModule {
    /// Its key, such as `coordination`.
    pub key: String,
    /// Its name.
    pub label: String,
    /// Whether its entries show.
    pub shown: bool,
}

/// The views with their words and keys.
const VIEWS: [(&str, &str, &str); 4] =
    [("month", "Month", "M"), ("week", "Week", "W"), ("day", "Day", "D"), ("list", "List", "L")];

/// The calendar with its toolbar and filter. The page asks the frame for `calendar.js` and `calendar.css`.
#[must_use]
pub fn calendar(calendar: &Calendar) -> Markup {
    let parameters: std::collections::BTreeMap<&str, &str> =
        calendar.feed_parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let creates: Vec<serde_json::Value> = calendar
        .creates
        .iter()
        .map(|create| {
            serde_json::json!({
                "label": create.label,
                "href": create.href,
                "start": create.start,
                "end": create.end,
                "timed": create.timed,
                "due": create.due,
            })
        })
        .collect();
    html! {
        div #calendar .calendar data-calendar data-view=(calendar.view) data-date=(calendar.date)
            data-today=(calendar.today) data-week-start=(calendar.week_start) data-timezone=(calendar.timezone)
            data-parameters=(serde_json::json!(parameters)) data-creates=(serde_json::json!(creates))
            data-spans=(calendar.spans.join(" ")) data-timed=(calendar.timed.join(" ")) {
            (toolbar(calendar))
            div.calendar-columns {
                (module_filter(calendar))
                div.calendar-grid data-grid { (calendar.fallback) }
            }
        }
    }
}

fn toolbar(calendar: &Calendar) -> Markup {
    html! {
        div.calendar-toolbar {
            div.button-group {
                button.button type="button" data-only="icon" data-step="previous" title="Earlier (←)"
                    aria-label="Earlier" { (icon("chevron-left")) }
                button.button type="button" data-step="today" title="Today (T)" { "Today" }
                button.button type="button" data-only="icon" data-step="next" title="Later (→)"
                    aria-label="Later" { (icon("chevron-right")) }
            }
            @if calendar.embedded {
                h2.calendar-title data-title aria-live="polite" {}
            } @else {
                h1.calendar-title data-title aria-live="polite" { "Calendar" }
            }
            span.grow {}
            details.menu.calendar-modules-menu data-side="end" {
                summary.button { (icon("list-filter")) "Modules" }
                div.menu-panel { @for module in &calendar.modules { (module_check(module)) } }
            }
            label.check.calendar-mine { input type="checkbox" data-mine checked[calendar.mine]; span { "Mine" } }
            div.filter-search {
                (icon("search"))
                input.input type="search" data-search value=(calendar.search) placeholder="Find an entry"
                    aria-label="Find in the calendar" autocomplete="off";
            }
            div.button-group role="group" aria-label="View" {
                @for (view, label, key) in VIEWS {
                    button.button type="button" data-view=(view) title={ (label) " (" (key) ")" }
                        aria-pressed=(if calendar.view == view { "true" } else { "false" }) { (label) }
                }
            }
            @if !calendar.creates.is_empty() {
                details.menu.calendar-new data-side="end" {
                    summary.button data-kind="main" { (icon("plus")) span { "New" } }
                    div.menu-panel {
                        @for create in &calendar.creates { a.menu-item href=(create.href) { (create.label) } }
                    }
                }
            }
        }
    }
}

fn module_filter(calendar: &Calendar) -> Markup {
    html! {
        fieldset.calendar-modules {
            legend.visually-hidden { "Modules" }
            @for module in &calendar.modules { (module_check(module)) }
        }
    }
}

fn module_check(module: &CalendarModule) -> Markup {
    html! {
        label.module-check data-module=(module.key) {
            input type="checkbox" data-module-filter=(module.key) checked[module.shown];
            span.grow { (module.label) }
            span.count data-count {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_needs_is_on_the_element() {
        let text = calendar(&Calendar {
            view: "week".to_owned(),
            timezone: "Asia/Manila".to_owned(),
            creates: vec![CalendarCreate {
                label: "Event \"x\"".to_owned(),
                href: "/events/new".to_owned(),
                ..CalendarCreate::default()
            }],
            spans: vec!["event".to_owned(), "task".to_owned()],
            modules: vec![CalendarModule {
                key: "mana".to_owned(),
                shown: true,
                ..CalendarModule::default()
            }],
            ..Calendar::default()
        })
        .into_string();
        assert!(text.contains("data-timezone=\"Asia/Manila\""));
        assert!(text.contains("data-view=\"week\" title=\"Week (W)\" aria-pressed=\"true\""));
        assert!(text.contains("&quot;/events/new&quot;"));
        assert!(text.contains("data-spans=\"event task\""));
    }
}
