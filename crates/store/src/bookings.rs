//! Reserved slots of bookings: written with every booking, read before the next one.

use jiff::Timestamp;
use obcms_domain::bookings::{Span, Taken};
use obcms_domain::core::id::Id;

use crate::database::Statement;
use crate::database::{Row, SqlValue, Tx};
use crate::error::StoreError;

/// Period for which a booking reserves its resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The booking.
    pub booking: Id,
    /// Occurrence of the booking; empty for a single booking.
    pub recurrence_id: String,
    /// The resource.
    pub resource: Id,
    /// Period including the buffers of the resource.
    pub taken: Span,
    /// Period without the buffers.
    pub booked: Span,
    /// Number of units.
    pub units: i64,
    /// True for a booking placed over others, with a reason.
    pub is_override: bool,
    /// True if no other booking may overlap; the database enforces it.
    pub is_exclusive: bool,
}

impl From<&Slot> for Taken {
    fn from(slot: &Slot) -> Self {
        Self { span: slot.taken, units: slot.units }
    }
}

const COLUMNS: [&str; 10] = [
    "booking",
    "recurrence_id",
    "resource",
    "start_at",
    "end_at",
    "booked_from",
    "booked_until",
    "units",
    "is_override",
    "is_exclusive",
];

fn read(row: &Row) -> Result<Slot, StoreError> {
    Ok(Slot {
        booking: row.get(0)?,
        recurrence_id: row.get(1)?,
        resource: row.get(2)?,
        taken: Span::new(row.get(3)?, row.get(4)?),
        booked: Span::new(row.get(5)?, row.get(6)?),
        units: row.get(7)?,
        is_override: row.get(8)?,
        is_exclusive: row.get(9)?,
    })
}

fn select() -> Statement {
    let columns: Vec<String> = COLUMNS.iter().map(|column| format!("s.{column}")).collect();
    Statement::new(format!("SELECT {} FROM booking_slots s WHERE ", columns.join(", ")))
}

fn all(tx: &mut Tx<'_>, statement: &Statement) -> Result<Vec<Slot>, StoreError> {
    tx.query(&statement.sql, &statement.parameters)?.iter().map(read).collect()
}

/// Returns the reserved slots of the resources in the window, by start, without those of the booking that is being
/// changed.
pub fn within(
    tx: &mut Tx<'_>,
    resources: &[Id],
    window: Span,
    except: Option<Id>,
) -> Result<Vec<Slot>, StoreError> {
    let mut statement = select();
    statement.push("s.resource IN ");
    statement.bind_list(resources.iter().map(|id| SqlValue::Id(*id)));
    statement.push(" AND s.end_at > ").bind(window.start).push(" AND s.start_at < ").bind(window.end);
    if let Some(booking) = except {
        statement.push(" AND s.booking <> ").bind(booking);
    }
    statement.push(" ORDER BY s.start_at, s.booking, s.recurrence_id");
    all(tx, &statement)
}

/// Returns the reserved slots of a resource from an instant on, by start.
pub fn ahead(tx: &mut Tx<'_>, resource: Id, from: Timestamp) -> Result<Vec<Slot>, StoreError> {
    let mut statement = select();
    statement.push("s.resource = ").bind(resource).push(" AND s.end_at > ").bind(from);
    statement.push(" ORDER BY s.start_at, s.booking, s.recurrence_id");
    all(tx, &statement)
}

/// Returns pairs of overlapping bookings of a one-unit resource in the window; one of the two is an override.
pub fn booked_over(tx: &mut Tx<'_>, window: Span) -> Result<Vec<(Slot, Slot)>, StoreError> {
    let columns =
        |alias: &str| COLUMNS.iter().map(|column| format!("{alias}.{column}")).collect::<Vec<_>>().join(", ");
    let mut statement = Statement::new(format!(
        "SELECT {}, {} FROM booking_slots s JOIN booking_slots o ON o.resource = s.resource \
         AND o.start_at < s.end_at AND o.end_at > s.start_at \
         AND (o.is_override = ",
        columns("s"),
        columns("o")
    ));
    // Of two overrides each pair counts once: the booking created first comes first.
    statement.bind(false).push(" OR o.booking < s.booking) WHERE s.is_override = ").bind(true);
    statement.push(" AND o.booking <> s.booking AND s.end_at > ").bind(window.start);
    statement.push(" AND s.start_at < ").bind(window.end);
    statement.push(" ORDER BY s.start_at, s.booking, o.booking LIMIT 500");
    tx.query(&statement.sql, &statement.parameters)?
        .iter()
        .map(|row| {
            let other = Row(row.0[COLUMNS.len()..].to_vec());
            Ok((read(row)?, read(&other)?))
        })
        .collect()
}

