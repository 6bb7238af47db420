-- Due dates of generated tasks on working days, and the version of the template that generated a task.
ALTER TABLE task_templates ADD COLUMN due_rule {text};
ALTER TABLE task_templates ADD COLUMN items_version {integer};
UPDATE task_templates SET due_rule = 'away', items_version = 1;
-- The event itself is on its day, also on a weekend.
UPDATE task_templates SET items = replace(items, '"key":"run_event"', '"due_rule":"exact","key":"run_event"')
WHERE items NOT LIKE '%"due_rule"%';
ALTER TABLE tasks ADD COLUMN generated_rule {text};
ALTER TABLE tasks ADD COLUMN template_version {integer};
