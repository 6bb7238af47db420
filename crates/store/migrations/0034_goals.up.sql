-- Strategic goals, which PPAs serve.
CREATE TABLE goals (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "sector" {text},
    "priority" {text},
    "status" {text},
    "start_year" {integer},
    "target_year" {integer},
    "measure" {text},
    "description" {text}
){table};
CREATE INDEX goals_status ON goals ("status");
CREATE INDEX goals_order ON goals ("target_year", id);
