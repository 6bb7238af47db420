//! External calendars: state of the sync, dates of the next weeks, and import of files.

use axum::extract::{FromRequest, Request, State as AxumState};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::calendar::Entry;
use obcms_app::exchange::subscriptions::{self, MAXIMUM_BYTES, Remark, Report};
use obcms_app::records::transfer::Format;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::kinds::{EXTERNAL_CALENDAR, EXTERNAL_EVENT, external_calendar};
use obcms_domain::registry::Record;
use tempfile::SpooledTempFile;

use crate::components::badges::{Tone, grouped};
use crate::components::buttons::{ButtonKind, button_link, post_button, submit_button};
use crate::components::detail::{PageHead, Property, detail, page_head, panel, properties};
use crate::components::feedback::notice;
use crate::components::forms::{Control, FormField, error_summary, field};
use crate::components::frame::Width;
use crate::components::tables::{Column, Pager, Row, Table, table};
use crate::components::tabs::record_tabs;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{PageParameters, PathId};
use crate::core::limits::MAXIMUM_CALENDAR;
use crate::core::page_route::PageRoute;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::api::files::{self, report_response};
use crate::records::pages::import::require_token;
use crate::records::pages::{Values, detail as generic, history_panel, value};

/// Number of dates on the page of a calendar.
const NEXT: usize = 15;
/// Number of remarks on the page of a calendar; the file has all.
const SHOWN_REMARKS: usize = 50;
/// Kinds whose changes refresh the parts of a page.
const LIVE: &str = "external_calendar external_event";

/// Pages with their access.
pub fn routes() -> Vec<PageRoute> {
    const IMPORT: Access = Access::Policy(Action::Import, EXTERNAL_CALENDAR.area);
    vec![
        PageRoute::get("/external-calendars/{id}", Access::Role, show),
        PageRoute::get("/external-calendars/{id}/remarks.csv", Access::Role, remarks_file),
        PageRoute::post("/external-calendars/{id}/fetch", Access::Role, fetch),
        PageRoute::post("/external-calendars/{id}/file", Access::Role, read_into)
            .takes_files(MAXIMUM_CALENDAR),
        PageRoute::get("/external-calendars/from-file", IMPORT, new_from_file)
            .purpose("import external calendars from files"),
        PageRoute::post("/external-calendars/from-file", IMPORT, make_from_file)
            .purpose("import external calendars from files")
            .takes_files(MAXIMUM_CALENDAR),
    ]
}

fn below(page: &Page) -> Page {
    page.clone().below(words::label(EXTERNAL_CALENDAR.plural), "/external-calendars")
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["tab"]);
    let in_history = parameters.get("tab") == Some("history");
    let html = blocking(|| {
        let calendar = state.app.get(&actor, &EXTERNAL_CALENDAR, id.0)?;
        let address = EXTERNAL_CALENDAR.url(calendar.id);
        let body = if in_history {
            history_panel(&state, &page, &actor, &EXTERNAL_CALENDAR, calendar.id)?
        } else {
            overview(&state, &page, &actor, &calendar, None)?
        };
        let content = html! {
            (generic::head(&state, &page, &actor, &calendar)?)
            @if calendar.is_archived() {
                (notice(Tone::Warning, &html! {
                    (t!("Archived: its events are not on the calendar. Restore it to make changes."))
                }))
            }
            (record_tabs(&address, in_history))
            (body)
        };
        Ok::<_, AppError>(below(&page).render(calendar.title(), &content).into_string())
    })?;
    Ok(Html(html))
}

struct Rights {
    fetch: bool,
    import: bool,
}

fn overview(
    state: &State,
    page: &Page,
    actor: &Actor,
    calendar: &Record,
    refusal: Option<String>,
) -> Result<Markup, AppError> {
    let rights = state.app.read(|tx| {
        let may = !calendar.is_archived() && !actor.read_only;
        Ok(Rights {
            fetch: may && actor.may_on(tx, Action::Edit, calendar)?,
            import: may && actor.may_on(tx, Action::Import, calendar)?,
        })
    })?;
    let directory = generic::directory_of(state, actor, calendar)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let is_fetched = !external_calendar::ADDRESS.get(calendar).is_empty();
    let wide = html! {
        @if external_calendar::LAST_STATUS.get(calendar) == "reading" {
            (notice(Tone::Warning, &html! {
                (t!("A file is being imported, a few hundred events at a time. If the import was interrupted, import the same file again: existing events are updated, not duplicated."))
            }))
        }
        (next_dates(state, actor, calendar, &values)?)
        @if rights.import && !is_fetched { (upload_panel(page, calendar, refusal)) }
        (remarks_panel(calendar))
    };
    let narrow = html! {
        @if is_fetched { (fetching(state, page, calendar, &values, &rights)?) }
        (panel("properties", LIVE, t!("Properties"), &html! {}, &properties(&facts(calendar, &values))))
    };
    Ok(detail(&wide, &narrow))
}

