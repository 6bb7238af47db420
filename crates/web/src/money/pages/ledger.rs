//! Tab "Money" on the page of a PPA: sums, rates, the last entries, new entries and reversals.

use axum::extract::State as AxumState;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use obcms_app::money::Ledger;
use obcms_app::{Actor, AppError};
use obcms_domain::accounts::Action;
use obcms_domain::choices::{self, ADJUSTED_KINDS, TRANCHE_KINDS};
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::core::uacs;
use obcms_domain::kinds::{PPA, TRANCHE, ppa, tranche};
use obcms_domain::money::{FORMULAS, Totals, YearTotals, actions};
use obcms_domain::registry::Record;
use serde_json::json;

use crate::components::badges::{self, Tone, badge, grouped, money};
use crate::components::buttons::{ButtonKind, button_link, submit_button};
use crate::components::charts::{Bar, bars};
use crate::components::detail::{detail, panel as box_of};
use crate::components::forms::{Control, FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PathId};
use crate::core::page_route::PageRoute;
use crate::core::refused::Refused;
use crate::core::route::Access;
use crate::core::state::{State, blocking};
use crate::programme::pages::ppas;
use crate::records::may_create;
use crate::records::pages::Values;
use crate::records::pages::controls::{form_fields, shown};
use crate::records::pages::form::REQUEST_KEY;
use crate::records::pages::import::may_import;
use crate::records::pages::written::{SHOWN, error_of, prefilled, read_form};

/// Entries on the page; the list has all of them.
const ENTRIES: usize = 10;

/// Forms with their access.
pub(super) fn routes() -> Vec<PageRoute> {
    let enters = Access::Policy(Action::Create, TRANCHE.area);
    vec![
        PageRoute::post("/ppas/{id}/entries", enters, enter).purpose("add ledger entries"),
        PageRoute::post("/tranches/{id}/reverse", enters, reverse).purpose("reverse ledger entries"),
    ]
}

/// Tab of the ledger; `refused` is the form of an entry or a reversal.
pub fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let budget = ppas::budget(state, actor, record)?;
    let (totals, years) = state.app.money(actor, record.id)?;
    let ledger = state.app.ledger(actor, record.id, ENTRIES)?;
    let may_enter = !record.is_archived() && !actor.read_only && may_create(actor, &TRANCHE);
    let asked: Option<Id> = refused.form.get("reverse").parse().ok();
    let wide = html! {
        (box_of("money-figures", t!("tranche ppa"), &message(&totals), &html! {}, &figures(&totals, &years)))
        @if let (Some(entry), true) = (asked, may_enter) { (reversal_of(state, page, actor, entry, refused)?) }
        @if let Some(ledger) = &ledger { (entries(state, page, actor, record, ledger, may_enter)?) }
    };
    let narrow = html! {
        @if may_enter { (entry_form(state, page, actor, record, &totals, asked.is_none().then_some(refused))?) }
        (budget)
    };
    Ok(detail(&wide, &narrow))
}

/// Message of the figures in a sentence.
fn message(totals: &Totals) -> String {
    match totals.utilization() {
        None => t!("No enacted budget").to_owned(),
        Some(share) => t!("{share} of the enacted budget disbursed", share = badges::share_text(share)),
    }
}

fn figures(totals: &Totals, years: &[YearTotals]) -> Markup {
    let bar = |label: &str, amount: i64| Bar {
        label: label.to_owned(),
        value: amount as f64,
        text: badges::money_text(amount),
        ..Bar::default()
    };
    let rates = [
        (t!("Obligation rate"), totals.obligation_rate(), t!("obligated of allotted")),
        (t!("Disbursement rate"), totals.disbursement_rate(), t!("disbursed of obligated")),
        (t!("Utilization"), totals.utilization(), t!("disbursed of enacted")),
    ];
    html! {
        @if totals.enacted == 0 {
            p.muted { (t!("Money is allotted after the budget is enacted.")) }
        }
        (bars(t!("Money of this PPA, from the enacted budget to disbursements"), &[
            bar(t!("Enacted"), totals.enacted),
            bar(t!("Allotted"), totals.allotted),
            bar(t!("Obligated"), totals.obligated),
            bar(t!("Disbursed"), totals.disbursed),
        ]))
        dl.money-rates {
            @for (label, rate, meaning) in rates {
                div {
                    dt { (label) }
                    dd { @match rate { Some(share) => (badges::share_text(share)), None => "–" } }
                    dd.muted { (meaning) }
                }
            }
            div { dt { (t!("Balance")) } dd { (money(totals.balance())) } dd.muted { (t!("allotted less obligated")) } }
            div { dt { (t!("Variance")) } dd { (money(totals.variance())) } dd.muted { (t!("allotted less enacted")) } }
        }
        @if years.len() > 1 { (by_year(years)) }
        (formulas())
    }
}

