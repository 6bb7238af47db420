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

ALTER TABLE users ADD COLUMN "default_view" {text};
ALTER TABLE users ADD COLUMN "default_modules" {text};
ALTER TABLE users ADD COLUMN "show_hijri" {boolean};
ALTER TABLE users ADD COLUMN "reminders" {text};
ALTER TABLE users ADD COLUMN "reminder_channels" {text};
ALTER TABLE users ADD COLUMN "working_hours" {text};
ALTER TABLE users ADD COLUMN "quiet_hours" {text};
UPDATE users SET "default_view" = 'month', "show_hijri" = (1 = 1);
