//! My profile: personal data, password, sessions, tokens, theme, time zone.

use std::collections::HashSet;

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::accounts::{EndAccess, Ended, TOKEN_DAYS, TokenEnd};
use obcms_app::{Actor, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::USER;
use obcms_domain::registry::{FieldError, Record};

use super::preferences;
use crate::components::badges::{Tone, badge};
use crate::components::buttons::{ButtonKind, button_link, post_button};
use crate::components::detail::{PageHead, page_head, panel};
use crate::components::feedback::notice;
use crate::components::forms::{Choice, Control, Form as FormView, FormField, form};
use crate::components::tables::{Column, Row, Table, table};
use crate::components::words::{self, t, t_html};
use crate::core::caller::Caller;
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::Page;
use crate::core::input::{Form, PathId};
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::controls::shown as shown_fields;
use crate::records::pages::form_fields;
use crate::records::pages::written::{error_of, merged, written};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/me", Access::Account, show),
        PageRoute::post("/me", Access::Account, save),
        PageRoute::post("/me/password", Access::Account, change_password),
        PageRoute::post("/me/sessions/end-others", Access::Account, revoke_other_sessions),
        PageRoute::post("/me/sessions/{id}/revoke", Access::Account, revoke_session),
        PageRoute::post("/me/tokens", Access::Account, create_token),
        PageRoute::get("/me/tokens/{id}/revoke", Access::Account, ask_revoke),
        PageRoute::post("/me/tokens/{id}/revoke", Access::Account, revoke_token),
    ]
}

/// Refused input, and the token that was just created.
#[derive(Default)]
struct Shown {
    form: Option<Form>,
    errors: Vec<FieldError>,
    secret: Option<String>,
}

fn caller(page: &Page) -> Result<Caller, PageError> {
    page.caller.clone().ok_or_else(|| AppError::Unauthorized.into())
}

/// Returns the user record of the actor.
pub(super) fn own_record(state: &State, actor: &Actor) -> Result<Record, AppError> {
    let id = actor.id.ok_or(AppError::Unauthorized)?;
    state.app.read(|tx| Ok(obcms_store::records::load(tx, &USER, id)?))?.ok_or(AppError::NotFound("user"))
}

async fn show(AxumState(state): AxumState<State>, page: Page) -> Result<Response, PageError> {
    draw(&state, page, &Shown::default())
}

/// Fields of the profile that people edit themselves.
const FIELDS: [&str; 6] = ["full_name", "email", "phone", "timezone", "theme", "week_start"];

fn profile_fields(
    state: &State,
    actor: &Actor,
    user: &Record,
    shown: &Shown,
) -> Result<Vec<FormField>, AppError> {
    let typed = shown.form.as_ref().filter(|form| FIELDS.iter().any(|name| form.has(name)));
    let typed = typed.cloned().unwrap_or_else(|| written(user));
    let (plain, folded) = form_fields(state, actor, &USER, &typed, &[], &shown.errors)?;
    let fields = plain.into_iter().chain(folded);
    Ok(fields.filter(|field| FIELDS.contains(&field.name.as_str())).collect())
}

fn draw(state: &State, page: Page, shown: &Shown) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    let (user, sessions, tokens, made) = blocking(|| {
        let user = own_record(state, &caller.actor)?;
        let tokens = state.app.tokens(&caller.actor)?;
        let made = state.app.tokens_that_made(&caller.actor)?;
        Ok::<_, AppError>((user, state.app.sessions(&caller.actor)?, tokens, made))
    })?;
    let zone = page.zone();
    let csrf = page.csrf().to_owned();
    let of_calendar = shown.form.as_ref().filter(|form| form.has("default_view"));
    let (profile, calendar) = blocking(|| {
        let profile = profile_fields(state, &caller.actor, &user, shown)?;
        let part = preferences::part(state, &caller.actor, &user, &csrf, of_calendar, &shown.errors)?;
        Ok::<_, AppError>((profile, part))
    })?;
    let content = html! {
        (page_head(&PageHead {
            title: t!("My profile").to_owned(),
            subtitle: t!("Signed in as {username}", username = caller.actor.username),
            badges: html! { @for role in &caller.actor.roles { (badge(words::label(role.label()), Tone::Neutral)) } },
            actions: html! {},
        }))
        @if caller.actor.roles.is_empty() {
            (notice(Tone::Warning, &html! { (t!("Your account has no role yet. Ask an administrator for one.")) }))
        }
        (panel("profile", "", t!("Profile"), &html! {}, &form(&FormView {
            action: "/me".to_owned(),
            csrf_token: csrf.clone(),
            hidden: vec![shown_fields(&[&profile]), ("version".to_owned(), user.version.to_string())],
            fields: profile,
            submit: t!("Save").to_owned(),
            ..FormView::default()
        })))
        (panel("calendar", "", t!("Calendar"), &html! {}, &calendar))
        (panel("password", "", t!("Password"), &html! {}, &password_form(&csrf, shown)))
        (panel("sessions", "", t!("Sessions"), &end_others(&sessions, &csrf), &session_table(&sessions, &caller, &zone, &csrf)))
        @if !caller.actor.roles.is_empty() {
            (panel("tokens", "", t!("Tokens for programs"), &html! {}, &html! {
                @if let Some(secret) = &shown.secret {
                    (notice(Tone::Good, &html! {
                        (t!("Copy this token now. It will not be shown again.")) " " br; code.token { (secret) }
                    }))
                }
                (token_table(&tokens, &made, state.app.now(), &zone, &csrf))
                (token_form(&csrf, shown))
            }))
        }
    };
    let status = if shown.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page.width(crate::components::frame::Width::Narrow);
    Ok((status, Html(page.render(t!("My profile"), &content).into_string())).into_response())
}

