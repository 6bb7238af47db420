//! Feeds: the page for the owner, and the calendar for programs at the secret address.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::core::security;
use obcms_app::exchange::feeds;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{self, FEED};
use obcms_domain::registry::{DateRole, Kind, Record};

use crate::calendar::api::icalendar;
use crate::components::badges::Tone;
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::copying::copy_field;
use crate::components::detail::{self as components, panel};
use crate::components::feedback::notice;
use crate::components::tabs::record_tabs;
use crate::components::words::{self, t};
use crate::core::caller::ClientAddress;
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId, PathParts};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::{detail, history_panel, properties};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/feeds/{id}", Access::Public, one),
        PageRoute::post("/feeds/{id}/renew", Access::Role, renew),
    ]
}

/// `GET /feeds/SECRET.ics` for calendar programs, which are anonymous here, and `GET /feeds/{id}` for people.
async fn one(
    AxumState(state): AxumState<State>,
    PathParts(name): PathParts<String>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    signed: Result<SignedIn, PageError>,
    parameters: PageParameters,
) -> Result<Response, PageError> {
    if let Some(secret) = name.strip_suffix(".ics") {
        return Ok(icalendar::of_feed(&state, &headers, secret).unwrap_or_else(|problem| {
            if problem.status == StatusCode::NOT_FOUND {
                security::unauthenticated("feed", "missing", "", &address);
            }
            problem.into_response()
        }));
    }
    // The address for programs is public; the page is not.
    let SignedIn { page, actor } = signed?;
    Access::Role.check(page.caller.as_ref())?;
    let parameters = parameters.known(&["tab"]);
    let id: Id = name.parse().map_err(|_| AppError::NotFound(FEED.label))?;
    let in_history = parameters.get("tab") == Some("history");
    let markup = blocking(|| draw(&state, &page, &actor, id, in_history))?;
    Ok(Html(markup.into_string()).into_response())
}

async fn renew(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let record = blocking(|| state.app.renew_feed(&actor, id.0, None))?;
    Ok(done(&FEED.url(record.id), t!("New address created. The old address no longer works"), None))
}

fn draw(state: &State, page: &Page, actor: &Actor, id: Id, in_history: bool) -> Result<Markup, AppError> {
    let record = state.app.get(actor, &FEED, id)?;
    let address = FEED.url(record.id);
    let body = if in_history {
        history_panel(state, page, actor, &FEED, record.id)?
    } else {
        overview(state, page, actor, &record)?
    };
    let content = html! {
        (detail::head(state, page, actor, &record)?)
        @if record.is_archived() {
            (notice(Tone::Warning, &html! {
                (t!("This feed is archived: its address does not work. Restore it to use the address again."))
            }))
        }
        (record_tabs(&address, in_history))
        (body)
    };
    let list = format!("/{}", FEED.collection);
    Ok(page
        .clone()
        .below(t!("Calendar"), "/calendar")
        .below(words::label(FEED.plural), &list)
        .render(record.title(), &content))
}

fn overview(state: &State, page: &Page, actor: &Actor, record: &Record) -> Result<Markup, AppError> {
    let directory = detail::directory_of(state, actor, record)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let may_renew = !record.is_archived()
        && !actor.read_only
        && state.app.read(|tx| actor.may_on(tx, Action::Edit, record))?;
    let renew = html! {
        @if may_renew {
            (post_button(t!("Create new address"), &format!("{}/renew", FEED.url(record.id)), "refresh-cw",
                ButtonKind::Plain, page.csrf(), &[]))
        }
    };
    let secret = feeds::path(actor, record);
    let wide = html! {
        (panel("address", "", t!("Address"), &renew, &match &secret {
            Some(path) => secret_address(page.base(), path),
            None => html! { p.muted { (t!("Only the owner of this feed can see its address.")) } },
        }))
        @if secret.is_some() {
            (panel("subscribe", "", t!("Subscribe"), &html! {}, &instructions()))
        }
    };
    let narrow = html! {
        (panel("properties", "feed", t!("Properties"), &html! {}, &components::properties(&properties(record, &values))))
        (panel("record", "", t!("Record"), &html! {}, &components::properties(&detail::record_facts(record, &values))))
    };
    Ok(components::detail(&wide, &narrow))
}

fn secret_address(base: &str, path: &str) -> Markup {
    let address = format!("{base}{path}");
    let subscribe = address.split_once("://").map(|(_, rest)| format!("webcal://{rest}"));
    html! {
        div.stack data-gap="small" {
            (copy_field(t!("Address of this feed"), &address))
            p.muted {
                (t!("Anyone with this address can read your view of the calendar without signing in. Keep it private; create a new one if someone else has it."))
            }
            div.row {
                @if let Some(subscribe) = &subscribe {
                    (button_link(t!("Open in a calendar program"), subscribe, "calendar-plus", ButtonKind::Plain))
                }
                (button_link(t!("Download once"), path, "download", ButtonKind::Quiet))
            }
        }
    }
}

/// Instructions for common calendar programs.
fn instructions() -> Markup {
    let programs = [
        (
            t!("Google Calendar"),
            t!(
                "On a computer open calendar.google.com. Beside “Other calendars” choose the plus sign, then “From URL”. \
             Paste the address and add the calendar. It appears on your phone as well. Google checks for changes a few times a day."
            ),
        ),
        (
            t!("iPhone and iPad"),
            t!(
                "Choose “Open in a calendar program” on the device. Or go to Settings, Apps, Calendar, Calendar Accounts, \
             Add Account, Other, Add Subscribed Calendar, and paste the address."
            ),
        ),
        (
            t!("Mac"),
            t!(
                "In Calendar choose File, New Calendar Subscription, paste the address, and let it refresh every hour."
            ),
        ),
        (
            t!("Outlook"),
            t!(
                "On the web or in the new Outlook open the calendar, choose Add calendar, Subscribe from web, and paste the \
             address. In the classic program: Home, Open Calendar, From Internet."
            ),
        ),
        (
            t!("Thunderbird"),
            t!(
                "In the calendar choose New Calendar, On the Network, leave the user name empty, and paste the address."
            ),
        ),
    ];
    html! {
        p.muted.text-block { (t!("A subscription updates automatically; a downloaded file does not.")) }
        @for (program, steps) in programs {
            details.more-fields { summary { (crate::components::icons::icon("chevron-right")) (program) } p { (steps) } }
        }
    }
}

/// Returns the values of calendar entries, kinds and states, for the form of a feed.
#[must_use]
pub fn field_options(field: &str) -> Option<Vec<(&'static str, String)>> {
    match field {
        "kinds" => {
            let label = |(kind, role): (&'static Kind, &'static DateRole)| {
                (role.entry_kind, kinds::entry_label(kind, role))
            };
            Some(kinds::date_roles().map(label).collect())
        }
        "status" => {
            let states = kinds::entry_states().into_iter();
            Some(states.map(|state| (state.value, words::label(state.label).to_owned())).collect())
        }
        _ => None,
    }
}
