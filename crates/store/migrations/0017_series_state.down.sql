ALTER TABLE tasks DROP COLUMN "series_state";
