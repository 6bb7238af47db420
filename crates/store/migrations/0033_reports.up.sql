-- Reports that were made, and the schedules that make them.
CREATE TABLE reports (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "report" {text},
    "format" {text},
    "state" {text},
    "progress" {integer},
    "fiscal_year" {integer},
    "sector" {text},
    "region" {id},
    "schedule" {id},
    "finished_at" {instant},
    "error" {text},
    "file" {text}
){table};
CREATE INDEX reports_state ON reports ("state");
CREATE INDEX reports_region ON reports ("region");
CREATE INDEX reports_schedule ON reports ("schedule");
CREATE INDEX reports_order ON reports ("created_at", id);

CREATE TABLE report_schedules (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "report" {text},
    "format" {text},
    "cron" {text},
    "year" {text},
    "sector" {text},
    "region" {id},
    "is_active" {boolean},
    "runs_as" {id},
    "next_at" {instant}
){table};
CREATE INDEX report_schedules_region ON report_schedules ("region");
CREATE INDEX report_schedules_runs_as ON report_schedules ("runs_as");
CREATE INDEX report_schedules_order ON report_schedules ("created_at", id);
