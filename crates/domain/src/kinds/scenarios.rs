//! Budget scenarios: an envelope of a fiscal year, distributed over PPAs that are not enacted yet.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{SCENARIO_RULES, SCENARIO_STATUSES};
use crate::money::scenarios::{read_allocations, read_shares};
use crate::registry::typed::fields;
use crate::registry::{FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    scenario
        [crate::registry::shared: STATUS]
    {
        NAME: Text = "name",
        FISCAL_YEAR: Integer = "fiscal_year",
        ENVELOPE_CENTAVOS: Integer = "envelope_centavos",
        ALLOCATED_CENTAVOS: Integer = "allocated_centavos",
        FUNDED: Integer = "funded",
        NOTES: Text = "notes",
        RULE: Text = "rule",
        SCORE_WEIGHT: Integer = "score_weight",
        EQUITY_WEIGHT: Integer = "equity_weight",
        MINIMUM_SHARES: Structure = "minimum_shares",
        ALLOCATIONS: Structure = "allocations",
        ADOPTED_ON: Date = "adopted_on",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    if scenario::ENVELOPE_CENTAVOS.get(record).is_some_and(|amount| amount <= 0) {
        let message = "The envelope must be above zero.";
        errors.push(FieldError::new(scenario::ENVELOPE_CENTAVOS.name(), "range", message));
    }
}

/// A budget scenario.
pub static SCENARIO: Kind = Kind {
    label: "Scenario",
    plural: "Scenarios",
    icon: "split",
    purpose: "Budget envelopes distributed over candidate PPAs under ceilings, compared and adopted.",
    module: Module::Projects,
    area: Area::Money,
    title: scenario::NAME.name(),
    state: scenario::STATUS.name(),
    default_sort: "-fiscal_year",
    rules,
    told_apart_by: &[scenario::FISCAL_YEAR.name()],
    fields: &[
        scenario::NAME.field("Name", Type::Text(200)).required().searchable().listed(),
        scenario::FISCAL_YEAR.field("Fiscal year", Type::Integer(2000, 2100)).required().listed().filtered(),
        scenario::ENVELOPE_CENTAVOS.field("Envelope", Type::Money).required().listed(),
        scenario::STATUS
            .field("Status", Type::Choice(SCENARIO_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .listed()
            .filtered(),
        scenario::NOTES.field("Notes", Type::Multiline(4000)).group(FieldGroup::Planning).searchable(),
        scenario::ALLOCATED_CENTAVOS.field("Allocated", Type::Money).derived().listed(),
        scenario::FUNDED.field("Funded PPAs", Type::Integer(0, 5_000)).derived().listed(),
        scenario::RULE.field("Rule", Type::Choice(SCENARIO_RULES)).derived(),
        scenario::SCORE_WEIGHT.field("Weight of the score", Type::Integer(0, 100)).derived(),
        scenario::EQUITY_WEIGHT.field("Weight of equity", Type::Integer(0, 100)).derived(),
        // Written only by the program; the operations on allocations show both.
        scenario::MINIMUM_SHARES
            .field("Minimum shares", Type::Structure(|json| read_shares(json).map(|_| ())))
            .secret(),
        scenario::ALLOCATIONS
            .field("Allocations", Type::Structure(|json| read_allocations(json).map(|_| ())))
            .secret(),
        scenario::ADOPTED_ON.field("Adopted on", Type::Date).derived().not_on_calendar("Past date."),
    ],
    ..Kind::new("scenario", "scenarios", "scenarios")
};
