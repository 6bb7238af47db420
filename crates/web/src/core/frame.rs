//! Context of a page, and the frame rendered from it.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::Markup;
use obcms_app::accounts::user_settings::{OPEN_GROUPS, Pinned, UserSettings};
use obcms_app::{Actor, AppError};

use super::errors::PageError;
use crate::components::badges::initials;
use crate::components::frame::{self, Frame, NavigationGroup, NavigationItem, PersonBadge, Width};
use crate::components::words;
use crate::core::caller::{Caller, Nonce, cookies};
use crate::core::state::{State, blocking};
use crate::core::subject::Subjects;

/// Context of a page: caller, path and the data of the frame.
#[derive(Clone, Debug)]
pub struct Page {
    /// Caller, if signed in.
    pub caller: Option<Caller>,
    /// Requested path.
    pub path: String,
    /// Date of the office.
    pub today: Date,
    nonce: String,
    theme: String,
    width: Width,
    breadcrumb: Vec<(String, String)>,
    assets: Vec<String>,
    waiting: u32,
    alerts: Option<u64>,
    state: String,
    office_timezone: String,
    subjects: &'static Subjects,
    settings: UserSettings,
    pins: Vec<Pinned>,
    is_answer: bool,
}

impl Page {
    /// Returns the base address without a trailing slash.
    #[must_use]
    pub fn base(&self) -> &str {
        self.caller.as_ref().map_or("", |caller| &caller.base)
    }

    /// Creates the page of a request.
    #[must_use]
    pub fn of(state: &State, request: &Request) -> Self {
        let is_answer = request.method() == Method::POST;
        Self { is_answer, ..Self::read(state, request.uri().path(), request.headers(), request.extensions()) }
    }

    fn read(state: &State, path: &str, headers: &HeaderMap, extensions: &axum::http::Extensions) -> Self {
        let caller = extensions.get::<Caller>().cloned();
        let nonce = extensions.get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default();
        let chosen = caller.as_ref().map(|caller| caller.actor.theme.clone()).filter(|theme| theme != "auto");
        let (waiting, alerts, state_of_data, (settings, pins)) = match &caller {
            Some(caller) => blocking(|| {
                let actor = &caller.actor;
                (
                    count_waiting(state, actor),
                    count_alerts(state, actor),
                    state_of_data(state),
                    settings(state, actor),
                )
            }),
            None => (0, None, String::new(), (UserSettings::default(), Vec::new())),
        };
        Self {
            theme: chosen.or_else(|| theme_cookie(headers)).unwrap_or_else(|| "auto".to_owned()),
            caller,
            path: path.to_owned(),
            today: state.app.today(),
            nonce,
            width: Width::Wide,
            breadcrumb: Vec::new(),
            assets: Vec::new(),
            waiting,
            alerts,
            state: state_of_data,
            office_timezone: state.app.options().office_timezone.clone(),
            subjects: state.subjects,
            settings,
            pins,
            is_answer: false,
        }
    }

    /// Returns the actor; redirects anonymous requests to the sign-in page.
    pub fn actor(&self) -> Result<&Actor, PageError> {
        self.caller.as_ref().map(|caller| &caller.actor).ok_or_else(|| AppError::Unauthorized.into())
    }

