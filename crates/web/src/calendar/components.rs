//! The calendar: toolbar and module filter from the server, the grid from `ui/src/calendar.ts`.

use maud::{Markup, html};
use obcms_app::calendar::FILTERS;

use crate::components::icons::icon;
use crate::components::words::{self, t};

/// The calendar of the page, or of a detail page.
#[derive(Debug, Default, Clone)]
pub struct Calendar {
    /// One of [`VIEWS`]; empty for the one that suits the window.
    pub view: String,
    /// The date it shows, `YYYY-MM-DD`; empty for today.
    pub date: String,
    /// The office's date today.
    pub today: String,
    /// The first day of the week: 0 is Sunday.
    pub week_start: u8,
    /// The person's time zone, an IANA name.
    pub timezone: String,
    /// The person sees no Hijri dates unless they ask for them on this device.
    pub without_hijri: bool,
    /// Weeks of the view of several weeks.
    pub weeks: u8,
    /// What the agenda shows: so many days, or so many entries with an "e" behind the number.
    pub next: String,
    /// How much a timeline shows: `day`, `week`, `fortnight` or `month`.
    pub span: String,
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
    /// Kinds of entries that are the thing itself, so that they can be copied.
    pub whole: Vec<String>,
    /// Kinds of entries that can be given to another person.
    pub given: Vec<String>,
    /// Rows of the timeline that it opens with, by the name of the view; null when it opens otherwise.
    pub rows: serde_json::Value,
    /// The row of filters beneath the toolbar, or nothing.
    pub filters: Markup,
    /// Whether the side area with the heat map and the conflicts can be opened.
    pub panels: bool,
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
    /// Collection of the interface that takes it.
    pub collection: String,
    /// Field that names it.
    pub title: String,
    /// Whether its name and its dates are enough to make one.
    pub quick: bool,
    /// Whether these and a resource are enough.
    pub books: bool,
    /// Field for several people, or nothing.
    pub people: String,
    /// Field for one resource, or nothing.
    pub resource: String,
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
/// Those that stand in the toolbar where there is room.
const USUAL: [&str; 4] = ["day", "week", "month", "agenda"];

/// Parameters of the page that the calendar as a file takes over: its filters.
fn of_the_file() -> String {
    FILTERS.map(|(name, _)| name).join(" ")
}

/// Parameters of the page that a new feed takes over. Its words of the title are not called `q`.
fn of_a_feed() -> String {
    FILTERS.map(|(name, _)| if name == "q" { "q:text" } else { name }).join(" ")
}

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
            data-given=(calendar.given.join(" "))
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

/// The usual views side by side, all of them in a menu.
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

/// What narrows the calendar at once, without a new page: modules, mine, words of the title.
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
        label.check.calendar-mine { input type="checkbox" data-mine checked[calendar.mine]; span { (t!("Mine")) } }
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
