-- Work that waits: claimed by one process at a time, which holds it as long as its lease runs.
CREATE TABLE jobs (
    id {id} PRIMARY KEY,
    kind {text} NOT NULL,
    unique_key {text} NOT NULL,
    title {text} NOT NULL,
    payload {text} NOT NULL,
    cron {text} NOT NULL,
    state {text} NOT NULL,
    run_at {instant} NOT NULL,
    attempts {integer} NOT NULL,
    maximum_attempts {integer} NOT NULL,
    claimed_by {text} NOT NULL,
    claimed_until {instant},
    created_at {instant} NOT NULL,
    last_started_at {instant},
    last_finished_at {instant},
    last_duration {integer},
    last_result {text} NOT NULL,
    last_error {text} NOT NULL,
    UNIQUE (kind, unique_key)
){table};
CREATE INDEX jobs_due ON jobs (state, run_at);

-- The processes that work on jobs, and when each was last seen.
CREATE TABLE job_runners (
    name {text} PRIMARY KEY,
    started_at {instant} NOT NULL,
    seen_at {instant} NOT NULL
){clustered};

-- Calendars of others, and their events: known again by calendar and key.
CREATE TABLE external_calendars (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "address" {text},
    "is_active" {boolean},
    "refresh_minutes" {integer},
    "last_status" {text},
    "event_count" {integer},
    "last_fetched_at" {instant},
    "last_error" {text},
    "fetched_address" {text},
    "etag" {text},
    "last_modified" {text}
){table};
CREATE INDEX external_calendars_last_status ON external_calendars ("last_status");
CREATE INDEX external_calendars_order ON external_calendars ("name", id);

CREATE TABLE external_events (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "calendar" {id},
    "all_day" {boolean},
    "start" {instant},
    "end" {instant},
    "timezone" {text},
    "location" {text},
    "status" {text},
    "url" {text},
    "organizer_name" {text},
    "description" {text},
    "rrule" {text},
    "rdates" {text},
    "exdates" {text},
    "overrides" {text},
    "uid" {text},
    "recurrence_id" {text},
    "source_key" {text},
    "source_hash" {text}
){table};
CREATE INDEX external_events_status ON external_events ("status");
CREATE INDEX external_events_order ON external_events ("start", id);
CREATE UNIQUE INDEX external_events_key ON external_events ("calendar", "source_key");