fn password_form(csrf: &str, shown: &Shown) -> Markup {
    let field = |name: &str, label: &str, help: &str, autocomplete: &'static str| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        error: error_of(&shown.errors, name),
        required: true,
        control: Control::Password { autocomplete },
        ..FormField::default()
    };
    form(&FormView {
        action: "/me/password".to_owned(),
        csrf_token: csrf.to_owned(),
        fields: vec![
            field("current_password", t!("Current password"), "", "current-password"),
            field(
                "password",
                t!("New password"),
                t!("At least 12 characters. You are signed out everywhere else."),
                "new-password",
            ),
            FormField {
                name: "end_access".to_owned(),
                label: t!("Also revoke my tokens and calendar feeds").to_owned(),
                help: t!("Do this if someone else might know your password.").to_owned(),
                control: Control::Checkbox { checked: false },
                ..FormField::default()
            },
            FormField {
                name: "end_shares".to_owned(),
                label: t!("Also revoke my shared calendars").to_owned(),
                help: t!("People with the addresses lose access.").to_owned(),
                control: Control::Checkbox { checked: false },
                ..FormField::default()
            },
        ],
        submit: t!("Change password").to_owned(),
        ..FormView::default()
    })
}

fn instant(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %Y, %-I:%M %p").to_string()
}

fn columns(labels: &[&str]) -> Vec<Column> {
    labels
        .iter()
        .map(|label| Column { key: label.to_lowercase(), label: (*label).to_owned(), ..Column::default() })
        .collect()
}

fn end_others(sessions: &[obcms_store::accounts::Session], csrf: &str) -> Markup {
    html! { @if sessions.len() > 1 {
        (post_button(t!("Sign out all other sessions"), "/me/sessions/end-others", "", ButtonKind::Plain, csrf, &[]))
    } }
}

fn session_table(
    sessions: &[obcms_store::accounts::Session],
    caller: &Caller,
    zone: &TimeZone,
    csrf: &str,
) -> Markup {
    let own = caller.session.as_ref().map(|session| session.id);
    let rows = sessions
        .iter()
        .map(|session| Row {
            id: session.id.to_string(),
            title: session.agent.clone(),
            cells: vec![
                html! { (agent_name(&session.agent)) @if own == Some(session.id) { " " (badge(t!("This session"), Tone::Good)) } },
                html! { (session.address) },
                html! { (instant(session.created_at, zone)) },
                html! { (instant(session.last_seen_at, zone)) },
                html! { @if own != Some(session.id) {
                    (post_button(t!("Sign out"), &format!("/me/sessions/{}/revoke", session.id), "", ButtonKind::Plain, csrf, &[]))
                } },
            ],
            ..Row::default()
        })
        .collect();
    table(&Table {
        id: "sessions-table".to_owned(),
        caption: t!("Sessions").to_owned(),
        columns: columns(&[t!("Browser"), t!("Address"), t!("Since"), t!("Last used"), t!("Sign out")]),
        rows,
        ..Table::default()
    })
}

/// Returns the common name of a browser.
pub(crate) fn agent_name(agent: &str) -> String {
    let browser = ["Firefox", "Edg", "OPR", "Chrome", "Safari"].into_iter().find(|name| agent.contains(name));
    let system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]
        .into_iter()
        .find(|name| agent.contains(name));
    match (browser.map(|name| if name == "Edg" { "Edge" } else { name }), system) {
        (Some(browser), Some(system)) => t!("{browser} on {system}", browser, system),
        _ if agent.is_empty() => t!("Unknown").to_owned(),
        _ => agent.chars().take(40).collect(),
    }
}

/// Button that revokes a token; it asks first when the token created something.
fn revoke_button(id: Id, made: bool, csrf: &str) -> Markup {
    let address = format!("/me/tokens/{id}/revoke");
    if made {
        button_link(t!("Revoke…"), &address, "", ButtonKind::Plain)
    } else {
        post_button(t!("Revoke"), &address, "", ButtonKind::Plain, csrf, &[])
    }
}

