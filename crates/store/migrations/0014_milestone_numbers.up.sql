-- By which the calendar knows each milestone again: of the list in its order, then of those that were taken away.
ALTER TABLE ppas ADD COLUMN "milestone_numbers" {text};