/// Returns the slots of these bookings, by start.
pub fn of_bookings(tx: &mut Tx<'_>, bookings: &[Id]) -> Result<Vec<Slot>, StoreError> {
    let mut result = Vec::new();
    for chunk in bookings.chunks(400) {
        let mut statement = select();
        statement.push("s.booking IN ");
        statement.bind_list(chunk.iter().map(|id| SqlValue::Id(*id)));
        statement.push(" ORDER BY s.start_at, s.recurrence_id");
        result.extend(all(tx, &statement)?);
    }
    Ok(result)
}

/// Replaces the slots of a booking.
pub fn replace(tx: &mut Tx<'_>, booking: Id, slots: &[Slot]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM booking_slots WHERE booking = $1", &[booking.into()])?;
    let rows: Vec<Vec<SqlValue>> = slots
        .iter()
        .map(|slot| {
            vec![
                SqlValue::Id(slot.booking),
                slot.recurrence_id.clone().into(),
                SqlValue::Id(slot.resource),
                slot.taken.start.into(),
                slot.taken.end.into(),
                slot.booked.start.into(),
                slot.booked.end.into(),
                SqlValue::Integer(slot.units),
                slot.is_override.into(),
                slot.is_exclusive.into(),
            ]
        })
        .collect();
    tx.insert_rows("booking_slots", &COLUMNS, &rows, "")
}

/// Marks the slots of a resource from an instant on as exclusive or not; overrides are never exclusive.
pub fn mark(tx: &mut Tx<'_>, resource: Id, from: Timestamp, exclusive: bool) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE booking_slots SET is_exclusive = $1 WHERE resource = $2 AND end_at > $3 AND is_override = $4",
        &[exclusive.into(), resource.into(), from.into(), false.into()],
    )?;
    Ok(())
}

/// Returns bookings for events that reserve one of the resources, or any resource, within a span of time.
pub fn of_events(
    tx: &mut Tx<'_>,
    resources: &[Id],
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new(
        "SELECT DISTINCT b.id FROM booking_slots s JOIN bookings b ON b.id = s.booking \
         WHERE b.origin_kind = 'event' AND b.archived_at IS NULL AND b.status IN ('pending', 'approved') \
         AND s.booked_from < ",
    );
    statement.bind(until).push(" AND s.booked_until > ").bind(from);
    if !resources.is_empty() {
        statement.push(" AND s.resource IN ");
        statement.bind_list(resources.iter().map(|id| SqlValue::Id(*id)));
    }
    statement.push(" ORDER BY b.id");
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the bookable resources of a type, by name.
pub fn bookable(tx: &mut Tx<'_>, resource_type: &str, except: Id, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.query(
        "SELECT id FROM resources WHERE resource_type = $1 AND is_available = $2 AND archived_at IS NULL \
         AND id <> $3 ORDER BY name, id LIMIT $4",
        &[resource_type.into(), true.into(), except.into(), limit.into()],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// Returns the bookings for one of these records, archived ones included.
pub fn of_origins(tx: &mut Tx<'_>, origins: &[Id]) -> Result<Vec<Id>, StoreError> {
    let mut statement = Statement::new("SELECT id FROM bookings WHERE origin_id IN ");
    statement.bind_list(origins.iter().map(|id| SqlValue::Id(*id)));
    statement.push(" ORDER BY \"start\", id");
    tx.query(&statement.sql, &statement.parameters)?.iter().map(|row| row.get(0)).collect()
}

/// Returns the bookings of a resource in any status.
pub fn of_resource(tx: &mut Tx<'_>, resource: Id) -> Result<Vec<Id>, StoreError> {
    tx.query("SELECT id FROM bookings WHERE resource = $1", &[resource.into()])?
        .iter()
        .map(|row| row.get(0))
        .collect()
}
