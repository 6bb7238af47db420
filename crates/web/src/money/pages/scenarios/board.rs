//! Overview of a scenario: limits, candidates with their amounts, and the form of the distribution.

use std::collections::HashSet;

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::money::scenarios::{Board, BoardRow, DRAFT, USUAL_WEIGHT, rule_of};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{APPROVAL_STATES, SCENARIO_RULES, SECTORS};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::core::money as amounts;
use obcms_domain::core::money::MoneyError;
use obcms_domain::kinds::{PPA, SCENARIO, scenario};
use obcms_domain::money::actions;
use obcms_domain::money::scenarios::{Allocation, Minimum, Rule, Share};
use obcms_domain::registry::{FieldError, Record};
use serde_json::{Map, Value as Json, json};

use super::{Part, limits, refuse};
use crate::components::badges::{Tone, badge, money, money_text};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{detail, panel as box_of, properties};
use crate::components::feedback::{EmptyState, empty_state, notice};
use crate::components::forms::{Choice, Control, FormField, error_summary, field};
use crate::components::icons::icon;
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PathId};
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};
use crate::records::pages::written::error_of;
use crate::records::pages::{detail as generic, long_texts};

/// Kinds whose changes refresh the figures.
const LIVE: &str = "scenario ppa ceiling need";
/// Hidden input with the version that the person saw.
const VERSION: &str = "version";
/// Button that clears all amounts.
const CLEAR: &str = "clear";
/// Button that saves the amounts, without those of PPAs that are no candidates any more.
const REMOVE: &str = "remove_others";
/// Inputs of the minimum shares, once for each row.
const GROUP: &str = "share.group";
const PERCENT: &str = "share.percent";
/// Empty rows of minimum shares in addition.
const SPARE_ROWS: usize = 2;

/// Overview of a scenario.
pub(super) fn overview(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    may_change: bool,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let board = state.app.scenario_board(actor, record.id)?;
    let nothing = Refused::default();
    let is_rule = refused.form.has(actions::RULE.name()) || refused.form.has(GROUP);
    let (of_amounts, of_rule) = if is_rule { (&nothing, refused) } else { (refused, &nothing) };
    let directory = generic::directory_of(state, actor, record)?;
    let zone = page.zone();
    let values = page.values(&directory, &zone);
    let wide = html! {
        (box_of("limits", LIVE, t!("Envelope and ceilings"), &html! {}, &html! {
            (limits::bars(&board))
            (shortfalls(&board))
        }))
        (candidates(page, &board, may_change, of_amounts))
        (long_texts(record, &values))
    };
    let narrow = html! {
        @if may_change { (rule_form(state, page, &board, of_rule)?) }
        (box_of("properties", "scenario", t!("Properties"), &html! {}, &properties(&generic::properties(record, &values))))
        (box_of("record", "scenario", t!("Record"), &html! {}, &properties(&generic::record_facts(record, &values))))
    };
    Ok(detail(&wide, &narrow))
}

fn shortfalls(board: &Board) -> Markup {
    let is_draft = scenario::STATUS.get(&board.scenario) == DRAFT;
    let tone = if is_draft { Tone::Warning } else { Tone::Quiet };
    html! { div.scenario-notes {
        @if !board.shortfalls.is_empty() {
            (notice(Tone::Warning, &html! {
                p { strong { (t!("Minimum shares not reached")) } }
                ul {
                    @for shortfall in &board.shortfalls {
                        li {
                            (t_html!(
                                "{label}: {given} of at least {wanted}",
                                label = board.minimums[shortfall.place].1,
                                given = money(shortfall.given),
                                wanted = money(shortfall.wanted),
                            ))
                            @if shortfall.asked == 0 { (t!(". No candidate there asks for money.")) }
                            @else if shortfall.asked < shortfall.wanted {
                                (t_html!(
                                    ". The candidates there ask for {asked} in all.",
                                    asked = money(shortfall.asked),
                                ))
                            }
                        }
                    }
                }
            }))
        }
        @if !board.others.is_empty() {
            (notice(tone, &html! {
                p {
                    @if is_draft {
                        strong { (t!("No longer candidates")) }
                        (t!(": their amounts count in the envelope, and are not written on adoption."))
                    } @else { strong { (t!("Enacted, rejected or moved since")) } }
                }
                ul {
                    @for row in &board.others {
                        li { a href=(PPA.url(row.candidate.id)) { (row.candidate.title) } ", " (money(row.amount)) }
                    }
                }
            }))
        }
    } }
}