/// Sums of each fiscal year.
fn by_year(years: &[YearTotals]) -> Markup {
    html! {
        div.figure-scroll {
            table.figure-table data-stacks {
                caption { (t!("By fiscal year")) }
                thead { tr {
                    th scope="col" { (t!("Fiscal year")) } th.right scope="col" { (t!("Allotted")) }
                    th.right scope="col" { (t!("Obligated")) } th.right scope="col" { (t!("Disbursed")) }
                } }
                tbody {
                    @for YearTotals { year, totals } in years { tr {
                        th scope="row" { (year) }
                        td.right data-label=(t!("Allotted")) { (money(totals.allotted)) }
                        td.right data-label=(t!("Obligated")) { (money(totals.obligated)) }
                        td.right data-label=(t!("Disbursed")) { (money(totals.disbursed)) }
                    } }
                }
            }
        }
    }
}

/// Formulas of the figures, as in `docs/money.md`.
fn formulas() -> Markup {
    html! {
        details.more-fields.money-formulas {
            summary { (icon("chevron-right")) (t!("How these figures are calculated")) }
            dl {
                @for formula in FORMULAS {
                    div { dt { (words::label(formula.label)) } dd { (words::label(formula.text)) } }
                }
            }
            p.muted {
                (t!("Adjustments and reversals count in the sum of what they change. A rate with a denominator of zero has no value. The fiscal year of an entry is the year of its date."))
            }
        }
    }
}

fn entries(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    ledger: &Ledger,
    may_enter: bool,
) -> Result<Markup, AppError> {
    let ids: Vec<Id> = ledger.entries.iter().filter_map(|entry| tranche::REVERSES.get(entry)).collect();
    let directory = state.app.directory(actor, &ids)?;
    let zone: TimeZone = page.zone();
    let values = page.values(&directory, &zone);
    let all = format!("/tranches?ppa={}", record.id);
    let total = u64::try_from(ledger.total).unwrap_or_default();
    let more = html! {
        @if may_enter && may_import(actor, &TRANCHE) {
            (button_link(t!("Import entries"), "/tranches/import", "upload", ButtonKind::Quiet))
        }
        @if !ledger.entries.is_empty() { (button_link(&t!("All {count} entries", count = grouped(total)), &all, "", ButtonKind::Quiet)) }
    };
    Ok(box_of(
        "ledger",
        "tranche",
        t!("Ledger"),
        &more,
        &html! {
            @if ledger.entries.is_empty() {
                p.muted { (t!("No entries yet. Allotments, obligations and disbursements are listed here.")) }
            } @else {
                div.figure-scroll {
                    table.figure-table.ledger-table {
                        caption.visually-hidden { (t!("Last entries of the ledger")) }
                        thead { tr {
                            th scope="col" { (t!("Date")) } th scope="col" { (t!("Entry")) } th scope="col" { (t!("Document, payee")) }
                            th.right scope="col" { (t!("Amount")) }
                            @if may_enter { th scope="col" { span.visually-hidden { (t!("Reverse")) } } }
                        } }
                        tbody { @for entry in &ledger.entries { (line(record, entry, ledger, &values, may_enter)) } }
                    }
                }
            }
        },
    ))
}

fn line(record: &Record, entry: &Record, ledger: &Ledger, values: &Values<'_>, may_enter: bool) -> Markup {
    let is_reversal = tranche::REVERSES.get(entry).is_some();
    let is_reversed = ledger.reversed.contains(&entry.id);
    let details: Vec<&str> = [tranche::DOCUMENT.get(entry), tranche::PAYEE.get(entry)]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    html! {
        tr data-past[is_reversed || is_reversal] {
            td.nowrap { @if let Some(day) = tranche::DATE.get(entry) { (badges::date(day, values.today)) } }
            th scope="row" {
                a href=(TRANCHE.url(entry.id)) { (kind_words(entry)) }
                @if is_reversal { " " (badge(t!("Reversal"), Tone::Quiet)) }
                @if is_reversed { " " (badge(t!("Reversed"), Tone::Quiet)) }
            }
            td {
                (details.join(", "))
                @if !tranche::REMARKS.is_empty(entry) { span.figure-note { (tranche::REMARKS.get(entry)) } }
                (code(tranche::UACS_CODE.get(entry)))
            }
            td.right { (money(tranche::AMOUNT_CENTAVOS.get(entry).unwrap_or_default())) }
            @if may_enter {
                td.right {
                    @if !is_reversal && !is_reversed {
                        a href={ (PPA.url(record.id)) "?tab=money&reverse=" (entry.id) "#reversal" }
                            aria-label={ (t_html!("Reverse {title}", title = entry.title())) } { (t!("Reverse")) }
                    }
                }
            }
        }
    }
}

