//! Adoption of a scenario: what it writes, and the form.

use axum::extract::State as AxumState;
use axum::response::Response;
use maud::{Markup, html};
use obcms_app::money::scenarios::{AdoptionPlan, DraftedBudget, DraftedCeiling, Drafting, Outcome};
use obcms_app::{Actor, AppError};
use obcms_domain::choices::{CEILING_ENFORCEMENT, DRAFTED_CEILINGS};
use obcms_domain::kinds::{CEILING, PPA, SCENARIO};
use obcms_domain::money::actions;
use obcms_domain::registry::Record;

use super::{Part, refuse};
use crate::components::badges::{Tone, badge, money};
use crate::components::buttons::{ButtonKind, submit_button};
use crate::components::detail::{detail, panel as box_of};
use crate::components::feedback::notice;
use crate::components::forms::{Choice, Control, FormField, error_summary, field};
use crate::components::words::{self, t};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::PathId;
use crate::core::refused::Refused;
use crate::core::state::{State, blocking};

/// Kinds whose changes refresh the preview.
const LIVE: &str = "scenario ppa ceiling";

/// Tab with the preview and the form.
pub(super) fn panel(
    state: &State,
    page: &Page,
    actor: &Actor,
    record: &Record,
    refused: &Refused,
) -> Result<Markup, AppError> {
    let board = state.app.scenario_board(actor, record.id)?;
    let chosen = |name: &str| refused.form.get(name);
    let updates = chosen(actions::UPDATE_CEILINGS.name()) == "true";
    let drafting =
        Drafting::by(chosen(actions::CEILINGS.name()), chosen(actions::ENFORCEMENT.name()), updates);
    let plan = state.app.adoption_plan(&board, drafting);
    let (written, left): (Vec<&DraftedBudget>, Vec<&DraftedBudget>) =
        plan.budgets.iter().partition(|budget| budget.left.is_empty());
    let wide = html! {
        div.adoption-preview id="adoption-preview" data-live=(LIVE) {
            (box_of("", "", t!("Ceilings"), &html! {}, &ceilings(&plan.ceilings)))
            (box_of("", "", t!("Budgets"), &html! {}, &budgets(&written)))
            @if !left.is_empty() { (box_of("", "", t!("Not changed"), &html! {}, &budgets(&left))) }
        }
    };
    Ok(detail(&wide, &form(page, record, &plan, drafting, refused)))
}

fn ceilings(drafted: &[DraftedCeiling]) -> Markup {
    html! {
        @if drafted.is_empty() { p.muted { (t!("No ceilings are drafted.")) } }
        @else {
            div.figure-scroll {
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("Ceilings that the adoption drafts")) }
                    thead { tr {
                        th scope="col" { (t!("Ceiling")) } th.right scope="col" { (t!("Existing")) }
                        th.right scope="col" { (t!("Drafted")) } th scope="col" { (t!("Result")) }
                    } }
                    tbody {
                        @for one in drafted { tr {
                            th scope="row" {
                                @match &one.existing {
                                    Some(existing) => a href=(CEILING.url(existing.id)) { (one.title) },
                                    None => (one.title),
                                }
                            }
                            td.right data-label=(t!("Existing")) {
                                @match &one.existing { Some(existing) => (money(existing.amount)), None => span.faint { "–" } }
                            }
                            td.right data-label=(t!("Drafted")) { (money(one.amount)) }
                            td data-label=(t!("Result")) { (outcome(one.outcome)) }
                        } }
                    }
                }
            }
        }
    }
}

fn outcome(outcome: Outcome) -> Markup {
    match outcome {
        Outcome::Created => badge(t!("New"), Tone::Good),
        Outcome::Updated => badge(t!("Updated"), Tone::Warning),
        Outcome::Kept => badge(t!("Kept"), Tone::Quiet),
    }
}

fn budgets(budgets: &[&DraftedBudget]) -> Markup {
    html! {
        @if budgets.is_empty() { p.muted { (t!("No budgets are written.")) } }
        @else {
            div.figure-scroll {
                table.figure-table data-stacks {
                    caption.visually-hidden { (t!("Budgets of the PPAs")) }
                    thead { tr {
                        th scope="col" { (t!("PPA")) } th.right scope="col" { (t!("Asks for")) }
                        th.right scope="col" { (t!("Amount")) }
                    } }
                    tbody {
                        @for one in budgets { tr {
                            th scope="row" {
                                a href=(PPA.url(one.ppa)) { (one.title) }
                                @if !one.left.is_empty() { span.figure-note { (words::capitalized(words::label(one.left))) } }
                            }
                            td.right data-label=(t!("Asks for")) { (money(one.from)) }
                            td.right data-label=(t!("Amount")) { (money(one.to)) }
                        } }
                    }
                }
            }
        }
    }
}

