//! Holidays, and by how much the Hijri months of the office differ from the computed ones.

use crate::accounts::Area;
use crate::choices::{HIJRI_MONTHS, HOLIDAY_SOURCES, HOLIDAY_TYPES};
use crate::registry::{DateRole, Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

/// By how many days a Hijri month may begin earlier or later than computed.
pub const MOST_DAYS: i64 = 2;

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "date", "end_date", errors);
}

/// A holiday.
pub static HOLIDAY: Kind = Kind {
    label: "Holiday",
    plural: "Holidays",
    icon: "party-popper",
    purpose: "Public holidays, calculated for each year and adjusted manually when proclaimed.",
    module: Module::Holidays,
    area: Area::Reference,
    title: "name",
    default_sort: "date",
    concerns: &["everyone"],
    rules,
    dates: &[DateRole::span("holiday", "", "date", "end_date")],
    fields: &[
        Field::new("name", "Name", Type::Text(200)).required().searchable().listed(),
        Field::new("date", "Date", Type::Date).required().listed(),
        Field::new("end_date", "Last day", Type::Date)
            .help("For holidays of several days. The last day is included.")
            .folded(),
        Field::new("holiday_type", "Type", Type::Choice(HOLIDAY_TYPES))
            .required()
            .initial(Initial::Text("special_non_working"))
            .listed()
            .filtered(),
        Field::new("is_estimated", "Subject to moon sighting", Type::Boolean)
            .initial(Initial::Boolean(false))
            .help("The date is calculated and may change by a day or two. Enter another date to fix it.")
            .listed()
            .filtered(),
        Field::new("source", "Source", Type::Choice(HOLIDAY_SOURCES)).derived().listed().filtered(),
        Field::new("notes", "Notes", Type::Multiline(2000)).help("For example, the proclamation number."),
        Field::new("key", "Key", Type::Text(60)).derived(),
    ],
    ..Kind::new("holiday", "holidays", "holidays")
};

/// By how many days a Hijri month, or all months of a year, begin later than computed.
pub static HIJRI_ADJUSTMENT: Kind = Kind {
    label: "Moon sighting",
    plural: "Moon sightings",
    icon: "moon",
    purpose: "Hijri months sighted earlier or later than calculated. Dates and Muslim holidays are recalculated.",
    module: Module::Holidays,
    area: Area::Reference,
    default_sort: "-created_at",
    concerns: &["everyone"],
    in_navigation: false,
    fields: &[
        Field::new("title", "Title", Type::Text(80)).derived().listed(),
        Field::new("year", "Hijri year", Type::Integer(1400, 1500)).required().listed().filtered(),
        Field::new("month", "Month", Type::Choice(HIJRI_MONTHS))
            .help("Leave empty for all other months of the year.")
            .listed()
            .filtered(),
        Field::new("days", "Days later than calculated", Type::Integer(-MOST_DAYS, MOST_DAYS))
            .required()
            .help("1 if the moon was seen a day later than expected, -1 if a day earlier.")
            .listed(),
        Field::new("notes", "Notes", Type::Multiline(2000)).help("For example, who announced it."),
    ],
    ..Kind::new("hijri_adjustment", "hijri-adjustments", "hijri_adjustments")
};
