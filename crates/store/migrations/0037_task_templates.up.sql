-- Due dates of generated tasks on working days, the template and its version, and the day of completion.
ALTER TABLE task_templates ADD COLUMN due_rule {text};
ALTER TABLE task_templates ADD COLUMN items_version {integer};
UPDATE task_templates SET due_rule = 'away', items_version = 1;
-- The event itself is on its day, also on a weekend.
UPDATE task_templates SET items = replace(items, '"key":"run_event"', '"due_rule":"exact","key":"run_event"')
WHERE items NOT LIKE '%"due_rule"%';
ALTER TABLE tasks ADD COLUMN generated_rule {text};
ALTER TABLE tasks ADD COLUMN template {id};
ALTER TABLE tasks ADD COLUMN template_version {integer};
ALTER TABLE tasks ADD COLUMN completed_on {date};
ALTER TABLE tasks ADD COLUMN on_time {boolean};
ALTER TABLE tasks ADD COLUMN cycle_days {integer};
UPDATE tasks SET template = (SELECT f.id FROM task_templates f
    WHERE substr(tasks.template_item, 1, length(f.name) + 1) = f.name || '/')
WHERE template_item IS NOT NULL;
INSERT INTO edges (source, field, position, target, source_kind, target_kind)
SELECT id, 'template', 0, template, 'task', 'task_template' FROM tasks WHERE template IS NOT NULL;
-- The day in the zone of the office by default; later completions take the zone of the settings.
-- only {sqlite}
UPDATE tasks SET completed_on = date(completed_at / 1000000 + 28800, 'unixepoch') WHERE completed_at IS NOT NULL;
UPDATE tasks SET cycle_days = max(0, CAST(julianday(completed_on)
    - julianday(date(started_at / 1000000 + 28800, 'unixepoch')) AS INTEGER))
WHERE completed_at IS NOT NULL AND started_at IS NOT NULL;
-- only {postgres}
UPDATE tasks SET completed_on = (completed_at AT TIME ZONE 'Asia/Manila')::date WHERE completed_at IS NOT NULL;
UPDATE tasks SET cycle_days = greatest(0, completed_on - (started_at AT TIME ZONE 'Asia/Manila')::date)
WHERE completed_at IS NOT NULL AND started_at IS NOT NULL;
-- for both
UPDATE tasks SET on_time = (completed_on <= due_date)
WHERE completed_on IS NOT NULL AND due_date IS NOT NULL AND rrule IS NULL AND rdates IS NULL;
