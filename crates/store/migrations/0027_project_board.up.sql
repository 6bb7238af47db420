-- Blocked projects, with the reason.
ALTER TABLE projects ADD COLUMN "is_blocked" {boolean};
ALTER TABLE projects ADD COLUMN "blocker_description" {text};
ALTER TABLE projects ADD COLUMN "blocked_by" {id};
ALTER TABLE projects ADD COLUMN "blocked_at" {instant};
-- only {sqlite}
UPDATE projects SET is_blocked = 0;
-- only {postgres}
UPDATE projects SET is_blocked = false;
-- for both
CREATE INDEX projects_board ON projects ("current_stage", "stage_entered_at", id);

-- How a project left a stage: advanced, skipped or returned; nothing for the current stage.
ALTER TABLE project_stages ADD COLUMN outcome {text};
UPDATE project_stages SET outcome = 'advanced' WHERE left_at IS NOT NULL;

CREATE TABLE budget_cycle_stages (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "title" {text},
    "ppa" {id},
    "stage" {text},
    "status" {text},
    "due_date" {date},
    "hearing_time" {text},
    "venue" {text},
    "owner_team" {id},
    "owner_organization" {id},
    "completed_on" {date},
    "notes" {text}
){table};
CREATE UNIQUE INDEX budget_cycle_stages_ppa ON budget_cycle_stages ("ppa", "stage") WHERE archived_at IS NULL;
CREATE INDEX budget_cycle_stages_order ON budget_cycle_stages ("due_date", id);
