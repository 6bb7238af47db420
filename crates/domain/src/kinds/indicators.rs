//! Indicators of the results framework of a PPA.

use super::ppas::ppa;
use crate::accounts::{Area, FieldGroup};
use crate::choices::{COMBINATIONS, INDICATOR_KINDS};
use crate::registry::typed::fields;
use crate::registry::{Calculated, CalculatedForm, Concern, FieldType as Type, Initial, Kind, Module};
use crate::results::{LARGEST, check_targets};

fields! {
    indicator
        [crate::registry::shared: TITLE]
    {
        PPA: Reference = "ppa",
        KIND: Text = "kind",
        UNIT: Text = "unit",
        BASELINE: Integer = "baseline",
        TARGETS: Structure = "targets",
        TARGET_NOTE: Text = "target_note",
        COMBINES: Text = "combines",
        DEFINITION: Text = "definition",
        SOURCE: Text = "source",
    }
}

/// Bounds of a measured value.
pub(super) const MEASURED: Type = Type::Decimal(-LARGEST, LARGEST);

const fn figure(name: &'static str, label: &'static str, form: CalculatedForm) -> Calculated {
    Calculated { name, label, after: indicator::UNIT.name(), form }
}

/// An indicator of a PPA.
pub static INDICATOR: Kind = Kind {
    label: "Indicator",
    plural: "Indicators",
    icon: "target",
    purpose: "What PPAs are to achieve: outputs, outcomes and impacts with baseline, targets and measurements.",
    module: Module::Projects,
    area: Area::Programme,
    concerns: &[
        Concern::through(indicator::PPA, ppa::LEAD_ORGANIZATION),
        Concern::through(indicator::PPA, ppa::IMPLEMENTING_ORGANIZATION),
    ],
    default_sort: "title",
    told_apart_by: &[indicator::PPA.name(), indicator::KIND.name()],
    calculated: &[
        figure("target", "Target", CalculatedForm::Decimal),
        figure("actual", "Actual", CalculatedForm::Decimal),
        figure("achievement", "Achieved, %", CalculatedForm::Share),
    ],
    fields: &[
        indicator::TITLE.field("Title", Type::Text(500)).required().searchable().listed(),
        indicator::PPA.field("PPA", Type::Reference("ppa")).required().listed().filtered(),
        indicator::KIND.field("Level", Type::Choice(INDICATOR_KINDS)).required().filtered(),
        indicator::UNIT.field("Unit", Type::Text(100)).help("Such as %, persons or hectares.").listed(),
        indicator::BASELINE
            .field("Baseline", MEASURED)
            .help("Value before the PPA. Achievement is then the way from the baseline to the target."),
        indicator::TARGETS
            .field("Targets", Type::Structure(check_targets))
            .help("Periods are years, semesters, quarters or months: 2026, 2026-S1, 2026-Q3, 2026-09."),
        indicator::TARGET_NOTE
            .field("Target in words", Type::Text(500))
            .help("For a target that is no number.")
            .searchable(),
        indicator::COMBINES
            .field("Several measurements", Type::Choice(COMBINATIONS))
            .help("How those within the period of a target are combined.")
            .required()
            .initial(Initial::Text("latest"))
            .filtered(),
        indicator::DEFINITION
            .field("Definition", Type::Multiline(5000))
            .group(FieldGroup::Reporting)
            .searchable()
            .folded(),
        indicator::SOURCE
            .field("Means of verification", Type::Text(500))
            .group(FieldGroup::Reporting)
            .searchable()
            .folded(),
    ],
    ..Kind::new("indicator", "indicators", "indicators")
};
