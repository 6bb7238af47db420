//! Alerts.

use super::{Choice, choice};

/// Types of an alert.
pub const ALERT_TYPES: &[Choice] = &[
    choice("unfunded_needs", "Unfunded need"),
    choice("overdue_ppa", "Overdue PPA"),
    choice("pending_mao_report", "Pending report"),
    choice("budget_ceiling", "Ceiling almost used"),
    choice("policy_lagging", "Lagging policy"),
    choice("approval_bottleneck", "Approval bottleneck"),
    choice("disbursement_delay", "Disbursement delay"),
    choice("underspending", "Underspending"),
    choice("overspending", "Overspending risk"),
    choice("workflow_blocked", "Blocked project"),
    choice("milestone_missed", "Missed milestone"),
    choice("deadline_approaching", "Approaching deadline"),
];

/// Severities of an alert, the least severe first.
pub const ALERT_SEVERITIES: &[Choice] = &[
    choice("info", "Info"),
    choice("low", "Low"),
    choice("medium", "Medium"),
    choice("high", "High"),
    choice("critical", "Critical"),
];

/// States of an alert.
pub const ALERT_STATES: &[Choice] = &[
    choice("active", "Active"),
    choice("acknowledged", "Acknowledged"),
    choice("snoozed", "Snoozed"),
    choice("resolved", "Resolved"),
];
