DROP TABLE booking_slots;
DROP TABLE bookings;
ALTER TABLE resources DROP COLUMN "maximum_hours";
ALTER TABLE resources DROP COLUMN "horizon_days";
ALTER TABLE resources DROP COLUMN "buffer_after_minutes";
ALTER TABLE resources DROP COLUMN "buffer_before_minutes";
ALTER TABLE resources DROP COLUMN "blackouts";
ALTER TABLE resources DROP COLUMN "opening_hours";
ALTER TABLE resources DROP COLUMN "seats";
