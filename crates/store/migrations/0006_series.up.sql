-- Series of the calendar: the rule of a record, and one entry that stands for all its dates.
ALTER TABLE events ADD COLUMN "rrule" {text};
ALTER TABLE events ADD COLUMN "rdates" {text};
ALTER TABLE events ADD COLUMN "exdates" {text};
ALTER TABLE events ADD COLUMN "overrides" {text};
ALTER TABLE events ADD COLUMN "continues" {id};
CREATE INDEX events_continues ON events ("continues");
ALTER TABLE tasks ADD COLUMN "rrule" {text};
ALTER TABLE tasks ADD COLUMN "rdates" {text};
ALTER TABLE tasks ADD COLUMN "exdates" {text};
ALTER TABLE tasks ADD COLUMN "overrides" {text};
ALTER TABLE tasks ADD COLUMN "continues" {id};
CREATE INDEX tasks_continues ON tasks ("continues");
-- When a task is due, or the first open date of one that repeats: what sorts, filters and counts late tasks.
ALTER TABLE tasks ADD COLUMN "next_due" {date};
UPDATE tasks SET "next_due" = "due_date";
DROP INDEX tasks_order;
CREATE INDEX tasks_order ON tasks ("next_due", id);
DROP INDEX tasks_of_origin;
CREATE INDEX tasks_of_origin ON tasks (origin_kind, origin_id, status, next_due) WHERE archived_at IS NULL;
-- Empty for what happens once.
ALTER TABLE calendar_entries ADD COLUMN series {text} NOT NULL DEFAULT '';