fn property(label: &str, value: Markup) -> Property {
    Property { label: label.to_owned(), value }
}

/// State of the sync, with a button that starts it now.
fn fetching(
    state: &State,
    page: &Page,
    calendar: &Record,
    values: &Values<'_>,
    rights: &Rights,
) -> Result<Markup, AppError> {
    let next = state.app.next_fetch(calendar.id)?;
    let button = html! { @if rights.fetch {
        (post_button(
            t!("Fetch now"),
            &format!("{}/fetch", EXTERNAL_CALENDAR.url(calendar.id)),
            "refresh-cw",
            ButtonKind::Plain,
            page.csrf(),
            &[],
        ))
    } };
    let error = external_calendar::LAST_ERROR.get(calendar);
    let content = html! { div.stack {
        @if !error.is_empty() { (notice(Tone::Bad, &html! { (error) })) }
        (properties(&[
            property(t!("State"), value::state_badge(calendar)),
            property(t!("Last attempt"), html! { @if let Some(at) = external_calendar::LAST_FETCHED_AT.get(calendar) { (values.instant(at)) } }),
            property(t!("Next fetch"), match next {
                Some(at) if at <= state.app.now() => html! { (t!("Shortly")) },
                Some(at) => values.instant(at),
                None => html! { span.faint { (t!("Not automatic")) } },
            }),
            property(t!("Fetched every"), html! { (minutes(external_calendar::REFRESH_MINUTES.get(calendar).unwrap_or_default())) }),
        ]))
    } };
    Ok(panel("fetching", LIVE, t!("Fetching"), &button, &content))
}

fn minutes(minutes: i64) -> String {
    match minutes {
        60 => "hour".to_owned(),
        1440 => "day".to_owned(),
        minutes if minutes % 1440 == 0 => t!("{minutes} days", minutes = minutes / 1440),
        minutes if minutes % 60 == 0 => t!("{minutes} hours", minutes = minutes / 60),
        minutes => t!("{minutes} minutes", minutes),
    }
}

fn facts(calendar: &Record, values: &Values<'_>) -> Vec<Property> {
    let count = u64::try_from(external_calendar::EVENT_COUNT.get(calendar).unwrap_or(0)).unwrap_or(0);
    let all = format!("/{}?calendar={}", EXTERNAL_EVENT.collection, calendar.id);
    let address = external_calendar::ADDRESS.get(calendar);
    let mut facts = vec![property(
        t!("Events"),
        html! { @if count == 0 { (t!("None")) } @else { a href=(all) { (grouped(count)) } } },
    )];
    if address.is_empty() {
        let read = external_calendar::LAST_FETCHED_AT.get(calendar);
        facts.push(property(
            t!("File imported"),
            html! { @if let Some(at) = read { (values.instant(at)) } @else { span.faint { (t!("Not yet")) } } },
        ));
    } else {
        facts.push(property(t!("Address"), html! { (address) }));
    }
    facts.extend(generic::record_facts(calendar, values));
    facts
}

/// Dates of the next weeks.
fn next_dates(
    state: &State,
    actor: &Actor,
    calendar: &Record,
    values: &Values<'_>,
) -> Result<Markup, AppError> {
    let entries = if calendar.is_archived() {
        Vec::new()
    } else {
        state.app.next_of_calendar(actor, calendar.id, NEXT)?
    };
    let column =
        |key: &str, label: &str| Column { key: key.into(), label: label.into(), ..Column::default() };
    let rows = entries.iter().map(|entry| date_row(entry, values)).collect();
    let content = table(&Table {
        id: "next-dates".to_owned(),
        caption: t!("The next eight weeks").to_owned(),
        columns: vec![
            column("title", t!("Title")),
            column("start", t!("When")),
            column("location", t!("Place")),
        ],
        rows,
        pager: Pager::default(),
        empty: Some(html! { p.muted { (t!("No events in the next eight weeks.")) } }),
        ..Table::default()
    });
    let all = button_link(
        t!("All events"),
        &format!("/{}?calendar={}", EXTERNAL_EVENT.collection, calendar.id),
        "list",
        ButtonKind::Quiet,
    );
    Ok(panel("dates", LIVE, t!("The next eight weeks"), &all, &content))
}

