//! Reports on the programme: one definition of each, as page, PDF, workbook and CSV; made by a job and kept.

mod content;
mod document;
mod job;
mod pdf;
mod requests;
mod schedules;
mod tables;

pub use document::{Bar, Block, Column, Figure, Report, Table, Value};
pub use job::{REPORT_JOB, SCHEDULE_JOB};
pub use requests::{ReportRequest, members, request_report};
pub(crate) use schedules::{
    before_save as before_save_schedule, changed as schedule_changed, created as schedule_created,
};
