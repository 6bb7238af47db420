//! Needs: deficits of a community, scored and answered by a PPA.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{FEASIBILITIES, NEED_STATUSES, SECTORS, URGENCY_LEVELS};
use crate::registry::typed::fields;
use crate::registry::{Concern, FieldType as Type, Initial, Kind, Module, Total};

fields! {
    need
        [crate::registry::shared: TITLE, STATUS]
    {
        COMMUNITY: Reference = "community",
        SECTOR: Text = "sector",
        DESCRIPTION: Text = "description",
        URGENCY_LEVEL: Text = "urgency_level",
        IMPACT_SEVERITY: Integer = "impact_severity",
        FEASIBILITY: Text = "feasibility",
        AFFECTED_POPULATION: Integer = "affected_population",
        AFFECTED_HOUSEHOLDS: Integer = "affected_households",
        ESTIMATED_COST_CENTAVOS: Integer = "estimated_cost_centavos",
        PRIORITY_SCORE: Integer = "priority_score",
        PRIORITY_RANK: Integer = "priority_rank",
        ASSESSMENT: Reference = "assessment",
        FORWARDED_TO: Reference = "forwarded_to",
        EVIDENCE_SOURCES: Text = "evidence_sources",
        VALIDATED_AT: Instant = "validated_at",
        VALIDATED_BY: Reference = "validated_by",
    }
}

/// A need of a community.
pub static NEED: Kind = Kind {
    label: "Need",
    plural: "Needs",
    icon: "hand-heart",
    purpose: "Needs of communities, scored by urgency, severity, feasibility and people affected.",
    module: Module::Mana,
    area: Area::Field,
    state: need::STATUS.name(),
    all_requests: true,
    undecided: Some((need::STATUS.name(), "identified")),
    default_sort: "-priority_score",
    concerns: &[Concern::field(need::COMMUNITY), Concern::field(need::FORWARDED_TO)],
    told_apart_by: &[need::COMMUNITY.name()],
    fields: &[
        need::TITLE.field("Title", Type::Text(200)).required().searchable().listed(),
        need::COMMUNITY.field("Community", Type::Reference("community")).required().listed().filtered(),
        need::SECTOR.field("Sector", Type::Choice(SECTORS)).filtered(),
        need::STATUS
            .field("Status", Type::Choice(NEED_STATUSES))
            .group(FieldGroup::Decision)
            .required()
            .initial(Initial::Text("identified"))
            .listed()
            .filtered(),
        need::DESCRIPTION
            .field("Description", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
        need::URGENCY_LEVEL
            .field("Urgency", Type::Choice(URGENCY_LEVELS))
            .group(FieldGroup::Scoring)
            .listed()
            .filtered(),
        need::IMPACT_SEVERITY
            .field("Severity", Type::Integer(1, 5))
            .group(FieldGroup::Scoring)
            .help("From 1 (slight) to 5 (very severe)."),
        need::FEASIBILITY.field("Feasibility", Type::Choice(FEASIBILITIES)).group(FieldGroup::Scoring),
        need::AFFECTED_POPULATION
            .field("People affected", Type::Integer(0, 10_000_000))
            .total(Total::Sum)
            .group(FieldGroup::Scoring),
        need::AFFECTED_HOUSEHOLDS
            .field("Households affected", Type::Integer(0, 10_000_000))
            .total(Total::Sum)
            .group(FieldGroup::Scoring)
            .folded(),
        need::ESTIMATED_COST_CENTAVOS.field("Estimated cost", Type::Money).listed(),
        need::PRIORITY_SCORE.field("Score", Type::Integer(0, 100)).derived().listed(),
        need::PRIORITY_RANK.field("Rank", Type::Integer(1, 100_000)).group(FieldGroup::Decision).folded(),
        need::ASSESSMENT.field("Assessment", Type::Reference("assessment")).filtered(),
        need::FORWARDED_TO
            .field("Forwarded to", Type::Reference("organization"))
            .group(FieldGroup::Decision)
            .folded(),
        need::EVIDENCE_SOURCES.field("Evidence", Type::Multiline(5000)).group(FieldGroup::Reporting).folded(),
        need::VALIDATED_AT
            .field("Validated on", Type::Instant)
            .derived()
            .not_on_calendar("Date of a decision, not a plan."),
        need::VALIDATED_BY.field("Validated by", Type::Reference("user")).derived(),
    ],
    ..Kind::new("need", "needs", "needs")
};
