//! Sign-in, sign-out, and the links that set a password once.

use axum::extract::State as AxumState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use obcms_app::AppError;
use obcms_app::accounts::{Client, DEVICE_LIFE, EndAccess, SetupInput, SignInError};
use obcms_app::core::security;
use obcms_domain::registry::FieldError;

use crate::components::feedback;
use crate::components::forms::{Control, Form as FormView, FormField, form};
use crate::components::words::{self, t};
use crate::core::address::is_secure;
use crate::core::caller::{ClientAddress, cookie_name, cookies, session_cookie};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::Page;
use crate::core::input::{Form, PageParameters, PathParts};
use crate::core::limits::ANONYMOUS_BODY;
use crate::core::page_route::PageRoute;
use crate::core::problem::Problem;
use crate::core::return_path::{local_path, path_of};
use crate::core::route::Access;
use crate::core::state::{State, blocking};

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    vec![
        PageRoute::get("/login", Access::Public, show),
        PageRoute::post("/login", Access::Public, sign_in).body_limit(ANONYMOUS_BODY),
        PageRoute::post("/logout", Access::Account, sign_out),
        PageRoute::get("/setup/{secret}", Access::Public, show_setup),
        PageRoute::post("/setup/{secret}", Access::Public, use_setup).body_limit(ANONYMOUS_BODY),
    ]
}

/// Returns the return path if it is on this site and not the sign-in page itself, which would be a loop.
fn local(next: &str) -> &str {
    let next = local_path(next, "/");
    if ["/login", "/logout"].contains(&path_of(next)) { "/" } else { next }
}

async fn show(page: Page, parameters: PageParameters) -> Response {
    let parameters = parameters.known(&["next", "ended"]);
    let ended = (parameters.get("ended") == Some("true"))
        .then(|| t!("Your session has ended and nothing was saved. Sign in to continue").to_owned());
    let next = local(parameters.get("next").unwrap_or_default());
    if page.caller.is_some() {
        return Redirect::to(next).into_response();
    }
    Html(page.render(t!("Sign in"), &sign_in_form("", next, ended)).into_string()).into_response()
}

fn text_field(name: &str, label: &str, value: &str) -> FormField {
    FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        required: true,
        control: Control::Text { value: value.to_owned() },
        ..FormField::default()
    }
}

fn password_field(name: &str, label: &str, help: &str, autocomplete: &'static str) -> FormField {
    FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        required: true,
        control: Control::Password { autocomplete },
        ..FormField::default()
    }
}

fn sign_in_form(username: &str, next: &str, problem: Option<String>) -> Markup {
    html! {
        div.sign-in {
            h1 { (t!("Sign in")) }
            (form(&FormView {
                action: "/login".to_owned(),
                hidden: vec![("next".to_owned(), next.to_owned())],
                problem,
                fields: vec![
                    text_field("username", t!("User name"), username),
                    password_field("password", t!("Password"), "", "current-password"),
                ],
                submit: t!("Sign in").to_owned(),
                ..FormView::default()
            }))
            p.faint { (t!("Forgot your password? Ask an administrator for a new link.")) }
        }
    }
}

/// Refuses a form of another site, which must not sign anybody in; browsers send its origin.
fn refuse_foreign(headers: &HeaderMap) -> Result<(), Problem> {
    let foreign = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|site| site == "cross-site");
    if foreign {
        return Err(Problem::new(StatusCode::FORBIDDEN, "This form came from another site."));
    }
    Ok(())
}

async fn sign_in(
    AxumState(state): AxumState<State>,
    page: Page,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, PageError> {
    refuse_foreign(&headers)?;
    let next = local(form.get("next")).to_owned();
    let agent =
        headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let device = device_cookie(&headers);
    let client = Client { address: &address, agent: &agent, device: device.as_deref() };
    let line = match &device {
        // The claim of a known device is checked before it gets a line of its own.
        Some(secret) if blocking(|| state.app.is_known_device(form.get("username"), secret))? => {
            secret.as_str()
        }
        _ => address.as_str(),
    };
    let result = match state.hashing.turn(line).await {
        Ok(_turn) => blocking(|| state.app.sign_in(form.get("username"), form.get("password"), &client)),
        Err(AppError::TooMany { seconds }) => Err(SignInError::Locked { seconds }),
        Err(error) => Err(error.into()),
    };
    let (status, problem, retry) = match result {
        Ok(signed_in) => {
            // A new sign-in in a browser replaces its session.
            if let Some(before) = session_cookie(&state, &headers) {
                blocking(|| state.app.sign_out(&before, &address))?;
            }
            let mut response = Redirect::to(&next).into_response();
            let seconds = state.app.longest_session().as_secs();
            set_session(&mut response, is_secure(&state, &headers), &signed_in.secret, seconds);
            if let Some(secret) = &signed_in.device {
                set_device(&mut response, is_secure(&state, &headers), secret);
            }
            return Ok(response);
        }
        Err(SignInError::App(error)) => return Err(error.into()),
        Err(SignInError::Wrong) => (StatusCode::UNPROCESSABLE_ENTITY, SignInError::Wrong.to_string(), None),
        Err(SignInError::Locked { seconds }) => {
            let text = t!("Too many attempts. Try again in {spell_wait}.", spell_wait = spell_wait(seconds));
            (StatusCode::TOO_MANY_REQUESTS, text, Some(seconds))
        }
    };
    let content = sign_in_form(form.get("username"), &next, Some(problem));
    let mut response = (status, Html(page.render(t!("Sign in"), &content).into_string())).into_response();
    if let Some(seconds) = retry
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    Ok(response)
}

/// Formats a waiting time.
#[must_use]
pub fn spell_wait(seconds: i64) -> String {
    match (seconds, (seconds + 59) / 60) {
        (1, _) => t!("1 second").to_owned(),
        (2..60, _) => t!("{seconds} seconds", seconds),
        (60, _) => t!("1 minute").to_owned(),
        (_, minutes) => t!("{minutes} minutes", minutes),
    }
}

/// Name of the cookie of a known device.
const fn device_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-obcms_device" } else { "obcms_device" }
}

