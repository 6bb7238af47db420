//! The calendar page. The grid is drawn by its script; without it the window stands there as a list.

use axum::Router;
use axum::extract::State as AxumState;
use axum::response::Html;
use axum::routing::get;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::calendar::{CalendarQuery, Entry, Feed, Moment};
use obcms_app::{Actor, AppError};
use obcms_domain::id::Id;
use obcms_domain::kinds;
use obcms_domain::registry::{DateRole, FieldType, Kind, Module, parse_date};

use super::errors::PageError;
use super::frame::Signed;
use super::may_create;
use crate::components::badges::{date_text, module_dot, words};
use crate::components::calendar::{Calendar, CalendarCreate, CalendarModule, calendar};
use crate::components::filters::{Chip, Filters, filters};
use crate::components::frame::Width;
use crate::input::Parameters;
use crate::state::{State, blocking};

/// The pages of this subject.
pub fn router() -> Router<State> {
    Router::new().route("/calendar", get(show))
}

/// Entries in the list without script at most.
const LISTED: usize = 300;
/// The modules that show when somebody took every mark away.
const NO_MODULE: &str = "none";

/// What the address asks for. What cannot be read there is as if it were not: the grid shows what it does show.
#[derive(Clone)]
struct Asked {
    view: String,
    date: Option<Date>,
    modules: String,
    search: String,
    mine: bool,
    kinds: String,
    person: Option<Id>,
}

impl Asked {
    fn read(parameters: &Parameters) -> Self {
        let text = |name: &str| parameters.get(name).unwrap_or_default().trim().to_owned();
        let view = text("view");
        Self {
            view: if ["month", "week", "day", "list"].contains(&view.as_str()) {
                view
            } else {
                String::new()
            },
            date: parse_date(&text("date")).ok(),
            modules: text("modules"),
            search: text("q"),
            mine: text("mine") == "true",
            kinds: text("kinds"),
            person: text("person").parse().ok(),
        }
    }

    fn shows(&self, module: Module) -> bool {
        self.modules.is_empty() || self.modules.split(',').any(|key| key == module.key())
    }

    /// The address of the same at a date.
    fn address(&self, date: Option<Date>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let date = date.map(|date| date.to_string()).unwrap_or_default();
        let person = self.person.map(|id| id.to_string()).unwrap_or_default();
        let mine = if self.mine { "true" } else { "" };
        for (name, value) in [
            ("view", self.view.as_str()),
            ("date", &date),
            ("modules", &self.modules),
            ("q", &self.search),
            ("mine", mine),
            ("kinds", &self.kinds),
            ("person", &person),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/calendar?{}", query.finish())
    }

    fn query(&self, first: Date, after_last: Date, zone: &TimeZone) -> CalendarQuery {
        let mut query = CalendarQuery::days(first, after_last, zone);
        let mut given = vec![
            ("modules".to_owned(), self.modules.clone()),
            ("kinds".to_owned(), self.kinds.clone()),
            ("q".to_owned(), self.search.clone()),
            ("mine".to_owned(), self.mine.to_string()),
        ];
        if let Some(person) = self.person {
            given.push(("person".to_owned(), person.to_string()));
        }
        query.filter(&given, &mut Vec::new());
        query
    }
}

async fn show(
    Signed { page, actor }: Signed,
    AxumState(state): AxumState<State>,
    parameters: Parameters,
) -> Result<Html<String>, PageError> {
    let asked = Asked::read(&parameters);
    let zone = page.zone();
    let week_start = if actor.week_start == "sunday" { Weekday::Sunday } else { Weekday::Monday };
    let today = state.app.now().to_zoned(zone.clone()).date();
    let date = asked.date.unwrap_or(today);
    let (first, after_last) = window(&asked.view, date, week_start);
    // The script asks for the feed itself; the list is for those who come without it.
    let plain = parameters.get("plain") == Some("true");
    let (feed, person) = blocking(|| {
        let feed = if !plain || asked.modules == NO_MODULE {
            Feed::default()
        } else {
            state.app.calendar(&actor, &asked.query(first, after_last, &zone))?.1
        };
        let person = match asked.person {
            Some(id) => state.app.read(|tx| Ok(obcms_store::records::references(tx, &[id])?))?.remove(&id),
            None => None,
        };
        Ok::<_, AppError>((feed, person.map(|person| person.title)))
    })?;
    let mut feed_parameters = Vec::new();
    if let Some(id) = asked.person {
        feed_parameters.push(("person".to_owned(), id.to_string()));
    }
    let known = known_kinds(&asked.kinds);
    if !known.is_empty() {
        feed_parameters.push(("kinds".to_owned(), known.join(",")));
    }
    let view = Calendar {
        view: asked.view.clone(),
        date: asked.date.map(|date| date.to_string()).unwrap_or_default(),
        today: today.to_string(),
        week_start: u8::from(week_start == Weekday::Monday),
        timezone: zone.iana_name().unwrap_or("Asia/Manila").to_owned(),
        modules: modules(&actor, &asked),
        search: asked.search.clone(),
        mine: asked.mine,
        feed_parameters,
        creates: creates(&actor),
        spans: roles().filter(|(_, role)| !role.end.is_empty()).map(entry_kind).collect(),
        timed: roles().filter(|(kind, role)| is_timed(kind, role)).map(entry_kind).collect(),
        embedded: false,
        fallback: if plain { list(&feed, &asked, first, after_last, &zone) } else { without_script(&asked) },
    };
    let content = html! {
        (scope(&asked, &known, person.as_deref()))
        (calendar(&view))
    };
    let page = page.width(Width::Full).with_assets(&["calendar.js", "calendar.css"]);
    Ok(Html(page.render("Calendar", &content).into_string()))
}

/// Leads whoever comes without script to the same as a list.
fn without_script(asked: &Asked) -> Markup {
    html! {
        noscript {
            p { a href={ (asked.address(asked.date)) "&plain=true" } { "Show the calendar as a plain list" } }
        }
    }
}

/// The days that a view shows around a date, the last one exclusive.
fn window(view: &str, date: Date, week_start: Weekday) -> (Date, Date) {
    match view {
        "day" => (date, date.saturating_add(1.day())),
        "week" => {
            let back = date.weekday().since(week_start);
            let first = date.saturating_sub(i64::from(back).days());
            (first, first.saturating_add(7.days()))
        }
        _ => (date.first_of_month(), date.last_of_month().saturating_add(1.day())),
    }
}

fn roles() -> impl Iterator<Item = (&'static Kind, &'static DateRole)> {
    kinds::REGISTRY.into_iter().flat_map(|kind| kind.dates.iter().map(move |role| (kind, role)))
}

fn entry_kind((_, role): (&'static Kind, &'static DateRole)) -> String {
    role.entry_kind.to_owned()
}

fn is_timed(kind: &Kind, role: &DateRole) -> bool {
    kind.field(role.start).is_some_and(|field| matches!(field.data, FieldType::Moment))
}

fn known_kinds(text: &str) -> Vec<&'static str> {
    let asked: Vec<&str> = text.split(',').map(str::trim).collect();
    roles().map(|(_, role)| role.entry_kind).filter(|kind| asked.contains(kind)).collect()
}