fn date_row(entry: &Entry, values: &Values<'_>) -> Row {
    let when = if entry.row.all_day {
        crate::components::badges::date(obcms_domain::calendar::unfloating(entry.row.start), values.today)
    } else {
        values.instant(entry.row.start)
    };
    Row {
        id: entry.id().to_string(),
        href: entry.url(),
        title: entry.row.title.to_string(),
        past: &*entry.row.status == "cancelled",
        cells: vec![html! { (entry.row.title) }, when, html! { (entry.row.location) }],
        ..Row::default()
    }
}

async fn fetch(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
    _: SafeForm,
) -> Result<Response, PageError> {
    let calendar = blocking(|| state.app.fetch_calendar(&actor, id.0))?;
    let message = t!("{title} will be fetched shortly.", title = calendar.title());
    Ok(done(&EXTERNAL_CALENDAR.url(id.0), &message, None))
}

fn file_field(error: Option<String>) -> FormField {
    FormField {
        name: "file".to_owned(),
        label: t!("File").to_owned(),
        help: t!("A calendar file (.ics) exported by a calendar program, up to 20 MB and 50,000 events.")
            .to_owned(),
        error,
        required: true,
        control: Control::File { accept: ".ics,.ical,.ifb,text/calendar".to_owned() },
        ..FormField::default()
    }
}

/// Import of a file into an existing calendar.
fn upload_panel(page: &Page, calendar: &Record, refusal: Option<String>) -> Markup {
    let file = file_field(refusal);
    let keep = FormField {
        name: "keep".to_owned(),
        label: t!("Keep events that are not in this file").to_owned(),
        help: t!("Otherwise events that are not in the file are archived.").to_owned(),
        control: Control::Checkbox { checked: false },
        ..FormField::default()
    };
    panel(
        "file",
        "",
        t!("Import a file"),
        &html! {},
        &html! {
            form.form method="post" action={ (EXTERNAL_CALENDAR.url(calendar.id)) "/file" } enctype="multipart/form-data" novalidate {
                input type="hidden" name="csrf_token" value=(page.csrf());
                div.fields { (field(&file)) (field(&keep)) }
                div.form-actions { (submit_button(t!("Import file"), "upload", ButtonKind::Plain)) }
            }
        },
    )
}

/// Form with a calendar file, when one was selected.
struct CalendarForm {
    form: files::Upload,
    file: Option<SpooledTempFile>,
}

impl FromRequest<State> for CalendarForm {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &State) -> Result<Self, Self::Rejection> {
        let page = Page::of(state, &request);
        page.actor()?;
        let (form, file) = files::Upload::spooled(request, state, MAXIMUM_BYTES).await?;
        require_token(&page, &form)?;
        Ok(Self { form, file })
    }
}

async fn read_into(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    CalendarForm { form, file }: CalendarForm,
) -> Result<Response, PageError> {
    let keep = form.text("keep").is_some_and(|value| !value.is_empty());
    let result = match file {
        None => Err(t!("Choose a file.").to_owned()),
        Some(file) => match blocking(|| state.app.import_calendar(&actor, id.0, file, keep)) {
            Ok(report) => Ok(report),
            Err(AppError::Invalid(errors)) => Err(words::messages(&errors)),
            Err(error) => return Err(error.into()),
        },
    };
    let calendar = blocking(|| state.app.get(&actor, &EXTERNAL_CALENDAR, id.0))?;
    match result {
        Ok(report) => Ok(reported(&page, &calendar, &report)),
        Err(message) => {
            let content = blocking(|| {
                Ok::<_, AppError>(html! {
                    (generic::head(&state, &page, &actor, &calendar)?)
                    (overview(&state, &page, &actor, &calendar, Some(message.clone()))?)
                })
            })?;
            let html = below(&page).render(calendar.title(), &content).into_string();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
        }
    }
}

fn require(actor: &Actor) -> Result<(), AppError> {
    let area = EXTERNAL_CALENDAR.area;
    if actor.may(Action::Import, area) && actor.may(Action::Create, area) {
        return Ok(());
    }
    Err(AppError::forbidden(Action::Import, area, "import external calendars from files"))
}

async fn new_from_file(SignedIn { page, actor }: SignedIn) -> Result<Html<String>, PageError> {
    require(&actor)?;
    Ok(Html(draw_new(&page, "", None)))
}

