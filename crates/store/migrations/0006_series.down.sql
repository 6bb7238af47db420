-- Series of the calendar.
ALTER TABLE calendar_entries DROP COLUMN series;
DROP INDEX tasks_continues;
ALTER TABLE tasks DROP COLUMN "continues";
ALTER TABLE tasks DROP COLUMN "overrides";
ALTER TABLE tasks DROP COLUMN "exdates";
ALTER TABLE tasks DROP COLUMN "rdates";
ALTER TABLE tasks DROP COLUMN "rrule";
DROP INDEX events_continues;
ALTER TABLE events DROP COLUMN "continues";
ALTER TABLE events DROP COLUMN "overrides";
ALTER TABLE events DROP COLUMN "exdates";
ALTER TABLE events DROP COLUMN "rdates";
ALTER TABLE events DROP COLUMN "rrule";
