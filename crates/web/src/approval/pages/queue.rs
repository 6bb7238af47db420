//! Queue of stages that wait for a decision, with approval in the list.

use axum::extract::State as AxumState;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use obcms_app::approval::{BulkApproval, BulkOutcome, QueueItem};
use obcms_app::{Actor, AppError};
use obcms_domain::approval::{Stage, State as ApprovalState};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::PPA;
use obcms_store::records::Directory;

use super::{figures, stage_label};
use crate::components::badges::{Tone, badge, due_date, grouped, money, money_text};
use crate::components::buttons::{ButtonKind, button_link};
use crate::components::detail::{PageHead, page_head};
use crate::components::feedback::{EmptyState, empty_state, notice};
use crate::components::icons::icon;
use crate::components::tabs::{Tab, tabs};
use crate::components::words::{self, t, t_html};
use crate::core::errors::PageError;
use crate::core::forms::{SafeForm, done};
use crate::core::frame::{Page, SignedIn};
use crate::core::input::{Form, PageParameters};
use crate::core::state::{State, blocking};

/// Name of the input that holds a PPA with the stage that the person saw, `ID:STAGE`.
const ITEM: &str = "item";
/// Longest comment, as in the API.
const COMMENT: u32 = 4000;

/// Bulk approval of which some were refused: what was typed, and what became of each.
#[derive(Default)]
struct Answer {
    form: Form,
    outcomes: Vec<BulkOutcome>,
    problem: Option<&'static str>,
}

impl Answer {
    fn is_chosen(&self, item: &QueueItem) -> bool {
        self.form.all(ITEM).contains(&value(item))
    }

    /// Returns true if the form of the row was sent, rather than that of the list.
    fn is_of_row(&self, item: &QueueItem) -> bool {
        self.form.get("row") == item.ppa.to_string() && self.is_chosen(item)
    }

    fn refusal(&self, item: &QueueItem) -> Option<String> {
        self.outcomes.iter().find(|outcome| outcome.ppa == item.ppa)?.refusal.as_ref().map(words::message)
    }
}

fn value(item: &QueueItem) -> String {
    format!("{}:{}", item.ppa, item.stage.as_str())
}

/// `GET /approvals`; `?tab=all` shows what others decide too.
pub(super) async fn show(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    parameters: PageParameters,
) -> Result<Html<String>, PageError> {
    let parameters = parameters.known(&["tab"]);
    let tab = parameters.get("tab").unwrap_or_default().to_owned();
    Ok(Html(blocking(|| draw(&state, &page, &actor, &tab, &Answer::default()))?))
}

/// `POST /approvals/approve`: `item` once for each PPA, `comment`.
pub(super) async fn approve(
    AxumState(state): AxumState<State>,
    SignedIn { page, actor }: SignedIn,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let tab = form.get("tab").to_owned();
    let stages: Vec<(Id, Stage)> = form.all(ITEM).iter().filter_map(|item| parse(item)).collect();
    let comment = form.get("comment").trim().to_owned();
    let is_long = comment.chars().count() > COMMENT as usize;
    if stages.is_empty() || is_long {
        let problem = if is_long {
            t!("The comment must have at most 4,000 characters.")
        } else {
            t!("Select at least one PPA to approve.")
        };
        let answer = Answer { form, outcomes: Vec::new(), problem: Some(problem) };
        let html = blocking(|| draw(&state, &page, &actor, &tab, &answer))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response());
    }
    let bulk = BulkApproval { stages, comment };
    let outcomes = blocking(|| state.app.approve_each(&actor, &bulk))?;
    if outcomes.iter().all(|outcome| outcome.refusal.is_none()) {
        let message = match outcomes.as_slice() {
            [one] => t!("{title} approved", title = one.title),
            several => t!("{count} PPAs approved", count = several.len()),
        };
        let address = if tab == "all" { "/approvals?tab=all" } else { "/approvals" };
        return Ok(done(address, &message, None));
    }
    let answer = Answer { form, outcomes, problem: None };
    let html = blocking(|| draw(&state, &page, &actor, &tab, &answer))?;
    Ok((StatusCode::CONFLICT, Html(html)).into_response())
}

fn parse(item: &str) -> Option<(Id, Stage)> {
    let (id, stage) = item.split_once(':')?;
    Some((id.parse().ok()?, ApprovalState::parse(stage)?.stage()?))
}

