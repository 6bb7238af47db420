DROP TABLE job_runners;
DROP TABLE jobs;
