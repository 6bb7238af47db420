//! Strategic goals, which PPAs serve.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{GOAL_STATUSES, PRIORITIES, SECTORS};
use crate::registry::typed::fields;
use crate::registry::{
    Calculated, CalculatedForm, FieldError, FieldType as Type, Initial, Kind, Module, Record,
};

fields! {
    goal
        [crate::registry::shared: TITLE, STATUS, PRIORITY]
    {
        SECTOR: Text = "sector",
        START_YEAR: Integer = "start_year",
        TARGET_YEAR: Integer = "target_year",
        MEASURE: Text = "measure",
        DESCRIPTION: Text = "description",
        POLICIES: References = "policies",
        ORGANIZATIONS: References = "organizations",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    if let (Some(start), Some(target)) = (goal::START_YEAR.get(record), goal::TARGET_YEAR.get(record))
        && target < start
    {
        let message = "Must not be before the first year.";
        errors.push(FieldError::new(goal::TARGET_YEAR.name(), "order", message));
    }
}

const fn figure(name: &'static str, label: &'static str, form: CalculatedForm) -> Calculated {
    Calculated { name, label, after: goal::STATUS.name(), form }
}

/// A strategic goal.
pub static GOAL: Kind = Kind {
    label: "Strategic goal",
    plural: "Strategic goals",
    icon: "goal",
    purpose: "What the office wants to reach in some years, with the PPAs that serve it, their money and their progress.",
    module: Module::Projects,
    area: Area::Programme,
    state: goal::STATUS.name(),
    default_sort: "target_year",
    rules,
    told_apart_by: &[goal::SECTOR.name(), goal::TARGET_YEAR.name()],
    calculated: &[
        figure("ppas", "PPAs", CalculatedForm::Whole),
        figure("budget_centavos", "Budget", CalculatedForm::Money),
        figure("average_progress", "Average progress", CalculatedForm::Share),
    ],
    fields: &[
        goal::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        goal::SECTOR.field("Sector", Type::Choice(SECTORS)).listed().filtered(),
        goal::PRIORITY
            .field("Priority", Type::Choice(PRIORITIES))
            .group(FieldGroup::Planning)
            .required()
            .initial(Initial::Text("medium"))
            .filtered(),
        goal::STATUS
            .field("Status", Type::Choice(GOAL_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .listed()
            .filtered(),
        goal::START_YEAR.field("First year", Type::Integer(2000, 2100)),
        goal::TARGET_YEAR.field("Target year", Type::Integer(2000, 2100)).listed().filtered(),
        goal::MEASURE
            .field("Measure", Type::Text(500))
            .help("How one sees that it is reached, such as: safe water in 90 % of the communities.")
            .searchable(),
        goal::DESCRIPTION.field("Description", Type::Multiline(10_000)).searchable(),
        goal::POLICIES.field("Policies", Type::References("policy")),
        goal::ORGANIZATIONS.field("Organizations", Type::References("organization")),
    ],
    ..Kind::new("goal", "goals", "goals")
};
