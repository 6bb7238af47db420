//! Findings of the rules about a subject.

use jiff::civil::{Date, date};
use jiff::{ToSpan, Unit};

use super::facts::{CeilingFacts, NeedFacts, PolicyFacts, PolicyMilestoneFacts, PpaFacts, ProjectFacts};
use crate::choices::{self, APPROVAL_STATES, POLICY_STATUSES};
use crate::core::money;
use crate::programme::needs::HIGH_PRIORITY;

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look.
    Medium,
    /// Needs action.
    High,
    /// Needs action at once.
    Critical,
}

impl Severity {
    /// Returns the name in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Finding of a rule. Its text has dates, not numbers of days, so that it stays true from day to day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Severity.
    pub severity: Severity,
    /// Finding in a sentence or two.
    pub description: String,
}

/// Days after which something late is severe.
const LONG: i64 = 30;
/// Days after which a missing report is severe.
const LONG_REPORT_DAYS: i64 = 45;

fn finding(severity: Severity, description: String) -> Option<Finding> {
    Some(Finding { severity, description })
}

/// Severity `High` if it is so, otherwise `Medium`.
const fn high_if(is_so: bool) -> Severity {
    if is_so { Severity::High } else { Severity::Medium }
}

/// Days from a day to today; below zero for a day to come.
fn days_since(day: Date, today: Date) -> i64 {
    day.until((Unit::Day, today)).map_or(0, |span| i64::from(span.get_days()))
}

/// Number of days since `day` if it has passed.
fn late(day: Option<Date>, today: Date) -> Option<(Date, i64)> {
    let day = day?;
    let days = days_since(day, today);
    (days > 0).then_some((day, days))
}

/// Share in thousandths; nothing of nothing.
fn per_mille(part: i64, whole: i64) -> Option<i64> {
    let share = (i128::from(part) * 1000).checked_div(i128::from(whole))?;
    i64::try_from(share).ok()
}

fn percent(per_mille: i64) -> String {
    if per_mille % 10 == 0 {
        format!("{} %", per_mille / 10)
    } else {
        format!("{}.{} %", per_mille / 10, per_mille % 10)
    }
}

/// Share of a period that has passed, in thousandths.
fn elapsed(first: Date, last: Date, today: Date) -> i64 {
    let all = days_since(first, last) + 1;
    let passed = (days_since(first, today) + 1).clamp(0, all.max(1));
    per_mille(passed, all.max(1)).unwrap_or(1000)
}

fn year(year: i64) -> Option<(Date, Date)> {
    let year = i16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
    Some((date(year, 1, 1), date(year, 12, 31)))
}

pub(super) fn unfunded_need(need: &NeedFacts, _: Date) -> Option<Finding> {
    let waits = ["validated", "prioritized"].contains(&&*need.status);
    if !waits || need.is_answered || need.score < HIGH_PRIORITY {
        return None;
    }
    finding(high_if(need.score >= 90), format!("Score {}. No PPA answers this need.", need.score))
}

fn is_open(ppa: &PpaFacts) -> bool {
    !["completed", "cancelled"].contains(&&*ppa.status)
}

pub(super) fn overdue_ppa(ppa: &PpaFacts, today: Date) -> Option<Finding> {
    let (day, days) = late(ppa.target_end_date, today).filter(|_| is_open(ppa))?;
    finding(high_if(days > LONG), format!("The target end was {day}."))
}

pub(super) fn overdue_project(project: &ProjectFacts, today: Date) -> Option<Finding> {
    let (day, days) = late(project.target_date, today).filter(|_| !project.is_completed)?;
    let told_by_ppa = project.ppa.as_ref().is_some_and(|(status, end)| {
        !["completed", "cancelled"].contains(&&**status) && end.is_some_and(|end| end < today)
    });
    if told_by_ppa {
        return None;
    }
    finding(high_if(days > LONG), format!("The target date of the project was {day}."))
}

pub(super) fn pending_report(ppa: &PpaFacts, today: Date) -> Option<Finding> {
    if ppa.status != "ongoing" {
        return None;
    }
    let longest = ppa.missing_reports.iter().map(|(period, _)| days_since(period.last(), today)).max()?;
    let words: Vec<String> = ppa
        .missing_reports
        .iter()
        .map(|(period, count)| match count {
            1 => format!("1 indicator for {period}"),
            count => format!("{count} indicators for {period}"),
        })
        .collect();
    finding(high_if(longest > LONG_REPORT_DAYS), format!("Nothing is measured of {}.", words.join(", ")))
}

pub(super) fn ceiling(ceiling: &CeilingFacts, today: Date) -> Option<Finding> {
    let share = per_mille(ceiling.committed, ceiling.amount)?;
    if share < 900 || ceiling.fiscal_year < i64::from(today.year()) {
        return None;
    }
    let severity = if share >= 980 { Severity::Critical } else { Severity::High };
    finding(
        severity,
        format!(
            "{} of {} is committed, {}.",
            money::format(ceiling.committed),
            money::format(ceiling.amount),
            percent(share)
        ),
    )
}

pub(super) fn lagging_policy(policy: &PolicyFacts, today: Date) -> Option<Finding> {
    let status = &*policy.status;
    let words = choices::label(POLICY_STATUSES, status).to_lowercase();
    let of = |day: Option<Date>, statuses: &[&str], what: &str| {
        let (day, days) = late(day, today).filter(|_| statuses.contains(&status))?;
        finding(high_if(days > LONG), format!("{what} was due on {day}. The policy is {words}."))
    };
    of(policy.implementation_deadline, &["approved", "in_implementation"], "Its implementation")
        .or_else(|| of(policy.implementation_start, &["approved"], "The start of its implementation"))
        .or_else(|| {
            let reviewed = ["under_review", "needs_revision", "submitted", "under_consideration"];
            of(policy.review_deadline, &reviewed, "Its review")
        })
}