/// UACS code of an entry, split into its segments; an older one as it was typed.
fn code(text: &str) -> Markup {
    html! {
        @match uacs::Code::parse(text) {
            Ok(code) => {
                span.uacs-code aria-label=(t!("UACS code")) role="group" {
                    @for segment in uacs::Segment::ALL {
                        span title=(words::label(segment.label())) {
                            span.visually-hidden { (words::label(segment.label())) " " } (code.segment(segment))
                        }
                    }
                }
            }
            Err(_) => @if !text.is_empty() { span.figure-note { (t_html!("UACS code {text}", text)) } },
        }
    }
}

/// Kind of an entry in words, as in "Adjustment of an obligation".
fn kind_words(entry: &Record) -> String {
    let kind = choices::label(TRANCHE_KINDS, tranche::KIND.get(entry));
    let adjusts = tranche::ADJUSTS.get(entry);
    if adjusts.is_empty() {
        return kind.to_owned();
    }
    t!("{kind} of {part}", kind, part = choices::label(ADJUSTED_KINDS, adjusts).to_lowercase())
}

/// Order of the fields of a new entry: as people think.
const ORDER: [&str; 8] = [
    tranche::KIND.name(),
    tranche::ADJUSTS.name(),
    tranche::AMOUNT_CENTAVOS.name(),
    tranche::DATE.name(),
    tranche::DOCUMENT.name(),
    tranche::PAYEE.name(),
    tranche::UACS_CODE.name(),
    tranche::REMARKS.name(),
];

fn entry_form(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    totals: &Totals,
    refused: Option<&Refused>,
) -> Result<Markup, AppError> {
    if ppa::ENACTED_BUDGET_CENTAVOS.is_empty(record) {
        return Ok(html! {});
    }
    let nothing = Refused::default();
    let refused = refused.unwrap_or(&nothing);
    let typed = if refused.form.has(SHOWN) {
        refused.form.clone()
    } else {
        let today = [(tranche::DATE.name().to_owned(), page.today.to_string())];
        prefilled(&state.app, actor, &TRANCHE, &today)
    };
    let (fields, more) = form_fields(state, actor, &TRANCHE, &typed, &[], &refused.errors)?;
    let mut fields: Vec<FormField> = fields.into_iter().chain(more).collect();
    fields.retain(|field| ORDER.contains(&field.name.as_str()));
    fields.sort_by_key(|field| ORDER.iter().position(|name| *name == field.name));
    let problem = refused.problem_beside(|error| fields.iter().any(|field| field.name == error.field));
    let all: Vec<&FormField> = fields.iter().collect();
    let (name, value) = shown(&[&fields]);
    let room = [
        (t!("To allot"), totals.enacted - totals.allotted),
        (t!("To obligate"), totals.allotted - totals.obligated),
        (t!("To disburse"), totals.obligated - totals.disbursed),
    ];
    Ok(box_of(
        "new-entry",
        "",
        t!("Add entry"),
        &html! {},
        &html! {
            form.form.entry-form method="post" data-in-place action={ (PPA.url(record.id)) "/entries" } data-guard novalidate {
                (error_summary(problem.as_deref(), &all))
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name=(name) value=(value);
                input type="hidden" name=(REQUEST_KEY) value=(hex(&state.app.random::<16>()));
                dl.entry-room { @for (label, amount) in room { div { dt { (label) } dd { (money(amount)) } } } }
                div.fields { @for entry in &fields { (field(entry)) } }
                div.form-actions { (submit_button(t!("Add entry"), "plus", ButtonKind::Main)) }
            }
        },
    ))
}

/// Panel with the form of a reversal on the page of a PPA.
fn reversal_of(
    state: &State,
    page: &Page,
    actor: &Actor,
    entry: Id,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let entry = match state.app.get(actor, &TRANCHE, entry) {
        Ok(entry) => entry,
        Err(AppError::NotFound(_)) => return Ok(html! {}),
        Err(other) => return Err(other),
    };
    Ok(box_of("reversal", "", t!("Reverse entry"), &html! {}, &reversal_form(page, &entry, refused)))
}

