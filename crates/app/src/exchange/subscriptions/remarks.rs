//! Remarks about an external calendar: what was guessed, mended or skipped in its last reading.

use obcms_domain::kinds::external_calendar;
use obcms_domain::registry::Record;
use serde_json::{Value as Json, json};

use super::Remark;
use crate::core::AppError;
use crate::records::transfer::{guarded, plain_csv};

/// Keeps the remarks of a reading with the calendar.
pub(super) fn keep(calendar: &mut Record, remarks: &[Remark]) {
    let remarks = remarks.iter().map(|remark| {
        json!({ "line": remark.line, "title": remark.title, "uid": remark.uid, "text": remark.reason })
    });
    external_calendar::REMARKS.set(calendar, Json::Array(remarks.collect()));
}

/// Returns the remarks of the last reading.
#[must_use]
pub fn remarks(calendar: &Record) -> Vec<Remark> {
    let kept = external_calendar::REMARKS.get(calendar).and_then(Json::as_array);
    let text =
        |remark: &Json, name: &str| remark.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let line = |remark: &Json| remark.get("line").and_then(Json::as_u64).unwrap_or(0);
    kept.into_iter()
        .flatten()
        .map(|remark| Remark {
            title: text(remark, "title"),
            uid: text(remark, "uid"),
            reason: text(remark, "text"),
            line: usize::try_from(line(remark)).unwrap_or(0),
        })
        .collect()
}

/// Returns the remarks as CSV: line, event, UID, remark.
pub fn remarks_file(calendar: &Record) -> Result<Vec<u8>, AppError> {
    let rows = remarks(calendar).into_iter().map(|remark| {
        [remark.line.to_string(), guarded(&remark.title), guarded(&remark.uid), guarded(&remark.reason)]
    });
    plain_csv(["line", "event", "uid", "remark"], rows)
}
