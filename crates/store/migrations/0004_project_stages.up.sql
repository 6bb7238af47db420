-- Each stay of a project in a stage, so that time in stage is measured.
CREATE TABLE project_stages (
    id {id} PRIMARY KEY,
    project_id {id} NOT NULL,
    stage {text} NOT NULL,
    entered_at {instant} NOT NULL,
    entered_by {id},
    left_at {instant},
    note {text} NOT NULL
){table};
CREATE INDEX project_stages_project ON project_stages (project_id, entered_at);
