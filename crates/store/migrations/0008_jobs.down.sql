DROP TABLE external_events;
DROP TABLE external_calendars;
DROP TABLE job_runners;
DROP TABLE jobs;
