//! Users and roles: administration.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::accounts::{EndAccess, Ended};
use obcms_app::records::lists::{Listing, Parameters as ListParameters};
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::{Action, Area, matrix_markdown};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{USER, user};
use obcms_domain::registry::{self, FieldError, Record, Value};
use serde_json::{Map, Value as Json};

use crate::components::badges::{Tone, badge};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::{EmptyState, empty_state, notice};
use crate::components::filters::{Filters, filters};
use crate::components::forms::{Form as FormView, FormField, form};
use crate::components::frame::Width;
use crate::components::tables::{Column, Pager, Row, Table, table};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::controls::shown;
use crate::records::pages::files::{entries, file_menu};
use crate::records::pages::form_fields;
use crate::records::pages::written::{merged, prefilled, written};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    const USERS: Access = Access::Policy(Action::Manage, Area::Accounts);
    vec![
        PageRoute::get("/admin/users", USERS, list).purpose("manage users"),
        PageRoute::get("/admin/users/new", USERS, show_new).purpose("manage users"),
        PageRoute::post("/admin/users/new", USERS, create).purpose("manage users"),
        PageRoute::get("/admin/users/{id}", USERS, show).purpose("manage users"),
        PageRoute::post("/admin/users/{id}", USERS, save).purpose("manage users"),
        PageRoute::post("/admin/users/{id}/disable", USERS, disable).purpose("manage users"),
        PageRoute::post("/admin/users/{id}/enable", USERS, enable).purpose("manage users"),
        PageRoute::post("/admin/users/{id}/link", USERS, make_link).purpose("manage users"),
        PageRoute::post("/admin/users/{id}/end-access", USERS, end_access).purpose("manage users"),
    ]
}

/// Returns the address of the form of a user.
#[must_use]
pub fn edit_address(actor: &Actor, user: &Record) -> Option<String> {
    actor.may(Action::Manage, user.kind.area).then(|| format!("/admin/users/{}", user.id))
}

async fn list(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.matching(|name| state.app.is_known_parameter(&USER, name));
    let asked: ListParameters = parameters.0.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
    let listing = blocking(|| state.app.list(&signed.actor, &USER, &asked))?;
    let search = parameters.get("q").unwrap_or_default().to_owned();
    let users = user_table(&listing, &asked);
    let content = html! {
        (page_head(&PageHead {
            title: t!("Users and roles").to_owned(),
            subtitle: t!("{total} accounts", total = listing.total),
            actions: button_link(t!("New user"), "/admin/users/new", "plus", ButtonKind::Main),
            ..PageHead::default()
        }))
        (filters(&Filters {
            action: "/admin/users".to_owned(),
            search: Some(search),
            search_label: t!("Search users").to_owned(),
            clear_href: "/admin/users".to_owned(),
            ..Filters::default()
        }, &file_menu(entries(&signed.page, &signed.actor, &USER, &asked, &users))))
        (table(&users))
        (panel("roles", "", t!("Role permissions"), &html! {}, &matrix()))
    };
    Ok(Html(signed.page.render(t!("Users and roles"), &content).into_string()))
}

fn user_table(listing: &Listing, asked: &ListParameters) -> Table {
    let rows = listing
        .records
        .iter()
        .map(|user| Row {
            id: user.id.to_string(),
            href: format!("/admin/users/{}", user.id),
            title: user.title().to_owned(),
            past: user::IS_DISABLED.get(user),
            cells: vec![
                html! { (user.title()) },
                html! { (user::USERNAME.get(user)) },
                html! { (role_badges(user)) },
                html! { (user::POSITION.get(user)) },
                html! { (user::ORGANIZATION.get(user).and_then(|id| listing.directory.get(&id)).map_or("", |organization| organization.title.as_str())) },
                html! { @if user::IS_DISABLED.get(user) { (badge(t!("Disabled"), Tone::Bad)) } @else { (badge(t!("Active"), Tone::Good)) } },
            ],
            ..Row::default()
        })
        .collect();
    let column =
        |key: &str, label: &str| Column { key: key.to_owned(), label: label.to_owned(), ..Column::default() };
    Table {
        id: "users".to_owned(),
        caption: t!("Users").to_owned(),
        columns: vec![
            column("full_name", t!("Name")),
            column("username", t!("User name")),
            column("roles", t!("Roles")),
            column("position", t!("Position")),
            column("organization", t!("Organization")),
            column("is_disabled", t!("State")),
        ],
        rows,
        pager: Pager {
            total: u64::try_from(listing.total).ok(),
            next_href: listing
                .next_cursor
                .as_ref()
                .map(|cursor| next_page(asked, cursor))
                .unwrap_or_default(),
            ..Pager::default()
        },
        live: "user".to_owned(),
        empty: Some(empty_state(&EmptyState {
            icon: "users".to_owned(),
            title: t!("No matching users").to_owned(),
            text: USER.purpose.to_owned(),
            action: None,
        })),
        ..Table::default()
    }
}

