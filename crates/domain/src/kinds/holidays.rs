//! Holidays, and adjustments of Hijri months.

use crate::accounts::Area;
use crate::choices::{HIJRI_MONTHS, HOLIDAY_SOURCES, HOLIDAY_TYPES};
use crate::registry::typed::fields;
use crate::registry::{Concern, DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    holiday {
        NAME: Text = "name",
        DATE: Date = "date",
        END_DATE: Date = "end_date",
        HOLIDAY_TYPE: Text = "holiday_type",
        IS_ESTIMATED: Flag = "is_estimated",
        SOURCE: Text = "source",
        NOTES: Text = "notes",
        KEY: Text = "key",
    }
}

fields! {
    hijri_adjustment
        [crate::registry::shared: TITLE]
    {
        YEAR: Integer = "year",
        MONTH: Text = "month",
        DAYS: Integer = "days",
        NOTES: Text = "notes",
    }
}

/// Largest adjustment of a Hijri month, in days, to either side.
pub const MOST_DAYS: i64 = 2;

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, holiday::DATE, holiday::END_DATE, errors);
}

/// A holiday.
pub static HOLIDAY: Kind = Kind {
    label: "Holiday",
    plural: "Holidays",
    icon: "party-popper",
    purpose: "Public holidays, calculated for each year and adjusted manually when proclaimed.",
    module: Module::Holidays,
    area: Area::Reference,
    title: holiday::NAME.name(),
    default_sort: "date",
    concerns: &[Concern::Everyone],
    rules,
    dates: &[DateRole::span("holiday", "", holiday::DATE.name(), holiday::END_DATE.name())],
    told_apart_by: &[holiday::DATE.name()],
    fields: &[
        holiday::NAME.field("Name", Type::Text(200)).required().searchable().listed(),
        holiday::DATE.field("Date", Type::Date).required().listed(),
        holiday::END_DATE
            .field("Last day", Type::Date)
            .help("For holidays of several days. The last day is included.")
            .folded(),
        holiday::HOLIDAY_TYPE
            .field("Type", Type::Choice(HOLIDAY_TYPES))
            .required()
            .initial(Initial::Text("special_non_working"))
            .listed()
            .filtered(),
        holiday::IS_ESTIMATED
            .field("Subject to moon sighting", Type::Boolean)
            .initial(Initial::Boolean(false))
            .help("The date is calculated and may change by a day or two. Enter another date to fix it.")
            .listed()
            .filtered(),
        holiday::SOURCE.field("Source", Type::Choice(HOLIDAY_SOURCES)).derived().listed().filtered(),
        holiday::NOTES.field("Notes", Type::Multiline(2000)).help("For example, the proclamation number."),
        holiday::KEY.field("Key", Type::Text(60)).derived(),
    ],
    ..Kind::new("holiday", "holidays", "holidays")
};

/// Adjustment of a Hijri month, or of all months of a year, in days.
pub static HIJRI_ADJUSTMENT: Kind = Kind {
    label: "Moon sighting",
    plural: "Moon sightings",
    icon: "moon",
    purpose: "Hijri months sighted earlier or later than calculated. Dates and Muslim holidays are recalculated.",
    module: Module::Holidays,
    area: Area::Reference,
    default_sort: "-created_at",
    concerns: &[Concern::Everyone],
    in_navigation: false,
    fields: &[
        hijri_adjustment::TITLE.field("Title", Type::Text(80)).derived().listed(),
        hijri_adjustment::YEAR.field("Hijri year", Type::Integer(1400, 1500)).required().listed().filtered(),
        hijri_adjustment::MONTH
            .field("Month", Type::Choice(HIJRI_MONTHS))
            .help("Leave empty for all other months of the year.")
            .listed()
            .filtered(),
        hijri_adjustment::DAYS
            .field("Days later than calculated", Type::Integer(-MOST_DAYS, MOST_DAYS))
            .required()
            .help("1 if the moon was seen a day later than expected, -1 if a day earlier.")
            .listed(),
        hijri_adjustment::NOTES.field("Notes", Type::Multiline(2000)).help("For example, who announced it."),
    ],
    ..Kind::new("hijri_adjustment", "hijri-adjustments", "hijri_adjustments")
};
