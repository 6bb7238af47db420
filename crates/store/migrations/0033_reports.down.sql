DROP TABLE report_schedules;
DROP TABLE reports;
