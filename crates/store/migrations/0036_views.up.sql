-- Settings that a user makes on pages, such as chosen columns; saved views that all of the office sees.
CREATE TABLE user_settings (
    user_id {id} NOT NULL,
    name {text} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (user_id, name)
){table};
ALTER TABLE saved_views ADD COLUMN "is_shared" {boolean};
-- Records whose entries are not over.
CREATE INDEX calendar_entries_end ON calendar_entries (kind, end_at, record_id);
