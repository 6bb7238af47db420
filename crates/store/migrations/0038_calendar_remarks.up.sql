-- What was guessed, mended or skipped in reading external calendars.
ALTER TABLE external_calendars ADD COLUMN remarks {text};
ALTER TABLE external_events ADD COLUMN remarks {text};
