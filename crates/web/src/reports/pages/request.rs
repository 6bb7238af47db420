//! Form that requests a report.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::reports::ReportRequest;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::{REPORT_FORMATS, REPORTS, SECTORS};
use obcms_domain::kinds::{REPORT, REPORT_SCHEDULE};
use obcms_domain::reports::actions;

use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::forms::{self, Choice, Control, FormField};
use crate::components::frame::Width;
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters};
use crate::core::page_route::PageRoute;
use crate::core::refused::Refused;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::records::pages::controls::options;

/// Address of the form.
pub(super) const PATH: &str = "/reports/request";

/// Pages with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    let access = || Access::Policy(Action::Export, REPORT.area);
    vec![
        PageRoute::get(PATH, access(), show).purpose("make reports"),
        PageRoute::post(PATH, access(), make).purpose("make reports"),
    ]
}

/// Actions in the head of the list.
pub fn list_actions(_: &Page, actor: &Actor) -> Markup {
    html! {
        (button_link(t!("Schedules"), &format!("/{}", REPORT_SCHEDULE.collection), REPORT_SCHEDULE.icon, ButtonKind::Plain))
        @if !actor.read_only && actor.may(Action::Export, REPORT.area) {
            (button_link(t!("New report"), PATH, "plus", ButtonKind::Main))
        }
    }
}

async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, .. }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let names = actions::MAKE.fields.iter().map(|known| known.field.name);
    let names: Vec<&str> = names.collect();
    let mut typed = Form(parameters.known(&names).0);
    let year = page.today.year().to_string();
    let usual = [
        (actions::REPORT.name(), REPORTS[0].value),
        (actions::FORMAT.name(), REPORT_FORMATS[0].value),
        (actions::FISCAL_YEAR.name(), &*year),
    ];
    for (name, value) in usual {
        if !typed.has(name) {
            typed.0.push((name.to_owned(), value.to_owned()));
        }
    }
    let refused = Refused { form: typed, ..Refused::default() };
    Ok(Html(blocking(|| draw(&state, &page, &refused))?.into_string()))
}

async fn make(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let answer = ReportRequest::parse(&form.action(&actions::MAKE))
        .and_then(|request| blocking(|| state.app.request_report(&actor, &request)));
    match answer {
        Ok(record) => Ok(done(&REPORT.url(record.id), t!("The report is being made"), None)),
        Err(error) => {
            let (status, refused) = Refused::read(form, error)?;
            let html = blocking(|| draw(&state, &page, &refused))?;
            Ok((status, Html(html.into_string())).into_response())
        }
    }
}

fn draw(state: &State, page: &Page, refused: &Refused) -> Result<Markup, AppError> {
    let typed = |name: &str| refused.form.get(name).to_owned();
    let error = |name: &str| {
        let found = refused.errors.iter().find(|error| error.field == name);
        found.map(|error| words::message(&error.message))
    };
    let field = |name: &str, label: &str, help: &str, required: bool, control: Control| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        error: error(name),
        required,
        control,
        ..FormField::default()
    };
    let select = |name: &str, choices: &[obcms_domain::choices::Choice], first: Option<&str>| {
        let mut all = options(choices, &[typed(name)]);
        if let Some(label) = first {
            all.insert(
                0,
                Choice { value: String::new(), label: label.to_owned(), selected: typed(name).is_empty() },
            );
        }
        Control::Select { options: all }
    };
    let regions = state.app.portfolio_regions()?.into_iter().map(|(id, label)| {
        let value = id.to_string();
        Choice { selected: value == typed(actions::REGION.name()), value, label }
    });
    let everywhere = Choice {
        value: String::new(),
        label: t!("All regions").to_owned(),
        selected: typed(actions::REGION.name()).is_empty(),
    };
    let year = Control::Number {
        value: typed(actions::FISCAL_YEAR.name()),
        minimum: Some(2000),
        maximum: Some(2100),
        step: "1",
    };
    let fields = vec![
        field(actions::REPORT.name(), t!("Report"), "", true, select(actions::REPORT.name(), REPORTS, None)),
        field(
            actions::FORMAT.name(),
            t!("Format"),
            "",
            true,
            select(actions::FORMAT.name(), REPORT_FORMATS, None),
        ),
        field(actions::FISCAL_YEAR.name(), t!("Fiscal year"), t!("Leave empty for all years."), false, year),
        field(
            actions::SECTOR.name(),
            t!("Sector"),
            "",
            false,
            select(actions::SECTOR.name(), SECTORS, Some(t!("All sectors"))),
        ),
        field(
            actions::REGION.name(),
            t!("Region"),
            "",
            false,
            Control::Select { options: [everywhere].into_iter().chain(regions).collect() },
        ),
    ];
    let form = forms::Form {
        action: PATH.to_owned(),
        csrf_token: page.csrf().to_owned(),
        problem: refused.problem_text(),
        fields,
        submit: t!("Make the report").to_owned(),
        cancel_href: format!("/{}", REPORT.collection),
        ..forms::Form::default()
    };
    let head = PageHead { title: t!("New report").to_owned(), ..PageHead::default() };
    let content = html! { (page_head(&head)) (forms::form(&form)) };
    let page = page.clone().width(Width::Narrow).below(words::label(REPORT.plural), "/reports");
    Ok(page.render(t!("New report"), &content))
}