fn form(page: &Page, record: &Record, plan: &AdoptionPlan, drafting: Drafting, refused: &Refused) -> Markup {
    let options = |choices: &'static [obcms_domain::choices::Choice], chosen: &str| {
        let option = |choice: &obcms_domain::choices::Choice| Choice {
            value: choice.value.to_owned(),
            label: words::label(choice.label).to_owned(),
            selected: choice.value == chosen,
        };
        choices.iter().map(option).collect()
    };
    let ceilings = match (drafting.by_sector, drafting.by_source) {
        (true, true) => "sector_and_source",
        (true, false) => "sector",
        (false, true) => "funding_source",
        (false, false) => "none",
    };
    let fields = [
        FormField {
            name: actions::CEILINGS.name().to_owned(),
            label: t!("Ceilings to draft").to_owned(),
            control: Control::Radio { options: options(DRAFTED_CEILINGS, ceilings) },
            ..FormField::default()
        },
        FormField {
            name: actions::ENFORCEMENT.name().to_owned(),
            label: t!("Enforcement of new ceilings").to_owned(),
            required: true,
            control: Control::Select {
                options: options(CEILING_ENFORCEMENT, if drafting.is_hard { "hard" } else { "soft" }),
            },
            ..FormField::default()
        },
        FormField {
            name: actions::UPDATE_CEILINGS.name().to_owned(),
            label: t!("Update existing ceilings").to_owned(),
            control: Control::Checkbox { checked: drafting.updates },
            ..FormField::default()
        },
    ];
    let all: Vec<&FormField> = fields.iter().collect();
    let address = SCENARIO.url(record.id);
    box_of(
        "adoption",
        "",
        t!("Adopt this scenario"),
        &html! {},
        &html! {
            form.form method="post" action={ (address) "/adopt" } data-preview=(address) novalidate {
                (error_summary(refused.problem_text().as_deref(), &all))
                input type="hidden" name="csrf_token" value=(page.csrf());
                input type="hidden" name="version" value=(record.version);
                input type="hidden" name="tab" value="adopt";
                div.fields { @for one in &fields { (field(one)) } }
                div.adoption-actions id="adoption-actions" data-live=(LIVE) {
                    @if refused.problem.is_none() && !plan.obstacles.is_empty() {
                        (notice(Tone::Warning, &html! {
                            p { strong { (t!("Cannot be adopted yet")) } }
                            ul { @for obstacle in &plan.obstacles { li { (words::message(obstacle)) } } }
                        }))
                    }
                    p.muted { (t!("Writes the amounts to the budgets of PPAs in draft. You can undo it.")) }
                    @if plan.obstacles.is_empty() {
                        div.form-actions { (submit_button(t!("Adopt"), "badge-check", ButtonKind::Main)) }
                    }
                }
                // With script the preview follows the choices.
                noscript {
                    button.button type="submit" formmethod="get" formaction=(address) { (t!("Update preview")) }
                }
            }
        },
    )
}

/// `POST /scenarios/{id}/adopt`.
pub(super) async fn adopt(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    id: PathId,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let input = form.action(&actions::ADOPT);
    let expected = form.get("version").parse().ok();
    match blocking(|| state.app.adopt_scenario(&actor, id.0, &input, expected)) {
        Ok(adopted) => {
            let count = adopted.plan.budgets.iter().filter(|one| one.left.is_empty()).count();
            let undo = blocking(|| state.app.undo_of_last(&actor, &SCENARIO, id.0))?;
            let message = if count == 1 {
                t!("Scenario adopted, 1 budget written").to_owned()
            } else {
                t!("Scenario adopted, {count} budgets written", count)
            };
            Ok(done(&SCENARIO.url(id.0), &message, undo.as_deref()))
        }
        Err(error) => refuse(&state, &page, &actor, id.0, Part::Adopt, form, error),
    }
}