fn draw(state: &State, page: &Page, actor: &Actor, tab: &str, answer: &Answer) -> Result<String, AppError> {
    let all = state.app.approvals(actor, false)?;
    let assignees: Vec<Id> = all.iter().filter_map(|item| item.assignee).collect();
    let people = state.app.directory(actor, &assignees)?;
    let decides = Stage::ALL.into_iter().any(|stage| actor.may(stage.right(), PPA.area)) && !actor.read_only;
    let in_all = tab == "all" || !decides;
    let mine = all.iter().filter(|item| item.is_mine).count();
    let shown: Vec<&QueueItem> = all.iter().filter(|item| in_all || item.is_mine).collect();
    let count = |number: usize| u64::try_from(number).ok();
    let links = [
        Tab {
            label: t!("Mine").to_owned(),
            href: "/approvals".to_owned(),
            count: count(mine),
            current: !in_all,
        },
        Tab {
            label: t!("All").to_owned(),
            href: "/approvals?tab=all".to_owned(),
            count: count(all.len()),
            current: in_all,
        },
    ];
    let content = html! {
        (page_head(&PageHead {
            title: t!("Approvals").to_owned(),
            subtitle: summary(&shown),
            actions: html! {
                @if !shown.is_empty() {
                    (button_link(t!("Export"), export_address(in_all), "download", ButtonKind::Plain))
                }
                @if decides { (button_link(t!("Delegate decisions"), "/delegations", "user-check", ButtonKind::Plain)) }
            },
            ..PageHead::default()
        }))
        @if decides { (tabs(t!("Approvals to show"), &links)) }
        (report(answer))
        div #approval-queue data-live="ppa ceiling" {
            @if shown.is_empty() {
                (empty_state(&EmptyState {
                    icon: "badge-check".to_owned(),
                    title: if in_all { t!("No PPAs in approval") } else { t!("Nothing to decide") }.to_owned(),
                    text: if in_all {
                        t!("PPAs are listed here from their submission until their budget is enacted.")
                    } else {
                        t!("PPAs in a stage that you decide are listed here, the most urgent first.")
                    }.to_owned(),
                    action: None,
                }))
            } @else {
                @if shown.iter().any(|item| item.is_mine) { (bulk(page, tab, answer)) }
                (table(page, tab, &shown, &people, answer))
            }
        }
    };
    Ok(page.render(t!("Approvals"), &content).into_string())
}

const fn export_address(in_all: bool) -> &'static str {
    if in_all { "/api/v1/approvals/export.xlsx" } else { "/api/v1/approvals/export.xlsx?mine=true" }
}

/// Number, amount and lateness of the items in a line.
fn summary(items: &[&QueueItem]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let amount = items.iter().fold(0_i64, |sum, item| sum.saturating_add(item.budget));
    let late = items.iter().filter(|item| item.is_late).count();
    let word = if items.len() == 1 { "PPA" } else { "PPAs" };
    let mut text =
        format!("{} {word}, {}", grouped(u64::try_from(items.len()).unwrap_or_default()), money_text(amount));
    if late > 0 {
        text.push_str(&t!(", {late} late", late));
    }
    text
}