fn next_page(asked: &ListParameters, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(asked.iter().filter(|(name, _)| name != "cursor"));
    query.append_pair("cursor", cursor);
    format!("/admin/users?{}", query.finish())
}

fn role_badges(user: &Record) -> Markup {
    let roles = obcms_app::core::actor::roles(user);
    html! {
        @if roles.is_empty() { (badge(t!("No role yet"), Tone::Warning)) }
        @for role in roles { (badge(words::label(role.label()), Tone::Neutral)) " " }
    }
}

/// Policy table for people: the one that is enforced.
fn matrix() -> Markup {
    let text = matrix_markdown();
    let mut lines = text.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let head = lines.next().map(cells).unwrap_or_default();
    let rows: Vec<Vec<String>> = lines.filter(|line| !line.contains("---")).map(cells).collect();
    html! {
        details {
            summary { (t!("Show permissions")) }
            div.table-wrap tabindex="0" role="region" aria-label=(t!("Roles and actions")) {
                table.table {
                    thead { tr { @for cell in &head { th scope="col" { (cell) } } } }
                    tbody { @for row in &rows { @if row.len() == head.len() { tr { @for cell in row { td { (cell) } } } } } }
                }
            }
        }
    }
}

/// Fields that administrators set; the others belong to the person.
const FIELDS: [&str; 9] = [
    "username",
    "full_name",
    "email",
    "roles",
    "position",
    "phone",
    "organization",
    "communities",
    "timezone",
];

/// Returns the fields of the form of a user, with the typed or stored values.
fn fields(
    state: &State,
    actor: &Actor,
    user: Option<&Record>,
    typed: Option<&Form>,
    errors: &[FieldError],
) -> Result<Vec<FormField>, AppError> {
    let texts = match (typed, user) {
        (Some(typed), _) => typed.clone(),
        (None, Some(user)) => written(user),
        (None, None) => prefilled(&state.app, actor, &USER, &[]),
    };
    let known: Vec<Id> =
        user.map(|user| user.values.iter().flat_map(Value::targets).collect()).unwrap_or_default();
    let (plain, folded) = form_fields(state, actor, &USER, &texts, &known, errors)?;
    let fields = plain.into_iter().chain(folded);
    Ok(fields.filter(|field| FIELDS.contains(&field.name.as_str())).collect())
}

fn input(form: &Form) -> Map<String, Json> {
    FIELDS
        .iter()
        .filter_map(|name| USER.field(name))
        .map(|field| (field.name.to_owned(), registry::form_to_json(field, &form.all(field.name))))
        .collect()
}

