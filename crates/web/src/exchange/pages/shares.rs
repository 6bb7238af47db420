//! Page of a share for its creator: the address to pass on, and the views.

use axum::extract::State as AxumState;
use axum::response::{Html, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::exchange::sharing::{self, View};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::exchange::sharing::{Closed, closed_reason};
use obcms_domain::kinds::{SHARE, share};
use obcms_domain::registry::Record;
use qrcode::{Color, QrCode};
use serde_json::{Map, Value as Json};

use crate::components::badges::{Tone, badge};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::copying::copy_field;
use crate::components::detail::{self, PageHead, page_head, panel};
use crate::components::icons::icon;
use crate::components::tables::{Column, Row, Table, table};
use crate::components::tabs::record_tabs;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::{history_panel, properties};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/shares/{id}", Access::Role, show),
        PageRoute::post("/shares/{id}/open", Access::Role, without_passphrase),
    ]
}

/// Log lines on the page.
const LINES: i64 = 100;

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["tab"]);
    let in_history = parameters.get("tab") == Some("history");
    let markup = blocking(|| {
        let share = state.app.get(&actor, &SHARE, id.0)?;
        let body = if in_history {
            history_panel(&state, &page, &actor, &SHARE, share.id)?
        } else {
            overview(&state, &page, &actor, &share)?
        };
        let address = SHARE.url(share.id);
        let content = html! {
            (head(&state, &page, &actor, &share)?)
            (record_tabs(&address, in_history))
            (body)
        };
        Ok::<_, AppError>(
            page.clone().below(words::label(SHARE.plural), "/shares").render(share.title(), &content),
        )
    })?;
    Ok(Html(markup.into_string()))
}

fn head(state: &State, page: &Page, actor: &Actor, share: &Record) -> Result<Markup, AppError> {
    let may = |action| state.app.read(|tx| actor.may_on(tx, action, share));
    let address = SHARE.url(share.id);
    let writes = !actor.read_only;
    let actions = html! {
        @if share.is_archived() {
            @if writes && may(Action::Restore)? {
                (post_button(t!("Share again"), &format!("{address}/restore"), "undo-2", ButtonKind::Main, page.csrf(), &[]))
            }
        } @else {
            @if writes && may(Action::Archive)? {
                (post_button(t!("Revoke"), &format!("{address}/archive"), "ban", ButtonKind::Danger, page.csrf(), &[]))
            }
            @if writes && may(Action::Edit)? {
                (button_link(t!("Edit"), &format!("{address}/edit"), "pencil", ButtonKind::Main))
            }
        }
    };
    let badges = state_badge(closed_reason(share, state.app.now()));
    Ok(page_head(&PageHead { title: share.title().to_owned(), subtitle: String::new(), badges, actions }))
}

fn state_badge(gone: Option<Closed>) -> Markup {
    match gone {
        None => badge(t!("Shared"), Tone::Good),
        Some(Closed::Revoked) => badge(t!("Revoked"), Tone::Quiet),
        Some(Closed::Expired) => badge(t!("Expired"), Tone::Quiet),
        Some(Closed::UsedUp) => badge(t!("View limit reached"), Tone::Warning),
        Some(Closed::MakerGone) => badge(t!("Owner has no access"), Tone::Quiet),
    }
}