/// The modules that have something dated which the person may see.
fn modules(actor: &Actor, asked: &Asked) -> Vec<CalendarModule> {
    Module::CALENDAR
        .into_iter()
        .filter(|module| roles().any(|(kind, _)| kind.module == *module && actor.sight(kind).is_some()))
        .map(|module| CalendarModule {
            key: module.key().to_owned(),
            label: module.label().to_owned(),
            shown: asked.shows(module),
        })
        .collect()
}

/// What the person may make on a day, and where the day goes in its form.
fn creates(actor: &Actor) -> Vec<CalendarCreate> {
    let is_date = |kind: &Kind, role: &DateRole| {
        kind.field(role.start).is_some_and(|field| !matches!(field.data, FieldType::Structure(_)))
    };
    kinds::REGISTRY
        .into_iter()
        .filter(|kind| may_create(actor, kind))
        .filter_map(|kind| {
            let role = kind.dates.iter().find(|role| is_date(kind, role))?;
            let timed = is_timed(kind, role);
            let is_open = kind.field(role.start).is_some_and(|field| !field.required);
            Some(CalendarCreate {
                label: kind.label.to_owned(),
                href: format!("/{}/new", kind.collection),
                start: role.start.to_owned(),
                end: role.end.to_owned(),
                timed,
                due: !timed && is_open && !role.end.is_empty(),
            })
        })
        .collect()
}

/// Filters that the toolbar has no control for, as chips that can be removed.
fn scope(asked: &Asked, known: &[&str], person: Option<&str>) -> Markup {
    let mut chips = Vec::new();
    if asked.person.is_some() {
        let mut without = asked.clone();
        without.person = None;
        chips.push(Chip {
            label: "Person".to_owned(),
            value: person.unwrap_or("unknown").to_owned(),
            remove_href: without.address(asked.date),
        });
    }
    if !known.is_empty() {
        let mut without = asked.clone();
        without.kinds = String::new();
        let value = known.iter().map(|kind| words(kind)).collect::<Vec<_>>().join(", ");
        chips.push(Chip { label: "Kind".to_owned(), value, remove_href: without.address(asked.date) });
    }
    if chips.is_empty() {
        return html! {};
    }
    let clear_href = "/calendar".to_owned();
    filters(&Filters { action: "/calendar".to_owned(), chips, clear_href, ..Filters::default() }, &html! {})
}

/// The window as a list, for whoever has no script.
fn list(feed: &Feed, asked: &Asked, first: Date, after_last: Date, zone: &TimeZone) -> Markup {
    let mut days: Vec<(Date, Vec<(&Entry, String)>)> = Vec::new();
    for entry in feed.entries.iter().take(LISTED) {
        let (day, time) = match entry.start() {
            Moment::Day(day) => (day, "All day".to_owned()),
            Moment::Instant(instant, _) => {
                let local = instant.to_zoned(zone.clone());
                (local.date(), local.strftime("%-I:%M %p").to_string())
            }
        };
        let day = day.max(first);
        match days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, entries)) => entries.push((entry, time)),
            None => days.push((day, vec![(entry, time)])),
        }
    }
    days.sort_by_key(|(day, _)| *day);
    let more = feed.entries.len().saturating_sub(LISTED);
    html! {
        noscript {
            nav.calendar-list-steps aria-label="Other dates" {
                a.button href={ (asked.address(Some(first.saturating_sub(1.day())))) "&plain=true" } { "Earlier" }
                a.button href={ (asked.address(Some(after_last))) "&plain=true" } { "Later" }
            }
            @if days.is_empty() { p.muted { "Nothing from " (first) " to " (after_last.saturating_sub(1.day())) "." } }
            @for (day, entries) in &days {
                h2.calendar-list-day { (date_text(*day, first)) }
                ul.calendar-list {
                    @for (entry, time) in entries {
                        li {
                            (module_dot(entry.module().key()))
                            span.muted { (time) }
                            a href=(entry.kind.url(entry.row.record_id)) { (entry.row.title) }
                            @if !entry.row.status.is_empty() { small.faint { (words(&entry.row.status)) } }
                        }
                    }
                }
            }
            @if more > 0 { p.muted { "And " (more) " more: choose a shorter time, or fewer modules." } }
        }
    }
}
