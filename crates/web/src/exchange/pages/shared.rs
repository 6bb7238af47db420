//! Public page of a shared calendar. It has a frame of its own without scripts, links or navigation, and shows nothing
//! but the fields of [`SharedEntry`].

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::calendar::Moment;
use obcms_app::exchange::sharing::{Opened, ShareState, SharedCalendar, SharedEntry, Unlocked, Visitor};
use obcms_domain::exchange::sharing::Closed;

use crate::accounts::pages::me::agent_name;
use crate::accounts::pages::sign_in::spell_wait;
use crate::components::badges::{module_dot, module_name};
use crate::components::forms::{Control, Form as FormView, FormField, form};
use crate::components::frame::public;
use crate::components::icons::large_icon;
use crate::components::words::{self, t, t_html};
use crate::core::address::is_secure;
use crate::core::caller::{ClientAddress, cookies};
use crate::core::errors::PageError;
use crate::core::input::{Form, PathParts};
use crate::core::limits::ANONYMOUS_BODY;
use crate::core::page_route::PageRoute;
use crate::core::problem::Problem;
use crate::core::return_path::local_path;
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/shared/{secret}", Access::Public, show),
        PageRoute::post("/shared/{secret}", Access::Public, unlock).body_limit(ANONYMOUS_BODY),
    ]
}

/// Cookie that proves the passphrase, sent only to the address of its share.
const COOKIE: &str = "obcms_share";
/// Time for which a passphrase is valid, in seconds.
const UNLOCKED_SECONDS: i64 = 12 * 3600;
/// Days above which an entry is listed after the others of its day.
const LONG_DAYS: i32 = 7;
/// Entries of one day in the grid; the list has all.
const IN_A_DAY: usize = 4;

