-- Work on tasks: labels, time of day, checklist, lags of dependencies, repetition after completion, baseline.
ALTER TABLE tasks ADD COLUMN "labels" {text};
ALTER TABLE tasks ADD COLUMN "due_time" {text};
ALTER TABLE tasks ADD COLUMN "checklist" {text};
ALTER TABLE tasks ADD COLUMN "lag_days" {integer};
ALTER TABLE tasks ADD COLUMN "repeat_after_days" {integer};
ALTER TABLE tasks ADD COLUMN "baseline_start" {date};
ALTER TABLE tasks ADD COLUMN "baseline_due" {date};
CREATE INDEX tasks_board_phase ON tasks ("phase", "rank") WHERE archived_at IS NULL;
