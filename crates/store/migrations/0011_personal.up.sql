-- Preferences and saved views.
CREATE TABLE saved_views (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "name" {text},
    "page" {text},
    "query" {text},
    "is_default" {boolean},
    "position" {integer}
){table};
CREATE INDEX saved_views_order ON saved_views ("position", id);
CREATE INDEX saved_views_owner ON saved_views (created_by, "page");