/// Hides the address from search engines and from linked pages.
fn private(mut response: Response) -> Response {
    for (name, value) in [
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn answer(status: StatusCode, title: &str, content: &Markup) -> Response {
    private((status, Html(public(title, content).into_string())).into_response())
}

fn visitor(address: String, headers: &HeaderMap) -> Visitor {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Visitor { address, agent: agent_name(agent) }
}

fn proof(headers: &HeaderMap) -> String {
    cookies(headers).find(|(name, _)| *name == COOKIE).map_or_else(String::new, |(_, value)| value.to_owned())
}

/// Request for a page that nobody sees yet.
enum Onlooker {
    /// Request for the headers only.
    Head,
    /// Browser that prefetches a page.
    Prefetch,
    /// Messenger that builds a preview of a link.
    Preview,
}

/// User agents of the fetchers of messengers.
const PREVIEWS: [&str; 8] = [
    "facebookexternalhit",
    "facebot",
    "telegrambot",
    "slackbot",
    "slack-imgproxy",
    "discordbot",
    "skypeuripreview",
    "twitterbot",
];
/// Prefixes of such user agents; browsers within a messenger have its name further on.
const PREVIEWS_BEGIN: [&str; 2] = ["whatsapp/", "viber"];

impl Onlooker {
    fn of(method: &Method, headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            value.to_ascii_lowercase()
        };
        if method == Method::HEAD {
            return Some(Self::Head);
        }
        // The last two are headers of older browsers.
        if ["sec-purpose", "purpose", "x-moz"].into_iter().any(|name| text(name).contains("prefetch")) {
            return Some(Self::Prefetch);
        }
        let agent = text("user-agent");
        let is_preview = PREVIEWS.into_iter().any(|word| agent.contains(word))
            || PREVIEWS_BEGIN.into_iter().any(|word| agent.starts_with(word));
        is_preview.then_some(Self::Preview)
    }

    /// Returns a response without calendar data, because no view is counted for it.
    fn answer(&self, behind: &ShareState) -> Response {
        match (behind, self) {
            (ShareState::Missing, _) => missing(),
            (ShareState::Closed(_, reason), _) => gone(*reason),
            (ShareState::Locked, _) => locked(StatusCode::OK, None),
            (ShareState::Open(_), Self::Head) => private(StatusCode::OK.into_response()),
            // A browser discards a refused prefetch, and requests the page again when its user opens it.
            (ShareState::Open(_), Self::Prefetch) => private(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            (ShareState::Open(_), Self::Preview) => {
                let content = said(
                    "calendar",
                    t!("A shared calendar"),
                    t!("Open the address in a browser to view it."),
                );
                answer(StatusCode::OK, t!("A shared calendar"), &content)
            }
        }
    }
}

async fn show(
    AxumState(state): AxumState<State>,
    method: Method,
    path: Result<PathParts<String>, Problem>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    // An address that is not text is not ours.
    let Ok(PathParts(secret)) = path else {
        return Ok(missing());
    };
    if let Some(onlooker) = Onlooker::of(&method, &headers) {
        let behind = blocking(|| state.app.share_state(&secret, &proof(&headers)))?;
        return Ok(onlooker.answer(&behind));
    }
    let visitor = visitor(address, &headers);
    let opened = blocking(|| state.app.open_share(&secret, &proof(&headers), &visitor))?;
    Ok(match opened {
        Opened::Missing => missing(),
        Opened::Closed(reason) => gone(reason),
        Opened::Locked => locked(StatusCode::OK, None),
        Opened::Shown(calendar) => {
            answer(StatusCode::OK, &calendar.name, &page(&calendar, state.app.zone(), state.app.today()))
        }
    })
}

async fn unlock(
    AxumState(state): AxumState<State>,
    path: Result<PathParts<String>, Problem>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, PageError> {
    // An address that is not text is not ours.
    let Ok(PathParts(secret)) = path else {
        return Ok(missing());
    };
    let path = format!("/shared/{secret}");
    if local_path(&path, "").is_empty() {
        return Ok(missing());
    }
    let visitor = visitor(address, &headers);
    let unlocked = match state.hashing.turn(&visitor.address).await {
        Ok(_turn) => blocking(|| state.app.unlock_share(&secret, form.get("passphrase"), &visitor)),
        Err(AppError::TooMany { seconds }) => Ok(Unlocked::Wait(seconds)),
        Err(error) => Err(error),
    };
    Ok(match unlocked? {
        // The page itself shows the state of the share.
        Unlocked::Nothing => private(Redirect::to(&path).into_response()),
        Unlocked::Right(proof) => {
            let mut response = private(Redirect::to(&path).into_response());
            let secure = if is_secure(&state, &headers) { "; Secure" } else { "" };
            let cookie = format!(
                "{COOKIE}={proof}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={UNLOCKED_SECONDS}{secure}"
            );
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            response
        }
        Unlocked::Wrong => locked(
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(t!("Wrong pass phrase. Upper and lower case matter.")),
        ),
        Unlocked::Wait(seconds) => {
            let text = t!("Too many attempts. Try again in {spell_wait}.", spell_wait = spell_wait(seconds));
            let mut response = locked(StatusCode::TOO_MANY_REQUESTS, Some(&text));
            if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            response
        }
    })
}

fn said(icon: &str, title: &str, text: &str) -> Markup {
    html! { div.empty { (large_icon(icon)) h1 { (title) } p { (text) } } }
}

fn missing() -> Response {
    let text = t!("Check the address: it must be complete, to the last letter.");
    answer(
        StatusCode::NOT_FOUND,
        t!("Not found"),
        &said("unlink", t!("There is no calendar at this address"), text),
    )
}

fn gone(reason: Closed) -> Response {
    let (title, text) = match reason {
        Closed::Revoked | Closed::MakerGone => (
            t!("This calendar is no longer shared"),
            t!("If you still need it, ask the person who gave you the address."),
        ),
        Closed::Expired => (
            t!("This shared calendar has expired"),
            t!("Ask the person who gave you the address for a new one."),
        ),
        Closed::UsedUp => (
            t!("This shared calendar has reached its view limit"),
            t!("Ask the person who gave you the address for a new one."),
        ),
    };
    answer(StatusCode::GONE, title, &said("calendar-off", title, text))
}

fn locked(status: StatusCode, error: Option<&str>) -> Response {
    let content = html! {
        div.sign-in {
            h1 { (t!("A shared calendar")) }
            (form(&FormView {
                fields: vec![FormField {
                    name: "passphrase".to_owned(),
                    label: t!("Pass phrase").to_owned(),
                    help: t!("You get it from the person who gave you the address.").to_owned(),
                    error: error.map(str::to_owned),
                    required: true,
                    control: Control::Password { autocomplete: "off" }, ..FormField::default() }],
                submit: t!("Open the calendar").to_owned(),
                ..FormView::default()
            }))
        }
    };
    answer(status, t!("A shared calendar"), &content)
}

/// Entry with its first and last shown day.
struct Placed<'a> {
    entry: &'a SharedEntry,
    first: Date,
    last: Date,
}

impl<'a> Placed<'a> {
    fn of(entry: &'a SharedEntry, calendar: &SharedCalendar, zone: &TimeZone) -> Self {
        let day = |moment: Moment| match moment {
            Moment::Day(day) => day,
            Moment::Instant(instant, _) => instant.to_zoned(zone.clone()).date(),
        };
        let last = match entry.end {
            Moment::Day(after) => after.saturating_sub(1.day()),
            // An entry that ends at midnight does not touch the day that begins then.
            Moment::Instant(end, _) => end
                .saturating_sub(1.nanosecond())
                .map_or_else(|_| day(entry.end), |just_before| just_before.to_zoned(zone.clone()).date()),
        };
        let first = day(entry.start).clamp(calendar.first, calendar.last);
        Self { entry, first, last: last.clamp(first, calendar.last) }
    }
}

impl Placed<'_> {
    /// Returns the number of shown days after the first.
    fn days(&self) -> i32 {
        self.first.until(self.last).map_or(0, |span| span.get_days())
    }
}

fn day_text(day: Date, today: Date) -> String {
    let pattern = if day.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    day.strftime(pattern).to_string()
}

fn page(calendar: &SharedCalendar, zone: &TimeZone, today: Date) -> Markup {
    let placed: Vec<Placed<'_>> =
        calendar.entries.iter().map(|entry| Placed::of(entry, calendar, zone)).collect();
    let mut months: Vec<Date> = Vec::new();
    let mut month = calendar.first.first_of_month();
    while month <= calendar.last {
        months.push(month);
        month = month.saturating_add(1.month());
    }
    html! {
        div.shared {
            div.shared-head {
                h1 { (calendar.name) }
                p.muted {
                    (t_html!("{first} to {last} · times of {timezone}", first = day_text(calendar.first, today), last = day_text(calendar.last, today), timezone = zone.iana_name().unwrap_or("UTC")))
                }
            }
            @if placed.is_empty() {
                (said("calendar", t!("No events in this period"), t!("This page updates automatically.")))
            } @else {
                fieldset.shared-views {
                    legend.visually-hidden { (t!("View")) }
                    @for (value, label) in [("list", t!("List")), ("month", t!("Month"))] {
                        label.button {
                            input.visually-hidden type="radio" name="view" id={ "view-" (value) } checked[value == "list"];
                            (label)
                        }
                    }
                }
                @for month in &months { (month_section(*month, &placed, zone, today)) }
                @if calendar.left_out > 0 {
                    p.muted { (t_html!("And {left_out} more that do not fit on this page.", left_out = calendar.left_out)) }
                }
            }
        }
    }
}

fn month_section(month: Date, placed: &[Placed<'_>], zone: &TimeZone, today: Date) -> Markup {
    let last = month.last_of_month();
    let within: Vec<&Placed<'_>> =
        placed.iter().filter(|entry| entry.first <= last && month <= entry.last).collect();
    html! {
        section.shared-month data-empty[within.is_empty()] {
            h2 { (month.strftime("%B %Y").to_string()) }
            (grid(month, &within, today))
            (list(month, &within, zone, today))
        }
    }
}

fn grid(month: Date, within: &[&Placed<'_>], today: Date) -> Markup {
    let back = i64::from(month.weekday().since(Weekday::Monday));
    let first = month.saturating_sub(back.days());
    let last = month.last_of_month();
    let mut weeks = Vec::new();
    let mut start = first;
    while start <= last {
        weeks.push(start);
        start = start.saturating_add(7.days());
    }
    html! {
        table.shared-grid {
            thead { tr { @for name in [t!("Mon"), t!("Tue"), t!("Wed"), t!("Thu"), t!("Fri"), t!("Sat"), t!("Sun")] { th scope="col" { (name) } } } }
            tbody {
                @for week in weeks {
                    tr {
                        @for day in week.series(1.day()).take(7) {
                            @if day < month || day > last { td data-outside {} } @else { (cell(day, within, today)) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(day: Date, within: &[&Placed<'_>], today: Date) -> Markup {
    let mut found: Vec<&&Placed<'_>> =
        within.iter().filter(|entry| entry.first <= day && day <= entry.last).collect();
    // Long entries are less relevant for the day.
    found.sort_by_key(|entry| entry.days());
    html! {
        td data-today[day == today] {
            span.shared-day { (day.day()) }
            @if !found.is_empty() {
                ul {
                    @for entry in found.iter().take(IN_A_DAY) {
                        li title=(entry.entry.title) { (module_dot(entry.entry.module.key())) span { (entry.entry.title) } }
                    }
                    @if found.len() > IN_A_DAY { li.muted { span { "+" (found.len() - IN_A_DAY) } } }
                }
            }
        }
    }
}

fn list(month: Date, within: &[&Placed<'_>], zone: &TimeZone, today: Date) -> Markup {
    let mut days: Vec<(Date, Vec<&Placed<'_>>)> = Vec::new();
    for entry in within {
        // An entry that began before the month is shown at the beginning of it.
        let day = entry.first.max(month);
        match days.iter_mut().find(|(known, _)| *known == day) {
            Some((_, entries)) => entries.push(entry),
            None => days.push((day, vec![entry])),
        }
    }
    days.sort_by_key(|(day, _)| *day);
    for (_, entries) in &mut days {
        entries.sort_by_key(|entry| entry.days() > LONG_DAYS);
    }
    html! {
        div.shared-list {
            @if days.is_empty() { p.faint { (t!("No events.")) } }
            @for (day, entries) in &days {
                section.shared-list-day {
                    h3 { time datetime=(day) { (day_text(*day, today)) } }
                    ul { @for entry in entries { (line(entry, *day, zone, today)) } }
                }
            }
        }
    }
}

fn line(placed: &Placed<'_>, day: Date, zone: &TimeZone, today: Date) -> Markup {
    let entry = placed.entry;
    html! {
        li {
            span.shared-time { (time_text(placed, day, zone, today)) }
            span.shared-what {
                strong { (entry.title) }
                @if !entry.place.is_empty() { span.muted { (entry.place) } }
                small { (module_name(entry.module.key(), words::label(entry.module.label()))) }
            }
        }
    }
}

fn time_text(placed: &Placed<'_>, day: Date, zone: &TimeZone, today: Date) -> String {
    let until = |text: String| {
        if placed.last > day { t!("{text} to {day}", text, day = day_text(placed.last, today)) } else { text }
    };
    let clock = |moment: Moment| match moment {
        Moment::Day(_) => String::new(),
        Moment::Instant(instant, _) => instant.to_zoned(zone.clone()).strftime("%-I:%M %p").to_string(),
    };
    match (placed.entry.start, placed.first < day) {
        (Moment::Day(_), _) => until(t!("All day").to_owned()),
        (_, true) => until(t!("Continues").to_owned()),
        (start, false) if placed.last > day => until(clock(start)),
        (start, false) => format!("{} – {}", clock(start), clock(placed.entry.end)),
    }
}
