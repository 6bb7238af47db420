//! Reports of the last morning, which jobs of the program make, and the schedule of the next ones.

use obcms_app::reports::ReportRequest;
use obcms_app::{App, AppError};
use obcms_domain::choices::REPORTS;
use obcms_domain::kinds::REPORT_SCHEDULE;
use serde_json::json;

use crate::world::World;

/// Requests each report as a page and one as PDF, and schedules the portfolio for the first of each month.
pub fn request(app: &App, world: &World) -> Result<(), AppError> {
    let Some(person) = world.known.get("coordinator").and_then(|place| world.people.get(*place)) else {
        return Ok(());
    };
    let year = i64::from(app.today().year());
    let wanted = REPORTS.iter().map(|report| (report.value, "html")).chain([("portfolio", "pdf")]);
    for (report, format) in wanted {
        let request = json!({ "report": report, "format": format, "fiscal_year": year });
        let request = ReportRequest::parse(request.as_object().unwrap_or(&serde_json::Map::new()))?;
        app.request_report(&person.actor, &request)?;
    }
    let schedule = json!({
        "title": "Portfolio for the executive director", "report": "portfolio", "format": "pdf", "cron": "0 6 1 * *",
    });
    let schedule = schedule.as_object().cloned().unwrap_or_default();
    app.create(&person.actor, &REPORT_SCHEDULE, &schedule)?;
    Ok(())
}