/// Name of the input with the amount of a PPA, and of the field of its errors.
fn amount_name(id: Id) -> String {
    format!("{}.{id}", actions::ALLOCATIONS.name())
}

/// An amount as its input shows it.
fn typed_amount(centavos: i64) -> String {
    if centavos == 0 { String::new() } else { money_text(centavos).replace('₱', "") }
}

fn candidates(page: &Page, board: &Board, may_change: bool, refused: &Refused) -> Markup {
    let mut rows: Vec<&BoardRow> = board.rows.iter().collect();
    rows.sort_by_key(|row| (-row.candidate.score, &row.candidate.title, row.candidate.id));
    let names: HashSet<String> = rows.iter().map(|row| amount_name(row.candidate.id)).collect();
    let problem = refused.problem_beside(|error| names.contains(&error.field));
    let fields: Vec<FormField> = rows
        .iter()
        .filter_map(|row| {
            let name = amount_name(row.candidate.id);
            let error = error_of(&refused.errors, &name)?;
            Some(FormField {
                name,
                label: row.candidate.title.clone(),
                error: Some(error),
                ..FormField::default()
            })
        })
        .collect();
    let summary: Vec<&FormField> = fields.iter().collect();
    let content = html! {
        @if rows.is_empty() {
            (empty_state(&EmptyState {
                icon: "folder-kanban".to_owned(),
                title: t!("No candidates in {year}", year = board.year()),
                text: t!("PPAs of this fiscal year are listed here until their budget is enacted.").to_owned(),
                action: None,
            }))
        }
        @if may_change && (!rows.is_empty() || board.allocated() > 0) {
            form.scenario-form method="post" action={ (SCENARIO.url(board.scenario.id)) "/allocations" }
                data-scenario data-guard novalidate {
                (error_summary(problem.as_deref(), &summary))
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name=(VERSION) value=(board.scenario.version);
                @if !rows.is_empty() { (table(board, &rows, true, refused)) }
                (excess_notice(board))
                div.form-actions {
                    // The first button is the one that Enter presses.
                    @if !rows.is_empty() { (submit_button(t!("Save amounts"), "check", ButtonKind::Main)) }
                    @if !board.others.is_empty() {
                        button.button type="submit" name=(REMOVE) value="true" data-kind="quiet" {
                            (icon("x")) (t!("Remove former candidates"))
                        }
                    }
                    @if board.allocated() > 0 {
                        button.button type="submit" name=(CLEAR) value="true" data-kind="quiet" {
                            (icon("x")) (t!("Clear all amounts"))
                        }
                    }
                }
            }
        } @else if !rows.is_empty() { (table(board, &rows, false, refused)) }
    };
    box_of("candidates", LIVE, t!("Candidates"), &html! {}, &content)
}

/// Warning that the amounts exceed the envelope; the script shows and hides it while amounts are typed.
fn excess_notice(board: &Board) -> Markup {
    let excess = board.excess();
    html! {
        div data-excess role="status" hidden[excess == 0] {
            (notice(Tone::Warning, &html! {
                (t_html!(
                    "Over the envelope by {amount}. You can save these amounts. The scenario cannot be adopted with them.",
                    amount = html! { strong { (money_text(excess)) } },
                ))
            }))
        }
    }
}

