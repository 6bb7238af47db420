-- Shared calendars, and who looked at them.
CREATE TABLE shares (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "modules" {text},
    "start" {date},
    "end" {date},
    "passphrase" {text},
    "has_passphrase" {boolean},
    "max_views" {integer},
    "view_count" {integer},
    "expires" {instant},
    "last_viewed_at" {instant},
    "secret" {text},
    "secret_hash" {text}
){table};
CREATE INDEX shares_order ON shares (created_at, id);
CREATE UNIQUE INDEX shares_secret ON shares (secret_hash);

-- Every opening of a shared calendar, and what it came to. The address is coarse: a network, not a person.
CREATE TABLE share_views (
    id {id} PRIMARY KEY,
    share_id {id} NOT NULL,
    at {instant} NOT NULL,
    network {text} NOT NULL,
    agent {text} NOT NULL,
    outcome {text} NOT NULL
){table};
CREATE INDEX share_views_share ON share_views (share_id, id);
