//! Service offerings of ministries and the applications for them.

use crate::accounts::{Area, FieldGroup};
use crate::choices::{APPLICATION_STATUSES, ELIGIBILITY_LEVELS, SERVICE_STATUSES, SERVICE_TYPES};
use crate::registry::typed::fields;
use crate::registry::{
    Concern, DateRole, FieldError, FieldType as Type, Initial, Kind, Module, Record, Total,
};

fields! {
    service
        [crate::registry::shared: TITLE, STATUS]
    {
        SERVICE_TYPE: Text = "service_type",
        OFFERING_ORGANIZATION: Reference = "offering_organization",
        FOCAL_PERSON: Reference = "focal_person",
        ELIGIBILITY_LEVEL: Text = "eligibility_level",
        APPLICATION_START_DATE: Date = "application_start_date",
        APPLICATION_DEADLINE: Date = "application_deadline",
        SERVICE_START_DATE: Date = "service_start_date",
        SERVICE_END_DATE: Date = "service_end_date",
        TOTAL_SLOTS: Integer = "total_slots",
        BUDGET_CENTAVOS: Integer = "budget_centavos",
        DESCRIPTION: Text = "description",
        ELIGIBILITY_CRITERIA: Text = "eligibility_criteria",
        PPAS: References = "ppas",
    }
}

fields! {
    application
        [crate::registry::shared: STATUS]
    {
        APPLICANT_NAME: Text = "applicant_name",
        SERVICE: Reference = "service",
        COMMUNITY: Reference = "community",
        REVIEWER: Reference = "reviewer",
        REQUESTED_AMOUNT_CENTAVOS: Integer = "requested_amount_centavos",
        BENEFICIARY_COUNT: Integer = "beneficiary_count",
        SUBMITTED_ON: Date = "submitted_on",
        DETAILS: Text = "details",
    }
}

fn rules(record: &Record, errors: &mut Vec<FieldError>) {
    super::in_order(record, service::APPLICATION_START_DATE, service::APPLICATION_DEADLINE, errors);
    super::in_order(record, service::SERVICE_START_DATE, service::SERVICE_END_DATE, errors);
}

/// A service that communities can apply for.
pub static SERVICE: Kind = Kind {
    label: "Service",
    plural: "Services",
    icon: "life-buoy",
    purpose: "Services of ministries and agencies for communities, with application periods.",
    module: Module::Services,
    area: Area::Programme,
    state: service::STATUS.name(),
    people: &[service::FOCAL_PERSON.name()],
    concerns: &[Concern::field(service::OFFERING_ORGANIZATION)],
    rules,
    dates: &[
        DateRole::day(
            "service_application_start",
            "Applications open",
            service::APPLICATION_START_DATE.name(),
        ),
        DateRole::day(
            "service_application_deadline",
            "Applications close",
            service::APPLICATION_DEADLINE.name(),
        ),
        DateRole::span("service", "", service::SERVICE_START_DATE.name(), service::SERVICE_END_DATE.name()),
    ],
    fields: &[
        service::TITLE.field("Title", Type::Text(255)).required().searchable().listed(),
        service::SERVICE_TYPE.field("Type", Type::Choice(SERVICE_TYPES)).listed().filtered(),
        service::STATUS
            .field("Status", Type::Choice(SERVICE_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .listed()
            .filtered(),
        service::OFFERING_ORGANIZATION
            .field("Offered by", Type::Reference("organization"))
            .listed()
            .filtered(),
        service::FOCAL_PERSON.field("Focal person", Type::Reference("user")).initial(Initial::Actor),
        service::ELIGIBILITY_LEVEL.field("For", Type::Choice(ELIGIBILITY_LEVELS)).filtered(),
        service::APPLICATION_START_DATE.field("Applications open", Type::Date),
        service::APPLICATION_DEADLINE.field("Applications close", Type::Date).listed(),
        service::SERVICE_START_DATE.field("Service starts", Type::Date).folded(),
        service::SERVICE_END_DATE.field("Service ends", Type::Date).folded(),
        service::TOTAL_SLOTS
            .field("Slots", Type::Integer(0, 1_000_000))
            .total(Total::Sum)
            .group(FieldGroup::Money)
            .listed(),
        service::BUDGET_CENTAVOS.field("Budget", Type::Money).folded(),
        service::DESCRIPTION
            .field("Description", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
        service::ELIGIBILITY_CRITERIA
            .field("Eligibility", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .folded(),
        service::PPAS.field("Related PPAs", Type::References("ppa")).folded(),
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
    title: application::APPLICANT_NAME.name(),
    state: application::STATUS.name(),
    all_requests: true,
    people: &[application::REVIEWER.name()],
    decisions: &[
        "under_review",
        "additional_info_required",
        "approved",
        "rejected",
        "waitlisted",
        "in_progress",
        "completed",
    ],
    concerns: &[
        Concern::field(application::COMMUNITY),
        Concern::through(application::SERVICE, service::OFFERING_ORGANIZATION),
    ],
    told_apart_by: &[application::SERVICE.name()],
    fields: &[
        application::APPLICANT_NAME.field("Applicant", Type::Text(255)).required().searchable().listed(),
        application::SERVICE.field("Service", Type::Reference("service")).required().listed().filtered(),
        application::STATUS
            .field("Status", Type::Choice(APPLICATION_STATUSES))
            .required()
            .initial(Initial::Text("draft"))
            .help("Review tasks are generated on submission.")
            .listed()
            .filtered(),
        application::COMMUNITY.field("Community", Type::Reference("community")).listed().filtered(),
        application::REVIEWER.field("Reviewer", Type::Reference("user")).filtered(),
        application::REQUESTED_AMOUNT_CENTAVOS.field("Requested amount", Type::Money).listed(),
        application::BENEFICIARY_COUNT.field("Beneficiaries", Type::Integer(0, 1_000_000)).total(Total::Sum),
        application::SUBMITTED_ON
            .field("Submitted on", Type::Date)
            .derived()
            .not_on_calendar("Past date; the review task is on the calendar."),
        application::DETAILS
            .field("Details", Type::Multiline(10_000))
            .group(FieldGroup::Reporting)
            .searchable(),
    ],
    ..Kind::new("application", "applications", "applications")
};
