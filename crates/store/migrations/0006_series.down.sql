-- Series of the calendar.
ALTER TABLE calendar_entries DROP COLUMN series;
DROP INDEX tasks_of_origin;
CREATE INDEX tasks_of_origin ON tasks (origin_kind, origin_id, status, due_date) WHERE archived_at IS NULL;
DROP INDEX tasks_order;
CREATE INDEX tasks_order ON tasks ("due_date", id);
ALTER TABLE tasks DROP COLUMN "next_due";
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
