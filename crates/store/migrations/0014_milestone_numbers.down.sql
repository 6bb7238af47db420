ALTER TABLE ppas DROP COLUMN "milestone_numbers";
