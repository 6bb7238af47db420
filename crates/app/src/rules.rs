//! Table of rules: one row for each kind that does more than its description states.
//!
//! A test prints `docs/chain.md` from it.

use jiff::civil::Date;
use obcms_domain::kinds::{application, assessment, policy_milestone, ppa, service};
use obcms_domain::registry::{Record, TypedField, typed};

use crate::accounts::rules as users;
use crate::approval::{authority, ceiling_use, locks, queue as approvals, rules as approval};
use crate::bookings::{conflicts, of_event, rules as bookings};
use crate::calendar::events;
use crate::core::rules::{KindRules, Rules};
use crate::exchange::{feed_rules, feeds, share_rules, sharing, subscriptions};
use crate::holidays::rules as holidays;
use crate::money::rules as money;
use crate::money::scenarios::rules as scenarios;
use crate::programme::{
    applications, budget_cycle, choices, communities, goals, needs, policies, portfolio_links, ppas,
    project_rules, project_state, projects,
};
use crate::records::saved_views;
use crate::reports;
use crate::results::{decisions as measurements, framework, rules as results, updates};
use crate::tasks::{board, completion, occurrences, rules as tasks, template_rules};

/// Rules of all kinds that have any, ordered by name.
pub(crate) static RULES: Rules = Rules(&[
    KindRules {
        kind: "application",
        before_save: Some(applications::before_save),
        generates_by_state: true,
        // Tasks of an application are dated from its submission.
        anchors: Some(|record, _| days(record, application::SUBMITTED_ON, application::SUBMITTED_ON)),
        ..KindRules::NONE
    },
    KindRules {
        kind: "assessment",
        anchors: Some(|record, _| days(record, assessment::PLANNED_START_DATE, assessment::PLANNED_END_DATE)),
        ..KindRules::NONE
    },
    KindRules {
        kind: "booking",
        before_save: Some(bookings::before_save),
        before_series: Some(bookings::before_series),
        created: Some(conflicts::created),
        changed: Some(conflicts::changed),
        ..KindRules::NONE
    },
    KindRules { kind: "budget_cycle_stage", before_save: Some(budget_cycle::before_save), ..KindRules::NONE },
    KindRules {
        kind: "ceiling",
        before_save: Some(approval::before_save_ceiling),
        before_update: Some(approval::before_update_ceiling),
        related_members: Some(ceiling_use::related_members),
        ..KindRules::NONE
    },
    KindRules { kind: "community", before_save: Some(communities::before_save), ..KindRules::NONE },
    KindRules { kind: "delegation", before_save: Some(authority::before_save_delegation), ..KindRules::NONE },
    KindRules {
        kind: "event",
        created: Some(of_event::created),
        changed: Some(of_event::changed),
        anchors: Some(events::anchors),
        ..KindRules::NONE
    },
    KindRules {
        kind: "external_calendar",
        before_save: Some(subscriptions::before_save),
        created: Some(subscriptions::created),
        changed: Some(subscriptions::changed),
        ..KindRules::NONE
    },
    KindRules {
        kind: "feed",
        before_save: Some(feed_rules::before_save),
        owner_path: Some(feeds::path),
        ..KindRules::NONE
    },
    KindRules { kind: "goal", related_members: Some(goals::related_members), ..KindRules::NONE },
    KindRules {
        kind: "hijri_adjustment",
        before_save: Some(holidays::name_adjustment),
        created: Some(holidays::adjustment_created),
        changed: Some(holidays::adjustment_changed),
        ..KindRules::NONE
    },
    KindRules { kind: "holiday", before_save: Some(holidays::before_save), ..KindRules::NONE },
    KindRules {
        kind: "indicator",
        before_save: Some(results::before_save_indicator),
        before_archive: Some(results::before_archive_indicator),
        related_members: Some(framework::related_members),
        page_members: Some(framework::page_members),
        ..KindRules::NONE
    },
    KindRules {
        kind: "measurement",
        complete: Some(results::complete),
        locked_fields: Some(results::locked_fields),
        before_save: Some(results::before_save),
        before_update: Some(results::before_update),
        undo_action: Some(measurements::undo_action),
        attention: Some(results::attention),
        ..KindRules::NONE
    },
    KindRules {
        kind: "need",
        choices: Some(choices::of_need),
        before_save: Some(needs::before_save),
        before_archive: Some(needs::before_archive),
        changed: Some(needs::changed),
        shortcuts: portfolio_links::OF_NEEDS,
        ..KindRules::NONE
    },
    KindRules { kind: "policy", before_save: Some(policies::before_save), ..KindRules::NONE },
    KindRules {
        kind: "policy_milestone",
        anchors: Some(|record, _| days(record, policy_milestone::TARGET_DATE, policy_milestone::TARGET_DATE)),
        ..KindRules::NONE
    },
    KindRules {
        kind: "ppa",
        choices: Some(choices::of_ppa),
        locked_fields: Some(locks::locked_fields),
        attention: Some(approvals::attention),
        before_save: Some(ppas::before_save),
        before_archive: Some(approval::before_archive),
        before_undo: Some(approval::before_undo),
        created: Some(ppas::created),
        changed: Some(ppas::changed),
        anchors: Some(|record, _| days(record, ppa::START_DATE, ppa::TARGET_END_DATE)),
        undo_action: Some(scenarios::undo_action),
        shortcuts: portfolio_links::OF_PPAS,
        related_members: Some(ppas::related_members),
        ..KindRules::NONE
    },
    KindRules {
        kind: "project",
        before_save: Some(project_rules::before_save),
        created: Some(project_rules::created),
        changed: Some(project_rules::changed),
        generates_by_state: true,
        template: Some(project_rules::template),
        undone: Some(projects::follow_undo),
        page_members: Some(project_state::page_members),
        ..KindRules::NONE
    },
    KindRules { kind: "report", members: Some(reports::members), ..KindRules::NONE },
    KindRules {
        kind: "report_schedule",
        before_save: Some(reports::before_save_schedule),
        created: Some(reports::schedule_created),
        changed: Some(reports::schedule_changed),
        ..KindRules::NONE
    },
    KindRules {
        kind: "resource",
        before_archive: Some(conflicts::before_archive),
        before_undo: Some(conflicts::before_undo),
        changed: Some(conflicts::resource_changed),
        ..KindRules::NONE
    },
    KindRules {
        kind: "saved_view",
        before_save: Some(saved_views::before_save),
        changed: Some(saved_views::changed),
        ..KindRules::NONE
    },
    KindRules {
        kind: "scenario",
        choices: Some(scenarios::choices),
        before_save: Some(scenarios::before_save),
        ..KindRules::NONE
    },
    KindRules {
        kind: "service",
        anchors: Some(|record, _| {
            days(record, service::APPLICATION_START_DATE, service::APPLICATION_DEADLINE)
        }),
        ..KindRules::NONE
    },
    KindRules {
        kind: "share",
        before_save: Some(share_rules::before_save),
        owner_path: Some(sharing::path),
        ..KindRules::NONE
    },
    KindRules {
        kind: "task",
        action_for_input: Some(tasks::action_for_input),
        choices: Some(tasks::choices),
        before_save: Some(tasks::before_save),
        change_whole: Some(tasks::change_whole),
        show_occurrence: Some(occurrences::show),
        before_update: Some(completion::before_update),
        created: Some(tasks::created),
        changed: Some(tasks::changed),
        undo_action: Some(tasks::undo_action),
        shortcuts: board::SHORTCUTS,
        aliases: board::ALIASES,
        list_fields: board::LIST_FIELDS,
        members: Some(tasks::derived),
        ..KindRules::NONE
    },
    KindRules {
        kind: "task_template",
        before_save: Some(template_rules::before_save),
        before_update: Some(template_rules::before_update),
        ..KindRules::NONE
    },
    KindRules {
        kind: "tranche",
        shortcuts: portfolio_links::OF_ENTRIES,
        before_save: Some(money::before_save),
        before_archive: Some(money::before_archive),
        before_undo: Some(money::before_undo),
        ..KindRules::NONE
    },
    KindRules {
        kind: "update",
        locked_fields: Some(updates::locked_fields),
        before_save: Some(updates::before_save),
        created: Some(updates::created),
        changed: Some(updates::changed),
        ..KindRules::NONE
    },
    KindRules {
        kind: "user",
        before_save: Some(users::before_save),
        before_archive: Some(users::before_archive),
        before_undo: Some(users::before_undo),
        changed: Some(users::changed),
        ..KindRules::NONE
    },
]);

/// Returns the first and last day of a record; the first for both if there is no last one.
fn days(
    record: &Record,
    first: TypedField<typed::Date>,
    last: TypedField<typed::Date>,
) -> (Option<Date>, Option<Date>) {
    let first = first.get(record);
    (first, last.get(record).or(first))
}
