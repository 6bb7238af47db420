//! Needs: what a community lacks, scored and carried to a PPA.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{FEASIBILITIES, NEED_STATUSES, SECTORS, URGENCY_LEVELS};
use crate::registry::{Field, FieldType as Type, Initial, Kind, Module};

/// A need of a community.
pub static NEED: Kind = Kind {
    label: "Need",
    plural: "Needs",
    icon: "hand-heart",
    purpose: "Needs of communities, scored by urgency, severity, feasibility and people affected.",
    module: Module::Mana,
    area: Area::Field,
    state: "status",
    all_requests: true,
    undecided: Some(("status", "identified")),
    default_sort: "-priority_score",
    concerns: &["community", "forwarded_to"],
    fields: &[
        Field::new("title", "Title", Type::Text(200)).required().searchable().listed(),
        Field::new("community", "Community", Type::Reference("community")).required().listed().filtered(),
        Field::new("sector", "Sector", Type::Choice(SECTORS)).listed().filtered(),
        Field::new("status", "Status", Type::Choice(NEED_STATUSES))
            .group(FieldGroup::Decision)
            .required()
            .initial(Initial::Text("identified"))
            .listed()
            .filtered(),
        Field::new("description", "Description", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
        Field::new("urgency_level", "Urgency", Type::Choice(URGENCY_LEVELS))
            .group(FieldGroup::Scoring)
            .listed()
            .filtered(),
        Field::new("impact_severity", "Severity", Type::Integer(1, 5))
            .group(FieldGroup::Scoring)
            .help("From 1 (slight) to 5 (very severe)."),
        Field::new("feasibility", "Feasibility", Type::Choice(FEASIBILITIES)).group(FieldGroup::Scoring),
        Field::new("affected_population", "People affected", Type::Integer(0, 10_000_000))
            .group(FieldGroup::Scoring)
            .listed(),
        Field::new("affected_households", "Households affected", Type::Integer(0, 10_000_000))
            .group(FieldGroup::Scoring)
            .folded(),
        Field::new("estimated_cost_centavos", "Estimated cost", Type::Money).listed(),
        Field::new("priority_score", "Score", Type::Integer(0, 100)).derived().listed(),
        Field::new("priority_rank", "Rank", Type::Integer(1, 100_000)).group(FieldGroup::Decision).folded(),
        Field::new("assessment", "Assessment", Type::Reference("assessment")).filtered(),
        Field::new("forwarded_to", "Forwarded to", Type::Reference("organization"))
            .group(FieldGroup::Decision)
            .folded(),
        Field::new("evidence_sources", "Evidence", Type::Multiline(5000))
            .group(FieldGroup::Reporting)
            .folded(),
        Field::new("validated_at", "Validated on", Type::Instant)
            .derived()
            .not_on_calendar("Date of a decision, not a plan."),
        Field::new("validated_by", "Validated by", Type::Reference("user")).derived(),
    ],
    ..Kind::new("need", "needs", "needs")
};
