//! Calendar component: toolbar and module filter from the server, grid from `ui/src/calendar/calendar.ts`.

use maud::{Markup, html};
use obcms_app::calendar::FILTERS;

use crate::components::icons::icon;
use crate::components::words::{self, t};

/// Calendar of the calendar page, or within a detail page.
#[derive(Debug, Default, Clone)]
pub struct Calendar {
    /// One of [`VIEWS`]; empty for the one that fits the window.
    pub view: String,
    /// Shown date, `YYYY-MM-DD`; empty for today.
    pub date: String,
    /// Today in the office.
    pub today: String,
    /// First day of the week: 0 is Sunday.
    pub week_start: u8,
    /// Time zone of the person, an IANA name.
    pub timezone: String,
    /// Hides Hijri dates, unless the person shows them on this device.
    pub without_hijri: bool,
    /// Number of weeks of the view of several weeks.
    pub weeks: u8,
    /// Length of the agenda: a number of days, or of entries with a trailing "e".
    pub next: String,
    /// Length of a timeline: `day`, `week`, `fortnight` or `month`.
    pub span: String,
    /// Modules, in order.
    pub modules: Vec<CalendarModule>,
    /// Search text.
    pub search: String,
    /// Only entries of the person.
    pub mine: bool,
    /// Constant parameters of the feed, such as `resource`.
    pub feed_parameters: Vec<(String, String)>,
    /// Records that can be created on a day.
    pub creates: Vec<CalendarCreate>,
    /// Entry kinds that may last longer than a day, so that their ends can be dragged.
    pub spans: Vec<String>,
    /// Entry kinds that may have times, so that they may change between hours and whole days.
    pub timed: Vec<String>,
    /// Entry kinds that are the record itself, so that they can be copied.
    pub whole: Vec<String>,
    /// Entry kinds that can be reassigned to another person.
    pub given: Vec<String>,
    /// Labels of the kinds of entries.
    pub kinds: std::collections::BTreeMap<String, String>,
    /// Initial rows of the timeline, by the name of the view; null for other views.
    pub rows: serde_json::Value,
    /// Row of filters beneath the toolbar, or empty.
    pub filters: Markup,
    /// True if the side area with heat map and conflicts can be opened.
    pub panels: bool,
    /// True if it is a part of a page with its own heading.
    pub embedded: bool,
    /// Content without script: the entries as a list.
    pub fallback: Markup,
}

/// Record that can be created on a day, and the form fields that receive the day.
#[derive(Debug, Default, Clone)]
pub struct CalendarCreate {
    /// Label, such as "Event".
    pub label: String,
    /// Address of the form.
    pub href: String,
    /// API collection.
    pub collection: String,
    /// Field with the title.
    pub title: String,
    /// True if title and dates are sufficient.
    pub quick: bool,
    /// True if title, dates and a resource are sufficient.
    pub books: bool,
    /// Field for several people, or empty.
    pub people: String,
    /// Field for one resource, or empty.
    pub resource: String,
    /// Field with the first day or the start; empty without such a field.
    pub start: String,
    /// Field with the last day or the end.
    pub end: String,
    /// True if it may have times; then the end is exclusive and `all_day` selects the type.
    pub timed: bool,
    /// True if a single day sets only the end, such as the due date of a task.
    pub due: bool,
}

/// Module in the filter.
#[derive(Debug, Default, Clone)]
pub struct CalendarModule {
    /// Key, such as `coordination`.
    pub key: String,
    /// Label.
    pub label: String,
    /// True if its entries are shown.
    pub shown: bool,
}

/// Views with labels and keys.
pub const VIEWS: [(&str, &str, &str); 8] = [
    ("day", "Day", "D"),
    ("week", "Week", "W"),
    ("weeks", "Weeks", "X"),
    ("month", "Month", "M"),
    ("year", "Year", "Y"),
    ("agenda", "Agenda", "A"),
    ("people", "People", "P"),
    ("resources", "Resources", "R"),
];
/// Views in the toolbar where there is room.
const USUAL: [&str; 4] = ["day", "week", "month", "agenda"];

/// Returns the page parameters that the download takes: its filters.
fn of_the_file() -> String {
    FILTERS.map(|(name, _)| name).join(" ")
}

/// Returns the page parameters that a new feed takes. Its search text is not called `q`.
fn of_a_feed() -> String {
    FILTERS.map(|(name, _)| if name == "q" { "q:text" } else { name }).join(" ")
}

/// Calendar with toolbar and filter. The page loads `calendar.js` and `calendar.css`.
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
                "collection": create.collection,
                "title": create.title,
                "quick": create.quick,
                "books": create.books,
                "people": create.people,
                "resource": create.resource,
                "start": create.start,
                "end": create.end,
                "timed": create.timed,
                "due": create.due,
            })
        })
        .collect();
    html! {
        div #calendar .calendar data-calendar data-view=(calendar.view) data-date=(calendar.date)
            data-today=(calendar.today) data-week-start=(calendar.week_start) data-timezone=(calendar.timezone) data-without-hijri[calendar.without_hijri]
            data-weeks=(calendar.weeks) data-next=(calendar.next) data-span=(calendar.span)
            data-parameters=(serde_json::json!(parameters)) data-creates=(serde_json::json!(creates))
            data-spans=(calendar.spans.join(" ")) data-timed=(calendar.timed.join(" "))
            data-whole=(calendar.whole.join(" "))
            data-given=(calendar.given.join(" ")) data-kinds=(serde_json::json!(calendar.kinds))
            data-rows=[(!calendar.rows.is_null()).then(|| calendar.rows.to_string())] {
            (toolbar(calendar))
            (calendar.filters)
            div.calendar-columns {
                (module_filter(calendar))
                div.calendar-main {
                    div data-running {}
                    div.calendar-grid data-grid { (calendar.fallback) }
                }
                @if calendar.panels { aside #calendar-side .calendar-side data-side-panels aria-label=(t!("Calendar panels")) hidden {} }
            }
        }
    }
}