fn reversal_form(page: &Page, entry: &Record, refused: &Refused) -> Markup {
    let back = tranche::PPA.get(entry).map(|ppa| format!("{}?tab=money", PPA.url(ppa)));
    let reason = FormField {
        name: actions::COMMENT.name().to_owned(),
        label: t!("Reason").to_owned(),
        help: t!("Shown in the remarks of the reversal.").to_owned(),
        error: error_of(&refused.errors, actions::COMMENT.name()),
        required: true,
        control: Control::Text { value: refused.form.get(actions::COMMENT.name()).to_owned() },
        ..FormField::default()
    };
    html! {
        form.form method="post" action={ (TRANCHE.url(entry.id)) "/reverse" } data-guard novalidate {
            (error_summary(refused.problem_text().as_deref(), &[&reason]))
            input type="hidden" name="csrf_token" value=(page.csrf());
            p {
                (t_html!("{kind_words} of", kind_words = kind_words(entry))) " " strong { (money(tranche::AMOUNT_CENTAVOS.get(entry).unwrap_or_default())) }
                @if let Some(day) = tranche::DATE.get(entry) { ", " (badges::date(day, page.today)) }
                (t!(". A reversal adds an entry of the opposite amount dated today."))
            }
            div.fields { (field(&reason)) }
            div.form-actions {
                button.button type="submit" data-kind="danger" { (icon("undo-2")) (t!("Reverse entry")) }
                @if let Some(back) = back { (button_link(t!("Cancel"), &back, "", ButtonKind::Quiet)) }
            }
        }
    }
}

/// Panel above the page of an entry: its way back, or that it was reversed.
pub fn reversal_panel(state: &State, page: &Page, actor: &Actor, entry: &Record) -> Result<Markup, AppError> {
    if tranche::REVERSES.get(entry).is_some() {
        return Ok(html! {});
    }
    let content = if state.app.is_reversed(entry.id)? {
        html! { p.muted { (t!("This entry was reversed.")) } }
    } else if actor.read_only || !may_create(actor, &TRANCHE) {
        return Ok(html! {});
    } else {
        html! {
            details.more-fields {
                summary { (icon("chevron-right")) (t!("Reverse this entry")) }
                (reversal_form(page, entry, &Refused::default()))
            }
        }
    };
    Ok(box_of("reversal", "tranche", t!("Correction"), &html! {}, &content))
}

/// `POST /ppas/{id}/entries`.
async fn enter(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut input = read_form(&TRANCHE, &form);
    input.insert(tranche::PPA.name().to_owned(), json!(id.0));
    if form.get(tranche::KIND.name()) != "adjustment" {
        // The field is out of sight then.
        input.remove(tranche::ADJUSTS.name());
    }
    let address = format!("{}?tab=money", PPA.url(id.0));
    match blocking(|| state.app.create_from_form(&actor, &TRANCHE, &input, form.get(REQUEST_KEY))) {
        Ok(_) => Ok(done(&address, t!("Entry added"), None)),
        Err(error) => refuse(&state, &page, &actor, id.0, form, error),
    }
}

/// `POST /tranches/{id}/reverse`.
async fn reverse(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let entry = blocking(|| state.app.get(&actor, &TRANCHE, id.0))?;
    let input = form.action(&actions::REVERSE);
    let result = blocking(|| state.app.reverse_entry(&actor, id.0, &input));
    match (result, tranche::PPA.get(&entry)) {
        (Ok(reversal), None) => Ok(done(&TRANCHE.url(reversal.id), t!("Entry reversed"), None)),
        (Ok(_), Some(ppa)) => Ok(done(&format!("{}?tab=money", PPA.url(ppa)), t!("Entry reversed"), None)),
        (Err(error), None) => Err(error.into()),
        (Err(error), Some(ppa)) => {
            form.0.push(("reverse".to_owned(), id.0.to_string()));
            refuse(&state, &page, &actor, ppa, form, error)
        }
    }
}

/// The page of the PPA again with what was typed.
fn refuse(
    state: &State,
    page: &Page,
    actor: &Actor,
    ppa: Id,
    form: Form,
    error: AppError,
) -> Result<Response, PageError> {
    let (status, refused) = Refused::read(form, error)?;
    let html = blocking(|| ppas::draw(state, page, actor, ppa, "money", &refused))?;
    Ok((status, Html(html)).into_response())
}
