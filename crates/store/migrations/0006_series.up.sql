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
-- Empty for what happens once.
ALTER TABLE calendar_entries ADD COLUMN series {text} NOT NULL DEFAULT '';
