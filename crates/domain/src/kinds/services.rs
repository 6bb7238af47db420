//! Service offerings of ministries and the applications for them.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{APPLICATION_STATUSES, ELIGIBILITY_LEVELS, SERVICE_STATUSES, SERVICE_TYPES};
use crate::registry::{DateRole, Field, FieldError, FieldType as Type, Initial, Kind, Module, Record};

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, "application_start_date", "application_deadline", errors);
    super::in_order(record, "service_start_date", "service_end_date", errors);
}

/// A service that communities can apply for.
pub static SERVICE: Kind = Kind {
    label: "Service",
    plural: "Services",
    icon: "life-buoy",
    purpose: "Services of ministries and agencies for communities, with application periods.",
    module: Module::Services,
    area: Area::Programme,
    state: "status",
    people: &["focal_person"],
    concerns: &["offering_organization"],
    rules,
    dates: &[
        DateRole::day("service_application_start", "Applications open", "application_start_date"),
        DateRole::day("service_application_deadline", "Applications close", "application_deadline"),
        DateRole::span("service", "", "service_start_date", "service_end_date"),
    ],
    fields: &[
        Field::new("title", "Title", Type::Text(255)).required().searchable().listed(),
        Field::new("service_type", "Type", Type::Choice(SERVICE_TYPES)).listed().filtered(),
        Field::new("status", "Status", Type::Choice(SERVICE_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .listed()
            .filtered(),
        Field::new("offering_organization", "Offered by", Type::Reference("organization"))
            .listed()
            .filtered(),
        Field::new("focal_person", "Focal person", Type::Reference("user")).initial(Initial::Actor),
        Field::new("eligibility_level", "For", Type::Choice(ELIGIBILITY_LEVELS)).filtered(),
        Field::new("application_start_date", "Applications open", Type::Date),
        Field::new("application_deadline", "Applications close", Type::Date).listed(),
        Field::new("service_start_date", "Service starts", Type::Date).folded(),
        Field::new("service_end_date", "Service ends", Type::Date).folded(),
        Field::new("total_slots", "Slots", Type::Integer(0, 1_000_000)).group(FieldGroup::Money).listed(),
        Field::new("budget_centavos", "Budget", Type::Money).folded(),
        Field::new("description", "Description", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
        Field::new("eligibility_criteria", "Eligibility", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .folded(),
        Field::new("ppas", "Related PPAs", Type::References("ppa")).folded(),
    ],
    ..Kind::new("service", "services", "services")
};

/// An application for a service.
pub static APPLICATION: Kind = Kind {
    label: "Application",
    plural: "Applications",
    icon: "inbox",
    purpose: "Applications of people and communities for a service.",
    module: Module::Services,
    area: Area::Programme,
    title: "applicant_name",
    state: "status",
    all_requests: true,
    people: &["reviewer"],
    decisions: &[
        "under_review",
        "additional_info_required",
        "approved",
        "rejected",
        "waitlisted",
        "in_progress",
        "completed",
    ],
    concerns: &["community", "service.offering_organization"],
    fields: &[
        Field::new("applicant_name", "Applicant", Type::Text(255)).required().searchable().listed(),
        Field::new("service", "Service", Type::Reference("service")).required().listed().filtered(),
        Field::new("status", "Status", Type::Choice(APPLICATION_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .help("Review tasks are generated on submission.")
            .listed()
            .filtered(),
        Field::new("community", "Community", Type::Reference("community")).listed().filtered(),
        Field::new("reviewer", "Reviewer", Type::Reference("user")).filtered(),
        Field::new("requested_amount_centavos", "Requested amount", Type::Money).listed(),
        Field::new("beneficiary_count", "Beneficiaries", Type::Integer(0, 1_000_000)),
        Field::new("submitted_on", "Submitted on", Type::Date)
            .derived()
            .not_on_calendar("Past date; the review task is on the calendar."),
        Field::new("details", "Details", Type::Multiline(10_000)).group(FieldGroup::Reporting).searchable(),
    ],
    ..Kind::new("application", "applications", "applications")
};
