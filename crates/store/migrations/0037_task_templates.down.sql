ALTER TABLE tasks DROP COLUMN template_version;
ALTER TABLE tasks DROP COLUMN generated_rule;
UPDATE task_templates SET items = replace(items, '"due_rule":"exact","key":"run_event"', '"key":"run_event"');
ALTER TABLE task_templates DROP COLUMN items_version;
ALTER TABLE task_templates DROP COLUMN due_rule;