fn token_table(
    tokens: &[obcms_store::accounts::Token],
    made: &HashSet<Id>,
    now: Timestamp,
    zone: &TimeZone,
    csrf: &str,
) -> Markup {
    let rows = tokens
        .iter()
        .map(|token| {
            let over = token.revoked_at.is_some() || token.expires_at.is_some_and(|end| end <= now);
            Row {
                id: token.id.to_string(),
                title: token.name.clone(),
                past: over,
                cells: vec![
                    html! { (token.name) },
                    html! { @if token.scope == "read" { (t!("Read only")) } @else { (t!("Read and write")) } },
                    html! { (token.expires_at.map_or_else(|| t!("No expiry").to_owned(), |end| instant(end, zone))) },
                    html! { (token.last_used_at.map_or_else(|| t!("Never used").to_owned(), |used| instant(used, zone))) },
                    html! {
                        @if over { (t!("Expired")) }
                        @if !over || made.contains(&token.id) { (revoke_button(token.id, made.contains(&token.id), csrf)) }
                    },
                ],
                ..Row::default()
            }
        })
        .collect();
    table(&Table {
        id: "tokens-table".to_owned(),
        caption: t!("Tokens").to_owned(),
        columns: columns(&[t!("Name"), t!("Access"), t!("Expires"), t!("Last used"), t!("Revoke")]),
        rows,
        empty: Some(
            html! { p.faint { (t!("No tokens. A token lets a program use the API with your rights.")) } },
        ),
        ..Table::default()
    })
}

fn token_form(csrf: &str, shown: &Shown) -> Markup {
    let choice = |value: &str, label: &str, selected| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        selected,
    };
    let typed = |name: &str| shown.form.as_ref().map(|form| form.get(name).to_owned()).unwrap_or_default();
    form(&FormView {
        action: "/me/tokens".to_owned(),
        csrf_token: csrf.to_owned(),
        fields: vec![
            FormField {
                name: "name".to_owned(),
                label: t!("Name").to_owned(),
                error: error_of(&shown.errors, "name"),
                required: true,
                control: Control::Text { value: typed("name") },
                ..FormField::default()
            },
            FormField {
                name: "scope".to_owned(),
                label: t!("Access").to_owned(),
                control: Control::Select {
                    options: vec![
                        choice("read", t!("Read only"), true),
                        choice("write", t!("Read and write"), typed("scope") == "write"),
                    ],
                },
                ..FormField::default()
            },
            FormField {
                name: "days".to_owned(),
                label: t!("Expires after (days)").to_owned(),
                help: t!("Up to 3,650. Enter \"never\" for a token that does not expire.").to_owned(),
                error: error_of(&shown.errors, "days"),
                required: true,
                control: Control::Text {
                    value: match typed("days") {
                        days if days.is_empty() => TOKEN_DAYS.to_string(),
                        days => days,
                    },
                },
                ..FormField::default()
            },
        ],
        submit: t!("Create token").to_owned(),
        ..FormView::default()
    })
}

/// Renders the page again with the errors of a form; returns other errors.
pub(super) fn refused(state: &State, page: Page, form: Form, error: AppError) -> Result<Response, PageError> {
    match error {
        AppError::Stale { .. } => {
            let message =
                t!("Someone else saved at the same time. Your changes are still in the form: save again.");
            let errors = vec![FieldError::new(FIELDS[0], "stale", message)];
            draw(state, page, &Shown { form: Some(form), errors, secret: None })
        }
        AppError::Invalid(errors) => draw(state, page, &Shown { form: Some(form), errors, secret: None }),
        other => Err(other.into()),
    }
}

async fn save(
    AxumState(state): AxumState<State>,
    page: Page,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    let user = blocking(|| own_record(&state, &caller.actor))?;
    let seen = form.get("version").parse().unwrap_or(user.version);
    let mut merged = blocking(|| merged(&state.app, &Actor::program(), &user, &form, seen))?;
    merged.input.retain(|name, _| FIELDS.contains(&name.as_str()));
    merged.contested.retain(|error| FIELDS.contains(&error.field.as_str()));
    if !merged.contested.is_empty() {
        return refused(&state, page, form, AppError::Invalid(merged.contested));
    }
    match blocking(|| state.app.update_profile(&caller.actor, &merged.input, Some(user.version))) {
        Ok(_) => Ok(done("/me", t!("Saved."), None)),
        Err(error) => refused(&state, page, form, error),
    }
}

