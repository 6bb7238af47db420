-- Feeds for calendar programs.
CREATE TABLE feeds (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "modules" {text},
    "mine" {boolean},
    "kinds" {text},
    "status" {text},
    "priority" {text},
    "text" {text},
    "last_read_at" {instant},
    "reads" {integer},
    "secret" {text},
    "secret_hash" {text}
){table};
CREATE INDEX feeds_order ON feeds ("name", id);
-- A feed is looked up by the hash of its secret: how long that takes tells nothing of the secret.
CREATE UNIQUE INDEX feeds_secret ON feeds ("secret_hash");
