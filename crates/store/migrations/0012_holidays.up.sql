-- Holidays, and by how many days the Hijri months of the office differ from the computed ones.
CREATE TABLE holidays (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "date" {date},
    "end_date" {date},
    "holiday_type" {text},
    "is_estimated" {boolean},
    "source" {text},
    "notes" {text},
    "key" {text}
){table};
CREATE INDEX holidays_order ON holidays ("date", id);
CREATE UNIQUE INDEX holidays_key ON holidays ("key");

CREATE TABLE hijri_adjustments (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "year" {integer},
    "month" {text},
    "days" {integer},
    "notes" {text}
){table};
CREATE INDEX hijri_adjustments_order ON hijri_adjustments (created_at, id);