async fn make_from_file(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    CalendarForm { form, file }: CalendarForm,
) -> Result<Response, PageError> {
    require(&actor)?;
    let name = form.text("name").unwrap_or_default().to_owned();
    let refuse = |message: &str| {
        let html = draw_new(&page, &name, Some(message.to_owned()));
        (StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response()
    };
    let Some(file) = file else {
        return Ok(refuse(t!("Choose a file.")));
    };
    match blocking(|| state.app.calendar_from_file(&actor, Some(&name), file)) {
        Ok((calendar, report)) => Ok(reported(&page, &calendar, &report)),
        Err(AppError::Invalid(errors)) => Ok(refuse(&words::messages(&errors))),
        Err(error) => Err(error.into()),
    }
}

fn draw_new(page: &Page, name: &str, error: Option<String>) -> String {
    let title = t!("Calendar from a file");
    let file = file_field(error);
    let name = FormField {
        name: "name".to_owned(),
        label: t!("Name").to_owned(),
        help: t!("Leave empty to use the name in the file.").to_owned(),
        control: Control::Text { value: name.to_owned() },
        ..FormField::default()
    };
    let content = html! {
        (page_head(&PageHead { title: title.to_owned(), ..PageHead::default() }))
        form.form method="post" action="/external-calendars/from-file" enctype="multipart/form-data" novalidate {
            (error_summary(None, &[&file]))
            input type="hidden" name="csrf_token" value=(page.csrf());
            div.fields { (field(&file)) (field(&name)) }
            div.form-actions {
                (submit_button(t!("Import file"), "upload", ButtonKind::Main))
                (button_link(t!("Cancel"), "/external-calendars", "", ButtonKind::Plain))
            }
        }
    };
    below(page).width(Width::Narrow).render(title, &content).into_string()
}

/// Result of an import. Reloading the page sends the file again, which changes nothing.
fn reported(page: &Page, calendar: &Record, report: &Report) -> Response {
    let address = EXTERNAL_CALENDAR.url(calendar.id);
    let tone = if report.skipped_count == 0 { Tone::Good } else { Tone::Warning };
    let content = html! {
        (page_head(&PageHead {
            title: t!("File imported").to_owned(),
            actions: button_link(t!("Open calendar"), &address, "arrow-right", ButtonKind::Main),
            ..PageHead::default()
        }))
        (notice(tone, &html! { (report.summary()) "." }))
        p.muted.text-block {
            (t!("To go back, import the previous file again: its events are restored, and events that only this file has are archived. Archiving the calendar removes all its events."))
        }
        @if !report.skipped.is_empty() { (skipped_list(report)) }
    };
    Html(below(page).below(calendar.title(), &address).render(t!("File imported"), &content).into_string())
        .into_response()
}

/// Remarks about the last reading, with a link to download them.
fn remarks_panel(calendar: &Record) -> Markup {
    let all = subscriptions::remarks(calendar);
    if all.is_empty() {
        return html! { section #remarks data-live=(LIVE) hidden {} };
    }
    let more = all.len().saturating_sub(SHOWN_REMARKS);
    let address = format!("{}/remarks.csv", EXTERNAL_CALENDAR.url(calendar.id));
    let content = html! {
        (remark_list(&all[..all.len().min(SHOWN_REMARKS)]))
        @if more > 0 { p.muted { (t_html!("And {more} more in the file.", more)) } }
    };
    let download = button_link(t!("Download"), &address, "download", ButtonKind::Quiet);
    panel("remarks", LIVE, t!("Remarks"), &download, &content)
}

/// List of remarks: title of the event, line of the file, sentence.
fn remark_list(remarks: &[Remark]) -> Markup {
    html! {
        ul.list {
            @for remark in remarks {
                li { div.grow {
                    strong { (remark.title) } " " small.muted { (t_html!("line {line}", line = remark.line)) }
                    div { (remark.reason) }
                } }
            }
        }
    }
}

/// `GET /external-calendars/{id}/remarks.csv`.
async fn remarks_file(
    AxumState(state): AxumState<State>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId,
) -> Result<Response, PageError> {
    let bytes = blocking(|| {
        let calendar = state.app.get(&actor, &EXTERNAL_CALENDAR, id.0)?;
        subscriptions::remarks_file(&calendar)
    })?;
    Ok(report_response(&state, bytes, "remarks", Format::Csv))
}

fn skipped_list(report: &Report) -> Markup {
    let more = report.skipped_count.saturating_sub(report.skipped.len());
    let content = html! {
        (remark_list(&report.skipped))
        @if more > 0 { p.muted { (t_html!("And {more} more.", more)) } }
    };
    panel("not-read", "", t!("Remarks"), &html! {}, &content)
}
