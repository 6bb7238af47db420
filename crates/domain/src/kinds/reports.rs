//! Reports that were made, and the schedules that make them.

use crate::accounts::Area;
use crate::choices::{REPORT_FORMATS, REPORT_STATES, REPORT_YEARS, REPORTS, SECTORS};
use crate::registry::typed::fields;
use crate::registry::{FieldError, FieldType as Type, Initial, Kind, Module, Record};

fields! {
    report
        [crate::registry::shared: TITLE]
    {
        REPORT: Text = "report",
        FORMAT: Text = "format",
        STATE: Text = "state",
        PROGRESS: Integer = "progress",
        FISCAL_YEAR: Integer = "fiscal_year",
        SECTOR: Text = "sector",
        REGION: Reference = "region",
        SCHEDULE: Reference = "schedule",
        FINISHED_AT: Instant = "finished_at",
        ERROR: Text = "error",
        FILE: Text = "file",
    }
}

fields! {
    report_schedule
        [crate::registry::shared: TITLE]
    {
        REPORT: Text = "report",
        FORMAT: Text = "format",
        CRON: Text = "cron",
        YEAR: Text = "year",
        SECTOR: Text = "sector",
        REGION: Reference = "region",
        IS_ACTIVE: Flag = "is_active",
        RUNS_AS: Reference = "runs_as",
        NEXT_AT: Instant = "next_at",
    }
}

fn schedule_rules(record: &Record, errors: &mut Vec<FieldError>) {
    let line = report_schedule::CRON.get(record);
    if !line.is_empty()
        && let Err(message) = crate::reports::check_cron(line)
    {
        errors.push(FieldError::new(report_schedule::CRON.name(), "format", message));
    }
}

/// A report that was made or is being made.
pub static REPORT: Kind = Kind {
    label: "Report",
    plural: "Reports",
    icon: "file-chart-column",
    purpose: "Reports on the programme as page, PDF, Excel or CSV, each with its figures as they were then.",
    module: Module::Projects,
    area: Area::Oversight,
    state: report::STATE.name(),
    writable: false,
    has_attachments: true,
    // The menu has it among the pages of everybody.
    in_navigation: false,
    fields: &[
        report::TITLE.field("Title", Type::Text(400)).derived().searchable().listed(),
        report::REPORT.field("Report", Type::Choice(REPORTS)).derived().filtered(),
        report::FORMAT.field("Format", Type::Choice(REPORT_FORMATS)).derived().listed().filtered(),
        report::STATE
            .field("State", Type::Choice(REPORT_STATES))
            .derived()
            .initial(Initial::Text("queued"))
            .listed()
            .filtered(),
        report::PROGRESS
            .field("Progress", Type::Integer(0, 100))
            .derived()
            .initial(Initial::Integer(0))
            .listed(),
        report::FISCAL_YEAR.field("Fiscal year", Type::Integer(2000, 2100)).derived().filtered(),
        report::SECTOR.field("Sector", Type::Choice(SECTORS)).derived().filtered(),
        report::REGION.field("Region", Type::Reference("region")).derived().filtered(),
        report::SCHEDULE.field("Schedule", Type::Reference("report_schedule")).derived().filtered(),
        report::FINISHED_AT
            .field("Finished at", Type::Instant)
            .derived()
            .listed()
            .not_on_calendar("Past date."),
        report::ERROR.field("Error", Type::Text(1000)).derived(),
        // Id of the attached file.
        report::FILE.field("File", Type::Text(40)).secret(),
    ],
    ..Kind::new("report", "reports", "reports")
};

/// A schedule that makes a report again and again.
pub static REPORT_SCHEDULE: Kind = Kind {
    label: "Report schedule",
    plural: "Report schedules",
    icon: "calendar-sync",
    purpose: "Reports that are made regularly, such as the portfolio on the first of each month.",
    module: Module::Projects,
    area: Area::Oversight,
    rules: schedule_rules,
    in_navigation: false,
    fields: &[
        report_schedule::TITLE.field("Title", Type::Text(200)).required().searchable().listed(),
        report_schedule::REPORT.field("Report", Type::Choice(REPORTS)).required().listed().filtered(),
        report_schedule::FORMAT
            .field("Format", Type::Choice(REPORT_FORMATS))
            .required()
            .initial(Initial::Text("pdf"))
            .listed(),
        report_schedule::CRON
            .field("Schedule", Type::Text(100))
            .help(
                "Cron line in the zone of the office: minute, hour, day, month, weekday. 0 6 1 * * is 6:00 on the first of \
                 each month; 0 6 * * 1 is Monday at 6:00.",
            )
            .required()
            .initial(Initial::Text("0 6 1 * *"))
            .listed(),
        report_schedule::YEAR
            .field("Fiscal year", Type::Choice(REPORT_YEARS))
            .required()
            .initial(Initial::Text("present")),
        report_schedule::SECTOR.field("Sector", Type::Choice(SECTORS)),
        report_schedule::REGION.field("Region", Type::Reference("region")),
        report_schedule::IS_ACTIVE
            .field("Active", Type::Boolean)
            .initial(Initial::Boolean(true))
            .listed()
            .filtered(),
        report_schedule::RUNS_AS.field("Runs with the rights of", Type::Reference("user")).derived(),
        report_schedule::NEXT_AT
            .field("Next at", Type::Instant)
            .derived()
            .listed()
            .not_on_calendar("Time of a job."),
    ],
    ..Kind::new("report_schedule", "report-schedules", "report_schedules")
};