fn overview(state: &State, page: &Page, actor: &Actor, share: &Record) -> Result<Markup, AppError> {
    let zone = page.zone();
    let views = state.app.share_views(actor, share.id, LINES)?;
    let directory = state.app.directory(actor, &share.created_by.into_iter().collect::<Vec<_>>())?;
    let values = page.values(&directory, &zone);
    let day = |day: Date| day.strftime("%a %-d %b %Y").to_string();
    let is_open = closed_reason(share, state.app.now()).is_none();
    let path = sharing::path(actor, share);
    let (first, last) = state.app.shared_days(share);
    let wide = html! {
        (panel("address", "share", t!("Address"), &html! {}, &html! {
            @match &path {
                Some(path) => (address_part(&format!("{}{path}", page.base()), is_open)),
                None => p.muted { (t!("Only the owner can see the address.")) },
            }
        }))
        (panel("views", "", t!("Views"), &html! {}, &html! {
            (used(share))
            (log(&views, &zone))
        }))
    };
    let writes = !actor.read_only && !share.is_archived() && path.is_some();
    let narrow = html! {
        (panel("properties", "share", t!("Properties"), &html! {}, &html! {
            (detail::properties(&properties(share, &values)))
            p.faint {
                (t_html!("Visitors today see {first} to {last}: title, time, place and module of the entries you can see.", first = day(first), last = day(last)))
            }
            @if writes && share::HAS_PASSPHRASE.get(share) {
                (post_button(t!("Remove the pass phrase"), &format!("{}/open", SHARE.url(share.id)), "", ButtonKind::Plain, page.csrf(), &[]))
            }
        }))
    };
    Ok(detail::detail(&wide, &narrow))
}

fn address_part(address: &str, is_open: bool) -> Markup {
    html! {
        @if !is_open { p.muted { (t!("The address does not work at present.")) } }
        div.share-address {
            div.share-words {
                (copy_field(t!("Address to share"), address))
                p.field-help { (t!("Anyone with the address can see the calendar without an account. Each opening counts as a view.")) }
                a.button href=(address) target="_blank" rel="noreferrer" { (icon("external-link")) (t!("Open it")) }
            }
            (qr_code(address))
        }
    }
}

/// QR code of the address; empty when it is too long for one.
fn qr_code(address: &str) -> Markup {
    let Ok(code) = QrCode::new(address) else {
        return html! {};
    };
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", place % width + 4, place / width + 4));
        }
    }
    let side = width + 8;
    html! {
        svg.qr-code viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(t!("QR code of the address")) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

fn used(share: &Record) -> Markup {
    let count = share::VIEW_COUNT.get(share).unwrap_or(0);
    html! {
        p {
            @match share::MAX_VIEWS.get(share) {
                Some(most) => { (t_html!("{count} of {most} views used.", count = html! { strong { (count) } }, most)) },
                None if count == 1 => { (t_html!("{count} view.", count = html! { strong { (count) } })) },
                None => { (t_html!("{count} views.", count = html! { strong { (count) } })) },
            }
        }
    }
}

fn outcome(view: &View) -> Markup {
    let (label, tone) = match view.outcome.as_str() {
        "counted" => (t!("Viewed"), Tone::Good),
        "wrong_passphrase" => (t!("Wrong pass phrase"), Tone::Warning),
        "revoked" => (t!("Revoked"), Tone::Quiet),
        "expired" => (t!("Expired"), Tone::Quiet),
        "used_up" => (t!("View limit reached"), Tone::Quiet),
        _ => (t!("Owner had no access"), Tone::Quiet),
    };
    badge(label, tone)
}

fn log(views: &[View], zone: &TimeZone) -> Markup {
    let at = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %-d %b %Y, %-I:%M %p").to_string();
    let column =
        |label: &str| Column { key: label.to_lowercase(), label: label.to_owned(), ..Column::default() };
    let rows = views
        .iter()
        .map(|view| Row {
            id: view.id.to_string(),
            title: at(view.at),
            cells: vec![
                html! { (at(view.at)) },
                outcome(view),
                html! { (view.agent) },
                html! { (view.network) },
            ],
            ..Row::default()
        })
        .collect();
    table(&Table {
        id: "views-table".to_owned(),
        caption: t!("Views").to_owned(),
        columns: [t!("When"), t!("Result"), t!("Browser"), t!("Network")].into_iter().map(column).collect(),
        rows,
        empty: Some(html! { p.faint { (t!("No views yet.")) } }),
        ..Table::default()
    })
}

async fn without_passphrase(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let input = Map::from_iter([("passphrase".to_owned(), Json::Null)]);
    blocking(|| state.app.update(&actor, &SHARE, id.0, &input, None))?;
    Ok(done(&SHARE.url(id.0), t!("Pass phrase removed."), None))
}