fn toolbar(calendar: &Calendar) -> Markup {
    html! {
        div.calendar-toolbar {
            div.button-group.calendar-steps {
                button.button type="button" data-only="icon" data-step="previous" title=(t!("Earlier (←)"))
                    aria-label=(t!("Earlier")) { (icon("chevron-left")) }
                button.button type="button" data-step="today" title=(t!("Today (T)")) { (t!("Today")) }
                button.button type="button" data-only="icon" data-step="next" title=(t!("Later (→)"))
                    aria-label=(t!("Later")) { (icon("chevron-right")) }
            }
            @if calendar.embedded {
                h2.calendar-title data-title aria-live="polite" {}
            } @else {
                h1.calendar-title data-title aria-live="polite" { (t!("Calendar")) }
            }
            span.grow {}
            (views(&calendar.view))
            @if calendar.panels {
                button.button type="button" data-only="icon" data-toggle-panels aria-expanded="false"
                    aria-controls="calendar-side" title=(t!("Busy days, conflicts, upcoming (B)"))
                    aria-label=(t!("Busy days, conflicts, upcoming")) { (icon("layout-list")) }
                details.menu.calendar-paper data-side="end" {
                    summary.button data-only="icon" title=(t!("Print and more")) aria-label=(t!("Print and more")) {
                        (icon("ellipsis"))
                    }
                    div.menu-panel {
                        a.menu-item href="/calendar/print?view=month" data-print-link="month" {
                            (icon("printer")) (t!("Print the month"))
                        }
                        a.menu-item href="/calendar/print?view=brief" data-print-link="brief" {
                            (icon("scroll-text")) (t!("Print a brief"))
                        }
                        div.menu-line {}
                        a.menu-item href="/feeds/new" data-filter-link=(of_a_feed()) { (icon("rss")) (t!("Subscribe to this view…")) }
                        a.menu-item href="/calendar.ics" data-filter-link=(of_the_file()) {
                            (icon("download")) (t!("Download (.ics)"))
                        }
                        a.menu-item href="/shares/new" data-filter-link="modules" { (icon("share-2")) (t!("Share…")) }
                        a.menu-item href="/shares" { (icon("share-2")) (t!("Shared calendars")) }
                        a.menu-item href="/feeds" { (icon("link")) (t!("My feeds")) }
                        div.menu-line {}
                        label.menu-item { input type="checkbox" data-hijri-box; (t!("Hijri dates")) }
                    }
                }
            }
            @if !calendar.filters.0.is_empty() {
                button.button.calendar-fold type="button" data-only="icon" data-fold-filters aria-expanded="true"
                    title=(t!("Filters")) aria-label=(t!("Filters")) { (icon("list-filter")) }
            }
            @if !calendar.creates.is_empty() {
                details.menu.calendar-new data-side="end" {
                    summary.button data-kind="main" { (icon("plus")) span { (t!("New")) } }
                    div.menu-panel {
                        @for create in &calendar.creates { a.menu-item href=(create.href) { (create.label) } }
                        a.menu-item href="/calendar/find-time" { (t!("Find a time…")) }
                    }
                }
            }
        }
    }
}

/// Common views side by side, all of them in a menu.
fn views(current: &str) -> Markup {
    let pressed = |view: &str| if current == view { "true" } else { "false" };
    html! {
        div.button-group.calendar-views role="group" aria-label=(t!("View")) {
            @for (view, label, key) in VIEWS.iter().filter(|(view, ..)| USUAL.contains(view)) {
                button.button type="button" data-view=(view) title={ (words::text(label)) " (" (key) ")" }
                    aria-pressed=(pressed(view)) { (words::text(label)) }
            }
            details.menu.calendar-more-views data-side="end" {
                summary.button { span data-view-name { (t!("More")) } (icon("chevron-down")) }
                div.menu-panel role="group" aria-label=(t!("All views")) {
                    @for (view, label, key) in VIEWS {
                        button.menu-item type="button" data-view=(view) aria-pressed=(pressed(view)) {
                            (words::text(label)) kbd { (key) }
                        }
                    }
                }
            }
        }
    }
}

/// Filters that apply at once, without a new page: modules, own entries, search text.
#[must_use]
pub fn quick_filters(calendar: &Calendar) -> Markup {
    html! {
        div.calendar-options data-options {}
        details.menu.calendar-modules-menu {
            summary.button { (icon("layers")) (t!("Modules")) }
            div.menu-panel { @for module in &calendar.modules { (module_check(module)) } }
        }
        div.filter-search {
            (icon("search"))
            input.input type="search" data-search value=(calendar.search) placeholder=(t!("Find an entry"))
                aria-label=(t!("Find in the calendar")) autocomplete="off";
        }
        div.calendar-whose role="radiogroup" aria-label=(t!("Whose entries")) {
            label {
                input type="radio" name="calendar-whose" data-whose data-mine checked[calendar.mine];
                span { (t!("Mine")) }
            }
            label {
                input type="radio" name="calendar-whose" data-whose checked[!calendar.mine];
                span { (t!("Everyone")) }
            }
        }
    }
}

fn module_filter(calendar: &Calendar) -> Markup {
    html! {
        fieldset.calendar-modules {
            legend.visually-hidden { (t!("Modules")) }
            @for module in &calendar.modules { (module_check(module)) }
        }
    }
}

fn module_check(module: &CalendarModule) -> Markup {
    html! {
        label.module-check data-module=(module.key) title=(module.label) {
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
    fn element_has_the_data_of_the_script() {
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