fn device_cookie(headers: &HeaderMap) -> Option<String> {
    let of_device = |(name, value): (&str, &str)| {
        ["__Host-obcms_device", "obcms_device"].contains(&name).then(|| value.to_owned())
    };
    cookies(headers).find_map(of_device)
}

fn set_device(response: &mut Response, is_secure: bool, secret: &str) {
    let secure = if is_secure { "; Secure" } else { "" };
    let (name, seconds) = (device_name(is_secure), DEVICE_LIFE.as_secs());
    let cookie = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn set_session(response: &mut Response, is_secure: bool, secret: &str, seconds: i64) {
    let (name, secure) = (cookie_name(is_secure), if is_secure { "; Secure" } else { "" });
    let cookie = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

async fn sign_out(
    AxumState(state): AxumState<State>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    _: SafeForm,
) -> Result<Response, PageError> {
    if let Some(secret) = session_cookie(&state, &headers) {
        blocking(|| state.app.sign_out(&secret, &address))?;
    }
    let mut response = Redirect::to("/login").into_response();
    set_session(&mut response, is_secure(&state, &headers), "", 0);
    // Clears cached pages and their storage; the theme is in a cookie and stays.
    let cleared = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", cleared);
    Ok(response)
}

const PASSWORD_HELP: &str = "At least 12 characters. A few words work best.";

fn wrong_link(address: &str) {
    security::unauthenticated("setup_link", "wrong", "", address);
}

async fn show_setup(
    AxumState(state): AxumState<State>,
    page: Page,
    ClientAddress(address): ClientAddress,
    PathParts(secret): PathParts<String>,
) -> Result<Response, PageError> {
    state.guesses.check(&address, &secret)?;
    let Some(link) = blocking(|| state.app.setup_link(&secret))? else {
        state.guesses.wrong(&address);
        wrong_link(&address);
        let content = feedback::error_page(
            t!("This link no longer works"),
            t!("It was already used or has expired. Ask an administrator for a new one."),
            Some((t!("Sign in"), "/login")),
        );
        return Ok(
            (StatusCode::NOT_FOUND, Html(page.render(t!("Set-up"), &content).into_string())).into_response()
        );
    };
    let content = setup_form(&secret, link.user_id.is_none(), &Form::default(), &[]);
    Ok(Html(page.render(t!("Set-up"), &content).into_string()).into_response())
}

fn setup_form(secret: &str, first: bool, typed: &Form, errors: &[FieldError]) -> Markup {
    let mut fields = Vec::new();
    if first {
        fields.push(text_field("username", t!("User name"), typed.get("username")));
        fields.push(text_field("full_name", t!("Full name"), typed.get("full_name")));
    }
    fields.push(password_field("password", t!("New password"), words::text(PASSWORD_HELP), "new-password"));
    if !first {
        fields.push(FormField {
            name: "end_access".to_owned(),
            label: t!("Also revoke my tokens and calendar feeds").to_owned(),
            help: t!("Do this if someone else might know your password.").to_owned(),
            control: Control::Checkbox { checked: typed.has("end_access") },
            ..FormField::default()
        });
    }
    for field in &mut fields {
        let error = errors.iter().find(|error| error.field == field.name);
        field.error = error.map(|error| words::message(&error.message));
    }
    html! {
        div.sign-in {
            h1 { @if first { (t!("Set up the first administrator")) } @else { (t!("Choose your password")) } }
            (form(&FormView {
                action: format!("/setup/{secret}"),
                fields,
                submit: if first { t!("Create administrator") } else { t!("Set password") }.to_owned(),
                ..FormView::default()
            }))
        }
    }
}

async fn use_setup(
    AxumState(state): AxumState<State>,
    page: Page,
    ClientAddress(address): ClientAddress,
    PathParts(secret): PathParts<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, PageError> {
    refuse_foreign(&headers)?;
    state.guesses.check(&address, &secret)?;
    let Some(link) = blocking(|| state.app.setup_link(&secret))? else {
        state.guesses.wrong(&address);
        wrong_link(&address);
        return Err(AppError::NotFound("link").into());
    };
    let input = SetupInput {
        username: form.get("username").to_owned(),
        full_name: form.get("full_name").to_owned(),
        password: form.get("password").to_owned(),
    };
    let permit = state.hashing.turn(&address).await?;
    let result = blocking(|| {
        let user = state.app.use_setup_link(&secret, &input, &address)?;
        if form.has("end_access")
            && let Some(actor) = state.app.actor_of(user)?
        {
            state.app.end_access(&actor, user, &EndAccess::programs())?;
        }
        Ok(user)
    });
    drop(permit);
    match result {
        Ok(_) => Ok(done("/login", t!("Password set. Sign in with it."), None)),
        Err(AppError::Invalid(errors)) => {
            let content = setup_form(&secret, link.user_id.is_none(), &form, &errors);
            let page = Html(page.render(t!("Set-up"), &content).into_string());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
