-- The order of the log: a number that the database gives in the order of commits. Clocks of servers differ and are set
-- back, so neither the time of a change nor the time in its id is an order. The counter of the data's revision goes on
-- from the last number.
ALTER TABLE changes ADD COLUMN number {integer} NOT NULL DEFAULT 0;
UPDATE changes SET number = numbered.number
    FROM (SELECT id AS change_id, row_number() OVER (ORDER BY id) AS number FROM changes) AS numbered
    WHERE changes.id = numbered.change_id;
CREATE UNIQUE INDEX changes_number ON changes (number);
DROP INDEX changes_record;
CREATE INDEX changes_record ON changes (record_id, number);
INSERT INTO sequences (name, value) SELECT 'changes', count(*) FROM changes WHERE 1 = 1
    ON CONFLICT (name) DO UPDATE SET value =
        CASE WHEN excluded.value > sequences.value THEN excluded.value ELSE sequences.value END;

-- The set of changes that an undo takes back, so that undoing twice goes further back and is no toggle.
ALTER TABLE changes ADD COLUMN undoes {id};

-- The stays of a project in their order, and the change that each came with: undoing it takes the stay back.
ALTER TABLE project_stages ADD COLUMN number {integer} NOT NULL DEFAULT 0;
UPDATE project_stages SET number = numbered.number
    FROM (SELECT id AS stay_id, row_number() OVER (PARTITION BY project_id ORDER BY entered_at, id) AS number
          FROM project_stages) AS numbered
    WHERE project_stages.id = numbered.stay_id;
ALTER TABLE project_stages ADD COLUMN change_set {id};
DROP INDEX project_stages_project;
CREATE INDEX project_stages_project ON project_stages (project_id, number);

-- The clock by which the next run of a job was reckoned: one that was far ahead is seen by it.
ALTER TABLE jobs ADD COLUMN scheduled_at {instant};
UPDATE jobs SET scheduled_at = coalesce(last_finished_at, created_at);
