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
