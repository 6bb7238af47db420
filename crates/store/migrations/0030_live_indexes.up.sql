-- Indexes of what is not archived leave out the rest. SQLite keeps only the average number of rows for each value, so an index
-- over the moments of archiving promised few rows for no moment as soon as some records were archived, and lists and the
-- board walked it and sorted what they found.
DROP INDEX tasks_live;
CREATE INDEX tasks_live ON tasks ("status", archived_at) WHERE archived_at IS NULL;
DROP INDEX events_live;
CREATE INDEX events_live ON events (archived_at) WHERE archived_at IS NULL;
DROP INDEX needs_live;
CREATE INDEX needs_live ON needs (archived_at) WHERE archived_at IS NULL;
DROP INDEX ppas_live;
CREATE INDEX ppas_live ON ppas (archived_at) WHERE archived_at IS NULL;
DROP INDEX projects_live;
CREATE INDEX projects_live ON projects (archived_at) WHERE archived_at IS NULL;
DROP INDEX assessments_live;
CREATE INDEX assessments_live ON assessments (archived_at) WHERE archived_at IS NULL;
DROP INDEX applications_live;
CREATE INDEX applications_live ON applications (archived_at) WHERE archived_at IS NULL;
DROP INDEX communities_live;
CREATE INDEX communities_live ON communities (archived_at) WHERE archived_at IS NULL;
DROP INDEX barangays_live;
CREATE INDEX barangays_live ON barangays (archived_at) WHERE archived_at IS NULL;
DROP INDEX attachments_archived;
CREATE INDEX attachments_archived ON attachments (archived_at) WHERE archived_at IS NOT NULL;
