//! Budget ceilings by fiscal year, sector and funding source.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{self, CEILING_ENFORCEMENT, FUNDING_SOURCES, SECTORS};
use crate::registry::typed::fields;
use crate::registry::{Calculated, CalculatedForm, FieldType as Type, Initial, Kind, Module, Total};

fields! {
    ceiling
        [crate::registry::shared: TITLE]
    {
        FISCAL_YEAR: Integer = "fiscal_year",
        SECTOR: Text = "sector",
        FUNDING_SOURCE: Text = "funding_source",
        AMOUNT_CENTAVOS: Integer = "amount_centavos",
        ENFORCEMENT: Text = "enforcement",
        NOTES: Text = "notes",
        DUPLICATE: Integer = "duplicate",
    }
}

/// Returns the title of the ceiling of a sector and a source in a year; empty parts mean all.
#[must_use]
pub fn ceiling_title(year: i64, sector: &str, source: &str) -> String {
    let part = |text: &str, all: &str, list| {
        if text.is_empty() { all.to_owned() } else { choices::label(list, text).to_owned() }
    };
    format!(
        "{year}: {}, {}",
        part(sector, "all sectors", SECTORS),
        part(source, "all sources", FUNDING_SOURCES)
    )
}

const fn taken(name: &'static str, label: &'static str, form: CalculatedForm) -> Calculated {
    Calculated { name, label, after: ceiling::AMOUNT_CENTAVOS.name(), form }
}

/// A budget ceiling.
pub static CEILING: Kind = Kind {
    label: "Ceiling",
    plural: "Ceilings",
    icon: "gauge",
    purpose: "Upper limits of budgets by fiscal year, sector and funding source.",
    module: Module::Projects,
    area: Area::Money,
    default_sort: "-fiscal_year",
    calculated: &[
        taken("committed_centavos", "Committed", CalculatedForm::Money),
        taken("waiting_centavos", "In budget review", CalculatedForm::Money),
        taken("remaining_centavos", "Remaining", CalculatedForm::Money),
        taken("committed_percent", "Used, %", CalculatedForm::Whole),
    ],
    fields: &[
        ceiling::TITLE.field("Title", Type::Text(200)).derived().searchable().listed(),
        // The title has year, sector and source.
        ceiling::FISCAL_YEAR.field("Fiscal year", Type::Integer(2000, 2100)).required().filtered(),
        ceiling::SECTOR
            .field("Sector", Type::Choice(SECTORS))
            .help("Leave empty for all sectors.")
            .filtered(),
        ceiling::FUNDING_SOURCE
            .field("Funding source", Type::Choice(FUNDING_SOURCES))
            .help("Leave empty for all sources.")
            .filtered(),
        ceiling::AMOUNT_CENTAVOS
            .field("Amount", Type::Money)
            .required()
            .listed()
            // Ceilings of a year contain those of its sectors and sources.
            .total(Total::Never),
        ceiling::ENFORCEMENT
            .field("Enforcement", Type::Choice(CEILING_ENFORCEMENT))
            .required()
            .initial(Initial::Text("hard"))
            .listed()
            .filtered(),
        ceiling::NOTES.field("Notes", Type::Multiline(2000)).group(FieldGroup::Planning),
        // Number of a ceiling that had the same year, sector and source as an older one before that was impossible.
        // Part of the unique index; set only by the migration.
        ceiling::DUPLICATE.field("Duplicate", Type::Integer(1, 1_000_000)).secret(),
    ],
    ..Kind::new("ceiling", "ceilings", "ceilings")
};