async fn change_password(
    AxumState(state): AxumState<State>,
    page: Page,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    let session = caller.session.as_ref().map(|session| session.id);
    let permit = state.hashing.turn_of(&caller.actor).await?;
    let result = blocking(|| {
        state.app.change_password(
            &caller.actor,
            form.get("current_password"),
            form.get("password"),
            session,
        )?;
        let mut end = if form.has("end_access") { EndAccess::programs() } else { EndAccess::default() };
        if form.has("end_shares") {
            end.shares = Ended::All;
        }
        match caller.actor.id.filter(|_| end != EndAccess::default()) {
            Some(id) => state.app.end_access(&caller.actor, id, &end).map(drop),
            None => Ok(()),
        }
    });
    drop(permit);
    match result {
        Ok(()) => Ok(done("/me", t!("Password changed. Other sessions have ended."), None)),
        Err(error) => refused(&state, page, form, error),
    }
}

async fn revoke_session(
    AxumState(state): AxumState<State>,
    page: Page,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    blocking(|| state.app.revoke_session(&caller.actor, id.0))?;
    Ok(done("/me#sessions", t!("Session ended."), None))
}

async fn revoke_other_sessions(
    AxumState(state): AxumState<State>,
    page: Page,
    _: SafeForm,
) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    blocking(|| state.app.revoke_other_sessions(&caller.actor))?;
    Ok(done("/me#sessions", t!("Other sessions ended."), None))
}

async fn create_token(
    AxumState(state): AxumState<State>,
    page: Page,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    let end = match form.get("days").trim() {
        text if text.eq_ignore_ascii_case("never") => Ok(TokenEnd::Never),
        text => text
            .parse()
            .map(TokenEnd::Days)
            .map_err(|_| AppError::field("days", "type", "Enter a whole number of days, or \"never\".")),
    };
    let result = end.and_then(|end| {
        blocking(|| state.app.create_token(&caller.actor, form.get("name"), form.get("scope"), end))
    });
    match result {
        Ok((secret, _)) => draw(&state, page, &Shown { secret: Some(secret), ..Shown::default() }),
        Err(error) => refused(&state, page, form, error),
    }
}

/// Page that lists what a token created, before it is revoked.
async fn ask_revoke(
    AxumState(state): AxumState<State>,
    page: Page,
    id: PathId,
) -> Result<Html<String>, PageError> {
    let caller = caller(&page)?;
    let (tokens, made) = blocking(|| {
        let tokens = state.app.tokens(&caller.actor)?;
        Ok::<_, AppError>((tokens, state.app.made_with_token(&caller.actor, id.0)?))
    })?;
    let token = tokens.iter().find(|token| token.id == id.0).ok_or(AppError::NotFound("token"))?;
    let names = made.tokens.iter().map(|token| token.name.as_str()).collect::<Vec<_>>().join(", ");
    let choice = |name: &str, record: &Record| FormField {
        name: format!("{name}_{}", record.id),
        label: format!("{}: {}", words::label(record.kind.label), record.title()),
        control: Control::Checkbox { checked: true },
        ..FormField::default()
    };
    let feeds = made.feeds.iter().map(|feed| choice("feed", feed));
    let fields = feeds.chain(made.shares.iter().map(|share| choice("share", share))).collect();
    let title = t!("Revoke {token}", token = token.name);
    let content = html! {
        (page_head(&PageHead { title: title.clone(), ..PageHead::default() }))
        p {
            (t!("Programs with this token lose access immediately. Choose which addresses created with it to revoke too: they work without the token."))
        }
        @if !names.is_empty() { p { (t_html!("Tokens created with it are also revoked: {names}.", names)) } }
        (form(&FormView {
            action: format!("/me/tokens/{}/revoke", token.id),
            csrf_token: page.csrf().to_owned(),
            fields,
            submit: t!("Revoke token").to_owned(),
            cancel_href: "/me#tokens".to_owned(),
            ..FormView::default()
        }))
    };
    let page = page.below(t!("My profile"), "/me").width(crate::components::frame::Width::Narrow);
    Ok(Html(page.render(&title, &content).into_string()))
}

/// Returns the records of a kind that are selected in the form of [`ask_revoke`].
fn ticked(form: &Form, name: &str, records: &[Record]) -> Ended {
    let ids = records.iter().map(|record| record.id);
    Ended::These(ids.filter(|id| form.has(&format!("{name}_{id}"))).collect())
}

async fn revoke_token(
    AxumState(state): AxumState<State>,
    page: Page,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let caller = caller(&page)?;
    blocking(|| {
        let made = state.app.made_with_token(&caller.actor, id.0)?;
        let end = EndAccess {
            feeds: ticked(&form, "feed", &made.feeds),
            shares: ticked(&form, "share", &made.shares),
            ..EndAccess::default()
        };
        state.app.revoke_token(&caller.actor, id.0, &end)
    })?;
    Ok(done("/me#tokens", t!("Token revoked."), None))
}