fn table(board: &Board, rows: &[&BoardRow], may_change: bool, refused: &Refused) -> Markup {
    let asks = rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.candidate.ask));
    html! {
        div.figure-scroll {
            table.figure-table.scenario-table data-stacks {
                caption.visually-hidden { (t!("Candidates with score, ask and amount, the highest score first")) }
                thead { tr {
                    th scope="col" { (t!("PPA")) } th.right scope="col" { (t!("Score")) }
                    th.right scope="col" { (t!("Asks for")) } th.right scope="col" { (t!("Amount")) }
                } }
                tbody { @for row in rows { (line(row, may_change, refused)) } }
                tfoot { tr {
                    th scope="row" { (t!("Total")) }
                    td {}
                    td.right data-label=(t!("Asks for")) { (money(asks)) }
                    td.right data-label=(t!("Amount")) {
                        strong.money data-total { (money_text(board.given("", ""))) }
                    }
                } }
            }
        }
    }
}

fn line(row: &BoardRow, may_change: bool, refused: &Refused) -> Markup {
    let candidate = &row.candidate;
    let name = amount_name(candidate.id);
    let error = error_of(&refused.errors, &name);
    let typed =
        if refused.form.has(&name) { refused.form.get(&name).to_owned() } else { typed_amount(row.amount) };
    let help = format!("help-{name}");
    html! {
        tr data-sector=(candidate.sector) data-source=(candidate.funding_source) {
            th scope="row" {
                a href=(PPA.url(candidate.id)) { (candidate.title) }
                @if row.is_locked {
                    " " (badge(words::choice(APPROVAL_STATES, &candidate.approval_stage), Tone::Warning))
                }
                @if row.amount > candidate.ask { " " (badge(t!("Asks for less now"), Tone::Bad)) }
                span.figure-note { (group(&candidate.sector, &candidate.region_name)) }
            }
            td.right data-label=(t!("Score")) { @if candidate.score > 0 { (candidate.score) } @else { span.faint { "–" } } }
            td.right data-label=(t!("Asks for")) { (money(candidate.ask)) }
            td.right data-label=(t!("Amount")) {
                // An amount from before the PPA asked for nothing can be cleared.
                @if may_change && (candidate.ask > 0 || row.amount > 0) {
                    div.input-money {
                        span aria-hidden="true" { "₱" }
                        input.input id={ "field-" (name) } type="text" name=(name) value=(typed) data-money
                            data-ask=(candidate.ask) inputmode="decimal" autocomplete="off"
                            aria-label=(t!("Amount for {title}", title = candidate.title))
                            aria-invalid=[error.is_some().then_some("true")]
                            aria-describedby=[error.is_some().then_some(&help)];
                    }
                    @if let Some(error) = &error { p.field-error id=(help) { (error) } }
                } @else { (money(row.amount)) }
            }
        }
    }
}

/// Sector and region of a PPA.
fn group(sector: &str, region: &str) -> String {
    let sector = if sector.is_empty() { t!("No sector") } else { words::choice(SECTORS, sector) };
    let region = if region.is_empty() { t!("no region") } else { region };
    format!("{sector}, {region}")
}