pub(super) fn bottleneck(ppa: &PpaFacts, today: Date) -> Option<Finding> {
    let waits = is_open(ppa) && ppa.status != "on_hold";
    let since = ppa.in_stage_since.filter(|_| waits)?;
    let days = days_since(since, today);
    let stage = choices::label(APPROVAL_STATES, &ppa.approval_stage).to_lowercase();
    if days <= LONG {
        return None;
    }
    finding(high_if(days > 2 * LONG), format!("In {stage} since {since}."))
}

pub(super) fn rejection(ppa: &PpaFacts, _: Date) -> Option<Finding> {
    if !is_open(ppa) || ppa.approval_stage != "rejected" {
        return None;
    }
    finding(
        Severity::High,
        "The budget was rejected. Revise it and submit it again, or cancel the PPA.".to_owned(),
    )
}

pub(super) fn disbursement_delay(ppa: &PpaFacts, _: Date) -> Option<Finding> {
    let disbursed = ppa.sums.disbursed;
    // What was reversed since then is not waited for.
    let behind = |obligated: i64| {
        let obligated = obligated.min(ppa.sums.obligated);
        obligated > 0 && disbursed.saturating_mul(2) < obligated
    };
    if ppa.status == "cancelled" || !behind(ppa.obligated_before) {
        return None;
    }
    finding(
        high_if(behind(ppa.obligated_long_before)),
        format!(
            "{} was obligated more than {} days ago, {} is disbursed.",
            money::format(ppa.obligated_before.min(ppa.sums.obligated)),
            super::DISBURSEMENT_DAYS,
            money::format(disbursed)
        ),
    )
}

pub(super) fn underspending(ppa: &PpaFacts, today: Date) -> Option<Finding> {
    let enacted = ppa.enacted.filter(|enacted| *enacted > 0)?;
    let (first, last) = year(ppa.fiscal_year?)?;
    if !["planning", "ongoing"].contains(&&*ppa.status) || today < first.saturating_add(3.months()) {
        return None;
    }
    let obligated = per_mille(ppa.sums.obligated, enacted)?;
    let behind = elapsed(first, last, today) - obligated;
    if behind <= 250 {
        return None;
    }
    finding(
        high_if(behind >= 500),
        format!(
            "{} of the enacted {} is obligated, {}; the fiscal year ends on {last}.",
            money::format(ppa.sums.obligated),
            money::format(enacted),
            percent(obligated)
        ),
    )
}

pub(super) fn overspending(ppa: &PpaFacts, today: Date) -> Option<Finding> {
    let enacted = ppa.enacted.filter(|enacted| *enacted > 0)?;
    let share = per_mille(ppa.sums.obligated, enacted)?;
    if !is_open(ppa) || share < 950 {
        return None;
    }
    let (first, last) = match (ppa.start_date, ppa.target_end_date) {
        (Some(first), Some(last)) => (first, last),
        _ => year(ppa.fiscal_year?)?,
    };
    if 1000 - elapsed(first, last, today) <= 250 {
        return None;
    }
    let severity = if share >= 1000 { Severity::Critical } else { Severity::High };
    finding(
        severity,
        format!(
            "{} of the enacted {} is obligated, {}; its time ends on {last}.",
            money::format(ppa.sums.obligated),
            money::format(enacted),
            percent(share)
        ),
    )
}

pub(super) fn blocked(project: &ProjectFacts, _: Date) -> Option<Finding> {
    let reason = project.blocker.trim();
    let text =
        if reason.is_empty() { "Blocked without a reason.".to_owned() } else { format!("Blocked: {reason}") };
    project.is_blocked.then_some(Finding { severity: Severity::High, description: text })
}

pub(super) fn missed_milestone_of_ppa(ppa: &PpaFacts, today: Date) -> Option<Finding> {
    let mut missed: Vec<&(Date, String)> =
        ppa.milestones.iter().filter(|(day, _)| *day < today && is_open(ppa)).collect();
    missed.sort();
    let (day, title) = missed.first()?;
    let more = match missed.len() - 1 {
        0 => String::new(),
        1 => " 1 more was missed.".to_owned(),
        count => format!(" {count} more were missed."),
    };
    finding(high_if(days_since(*day, today) > LONG), format!("{title} was due on {day}.{more}"))
}

pub(super) fn missed_milestone_of_policy(milestone: &PolicyMilestoneFacts, today: Date) -> Option<Finding> {
    let is_open = !["completed", "cancelled"].contains(&&*milestone.status);
    let (day, days) = late(milestone.target_date, today).filter(|_| is_open)?;
    finding(high_if(days > LONG), format!("The target date was {day}."))
}

pub(super) fn deadline(project: &ProjectFacts, today: Date) -> Option<Finding> {
    let stages = ["budget_planning", "approval", "implementation", "monitoring"];
    let day = project.target_date?;
    let left = -days_since(day, today);
    if !stages.contains(&&*project.stage) || project.is_completed || !(0..=7).contains(&left) {
        return None;
    }
    finding(high_if(left <= 3), format!("The target date of the project is {day}."))
}
