-- Indexes behind what a busy person asks most. Lists, tabs and the board ask for open tasks in these very words: an index
-- over a part of a table serves only whoever repeats its condition. Each holds all that the question looks at, the columns
-- of its own condition included, so that no row is fetched for a count or a sort.
CREATE INDEX tasks_open ON tasks (next_due, id, "status", archived_at, "priority", "domain")
    WHERE archived_at IS NULL AND "status" IN ('not_started', 'in_progress', 'on_hold');
CREATE INDEX tasks_open_by_id ON tasks (id, next_due, "rank", "status", archived_at)
    WHERE archived_at IS NULL AND "status" IN ('not_started', 'in_progress', 'on_hold');
-- That nobody does a task, kept with it: that it points at nobody is seen only from all that point.
ALTER TABLE tasks ADD COLUMN "unassigned" {boolean};
UPDATE tasks SET "unassigned" = NOT EXISTS (SELECT 1 FROM edges e WHERE e.source = tasks.id AND e.field = 'assignees');
CREATE INDEX tasks_unassigned ON tasks (next_due, id, "status", archived_at, "unassigned")
    WHERE archived_at IS NULL AND "unassigned" AND "status" IN ('not_started', 'in_progress', 'on_hold');
CREATE INDEX tasks_unassigned_rank ON tasks ("rank", id, "status", archived_at, "unassigned")
    WHERE archived_at IS NULL AND "unassigned" AND "status" IN ('not_started', 'in_progress', 'on_hold');
DROP INDEX tasks_of_origin;
CREATE INDEX tasks_of_origin ON tasks (origin_kind, origin_id, "status", next_due, archived_at) WHERE archived_at IS NULL;
-- All that is not archived is counted above every list.
CREATE INDEX tasks_live ON tasks (archived_at, "status");
CREATE INDEX events_live ON events (archived_at);
CREATE INDEX needs_live ON needs (archived_at);
CREATE INDEX ppas_live ON ppas (archived_at);
CREATE INDEX projects_live ON projects (archived_at);
CREATE INDEX assessments_live ON assessments (archived_at);
CREATE INDEX applications_live ON applications (archived_at);
CREATE INDEX communities_live ON communities (archived_at);
CREATE INDEX barangays_live ON barangays (archived_at);
CREATE INDEX ppas_target_end ON ppas ("status", "target_end_date", archived_at);
-- What somebody made is a part of what a partner sees.
CREATE INDEX tasks_maker ON tasks (created_by);
CREATE INDEX events_maker ON events (created_by);
CREATE INDEX needs_maker ON needs (created_by);
CREATE INDEX ppas_maker ON ppas (created_by);
CREATE INDEX projects_maker ON projects (created_by);
CREATE INDEX assessments_maker ON assessments (created_by);
CREATE INDEX communities_maker ON communities (created_by);
CREATE INDEX policies_maker ON policies (created_by);
CREATE INDEX policy_milestones_maker ON policy_milestones (created_by);
CREATE INDEX services_maker ON services (created_by);
CREATE INDEX applications_maker ON applications (created_by);
CREATE INDEX organizations_maker ON organizations (created_by);
CREATE INDEX bookings_maker ON bookings (created_by);
CREATE INDEX external_events_maker ON external_events (created_by);
-- Names are sorted without regard to capitals.
DROP INDEX communities_order;
CREATE INDEX communities_order ON communities (lower("name"), id);
DROP INDEX organizations_order;
CREATE INDEX organizations_order ON organizations (lower("name"), id);
DROP INDEX municipalities_order;
CREATE INDEX municipalities_order ON municipalities (lower("name"), id);
DROP INDEX barangays_order;
CREATE INDEX barangays_order ON barangays (lower("name"), id);
-- only {postgres}
-- What has no value comes last, also when the largest comes first.
DROP INDEX needs_order;
CREATE INDEX needs_order ON needs ("priority_score" DESC NULLS LAST, id DESC);
DROP INDEX assessments_order;
CREATE INDEX assessments_order ON assessments ("planned_start_date" DESC NULLS LAST, id DESC);
-- for both
