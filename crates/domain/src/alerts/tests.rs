use jiff::civil::date;

use super::*;
use crate::core::id::Id;
use crate::money::Totals;
use crate::results::{Period, Target};

const TODAY: Date = date(2026, 10, 31);

fn day(days: i64) -> Date {
    TODAY.saturating_add(jiff::Span::new().days(days))
}

fn found(facts: impl std::borrow::Borrow<Facts>) -> Vec<(&'static str, &'static str)> {
    findings(facts.borrow(), TODAY).into_iter().map(|(of, finding)| (of, finding.severity.as_str())).collect()
}

fn ppa(change: impl FnOnce(&mut PpaFacts)) -> Vec<(&'static str, &'static str)> {
    let mut facts =
        PpaFacts { status: "ongoing".into(), approval_stage: "enacted".into(), ..Default::default() };
    change(&mut facts);
    found(Facts::Ppa(facts))
}

fn sums(allotted: i64, obligated: i64, disbursed: i64) -> Totals {
    Totals { enacted: 0, allotted, obligated, disbursed }
}

#[test]
fn unfunded_need() {
    let need = |status: &str, score, is_answered| {
        found(Facts::Need(NeedFacts { status: status.into(), score, is_answered, ..Default::default() }))
    };
    assert_eq!(need("validated", 80, false), [("unfunded_needs", "medium")]);
    assert_eq!(need("prioritized", 90, false), [("unfunded_needs", "high")]);
    assert_eq!(need("validated", 79, false), []);
    assert_eq!(need("validated", 95, true), []);
    assert_eq!(need("identified", 95, false), []);
}

#[test]
fn overdue() {
    assert_eq!(ppa(|ppa| ppa.target_end_date = Some(TODAY)), []);
    assert_eq!(ppa(|ppa| ppa.target_end_date = Some(day(-1))), [("overdue_ppa", "medium")]);
    assert_eq!(ppa(|ppa| ppa.target_end_date = Some(day(-31))), [("overdue_ppa", "high")]);
    for ended in ["completed", "cancelled"] {
        let end = |ppa: &mut PpaFacts| {
            ppa.target_end_date = Some(day(-40));
            ppa.status = ended.into();
        };
        assert_eq!(ppa(end), [], "{ended}");
    }
    let project = |end: Option<Date>, is_completed| {
        found(Facts::Project(ProjectFacts {
            stage: "implementation".into(),
            target_date: Some(day(-2)),
            is_completed,
            ppa: Some(("ongoing".into(), end)),
            ..Default::default()
        }))
    };
    assert_eq!(project(None, false), [("overdue_ppa", "medium")]);
    // Its PPA tells it already.
    assert_eq!(project(Some(day(-1)), false), []);
    assert_eq!(project(None, true), []);
}

#[test]
fn projects() {
    let project = |stage: &str, days: i64, is_blocked| {
        found(Facts::Project(ProjectFacts {
            stage: stage.into(),
            target_date: Some(day(days)),
            is_blocked,
            ..Default::default()
        }))
    };
    assert_eq!(project("approval", 8, false), []);
    assert_eq!(project("approval", 7, false), [("deadline_approaching", "medium")]);
    assert_eq!(project("monitoring", 3, false), [("deadline_approaching", "high")]);
    assert_eq!(project("monitoring", 0, false), [("deadline_approaching", "high")]);
    assert_eq!(project("need_validation", 3, false), []);
    assert_eq!(project("approval", 20, true), [("workflow_blocked", "high")]);
}

#[test]
fn approval() {
    let waits = |days: i64, status: &str| {
        ppa(|ppa| {
            ppa.status = status.into();
            ppa.approval_stage = "budget_review".into();
            ppa.in_stage_since = Some(day(-days));
        })
    };
    assert_eq!(waits(30, "planning"), []);
    assert_eq!(waits(31, "planning"), [("approval_bottleneck", "medium")]);
    assert_eq!(waits(61, "planning"), [("approval_bottleneck", "high")]);
    assert_eq!(waits(61, "on_hold"), []);
    assert_eq!(ppa(|ppa| ppa.approval_stage = "rejected".into()), [("approval_bottleneck", "high")]);
}

#[test]
fn money() {
    let delayed = |before, long_before, disbursed| {
        ppa(|ppa| {
            ppa.sums = sums(100, 100, disbursed);
            ppa.obligated_before = before;
            ppa.obligated_long_before = long_before;
        })
    };
    assert_eq!(delayed(100, 0, 49), [("disbursement_delay", "medium")]);
    assert_eq!(delayed(100, 100, 49), [("disbursement_delay", "high")]);
    assert_eq!(delayed(100, 100, 50), []);
    assert_eq!(delayed(0, 0, 0), []);
    // What was reversed since then is not waited for.
    assert_eq!(
        ppa(|ppa| {
            ppa.sums = sums(100, 0, 0);
            ppa.obligated_before = 100;
        }),
        []
    );

    // 304 of 365 days have passed on October 31, 83.2 %.
    let spent = |obligated, status: &str| {
        ppa(|ppa| {
            ppa.status = status.into();
            ppa.fiscal_year = Some(2026);
            ppa.enacted = Some(1000);
            ppa.sums = sums(1000, obligated, obligated);
        })
    };
    assert_eq!(spent(583, "ongoing"), []);
    assert_eq!(spent(581, "ongoing"), [("underspending", "medium")]);
    assert_eq!(spent(330, "planning"), [("underspending", "high")]);
    assert_eq!(spent(0, "completed"), []);
    // 16.8 % of the year are left, so that 95 % is no risk.
    assert_eq!(spent(960, "ongoing"), []);
    let risk = |obligated| {
        ppa(|ppa| {
            ppa.enacted = Some(1000);
            ppa.sums = sums(1000, obligated, obligated);
            (ppa.start_date, ppa.target_end_date) = (Some(day(-50)), Some(day(49)));
        })
    };
    assert_eq!(risk(949), []);
    assert_eq!(risk(950), [("overspending", "high")]);
    assert_eq!(risk(1000), [("overspending", "critical")]);
}

