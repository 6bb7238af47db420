DROP TABLE budget_cycle_stages;
ALTER TABLE project_stages DROP COLUMN outcome;
DROP INDEX projects_board;
ALTER TABLE projects DROP COLUMN "blocked_at";
ALTER TABLE projects DROP COLUMN "blocked_by";
ALTER TABLE projects DROP COLUMN "blocker_description";
ALTER TABLE projects DROP COLUMN "is_blocked";
