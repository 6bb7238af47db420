//! Remarks about an external calendar: what was guessed, mended or skipped in its last reading.

use obcms_domain::kinds::external_calendar;
use obcms_domain::registry::Record;
use serde_json::{Value as Json, json};

use super::SkippedEvent;
use crate::core::AppError;
use crate::records::transfer::guarded;

/// Remark as the calendar keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Line of the file, from 1; 0 if it is not known.
    pub line: u64,
    /// Title of the event, or type of the component.
    pub title: String,
    /// UID, or empty.
    pub uid: String,
    /// Sentence.
    pub text: String,
}

/// Keeps the remarks of a reading with the calendar.
pub(super) fn keep(calendar: &mut Record, remarks: &[SkippedEvent]) {
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
    kept.into_iter()
        .flatten()
        .map(|remark| Remark {
            line: remark.get("line").and_then(Json::as_u64).unwrap_or(0),
            title: text(remark, "title"),
            uid: text(remark, "uid"),
            text: text(remark, "text"),
        })
        .collect()
}

/// Returns the remarks as CSV: line, event, UID, remark.
pub fn remarks_file(calendar: &Record) -> Result<Vec<u8>, AppError> {
    let broken = |error: csv::Error| AppError::Internal(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["line", "event", "uid", "remark"]).map_err(broken)?;
    for remark in remarks(calendar) {
        let cells =
            [remark.line.to_string(), guarded(&remark.title), guarded(&remark.uid), guarded(&remark.text)];
        writer.write_record(cells).map_err(broken)?;
    }
    writer.into_inner().map_err(|error| AppError::Internal(error.to_string()))
}
