-- Alerts about records, raised and resolved by the program.
CREATE TABLE alerts (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "severity" {text},
    "alert_type" {text},
    "state" {text},
    "description" {text},
    "raised_on" {date},
    "kind" {text},
    "subject_kind" {text},
    "subject_id" {id},
    "snoozed_until" {date},
    "acknowledged_by" {id},
    "acknowledged_at" {instant},
    "note" {text},
    "task" {id},
    "resolved_at" {instant}
){table};
CREATE INDEX alerts_state ON alerts ("state");
CREATE INDEX alerts_subject ON alerts ("subject_id");
CREATE INDEX alerts_acknowledged_by ON alerts ("acknowledged_by");
CREATE INDEX alerts_task ON alerts ("task");
CREATE INDEX alerts_order ON alerts ("severity", id);
-- One alert of a type about a record at a time.
CREATE UNIQUE INDEX alerts_once ON alerts ("alert_type", "subject_id") WHERE state <> 'resolved' AND archived_at IS NULL;