fn page_of(
    state: &State,
    signed: SignedIn,
    user: Option<&Record>,
    typed: Option<&Form>,
    errors: &[FieldError],
    link: Option<&str>,
) -> Result<Response, PageError> {
    let fields = blocking(|| fields(state, &signed.actor, user, typed, errors))?;
    let csrf = signed.page.csrf().to_owned();
    let title = user.map_or(t!("New user"), Record::title).to_owned();
    let action =
        user.map_or_else(|| "/admin/users/new".to_owned(), |user| format!("/admin/users/{}", user.id));
    let view = FormView {
        action: action.clone(),
        csrf_token: csrf.clone(),
        hidden: match user {
            Some(user) => vec![shown(&[&fields]), ("version".to_owned(), user.version.to_string())],
            None => Vec::new(),
        },
        problem: errors
            .iter()
            .any(|error| error.code == "stale")
            .then(|| t!("Someone else changed this user. Your changes are still in the form").to_owned()),
        fields,
        submit: if user.is_some() { t!("Save") } else { t!("Create user") }.to_owned(),
        cancel_href: "/admin/users".to_owned(),
        ..FormView::default()
    };
    let content = html! {
        (page_head(&PageHead {
            title: title.clone(),
            badges: html! { @if let Some(user) = user {
                @if user::IS_DISABLED.get(user) { (badge(t!("Disabled"), Tone::Bad)) }
            } },
            actions: html! { @if let Some(user) = user {
                (post_button(t!("Create password link"), &format!("{action}/link"), "key-round", ButtonKind::Plain, &csrf, &[]))
                @if user::IS_DISABLED.get(user) {
                    (post_button(t!("Enable"), &format!("{action}/enable"), "", ButtonKind::Main, &csrf, &[]))
                } @else {
                    (post_button(t!("Disable"), &format!("{action}/disable"), "", ButtonKind::Danger, &csrf, &[]))
                }
            } },
            ..PageHead::default()
        }))
        @if let Some(link) = link {
            (notice(Tone::Good, &html! {
                (t_html!("Give this link to {title}. It sets a password once and expires after three days. All sessions have ended.", title)) " "
                (t_html!("{link} keep working until you revoke them.", link = html! { a href="#access" { (t!("Tokens, feeds and shared calendars")) } })) br;
                code.token { (link) }
            }))
        }
        (form(&view))
        @if let Some(user) = user {
            (panel("access", "", t!("Access"), &html! {}, &access(state, &signed.actor, user, &signed.page)?))
        }
        @if let Some(user) = user { (panel("teams", "", t!("Teams"), &html! {}, &teams(state, user)?)) }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page: Page = signed.page.below(t!("Users and roles"), "/admin/users").width(Width::Narrow);
    Ok((status, Html(page.render(&title, &content).into_string())).into_response())
}

fn teams(state: &State, user: &Record) -> Result<Markup, AppError> {
    let found =
        blocking(|| state.app.read(|tx| Ok(obcms_store::records::sources(tx, &[user.id], &["team"], 100)?)))?;
    let mut names: Vec<String> = found.into_iter().map(|(_, _, team)| team.title).collect();
    names.dedup();
    Ok(
        html! { @if names.is_empty() { p.faint { (t!("Not in a team. Add members under Teams.")) } } @else { p { (names.join(", ")) } } },
    )
}

/// Sessions, tokens and feeds of the user, each with a button that ends it.
fn access(state: &State, actor: &Actor, user: &Record, page: &Page) -> Result<Markup, AppError> {
    let found = blocking(|| state.app.credentials_of(actor, user.id))?;
    let names = |names: Vec<&str>| names.join(", ");
    let action = format!("/admin/users/{}/end-access", user.id);
    let (now, day) =
        (state.app.now(), |at: jiff::Timestamp| at.to_zoned(page.zone()).strftime("%-d %b %Y").to_string());
    let last = found.sessions.iter().map(|session| session.last_seen_at).max();
    let lines = [
        (
            "sessions",
            t!("Sessions"),
            found.sessions.len(),
            last.map_or_else(String::new, |at| t!("last used {day}", day = day(at.min(now)))),
        ),
        (
            "tokens",
            t!("Tokens"),
            found.tokens.len(),
            names(found.tokens.iter().map(|token| token.name.as_str()).collect()),
        ),
        (
            "feeds",
            t!("Calendar feeds"),
            found.feeds.len(),
            names(found.feeds.iter().map(Record::title).collect()),
        ),
        (
            "shares",
            t!("Shared calendars"),
            found.shares.len(),
            names(found.shares.iter().map(Record::title).collect()),
        ),
    ];
    Ok(html! {
        @if lines.iter().all(|line| line.2 == 0) { p.faint { (t!("No sessions, tokens, feeds or shared calendars.")) } }
        @for (key, label, count, detail) in lines.iter().filter(|line| line.2 > 0) {
            div.access-line {
                span.grow { strong { (label) ": " (count) } @if !detail.is_empty() { " " span.faint { (detail) } } }
                (post_button(t!("Revoke all"), &action, "", ButtonKind::Plain, page.csrf(), &[("which", key)]))
            }
        }
    })
}

async fn end_access(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let of = |key: &str| if form.get("which") == key { Ended::All } else { Ended::None };
    let end = EndAccess {
        sessions: of("sessions"),
        tokens: of("tokens"),
        feeds: of("feeds"),
        shares: of("shares"),
    };
    blocking(|| state.app.end_access(&signed.actor, id.0, &end))?;
    Ok(done(&format!("/admin/users/{}#access", id.0), t!("Access ended."), None))
}

async fn show_new(AxumState(state): AxumState<State>, signed: SignedIn) -> Result<Response, PageError> {
    page_of(&state, signed, None, None, &[], None)
}

async fn create(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut input = input(&form);
    input.retain(|_, value| !value.is_null());
    match blocking(|| state.app.create(&signed.actor, &USER, &input)) {
        Ok(user) => {
            let link = link_for(&state, &signed, user.id)?;
            page_of(&state, signed, Some(&user), None, &[], Some(&link))
        }
        Err(AppError::Invalid(errors)) => page_of(&state, signed, None, Some(&form), &errors, None),
        Err(error) => Err(error.into()),
    }
}

fn link_for(state: &State, signed: &SignedIn, user: Id) -> Result<String, AppError> {
    let secret = blocking(|| state.app.create_setup_link(&signed.actor, Some(user)))?;
    Ok(format!("{}/setup/{secret}", signed.page.base()))
}

fn load(state: &State, signed: &SignedIn, id: Id) -> Result<Record, AppError> {
    blocking(|| state.app.get(&signed.actor, &USER, id))
}

async fn show(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    id: PathId,
) -> Result<Response, PageError> {
    let user = load(&state, &signed, id.0)?;
    page_of(&state, signed, Some(&user), None, &[], None)
}

async fn save(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let user = load(&state, &signed, id.0)?;
    let seen = form.get("version").parse::<i64>().unwrap_or(user.version);
    let mut merged = blocking(|| merged(&state.app, &signed.actor, &user, &form, seen))?;
    merged.input.retain(|name, _| FIELDS.contains(&name.as_str()));
    merged.contested.retain(|error| FIELDS.contains(&error.field.as_str()));
    if !merged.contested.is_empty() {
        return page_of(&state, signed, Some(&user), Some(&form), &merged.contested, None);
    }
    match blocking(|| state.app.update(&signed.actor, &USER, id.0, &merged.input, Some(user.version))) {
        Ok(user) => {
            let undo = blocking(|| state.app.undo_of_last(&signed.actor, &USER, user.id))?;
            let address = format!("/admin/users/{}", user.id);
            Ok(done(&address, &t!("{title} saved.", title = user.title()), undo.as_deref()))
        }
        Err(AppError::Invalid(errors)) => page_of(&state, signed, Some(&user), Some(&form), &errors, None),
        Err(AppError::Stale { .. }) => {
            let errors = vec![FieldError::new(
                user::USERNAME.name(),
                "stale",
                "Someone else saved at the same time. Your changes are still in the form: save again.",
            )];
            page_of(&state, signed, Some(&user), Some(&form), &errors, None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn set_disabled(state: State, signed: SignedIn, id: Id, disabled: bool) -> Result<Response, PageError> {
    let user = blocking(|| state.app.set_disabled(&signed.actor, id, disabled))?;
    let word = if disabled { "disabled" } else { "enabled" };
    Ok(done(&format!("/admin/users/{id}"), &t!("{title} is {word}.", title = user.title(), word), None))
}

async fn disable(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    set_disabled(state, signed, id.0, true).await
}

async fn enable(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    set_disabled(state, signed, id.0, false).await
}

async fn make_link(
    AxumState(state): AxumState<State>,
    signed: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let user = load(&state, &signed, id.0)?;
    let link = link_for(&state, &signed, id.0)?;
    page_of(&state, signed, Some(&user), None, &[], Some(&link))
}
