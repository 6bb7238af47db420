//! Coordination: events, engagements, partnerships, organizations.

use super::{Choice, choice};

/// Types of an event, which decide which tasks are generated.
pub const EVENT_TYPES: &[Choice] = &[
    choice("meeting", "Meeting"),
    choice("consultation", "Consultation"),
    choice("courtesy_call", "Courtesy call"),
    choice("workshop", "Workshop"),
    choice("forum", "Forum"),
    choice("conference", "Conference"),
    choice("seminar", "Seminar"),
    choice("field_visit", "Field visit"),
    choice("assessment", "Assessment"),
    choice("validation", "Validation"),
    choice("orientation", "Orientation"),
    choice("briefing", "Briefing"),
    choice("planning", "Planning"),
    choice("review", "Review"),
    choice("other", "Other"),
];

/// Statuses of an event.
pub const EVENT_STATUSES: &[Choice] = &[
    choice("draft", "Draft"),
    choice("planned", "Planned"),
    choice("scheduled", "Scheduled"),
    choice("confirmed", "Confirmed"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
    choice("postponed", "Postponed"),
    choice("rescheduled", "Rescheduled"),
];

/// Quarter of a year.
pub const QUARTERS: &[Choice] = &[
    choice("Q1", "First quarter"),
    choice("Q2", "Second quarter"),
    choice("Q3", "Third quarter"),
    choice("Q4", "Fourth quarter"),
];

/// Origins of a participant of an event.
pub const PARTICIPANT_TYPES: &[Choice] = &[
    choice("internal", "Internal"),
    choice("stakeholder", "Stakeholder"),
    choice("organization", "Organization"),
    choice("guest", "Guest"),
    choice("facilitator", "Facilitator"),
    choice("observer", "Observer"),
];

/// Roles of a participant at an event.
pub const PARTICIPATION_ROLES: &[Choice] = &[
    choice("organizer", "Organizer"),
    choice("facilitator", "Facilitator"),
    choice("presenter", "Presenter"),
    choice("participant", "Participant"),
    choice("observer", "Observer"),
    choice("resource_person", "Resource person"),
    choice("interpreter", "Interpreter"),
    choice("documentor", "Documenter"),
];

/// Statuses of an invitation.
pub const INVITATION_STATUSES: &[Choice] = &[
    choice("not_sent", "Not sent"),
    choice("sent", "Sent"),
    choice("delivered", "Delivered"),
    choice("opened", "Opened"),
    choice("bounced", "Bounced"),
];

/// Methods of sending an invitation.
pub const INVITATION_METHODS: &[Choice] = &[
    choice("email", "E-mail"),
    choice("phone", "Phone"),
    choice("letter", "Letter"),
    choice("in_person", "In person"),
    choice("other", "Other"),
];

/// Answers to an invitation.
pub const RSVP_STATUSES: &[Choice] = &[
    choice("invited", "Invited"),
    choice("going", "Going"),
    choice("maybe", "Maybe"),
    choice("declined", "Declined"),
];

/// Attendance at an event.
pub const ATTENDANCE_STATUSES: &[Choice] = &[
    choice("not_checked_in", "Not checked in"),
    choice("checked_in", "Checked in"),
    choice("checked_out", "Checked out"),
    choice("absent", "Absent"),
];

/// Methods of check-in.
pub const CHECK_IN_METHODS: &[Choice] =
    &[choice("manual", "Manual"), choice("qr_code", "QR code"), choice("nfc", "NFC")];

/// Statuses of an action item.
pub const ACTION_ITEM_STATUSES: &[Choice] = &[
    choice("pending", "Pending"),
    choice("in_progress", "In progress"),
    choice("on_hold", "On hold"),
    choice("completed", "Completed"),
    choice("cancelled", "Cancelled"),
    choice("overdue", "Overdue"),
];

/// Types of a stakeholder engagement.
pub const ENGAGEMENT_TYPES: &[Choice] = &[
    choice("consultation", "Consultation"),
    choice("meeting", "Meeting"),
    choice("workshop", "Workshop"),
    choice("focus_group", "Focus group"),
    choice("interview", "Interview"),
    choice("survey", "Survey"),
    choice("courtesy_call", "Courtesy call"),
    choice("field_visit", "Field visit"),
    choice("community_assembly", "Community assembly"),
    choice("validation", "Validation"),
];

/// Statuses of an engagement.
pub const ENGAGEMENT_STATUSES: &[Choice] = &[
    choice("planned", "Planned"),
    choice("scheduled", "Scheduled"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("postponed", "Postponed"),
    choice("cancelled", "Cancelled"),
];

/// Degrees of participation of stakeholders.
pub const PARTICIPATION_LEVELS: &[Choice] = &[
    choice("inform", "Inform"),
    choice("consult", "Consult"),
    choice("involve", "Involve"),
    choice("collaborate", "Collaborate"),
    choice("empower", "Empower"),
];

/// Legal form of a partnership.
pub const PARTNERSHIP_TYPES: &[Choice] = &[
    choice("moa", "Memorandum of agreement"),
    choice("mou", "Memorandum of understanding"),
    choice("contract", "Contract"),
    choice("grant_agreement", "Grant agreement"),
    choice("cooperation_agreement", "Cooperation agreement"),
    choice("joint_venture", "Joint venture"),
    choice("consortium", "Consortium"),
    choice("informal", "Informal agreement"),
    choice("other", "Other"),
];

/// Statuses of a partnership.
pub const PARTNERSHIP_STATUSES: &[Choice] = &[
    choice("concept", "Concept"),
    choice("draft", "Draft"),
    choice("review", "Review"),
    choice("negotiation", "Negotiation"),
    choice("pending_approval", "Pending approval"),
    choice("pending_signature", "Pending signature"),
    choice("active", "Active"),
    choice("completed", "Completed"),
    choice("terminated", "Terminated"),
    choice("expired", "Expired"),
    choice("suspended", "Suspended"),
    choice("cancelled", "Cancelled"),
];

/// Statuses of a milestone of a partnership.
pub const MILESTONE_STATUSES: &[Choice] = &[
    choice("planned", "Planned"),
    choice("in_progress", "In progress"),
    choice("completed", "Completed"),
    choice("delayed", "Delayed"),
    choice("on_hold", "On hold"),
    choice("cancelled", "Cancelled"),
    choice("overdue", "Overdue"),
];

/// Types of an organization.
pub const ORGANIZATION_TYPES: &[Choice] = &[
    choice("bmoa", "BARMM ministry, office or agency"),
    choice("lgu", "Local government unit"),
    choice("nga", "National government agency"),
    choice("ingo", "International non-governmental organization"),
    choice("ngo", "Non-governmental organization"),
    choice("cso", "Civil society organization"),
    choice("academic", "Academic institution"),
    choice("religious", "Religious organization"),
    choice("private", "Private company"),
    choice("media", "Media"),
    choice("donor", "Donor"),
    choice("tribal", "Tribal or indigenous organization"),
    choice("other", "Other"),
];

/// Roles of an organization for the office.
pub const PARTNERSHIP_LEVELS: &[Choice] = &[
    choice("implementing", "Implementing partner"),
    choice("funding", "Funding partner"),
    choice("technical", "Technical partner"),
    choice("coordinating", "Coordinating body"),
    choice("beneficiary", "Beneficiary"),
    choice("observer", "Observer"),
    choice("other", "Other"),
];

/// Statuses of the cooperation with an organization.
pub const ORGANIZATION_STATUSES: &[Choice] = &[
    choice("active", "Active"),
    choice("inactive", "Inactive"),
    choice("suspended", "Suspended"),
    choice("terminated", "Terminated"),
];

/// Frequencies of meetings with an organization.
pub const ENGAGEMENT_FREQUENCIES: &[Choice] = &[
    choice("daily", "Daily"),
    choice("weekly", "Weekly"),
    choice("monthly", "Monthly"),
    choice("quarterly", "Quarterly"),
    choice("annually", "Annually"),
    choice("as_needed", "As needed"),
];

/// Statuses of a quarterly report.
pub const QUARTERLY_REPORT_STATUSES: &[Choice] = &[
    choice("expected", "Expected"),
    choice("draft", "Draft"),
    choice("submitted", "Submitted"),
    choice("accepted", "Accepted"),
    choice("returned", "Returned"),
];

/// Results of the last fetch of an external calendar.
pub const FETCH_STATUSES: &[Choice] = &[
    choice("waiting", "Not fetched yet"),
    choice("current", "Up to date"),
    choice("failed", "Failed"),
    choice("file", "From a file"),
    choice("reading", "Importing"),
];

/// Statuses of an external event.
pub const EXTERNAL_EVENT_STATUSES: &[Choice] =
    &[choice("tentative", "Tentative"), choice("confirmed", "Confirmed"), choice("cancelled", "Cancelled")];