    /// Returns all subjects.
    #[must_use]
    pub fn subjects(&self) -> &'static Subjects {
        self.subjects
    }

    /// Returns the settings of the person.
    #[must_use]
    pub fn settings(&self) -> &UserSettings {
        &self.settings
    }

    /// Returns the token that forms send back.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.caller
            .as_ref()
            .and_then(|caller| caller.session.as_ref())
            .map_or("", |session| &session.csrf_token)
    }

    /// Returns the nonce of the response.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Returns the zone in which the person reads times.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        let own = self.caller.as_ref().map(|caller| caller.actor.timezone.as_str());
        TimeZone::get(own.unwrap_or(&self.office_timezone)).unwrap_or(TimeZone::UTC)
    }

    /// Sets the maximum width of the content.
    #[must_use]
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// Adds a parent page to the breadcrumb: label and address, outermost first.
    #[must_use]
    pub fn below(mut self, label: &str, address: &str) -> Self {
        self.breadcrumb.push((label.to_owned(), address.to_owned()));
        self
    }

    /// Adds scripts and styles beside those of every page.
    #[must_use]
    pub fn with_assets(mut self, assets: &[&str]) -> Self {
        self.assets.extend(assets.iter().map(|asset| (*asset).to_owned()));
        self
    }

    /// Renders the whole document.
    #[must_use]
    pub fn render(&self, title: &str, content: &Markup) -> Markup {
        let frame = self.frame(title);
        if self.caller.is_some() { frame::page(&frame, content) } else { frame::bare(&frame, content) }
    }

    /// Returns the sidebar with the groups that the person left open.
    fn navigation(&self, actor: &Actor) -> Vec<NavigationGroup> {
        let open = self.settings.get(OPEN_GROUPS).unwrap_or_default();
        let mut groups = (self.subjects.navigation)(actor);
        for group in &mut groups {
            group.is_open = open.contains(&group.label);
        }
        groups
    }

    fn frame(&self, title: &str) -> Frame {
        let actor = self.caller.as_ref().map(|caller| &caller.actor);
        Frame {
            title: title.to_owned(),
            path: self.path.clone(),
            breadcrumb: self.breadcrumb.clone(),
            person: actor.map(badge),
            csrf_token: self.csrf().to_owned(),
            nonce: self.nonce.clone(),
            theme: self.theme.clone(),
            waiting: self.waiting,
            alerts: self.alerts,
            state: self.state.clone(),
            timezone: self.office_timezone.clone(),
            navigation: actor.map(|actor| self.navigation(actor)).unwrap_or_default(),
            favourites: self.pins.iter().map(favourite).collect(),
            commands: actor.map(self.subjects.commands).unwrap_or_default(),
            assets: self.assets.clone(),
            is_answer: self.is_answer,
            width: self.width,
        }
    }
}

impl FromRequestParts<State> for Page {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let is_answer = parts.method == Method::POST;
        Ok(Self { is_answer, ..Self::read(state, parts.uri.path(), &parts.headers, &parts.extensions) })
    }
}

/// Page of a signed-in person.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Page.
    pub page: Page,
    /// Actor.
    pub actor: Actor,
}

impl FromRequestParts<State> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let page = Page::from_request_parts(parts, state).await?;
        let actor = page.actor()?.clone();
        Ok(Self { page, actor })
    }
}

/// Returns the number of decisions that wait for the person; an error counts as zero, because a page works without the
/// number.
fn count_waiting(state: &State, actor: &Actor) -> u32 {
    if actor.roles.is_empty() {
        return 0;
    }
    state.app.count_waiting(actor).unwrap_or_else(|error| {
        tracing::warn!(%error, "the items that need action could not be counted");
        0
    })
}

/// Returns the number of active alerts, if the person sees them; an error counts as none, for the same reason.
fn count_alerts(state: &State, actor: &Actor) -> Option<u64> {
    let count = state.app.active_alerts(actor).unwrap_or_else(|error| {
        tracing::warn!(%error, "the alerts could not be counted");
        None
    })?;
    u64::try_from(count).ok()
}

/// Returns the settings of the person with their pins; an error counts as none, because a page works without them.
fn settings(state: &State, actor: &Actor) -> (UserSettings, Vec<Pinned>) {
    let read = || {
        let settings = state.app.user_settings(actor)?;
        let pins = state.app.pins(actor, &settings)?;
        Ok::<_, AppError>((settings, pins))
    };
    read().unwrap_or_else(|error| {
        tracing::warn!(%error, "the settings of a user could not be read");
        (UserSettings::default(), Vec::new())
    })
}

/// Returns the revision of the data, read before the content of a page: a change between the two is refreshed twice
/// rather than never.
fn state_of_data(state: &State) -> String {
    state.app.page_state().unwrap_or_default()
}

fn favourite(pinned: &Pinned) -> NavigationItem {
    NavigationItem {
        label: pinned.title.clone(),
        href: pinned.href.clone(),
        icon: pinned.icon.to_owned(),
        ..NavigationItem::default()
    }
}

fn theme_cookie(headers: &HeaderMap) -> Option<String> {
    cookies(headers)
        .find(|(name, value)| *name == "obcms_theme" && ["light", "dark", "auto"].contains(value))
        .map(|(_, value)| value.to_owned())
}

fn badge(actor: &Actor) -> PersonBadge {
    PersonBadge {
        id: actor.id.map(|id| id.to_string()).unwrap_or_default(),
        name: actor.full_name.clone(),
        initials: initials(&actor.full_name),
        roles: actor.roles.iter().map(|role| words::label(role.label()).to_owned()).collect(),
    }
}
