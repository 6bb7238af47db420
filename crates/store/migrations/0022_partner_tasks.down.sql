ALTER TABLE tasks DROP COLUMN "visible_to_partners";
