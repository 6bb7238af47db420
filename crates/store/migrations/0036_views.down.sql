DROP INDEX calendar_entries_end;
ALTER TABLE saved_views DROP COLUMN "is_shared";
DROP TABLE user_settings;