/// Report of a bulk approval that was refused in part.
fn report(answer: &Answer) -> Markup {
    let approved = answer.outcomes.iter().filter(|outcome| outcome.refusal.is_none()).count();
    html! {
        @if let Some(problem) = answer.problem { (notice(Tone::Bad, &html! { (problem) })) }
        @if !answer.outcomes.is_empty() {
            (notice(Tone::Bad, &html! {
                p {
                    strong { (t_html!("{count} not approved", count = answer.outcomes.len() - approved)) }
                    @if approved > 0 { ", " (t_html!("{approved} approved", approved)) }
                    (t!(". Your comment is still in the form."))
                }
                ul.refusals {
                    @for outcome in &answer.outcomes {
                        @if let Some(refusal) = &outcome.refusal {
                            li {
                                @if outcome.title.is_empty() { (t!("A PPA that you cannot see")) }
                                @else { a href={ (PPA.url(outcome.ppa)) "?tab=approval" } { (outcome.title) } }
                                ": " (words::message(refusal))
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Approval of the selected rows with one comment.
fn bulk(page: &Page, tab: &str, answer: &Answer) -> Markup {
    let comment = if answer.form.has("row") { "" } else { answer.form.get("comment") };
    html! {
        form.approval-bulk #approval-bulk method="post" data-in-place action="/approvals/approve" data-guard {
            input type="hidden" name="csrf_token" value=(page.csrf());
            input type="hidden" name="tab" value=(tab);
            label.visually-hidden for="bulk-comment" { (t!("Comment for the selected PPAs")) }
            input #bulk-comment .input type="text" name="comment" value=(comment) maxlength=(COMMENT) autocomplete="off"
                placeholder=(t!("Comment for the selected PPAs"));
            button.button type="submit" data-confirm=(t!("Approve the selected PPAs?")) data-confirm-text=(super::FINAL) {
                (icon("check-check")) (t!("Approve selected"))
            }
        }
    }
}

fn table(page: &Page, tab: &str, items: &[&QueueItem], people: &Directory, answer: &Answer) -> Markup {
    html! {
        div.table-block {
            table.table.approval-table {
                caption.visually-hidden { (t!("PPAs in approval, the most urgent first")) }
                thead { tr {
                    th.select-cell scope="col" { span.visually-hidden { (t!("Select")) } }
                    th scope="col" { (t!("PPA")) }
                    th scope="col" { (t!("Stage")) }
                    th scope="col" { (t!("Due")) }
                    th scope="col" data-right { (t!("In stage")) }
                    th scope="col" data-right { (t!("Ceiling")) }
                    th scope="col" data-right { (t!("Budget")) }
                    th scope="col" { span.visually-hidden { (t!("Approve")) } }
                } }
                tbody { @for item in items { (row(page, tab, item, people, answer)) } }
            }
        }
    }
}

fn row(page: &Page, tab: &str, item: &QueueItem, people: &Directory, answer: &Answer) -> Markup {
    let assignee = item.assignee.and_then(|person| people.get(&person));
    html! {
        tr id={ "approval-" (item.ppa) } data-refused[answer.refusal(item).is_some()] {
            td.select-cell {
                @if item.is_mine {
                    input type="checkbox" name=(ITEM) value=(value(item)) form="approval-bulk"
                        data-summary={ (item.title) ": " (stage_label(item.stage)) ", " (money_text(item.budget)) }
                        checked[answer.is_chosen(item) && !answer.is_of_row(item)] aria-label={ (t_html!("Select {title}", title = item.title)) };
                }
            }
            th.title-cell scope="row" {
                a.row-link href={ (PPA.url(item.ppa)) "?tab=approval" } { (item.title) }
                @if item.is_revision { (badge(&t!("Revision, round {round}", round = item.round), Tone::Accent)) }
            }
            td.wide-cell data-label=(t!("Stage")) {
                span {
                    (stage_label(item.stage))
                    @if let Some(person) = assignee { span.figure-note { (person.title) } }
                }
            }
            td.wide-cell data-label=(t!("Due")) {
                (due_date(item.due_date, page.today))
                @if item.is_late { " " (badge(t!("Late"), Tone::Bad)) }
            }
            td data-label=(t!("In stage")) data-right { (days(item.days_in_stage)) }
            td data-label=(t!("Ceiling")) data-right { (figures::ceiling_words(&item.ceilings)) }
            td data-label=(t!("Budget")) data-right { (money(item.budget)) }
            td.approve-cell {
                @if item.is_mine { (approve_form(page, tab, item, answer)) }
            }
        }
    }
}

fn days(days: i64) -> String {
    match days {
        ..=0 => t!("Today").to_owned(),
        1 => t!("1 day").to_owned(),
        days => t!("{days} days", days),
    }
}

/// Approval of one row with a comment of its own.
fn approve_form(page: &Page, tab: &str, item: &QueueItem, answer: &Answer) -> Markup {
    let is_answer = answer.is_of_row(item);
    let id = format!("comment-{}", item.ppa);
    html! {
        details.menu data-side="end" open[is_answer] {
            summary.button aria-label={ (t_html!("Approve {title}", title = item.title)) } { (t!("Approve")) (icon("chevron-down")) }
            div.menu-panel {
                form.menu-form method="post" data-in-place action="/approvals/approve" data-guard {
                    input type="hidden" name="csrf_token" value=(page.csrf());
                    input type="hidden" name="tab" value=(tab);
                    input type="hidden" name="row" value=(item.ppa);
                    input type="hidden" name=(ITEM) value=(value(item));
                    @if let Some(refusal) = answer.refusal(item).filter(|_| is_answer) {
                        p.field-error role="alert" { (icon("circle-alert")) (refusal) }
                    }
                    label for=(id) { (t!("Comment")) }
                    textarea.input id=(id) name="comment" rows="2" maxlength=(COMMENT) {
                        @if is_answer { "\n" (answer.form.get("comment")) }
                    }
                    @let question = (item.stage == Stage::Enactment).then_some(super::ENACT);
                    button.button data-kind="main" type="submit" data-confirm=[question] data-confirm-text=[question.and(Some(super::FINAL))] {
                        (icon("check")) (t!("Approve"))
                    }
                    a href={ (PPA.url(item.ppa)) "?tab=approval" } { (t!("Return, reject or correct figures")) }
                }
            }
        }
    }
}
