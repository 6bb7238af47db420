//! Reports.

use super::{Choice, choice};

/// Reports.
pub const REPORTS: &[Choice] = &[
    choice("portfolio", "Portfolio"),
    choice("needs_impact", "Impact on needs"),
    choice("policy_implementation", "Implementation of policies"),
    choice("mao_coordination", "Coordination with ministries"),
    choice("me_consolidated", "Consolidated monitoring and evaluation"),
    choice("budget_execution", "Budget execution"),
    choice("annual_planning", "Annual planning"),
];

/// Formats of a report.
pub const REPORT_FORMATS: &[Choice] =
    &[choice("html", "Page"), choice("pdf", "PDF"), choice("xlsx", "Excel"), choice("csv", "CSV")];

/// States of a report.
pub const REPORT_STATES: &[Choice] = &[
    choice("queued", "Queued"),
    choice("running", "In progress"),
    choice("done", "Done"),
    choice("failed", "Failed"),
];

/// Fiscal years of a scheduled report.
pub const REPORT_YEARS: &[Choice] = &[
    choice("present", "Present year"),
    choice("previous", "Previous year"),
    choice("next", "Next year"),
    choice("all", "All years"),
];
