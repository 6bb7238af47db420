DROP TABLE project_stages;
