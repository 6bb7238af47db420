//! Delegations: who decides approvals on behalf of an absent colleague.

use crate::accounts::Area;
use crate::registry::typed::fields;
use crate::registry::{FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    delegation
        [crate::registry::shared: TITLE]
    {
        DELEGATOR: Reference = "delegator",
        DELEGATE: Reference = "delegate",
        START_DATE: Date = "start_date",
        END_DATE: Date = "end_date",
        REASON: Text = "reason",
    }
}

/// Longest delegation in days: an absence, not a transfer of the office.
pub const MOST_DAYS: i32 = 366;

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, delegation::START_DATE, delegation::END_DATE, errors);
    if let (Some(start), Some(end)) = (delegation::START_DATE.get(record), delegation::END_DATE.get(record))
        && (end - start).get_days() > MOST_DAYS
    {
        let message = "A delegation lasts one year at most.";
        errors.push(FieldError::new(delegation::END_DATE.name(), "range", message));
    }
}

/// A delegation. Both people see it; the delegator and administrators change it.
pub static DELEGATION: Kind = Kind {
    label: "Delegation",
    plural: "Delegations",
    icon: "user-check",
    purpose: "Who decides budget approvals for you while you are away.",
    module: Module::Administration,
    area: Area::Personal,
    people: &[delegation::DELEGATOR.name(), delegation::DELEGATE.name()],
    default_sort: "-start_date",
    in_navigation: false,
    rules,
    fields: &[
        delegation::TITLE.field("Title", Type::Text(300)).derived().listed(),
        delegation::DELEGATE
            .field("Delegate", Type::Reference("user"))
            .required()
            .listed()
            .filtered()
            .help("Decides the approval stages of your roles during this time."),
        delegation::START_DATE
            .field("From", Type::Date)
            .required()
            .initial(Initial::Today)
            .listed()
            .not_on_calendar("Absence of a decider, shown with the approvals."),
        delegation::END_DATE
            .field("Until", Type::Date)
            .required()
            .listed()
            .not_on_calendar("Absence of a decider, shown with the approvals."),
        delegation::REASON.field("Reason", Type::Text(300)),
        delegation::DELEGATOR
            .field("Delegator", Type::Reference("user"))
            .listed()
            .filtered()
            .folded()
            .help("Leave empty for yourself. Administrators can delegate for an absent person."),
    ],
    ..Kind::new("delegation", "delegations", "delegations")
};
