//! People: accounts, teams, leave, training.

use super::{Choice, choice};

/// True if a member of staff is at work.
pub const EMPLOYMENT_STATUSES: &[Choice] =
    &[choice("active", "Active"), choice("on_leave", "On leave"), choice("inactive", "Inactive")];

/// Kind of appointment of a member of staff.
pub const EMPLOYMENT_TYPES: &[Choice] = &[
    choice("regular", "Regular"),
    choice("contractual", "Contractual"),
    choice("consultant", "Consultant"),
    choice("volunteer", "Volunteer"),
];

/// Types of leave.
pub const LEAVE_TYPES: &[Choice] = &[
    choice("vacation", "Vacation"),
    choice("sick", "Sick"),
    choice("emergency", "Emergency"),
    choice("official", "Official business"),
];

/// Statuses of a request for leave.
pub const LEAVE_STATUSES: &[Choice] = &[
    choice("pending", "Pending"),
    choice("approved", "Approved"),
    choice("rejected", "Rejected"),
    choice("cancelled", "Cancelled"),
];

/// Delivery modes of a training.
pub const TRAINING_DELIVERY_MODES: &[Choice] =
    &[choice("in_person", "In person"), choice("virtual", "Virtual"), choice("hybrid", "Hybrid")];

/// Statuses of an enrolment in a training.
pub const TRAINING_STATUSES: &[Choice] = &[
    choice("planned", "Planned"),
    choice("ongoing", "Ongoing"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
];

/// Statuses of a development plan.
pub const DEVELOPMENT_PLAN_STATUSES: &[Choice] =
    &[choice("planned", "Planned"), choice("in_progress", "In progress"), choice("completed", "Completed")];

/// Subjects of a performance target.
pub const PERFORMANCE_SCOPES: &[Choice] = &[choice("staff", "Staff"), choice("team", "Team")];

/// Statuses of a performance target.
pub const PERFORMANCE_STATUSES: &[Choice] =
    &[choice("on_track", "On track"), choice("at_risk", "At risk"), choice("off_track", "Off track")];

/// Rights of an access token.
pub const TOKEN_SCOPES: &[Choice] = &[choice("write", "Read and write"), choice("read", "Read only")];
