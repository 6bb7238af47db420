//! Overview of a scenario: limits, candidates with their amounts, and the form of the distribution.

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::money::scenarios::{Board, BoardRow, DRAFT, USUAL_WEIGHT, rule_of};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{APPROVAL_STATES, SCENARIO_RULES, SECTORS};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Message, Word};
use obcms_domain::core::money as amounts;
use obcms_domain::core::money::MoneyError;
use obcms_domain::kinds::{PPA, SCENARIO, scenario};
use obcms_domain::message;
use obcms_domain::money::actions;
use obcms_domain::money::scenarios::{Minimum, Rule, Share};
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
/// Beginning of the names of the amounts.
const AMOUNT: &str = "amount-";
/// Hidden input with the version that the person saw.
const VERSION: &str = "version";
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
                        li { (t_html!(
                            "{label}: {given} of at least {wanted}",
                            label = board.minimums[shortfall.place].1,
                            given = money(shortfall.given),
                            wanted = money(shortfall.wanted),
                        )) }
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

/// Name of the input with the amount of a PPA.
fn amount_name(id: Id) -> String {
    format!("{AMOUNT}{id}")
}

/// An amount as its input shows it.
fn typed_amount(centavos: i64) -> String {
    if centavos == 0 { String::new() } else { money_text(centavos).replace('₱', "") }
}

fn candidates(page: &Page, board: &Board, may_change: bool, refused: &Refused) -> Markup {
    let mut rows: Vec<&BoardRow> = board.rows.iter().collect();
    rows.sort_by_key(|row| (-row.candidate.score, &row.candidate.title, row.candidate.id));
    let unseen = refused.errors.iter().find(|error| !error.field.starts_with(AMOUNT));
    let problem = refused.problem_text().or_else(|| unseen.map(|error| words::message(&error.message)));
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
        } @else if may_change {
            form.scenario-form method="post" action={ (SCENARIO.url(board.scenario.id)) "/allocations" }
                data-scenario data-guard novalidate {
                (error_summary(problem.as_deref(), &summary))
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name=(VERSION) value=(board.scenario.version);
                (table(board, &rows, true, refused))
                div.form-actions {
                    (submit_button(t!("Save amounts"), "check", ButtonKind::Main))
                    @if board.allocated() > 0 {
                        button.button type="submit" name="clear" value="true" data-kind="quiet" {
                            (icon("x")) (t!("Clear all amounts"))
                        }
                    }
                }
            }
        } @else { (table(board, &rows, false, refused)) }
    };
    box_of("candidates", LIVE, t!("Candidates"), &html! {}, &content)
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
                span.figure-note { (group(&candidate.sector, &candidate.region_name)) }
            }
            td.right data-label=(t!("Score")) { @if candidate.score > 0 { (candidate.score) } @else { span.faint { "–" } } }
            td.right data-label=(t!("Asks for")) { (money(candidate.ask)) }
            td.right data-label=(t!("Amount")) {
                @if may_change && candidate.ask > 0 {
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
        let board = state.app.scenario_board(&actor, id.0)?;
        let input = read_amounts(&board, &form).map_err(AppError::Invalid)?;
        state.app.allocate(&actor, id.0, &input, form.get(VERSION).parse().ok())
    });
    finish(&state, &page, &actor, id.0, form, result, t!("Amounts saved"))
}

/// Reads the amounts of the form; those of candidates that it does not show stay.
fn read_amounts(board: &Board, form: &Form) -> Result<Map<String, Json>, Vec<FieldError>> {
    let mut input = Map::new();
    if form.has("clear") {
        input.insert(actions::ALLOCATIONS.name().to_owned(), json!([]));
        input.insert(actions::REPLACE.name().to_owned(), json!(true));
        return Ok(input);
    }
    let mut errors = Vec::new();
    let mut given = Vec::new();
    for row in &board.rows {
        let name = amount_name(row.candidate.id);
        if !form.has(&name) {
            continue;
        }
        match read_amount(form.get(&name), row.candidate.ask) {
            Ok(amount) => given.push(json!({ "ppa": row.candidate.id, "amount_centavos": amount })),
            Err(message) => errors.push(FieldError::new(name, "money", message)),
        }
    }
    input.insert(actions::ALLOCATIONS.name().to_owned(), Json::Array(given));
    if errors.is_empty() { Ok(input) } else { Err(errors) }
}

fn read_amount(text: &str, ask: i64) -> Result<i64, Message> {
    if text.trim().is_empty() {
        return Ok(0);
    }
    let amount = amounts::parse(text).map_err(MoneyError::message)?;
    if amount < 0 {
        return Err("The amount must not be below zero.".into());
    }
    if amount > ask {
        return Err(message!(
            "Must be at most {ask}, as the PPA asks for.",
            ask = Word::text(money_text(ask))
        ));
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
    finish(&state, &page, &actor, id.0, form, result, t!("Envelope distributed"))
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
    message: &str,
) -> Result<Response, PageError> {
    match result {
        Ok(_) => {
            let undo = blocking(|| state.app.undo_of_last(actor, &SCENARIO, id))?;
            Ok(done(&SCENARIO.url(id), message, undo.as_deref()))
        }
        Err(error) => refuse(state, page, actor, id, Part::Overview, form, error),
    }
}
