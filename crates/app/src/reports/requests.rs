//! Requests for reports: who asked for which one, and where it is.

use jiff::civil::Date;
use obcms_domain::accounts::Action;
use obcms_domain::choices::{self, REPORTS, SECTORS};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{REGION, REPORT, report};
use obcms_domain::registry::Record;
use obcms_domain::reports::actions;
use obcms_store::records;
use serde_json::json;

use super::document::Report;
use super::job::REPORT_JOB;
use crate::core::job::Enqueue;
use crate::core::rules::Members;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::programme::portfolio::Filter;
use crate::records::{Input, require_write};

/// Requested report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    /// Name of the report.
    pub report: String,
    /// Format.
    pub format: String,
    /// Selection.
    pub filter: Filter,
}

impl ReportRequest {
    /// Parses `{report, format, fiscal_year, sector, region}`.
    pub fn parse(input: &Input) -> Result<Self, AppError> {
        let input = actions::MAKE.parse(input).map_err(AppError::Invalid)?;
        Ok(Self {
            report: actions::REPORT.get(&input).to_owned(),
            format: actions::FORMAT.given(&input).unwrap_or("html").to_owned(),
            filter: Filter {
                fiscal_year: actions::FISCAL_YEAR.get(&input),
                sector: actions::SECTOR.given(&input).map(str::to_owned),
                region: actions::REGION.get(&input),
            },
        })
    }

    /// Returns the request of a report that was asked for.
    pub(super) fn of(record: &Record) -> Self {
        Self {
            report: report::REPORT.get(record).to_owned(),
            format: report::FORMAT.get(record).to_owned(),
            filter: Filter {
                fiscal_year: report::FISCAL_YEAR.get(record),
                sector: Some(report::SECTOR.get(record)).filter(|text| !text.is_empty()).map(str::to_owned),
                region: report::REGION.get(record),
            },
        }
    }
}

/// Returns true if the actor may make reports. Their figures are of everything, so only who sees all of it may.
pub(super) fn may_make(actor: &Actor) -> bool {
    actor.may(Action::Export, REPORT.area)
}

impl App {
    /// Requests a report, which a job makes. Returns its record.
    pub fn request_report(&self, actor: &Actor, request: &ReportRequest) -> Result<Record, AppError> {
        self.write(actor, |work| request_report(work, request, None))
    }

    /// Returns the address of the file of a finished report; nothing for one that is shown as a page.
    #[must_use]
    pub fn report_url(&self, record: &Record) -> Option<String> {
        url_of(record).filter(|_| report::FORMAT.get(record) != "html")
    }

    /// Returns the content of a finished report that is shown as a page; nothing for other formats and before it is
    /// finished.
    pub fn report_page(&self, actor: &Actor, record: &Record) -> Result<Option<Report>, AppError> {
        let file = report::FILE.get(record).parse().ok().filter(|_| report::FORMAT.get(record) == "html");
        let Some(file): Option<Id> = file else { return Ok(None) };
        let (_, content) = self.attachment(actor, &REPORT, record.id, file)?;
        serde_json::from_reader(std::io::BufReader::new(content))
            .map(Some)
            .map_err(|error| AppError::Internal(format!("the report {} is not readable: {error}", record.id)))
    }
}

/// Requests a report; see [`App::request_report`].
pub fn request_report(
    work: &mut UnitOfWork<'_, '_>,
    request: &ReportRequest,
    schedule: Option<Id>,
) -> Result<Record, AppError> {
    require_write(work.actor)?;
    if !may_make(work.actor) {
        return Err(AppError::forbidden(Action::Export, REPORT.area, "make reports"));
    }
    let region = match request.filter.region {
        None => None,
        Some(id) => {
            let found = records::load(work.tx, &REGION, id)?;
            let missing = || AppError::field(actions::REGION.name(), "reference", "There is no such region.");
            Some(found.ok_or_else(missing)?)
        }
    };
    let mut record = work.new_record(&REPORT);
    let title: Vec<String> = [choices::label(REPORTS, &request.report).to_owned()]
        .into_iter()
        .chain(filters(request, region.as_ref()).into_iter().map(|(_, value)| value))
        .collect();
    report::TITLE.set(&mut record, title.join(", "));
    report::REPORT.set(&mut record, request.report.as_str());
    report::FORMAT.set(&mut record, request.format.as_str());
    report::STATE.set(&mut record, "queued");
    report::PROGRESS.set(&mut record, 0);
    report::FISCAL_YEAR.set(&mut record, request.filter.fiscal_year);
    report::SECTOR.set(&mut record, request.filter.sector.as_deref());
    report::REGION.set(&mut record, request.filter.region);
    report::SCHEDULE.set(&mut record, schedule);
    work.insert(std::slice::from_ref(&record))?;
    let job = Enqueue::new(&REPORT_JOB, json!({ "report": record.id }))
        .key(record.id.to_string())
        .title(format!("Make {}", record.title()));
    work.enqueue(&job)?;
    Ok(record)
}

/// Labels and values of the selection, for people.
pub(super) fn filters(request: &ReportRequest, region: Option<&Record>) -> Vec<(String, String)> {
    let Filter { fiscal_year, sector, .. } = &request.filter;
    let year = fiscal_year.map_or_else(|| "All years".to_owned(), |year| year.to_string());
    let mut filters = vec![("Fiscal year".to_owned(), year)];
    if let Some(sector) = sector {
        filters.push(("Sector".to_owned(), choices::label(SECTORS, sector).to_owned()));
    }
    if let Some(region) = region {
        filters.push(("Region".to_owned(), region.title().to_owned()));
    }
    filters
}

/// Members of the representation: the address of the finished report.
pub fn members(record: &Record, _: Date) -> Members {
    vec![("url", json!(url_of(record)))]
}

/// Returns the address of a finished report: that of its page, or of its file.
fn url_of(record: &Record) -> Option<String> {
    if report::STATE.get(record) != "done" {
        return None;
    }
    Some(match report::FORMAT.get(record) {
        "html" => REPORT.url(record.id),
        _ => format!("/api/v1{}/files/{}", REPORT.url(record.id), report::FILE.get(record)),
    })
}
