//! Measurements of indicators: reported by one person, approved or returned by another.

use super::indicators::MEASURED;
use super::ppas::ppa;
use crate::accounts::{Area, FieldGroup};
use crate::choices::MEASUREMENT_STATUSES;
use crate::registry::typed::fields;
use crate::registry::{Concern, FieldError, FieldType as Type, Initial, Kind, Module, Record};
use crate::results::{Period, check_disaggregation};

fields! {
    measurement
        [crate::registry::shared: TITLE, STATUS]
    {
        INDICATOR: Reference = "indicator",
        PPA: Reference = "ppa",
        PERIOD: Text = "period",
        VALUE: Integer = "value",
        DISAGGREGATION: Structure = "disaggregation",
        NOTES: Text = "notes",
        REPORTED_BY: Reference = "reported_by",
        DECIDED_BY: Reference = "decided_by",
        DECIDED_AT: Instant = "decided_at",
        DECISION_NOTE: Text = "decision_note",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    let period = measurement::PERIOD.get(record);
    if !period.is_empty() && Period::parse(period).is_none() {
        errors.push(FieldError::new(
            measurement::PERIOD.name(),
            "format",
            "Must be a year, semester, quarter or month, such as 2026, 2026-S1, 2026-Q3 or 2026-09.",
        ));
    }
}

/// A measurement of an indicator.
pub static MEASUREMENT: Kind = Kind {
    label: "Measurement",
    plural: "Measurements",
    icon: "ruler",
    purpose: "Reported values of indicators, with their breakdown and evidence.",
    module: Module::Projects,
    area: Area::Programme,
    state: measurement::STATUS.name(),
    // Whoever sees the PPA may report, a focal person for the PPAs of the own body.
    all_requests: true,
    undecided: Some((measurement::STATUS.name(), "reported")),
    concerns: &[
        Concern::through(measurement::PPA, ppa::LEAD_ORGANIZATION),
        Concern::through(measurement::PPA, ppa::IMPLEMENTING_ORGANIZATION),
    ],
    rules,
    told_apart_by: &[measurement::INDICATOR.name(), measurement::PERIOD.name()],
    fields: &[
        measurement::TITLE.field("Title", Type::Text(600)).derived().searchable().listed(),
        measurement::INDICATOR
            .field("Indicator", Type::Reference("indicator"))
            .group(FieldGroup::Reporting)
            .required()
            .filtered(),
        measurement::PPA.field("PPA", Type::Reference("ppa")).derived().listed().filtered(),
        measurement::PERIOD
            .field("Period", Type::Text(10))
            .group(FieldGroup::Reporting)
            .help("A year, semester, quarter or month: 2026, 2026-S1, 2026-Q3, 2026-09.")
            .required()
            .listed()
            .filtered(),
        measurement::VALUE.field("Value", MEASURED).group(FieldGroup::Reporting).required().listed(),
        measurement::STATUS
            .field("Status", Type::Choice(MEASUREMENT_STATUSES))
            .derived()
            .initial(Initial::Text("reported"))
            .listed()
            .filtered(),
        measurement::DISAGGREGATION
            .field("Breakdown", Type::Structure(check_disaggregation))
            .group(FieldGroup::Reporting),
        measurement::NOTES.field("Notes", Type::Multiline(5000)).group(FieldGroup::Reporting).searchable(),
        measurement::REPORTED_BY.field("Reported by", Type::Reference("user")).derived(),
        measurement::DECIDED_BY.field("Decided by", Type::Reference("user")).derived(),
        measurement::DECIDED_AT
            .field("Decided on", Type::Instant)
            .derived()
            .not_on_calendar("Date of a decision, not a plan."),
        measurement::DECISION_NOTE.field("Note on the decision", Type::Multiline(2000)).derived(),
    ],
    has_attachments: true,
    ..Kind::new("measurement", "measurements", "measurements")
};
