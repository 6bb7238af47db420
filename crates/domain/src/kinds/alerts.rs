//! Alerts: raised and resolved by the program, acknowledged or snoozed by people.

use crate::accounts::Area;
use crate::choices::{ALERT_SEVERITIES, ALERT_STATES, ALERT_TYPES};
use crate::registry::typed::fields;
use crate::registry::{FieldType as Type, Initial, Kind, Module};

fields! {
    alert
        [crate::registry::shared: TITLE]
    {
        ALERT_TYPE: Text = "alert_type",
        SEVERITY: Text = "severity",
        STATE: Text = "state",
        DESCRIPTION: Text = "description",
        KIND: Text = "kind",
        SUBJECT: Link = "subject",
        RAISED_ON: Date = "raised_on",
        SNOOZED_UNTIL: Date = "snoozed_until",
        ACKNOWLEDGED_BY: Reference = "acknowledged_by",
        ACKNOWLEDGED_AT: Instant = "acknowledged_at",
        NOTE: Text = "note",
        TASK: Reference = "task",
        RESOLVED_AT: Instant = "resolved_at",
    }
}

/// Kinds that an alert may be about.
pub const ALERT_SUBJECTS: &[&str] = &["need", "ppa", "project", "policy", "policy_milestone", "ceiling"];

/// An alert.
pub static ALERT: Kind = Kind {
    label: "Alert",
    plural: "Alerts",
    icon: "triangle-alert",
    purpose: "What is late, blocked, unfunded, over or under its budget. Alerts end by themselves when their cause does.",
    module: Module::Projects,
    area: Area::Oversight,
    state: alert::STATE.name(),
    alarming: &["active"],
    default_sort: "-severity",
    writable: false,
    // The menu has it among the pages of everybody.
    in_navigation: false,
    fields: &[
        alert::TITLE.field("Title", Type::Text(400)).derived().searchable().listed(),
        alert::SEVERITY.field("Severity", Type::Choice(ALERT_SEVERITIES)).derived().listed().filtered(),
        alert::ALERT_TYPE.field("Type", Type::Choice(ALERT_TYPES)).derived().filtered(),
        alert::STATE
            .field("State", Type::Choice(ALERT_STATES))
            .derived()
            .initial(Initial::Text("active"))
            .listed()
            .filtered(),
        alert::DESCRIPTION.field("Finding", Type::Text(1000)).derived().searchable().listed(),
        alert::RAISED_ON
            .field("Raised on", Type::Date)
            .derived()
            .listed()
            .filtered()
            .not_on_calendar("Past date."),
        alert::KIND.field("Kind of the record", Type::Text(40)).derived().filtered(),
        alert::SUBJECT.field("About", Type::Link(ALERT_SUBJECTS)).derived().filtered(),
        alert::SNOOZED_UNTIL
            .field("Snoozed until", Type::Date)
            .derived()
            .not_on_calendar("The alert comes back by itself on this day."),
        alert::ACKNOWLEDGED_BY.field("Acknowledged by", Type::Reference("user")).derived(),
        alert::ACKNOWLEDGED_AT
            .field("Acknowledged at", Type::Instant)
            .derived()
            .not_on_calendar("Past date."),
        alert::NOTE.field("Note", Type::Multiline(2000)).derived().searchable(),
        alert::TASK.field("Task", Type::Reference("task")).derived(),
        alert::RESOLVED_AT.field("Resolved at", Type::Instant).derived().not_on_calendar("Past date."),
    ],
    ..Kind::new("alert", "alerts", "alerts")
};
