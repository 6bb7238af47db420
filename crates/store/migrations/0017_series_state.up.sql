-- State of a series of tasks as a whole; the columns of the state hold that of the occurrence that is shown.
ALTER TABLE tasks ADD COLUMN "series_state" {text};
-- only {sqlite}
UPDATE tasks SET "series_state" = json_object(
    'status', status, 'progress', coalesce(progress, 0),
    'started_at', strftime('%Y-%m-%dT%H:%M:%SZ', started_at / 1000000, 'unixepoch'),
    'completed_at', strftime('%Y-%m-%dT%H:%M:%SZ', completed_at / 1000000, 'unixepoch'),
    'progress_before_completion', progress_before_completion)
WHERE (rrule IS NOT NULL OR rdates IS NOT NULL) AND status <> 'not_started';
-- only {postgres}
UPDATE tasks SET "series_state" = json_build_object(
    'status', status, 'progress', coalesce(progress, 0),
    'started_at', to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'completed_at', to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'progress_before_completion', progress_before_completion)::text
WHERE (rrule IS NOT NULL OR rdates IS NOT NULL) AND status <> 'not_started';
-- for both
