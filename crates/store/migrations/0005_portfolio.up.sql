-- The portfolio counts the tasks of all PPAs at each request, from this index alone.
CREATE INDEX tasks_of_origin ON tasks (origin_kind, origin_id, status, due_date) WHERE archived_at IS NULL;
