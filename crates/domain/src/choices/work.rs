//! Work: tasks, resources, bookings, reminders.

use super::{Choice, choice};

/// Priorities, from low to critical.
pub const PRIORITIES: &[Choice] = &[
    choice("low", "Low"),
    choice("medium", "Medium"),
    choice("high", "High"),
    choice("critical", "Critical"),
];

/// State of a task.
pub const TASK_STATUSES: &[Choice] = &[
    choice("not_started", "Not started"),
    choice("in_progress", "In progress"),
    choice("on_hold", "On hold"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
];

/// Module a task belongs to.
pub const TASK_DOMAINS: &[Choice] = &[
    choice("general", "General"),
    choice("communities", "Communities"),
    choice("mana", "MANA"),
    choice("coordination", "Coordination"),
    choice("monitoring", "Monitoring and evaluation"),
    choice("policy", "Policy"),
    choice("services", "Services"),
    choice("municipal", "Municipal profiles"),
    choice("data", "Data management"),
    choice("ai", "AI"),
    choice("project_central", "Projects"),
];

/// Places of a new card in its column.
pub const CARD_PLACES: &[Choice] = &[choice("first", "First"), choice("last", "Last")];

/// States of a step of a checklist.
pub const CHECKLIST_STATES: &[Choice] = &[choice("open", "Open"), choice("done", "Done")];

/// Effect on the successors of a task that moves.
pub const SUCCESSOR_MOVES: &[Choice] = &[
    choice("preview", "Show which would move"),
    choice("move", "Move with it"),
    choice("keep", "Leave them"),
];

/// Phase of its origin a task belongs to, over all domains.
pub const TASK_PHASES: &[Choice] = &[
    choice("planning", "Planning"),
    choice("data_collection", "Data collection"),
    choice("analysis", "Analysis"),
    choice("report_writing", "Report writing"),
    choice("drafting", "Drafting"),
    choice("evidence_collection", "Evidence collection"),
    choice("review", "Review"),
    choice("consultation", "Consultation"),
    choice("submission", "Submission"),
    choice("implementation", "Implementation"),
    choice("monitoring", "Monitoring"),
    choice("setup", "Setup"),
    choice("application_review", "Application review"),
    choice("delivery", "Delivery"),
    choice("followup", "Follow-up"),
    choice("reporting", "Reporting"),
    choice("lead", "Lead"),
    choice("contributor", "Contributor"),
    choice("reviewer", "Reviewer"),
    choice("approver", "Approver"),
    choice("monitor", "Monitor"),
];

/// Anchors of a generated task.
pub const ANCHORS: &[Choice] = &[choice("start", "Start"), choice("end", "End")];

/// Rules for due dates of generated tasks on weekends and holidays.
pub const DUE_RULES: &[Choice] = &[
    choice("away", "Preparation earlier, follow-up later"),
    choice("before", "Working day before"),
    choice("after", "Working day after"),
    choice("exact", "Exact date"),
];

/// Assignee rules of a generated task.
pub const ASSIGNEE_RULES: &[Choice] = &[
    choice("creator", "Creator of the origin"),
    choice("lead", "Lead of the origin"),
    choice("organizer", "Organizer of the event"),
    choice("team", "Team of the domain"),
];

/// Types of a resource.
pub const RESOURCE_TYPES: &[Choice] = &[
    choice("vehicle", "Vehicle"),
    choice("equipment", "Equipment"),
    choice("room", "Room"),
    choice("facilitator", "Facilitator"),
];

/// Statuses of a booking; pending and approved ones block the resource.
pub const BOOKING_STATUSES: &[Choice] = &[
    choice("pending", "Pending"),
    choice("approved", "Approved"),
    choice("rejected", "Rejected"),
    choice("cancelled", "Cancelled"),
];

/// Channels of a reminder.
pub const REMINDER_CHANNELS: &[Choice] = &[choice("in_app", "In the program"), choice("email", "E-mail")];

/// Types of a notification.
pub const NOTIFICATION_TYPES: &[Choice] = &[
    choice("invitation", "Invitation"),
    choice("reminder", "Reminder"),
    choice("update", "Update"),
    choice("cancellation", "Cancellation"),
    choice("rsvp_request", "Request to answer"),
];

/// Properties by which the task board is grouped.
pub const TASK_GROUPS: &[Choice] = &[
    choice("status", "Status"),
    choice("priority", "Priority"),
    choice("domain", "Domain"),
    choice("assignee", "Assignee"),
    choice("phase", "Phase"),
    choice("origin", "Belongs to"),
];

/// Decisions on a booking.
pub const BOOKING_DECISIONS: &[Choice] =
    &[choice("approve", "Approve"), choice("reject", "Reject"), choice("cancel", "Cancel")];
