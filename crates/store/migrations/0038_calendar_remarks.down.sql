ALTER TABLE external_events DROP COLUMN remarks;
ALTER TABLE external_calendars DROP COLUMN remarks;
