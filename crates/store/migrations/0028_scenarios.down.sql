DROP TABLE scenarios;
ALTER TABLE ppas DROP COLUMN "pap_code";
