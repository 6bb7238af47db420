DROP INDEX tasks_board_phase;
ALTER TABLE tasks DROP COLUMN "baseline_due";
ALTER TABLE tasks DROP COLUMN "baseline_start";
ALTER TABLE tasks DROP COLUMN "repeat_after_days";
ALTER TABLE tasks DROP COLUMN "lag_days";
ALTER TABLE tasks DROP COLUMN "checklist";
ALTER TABLE tasks DROP COLUMN "due_time";
ALTER TABLE tasks DROP COLUMN "labels";