/// Form of the distribution.
fn rule_form(state: &State, page: &Page, board: &Board, refused: &Refused) -> Result<Markup, AppError> {
    let record = &board.scenario;
    let typed = |name: &str, known: String| {
        if refused.form.has(name) { refused.form.get(name).to_owned() } else { known }
    };
    let usual = rule_of(record).unwrap_or(Rule::Priority).as_str().to_owned();
    let chosen = typed(actions::RULE.name(), usual);
    let options = SCENARIO_RULES.iter().map(|choice| Choice {
        value: choice.value.to_owned(),
        label: words::label(choice.label).to_owned(),
        selected: choice.value == chosen,
    });
    let weight = |name: &str, label: &str, known: Option<i64>| FormField {
        name: name.to_owned(),
        label: label.to_owned(),
        error: error_of(&refused.errors, name),
        control: Control::Number {
            value: typed(name, known.unwrap_or(USUAL_WEIGHT).to_string()),
            minimum: Some(0),
            maximum: Some(100),
            step: "1",
        },
        ..FormField::default()
    };
    let fields = [
        FormField {
            name: actions::RULE.name().to_owned(),
            label: t!("Rule").to_owned(),
            error: error_of(&refused.errors, actions::RULE.name()),
            required: true,
            control: Control::Radio { options: options.collect() },
            ..FormField::default()
        },
        weight(actions::SCORE_WEIGHT.name(), t!("Weight of the score"), scenario::SCORE_WEIGHT.get(record)),
        weight(actions::EQUITY_WEIGHT.name(), t!("Weight of equity"), scenario::EQUITY_WEIGHT.get(record)),
        FormField {
            name: actions::MINIMUM_SHARES.name().to_owned(),
            label: t!("Minimum shares").to_owned(),
            help: t!("Percent of the envelope that a sector or region gets at least.").to_owned(),
            error: error_of(&refused.errors, actions::MINIMUM_SHARES.name()),
            control: Control::Structure { content: shares(state, board, &refused.form)? },
            ..FormField::default()
        },
    ];
    let all: Vec<&FormField> = fields.iter().collect();
    Ok(box_of(
        "distribution",
        "",
        t!("Distribute by rule"),
        &html! {},
        &html! {
            form.form.rule-form method="post" action={ (SCENARIO.url(record.id)) "/distribute" } data-guard novalidate {
                (error_summary(refused.problem_text().as_deref(), &all))
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name=(VERSION) value=(record.version);
                div.fields { @for one in &fields { (field(one)) } }
                p.muted { (t!("Replaces the present amounts. No PPA gets more than it asks for, and no hard ceiling is exceeded.")) }
                div.form-actions { (submit_button(t!("Distribute"), "split", ButtonKind::Main)) }
            }
        },
    ))
}

/// Rows of the minimum shares: sector or region, and percent.
fn shares(state: &State, board: &Board, form: &Form) -> Result<Markup, AppError> {
    let mut rows: Vec<(String, String)> = if form.has(GROUP) {
        form.all(GROUP).into_iter().zip(form.all(PERCENT)).collect()
    } else {
        board.minimums.iter().map(|(minimum, _)| (group_of(minimum), minimum.percent.to_string())).collect()
    };
    rows.retain(|(group, percent)| !group.is_empty() || !percent.is_empty());
    rows.extend(std::iter::repeat_n((String::new(), String::new()), SPARE_ROWS));
    let regions = state.app.portfolio_regions()?;
    Ok(html! {
        div.share-rows {
            @for (group, percent) in &rows {
                div.share-row {
                    select.input name=(GROUP) aria-label=(t!("Sector or region")) {
                        option value="" { "–" }
                        optgroup label=(t!("Sectors")) {
                            @for choice in SECTORS {
                                @let value = format!("sector:{}", choice.value);
                                option value=(value) selected[value == *group] { (words::label(choice.label)) }
                            }
                        }
                        optgroup label=(t!("Regions")) {
                            @for (id, name) in &regions {
                                @let value = format!("region:{id}");
                                option value=(value) selected[value == *group] { (name) }
                            }
                        }
                    }
                    input.input type="number" name=(PERCENT) value=(percent) min="1" max="100" step="1"
                        inputmode="numeric" aria-label=(t!("Percent"));
                    span aria-hidden="true" { "%" }
                }
            }
        }
    })
}

fn group_of(minimum: &Minimum) -> String {
    match &minimum.share {
        Share::Sector(sector) => format!("sector:{sector}"),
        Share::Region(region) => format!("region:{region}"),
    }
}

/// `POST /scenarios/{id}/allocations`.
pub(super) async fn allocate(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let result = blocking(|| {
        let (given, mut errors) = read_amounts(&form);
        if errors.is_empty() {
            let mut input = Map::new();
            input.insert(actions::ALLOCATIONS.name().to_owned(), allocations_json(&given));
            input.insert(actions::REPLACE.name().to_owned(), (form.has(CLEAR) || form.has(REMOVE)).into());
            return state.app.allocate(&actor, id.0, &input, form.get(VERSION).parse().ok());
        }
        // What is wrong with the others is said at the same time.
        errors.extend(state.app.scenario_board(&actor, id.0)?.refusals(&given));
        Err(AppError::Invalid(errors))
    });
    finish(&state, &page, &actor, id.0, form, result, saved)
}

