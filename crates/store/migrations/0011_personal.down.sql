ALTER TABLE users DROP COLUMN "quiet_hours";
ALTER TABLE users DROP COLUMN "working_hours";
ALTER TABLE users DROP COLUMN "reminder_channels";
ALTER TABLE users DROP COLUMN "reminders";
ALTER TABLE users DROP COLUMN "show_hijri";
ALTER TABLE users DROP COLUMN "default_modules";
ALTER TABLE users DROP COLUMN "default_view";
DROP TABLE saved_views;