#[test]
fn first_quarter_is_too_early_for_underspending() {
    let facts = Facts::Ppa(PpaFacts {
        status: "ongoing".into(),
        fiscal_year: Some(2026),
        enacted: Some(1000),
        ..Default::default()
    });
    assert!(findings(&facts, date(2026, 3, 31)).is_empty());
    assert_eq!(findings(&facts, date(2026, 4, 2)).len(), 1);
    // The year is over, but not the money.
    assert_eq!(findings(&facts, date(2027, 2, 1))[0].1.severity, Severity::High);
}

#[test]
fn ceilings() {
    let ceiling = |committed, fiscal_year| {
        found(Facts::Ceiling(CeilingFacts { amount: 1000, committed, fiscal_year, ..Default::default() }))
    };
    assert_eq!(ceiling(899, 2026), []);
    assert_eq!(ceiling(900, 2026), [("budget_ceiling", "high")]);
    assert_eq!(ceiling(980, 2027), [("budget_ceiling", "critical")]);
    assert_eq!(ceiling(2000, 2025), []);
    assert_eq!(found(Facts::Ceiling(CeilingFacts { fiscal_year: 2026, ..Default::default() })), []);
}

#[test]
fn policies_and_milestones() {
    let policy = |status: &str| {
        found(Facts::Policy(PolicyFacts {
            status: status.into(),
            review_deadline: Some(day(-40)),
            implementation_start: Some(day(-5)),
            implementation_deadline: Some(day(5)),
            ..Default::default()
        }))
    };
    assert_eq!(policy("under_review"), [("policy_lagging", "high")]);
    assert_eq!(policy("approved"), [("policy_lagging", "medium")]);
    assert_eq!(policy("in_implementation"), []);
    assert_eq!(policy("implemented"), []);
    let milestone = |status: &str, days: i64| {
        found(Facts::PolicyMilestone(PolicyMilestoneFacts {
            status: status.into(),
            target_date: Some(day(days)),
            ..Default::default()
        }))
    };
    assert_eq!(milestone("in_progress", -1), [("milestone_missed", "medium")]);
    assert_eq!(milestone("in_progress", 0), []);
    assert_eq!(milestone("completed", -1), []);
    let milestones =
        vec![(day(-2), "Wells".to_owned()), (day(-40), "Pumps".to_owned()), (day(3), "End".to_owned())];
    let facts = Facts::Ppa(PpaFacts { status: "ongoing".into(), milestones, ..Default::default() });
    let (of, finding) = findings(&facts, TODAY).remove(0);
    assert_eq!((of, finding.severity), ("milestone_missed", Severity::High));
    assert_eq!(finding.description, "Pumps was due on 2026-09-21. 1 more was missed.");
}

#[test]
fn reports() {
    let period = |text: &str| Period::parse(text).unwrap();
    let targets: Vec<Target> = ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
        .into_iter()
        .map(|text| Target { period: period(text), value: 1 })
        .collect();
    let until = date(2026, 10, 16);
    assert_eq!(missing_reports(&targets, &[], until), Some(period("2026-Q3")));
    assert_eq!(missing_reports(&targets, &[period("2026-08")], until), None);
    assert_eq!(missing_reports(&targets, &[period("2026-Q2")], until), Some(period("2026-Q3")));
    assert_eq!(missing_reports(&targets, &[], date(2026, 9, 30)), Some(period("2026-Q2")));
    assert_eq!(missing_reports(&targets[3..], &[], until), None);
    let missing = |text: &str, status: &str| {
        ppa(|ppa| {
            ppa.status = status.into();
            ppa.missing_reports = vec![(period(text), 3)];
        })
    };
    assert_eq!(missing("2026-Q3", "ongoing"), [("pending_mao_report", "medium")]);
    assert_eq!(missing("2026-Q2", "ongoing"), [("pending_mao_report", "high")]);
    assert_eq!(missing("2026-Q2", "on_hold"), []);
}

#[test]
fn every_type_has_a_rule_and_every_rule_a_type() {
    for choice in crate::choices::ALERT_TYPES {
        assert!(RULES.iter().any(|rule| rule.alert_type == choice.value), "{}", choice.value);
    }
    for rule in RULES {
        assert!(
            crate::choices::contains(crate::choices::ALERT_TYPES, rule.alert_type),
            "{}",
            rule.alert_type
        );
        assert!(crate::kinds::ALERT_SUBJECTS.contains(&rule.find.kind()), "{}", rule.find.kind());
    }
}

/// `docs/alerts.md` shows this table; `UPDATE=1` writes it.
#[test]
fn alerts_page_shows_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md");
    let text = markdown();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
}

#[test]
fn subjects_are_told_apart() {
    let facts = Facts::Need(NeedFacts {
        id: Id::from_parts(1, &[1; 10]),
        title: "Water".into(),
        ..Default::default()
    });
    assert_eq!(facts.subject(), ("need", Id::from_parts(1, &[1; 10]), "Water"));
}