/// Message of a save; it says at once when the amounts exceed the envelope.
fn saved(board: &Board) -> String {
    match board.excess() {
        0 => t!("Amounts saved").to_owned(),
        excess => t!("Amounts saved, {amount} over the envelope", amount = money_text(excess)),
    }
}

/// Reads the amounts of the form, with an error for each wrong one. Candidates that the form does not show stay; none
/// does when all are cleared.
fn read_amounts(form: &Form) -> (Vec<Allocation>, Vec<FieldError>) {
    let (mut given, mut errors) = (Vec::new(), Vec::new());
    let prefix = format!("{}.", actions::ALLOCATIONS.name());
    let inputs = form.0.iter().filter(|_| !form.has(CLEAR));
    for (name, text) in inputs {
        let Some(ppa) = name.strip_prefix(&prefix).and_then(|id| id.parse().ok()) else { continue };
        match read_amount(text) {
            Ok(amount) => given.push(Allocation { ppa, amount }),
            Err(message) => errors.push(FieldError::new(name, "money", message)),
        }
    }
    (given, errors)
}

fn allocations_json(given: &[Allocation]) -> Json {
    given.iter().map(|one| json!({ "ppa": one.ppa, "amount_centavos": one.amount })).collect()
}

fn read_amount(text: &str) -> Result<i64, Message> {
    if text.trim().is_empty() {
        return Ok(0);
    }
    let amount = amounts::parse(text).map_err(MoneyError::message)?;
    if amount < 0 {
        return Err("The amount must not be below zero.".into());
    }
    Ok(amount)
}

/// `POST /scenarios/{id}/distribute`.
pub(super) async fn distribute(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let mut input = form.action(&actions::DISTRIBUTE);
    let result = blocking(|| {
        input.insert(actions::MINIMUM_SHARES.name().to_owned(), read_shares(&form)?);
        state.app.distribute_scenario(&actor, id.0, &input, form.get(VERSION).parse().ok())
    });
    finish(&state, &page, &actor, id.0, form, result, distributed)
}

/// Message of a distribution; it says what of the envelope nobody could take.
fn distributed(board: &Board) -> String {
    match board.remaining() {
        ..=0 => t!("Envelope distributed").to_owned(),
        left => t!("Envelope distributed, {amount} left", amount = money_text(left)),
    }
}

fn read_shares(form: &Form) -> Result<Json, AppError> {
    let mut shares = Vec::new();
    for (group, percent) in form.all(GROUP).iter().zip(form.all(PERCENT)) {
        let percent = percent.trim();
        if group.is_empty() && percent.is_empty() {
            continue;
        }
        let wrong = |message: &'static str| AppError::field(actions::MINIMUM_SHARES.name(), "share", message);
        let (by, key) = group
            .split_once(':')
            .ok_or_else(|| wrong("Select the sector or region of each minimum share."))?;
        let percent: i64 =
            percent.parse().map_err(|_| wrong("Enter the percent of each minimum share, from 1 to 100."))?;
        shares.push(json!({ "by": by, "key": key, "percent": percent }));
    }
    Ok(Json::Array(shares))
}

/// The page after a success, with an undo; the form again after a refusal.
fn finish(
    state: &State,
    page: &Page,
    actor: &Actor,
    id: Id,
    form: Form,
    result: Result<Board, AppError>,
    message: impl FnOnce(&Board) -> String,
) -> Result<Response, PageError> {
    match result {
        Ok(board) => {
            let undo = blocking(|| state.app.undo_of_last(actor, &SCENARIO, id))?;
            Ok(done(&SCENARIO.url(id), &message(&board), undo.as_deref()))
        }
        Err(error) => refuse(state, page, actor, id, Part::Overview, form, error),
    }
}
