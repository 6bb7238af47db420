-- What a resource says of its bookings.
ALTER TABLE resources ADD COLUMN "seats" {integer};
ALTER TABLE resources ADD COLUMN "opening_hours" {text};
ALTER TABLE resources ADD COLUMN "blackouts" {text};
ALTER TABLE resources ADD COLUMN "buffer_before_minutes" {integer};
ALTER TABLE resources ADD COLUMN "buffer_after_minutes" {integer};
ALTER TABLE resources ADD COLUMN "horizon_days" {integer};
ALTER TABLE resources ADD COLUMN "maximum_hours" {integer};
UPDATE resources SET "buffer_before_minutes" = 0, "buffer_after_minutes" = 0, "horizon_days" = 183;

CREATE TABLE bookings (
    id {id} PRIMARY KEY,
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    created_by {id},
    updated_at {instant} NOT NULL,
    archived_at {instant},
    "purpose" {text},
    "resource" {id},
    "all_day" {boolean},
    "start" {instant},
    "end" {instant},
    "timezone" {text},
    "units" {integer},
    "origin_kind" {text},
    "origin_id" {id},
    "status" {text},
    "booked_by" {id},
    "notes" {text},
    "override_reason" {text},
    "decided_by" {id},
    "decided_at" {instant},
    "decision_note" {text},
    "resource_name" {text},
    "rrule" {text},
    "rdates" {text},
    "exdates" {text},
    "overrides" {text},
    "continues" {id}
){table};
CREATE INDEX bookings_resource ON bookings ("resource");
CREATE INDEX bookings_origin ON bookings ("origin_id");
CREATE INDEX bookings_status ON bookings ("status");
CREATE INDEX bookings_booked_by ON bookings ("booked_by");
CREATE INDEX bookings_decided_by ON bookings ("decided_by");
CREATE INDEX bookings_continues ON bookings ("continues");
CREATE INDEX bookings_order ON bookings ("start", id);

-- The times that pending and approved bookings take, one row for each occurrence. From start_at to end_at with the
-- buffers of the resource; booked_from and booked_until without. Where a resource has one unit and no override is at
-- work, the row is exclusive, and the database itself refuses a second one at the same time, from whatever path.
CREATE TABLE booking_slots (
    booking {id} NOT NULL,
    recurrence_id {text} NOT NULL,
    resource {id} NOT NULL,
    start_at {instant} NOT NULL,
    end_at {instant} NOT NULL,
    booked_from {instant} NOT NULL,
    booked_until {instant} NOT NULL,
    units {integer} NOT NULL,
    is_override {boolean} NOT NULL,
    is_exclusive {boolean} NOT NULL,
    PRIMARY KEY (booking, recurrence_id),
    CHECK (start_at <= booked_from AND booked_from < booked_until AND booked_until <= end_at)
){clustered};
CREATE INDEX booking_slots_resource ON booking_slots (resource, end_at, start_at);
CREATE INDEX booking_slots_override ON booking_slots (is_override, end_at);

-- only {postgres}
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE booking_slots ADD CONSTRAINT booking_slots_never_overlap
    EXCLUDE USING gist (resource WITH =, tstzrange(start_at, end_at) WITH &&) WHERE (is_exclusive);
-- only {sqlite}
CREATE TRIGGER booking_slots_never_overlap_on_insert BEFORE INSERT ON booking_slots WHEN NEW.is_exclusive
BEGIN
    SELECT RAISE(ABORT, 'booking_slots_never_overlap') WHERE EXISTS (
        SELECT 1 FROM booking_slots other
        WHERE other.resource = NEW.resource AND other.is_exclusive
            AND other.end_at > NEW.start_at AND other.start_at < NEW.end_at
    );
END;
CREATE TRIGGER booking_slots_never_overlap_on_update BEFORE UPDATE ON booking_slots WHEN NEW.is_exclusive
BEGIN
    SELECT RAISE(ABORT, 'booking_slots_never_overlap') WHERE EXISTS (
        SELECT 1 FROM booking_slots other
        WHERE other.resource = NEW.resource AND other.is_exclusive
            AND other.end_at > NEW.start_at AND other.start_at < NEW.end_at
            AND NOT (other.booking = OLD.booking AND other.recurrence_id = OLD.recurrence_id)
    );
END;
-- for both
