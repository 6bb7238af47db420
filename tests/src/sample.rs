//! Minimal records of any kind, derived from its description.

use jiff::SignedDuration;
use obcms_app::records::{Input, create};
use obcms_app::{Actor, AppError, UnitOfWork};
use obcms_domain::choices::SECTORS;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{
    self, CEILING, DELEGATION, PPA, TRANCHE, ceiling, delegation, ppa, report_schedule, tranche,
};
use obcms_domain::registry::{Field, FieldType, Initial, Kind, Record, Value};
use serde_json::{Value as Json, json};

use crate::Server;

/// Barangay outside BARMM that every installation has.
pub const BARANGAY: &str = "1206511001";

/// Returns the minimal members for a record of the kind, and creates the targets of its references. `number` makes
/// unique values differ.
pub fn minimal(server: &Server, kind: &'static Kind, number: u32) -> Input {
    let mut input = Input::new();
    for field in kind.inputs() {
        if field.required && matches!(field.initial, Initial::Empty) {
            input.insert(field.name.to_owned(), value(server, field, number));
        }
    }
    if kind.name == "resource" {
        // Allows bookings of more than one unit.
        input.insert("capacity".to_owned(), json!(3));
    }
    if *kind == TRANCHE {
        // Only an enacted budget can be allotted.
        input.insert(tranche::PPA.name().to_owned(), json!(enacted(server, number)));
    }
    if *kind == CEILING {
        // A year has one ceiling for each sector and source.
        input.insert(ceiling::FISCAL_YEAR.name().to_owned(), json!(2000 + number % 100));
        let sector = usize::try_from(number / 100).unwrap_or_default() % SECTORS.len();
        input.insert(ceiling::SECTOR.name().to_owned(), json!(SECTORS[sector].value));
    }
    if *kind == DELEGATION {
        // Only people who decide have something to delegate.
        input.insert(delegation::DELEGATOR.name().to_owned(), json!(server.person(&["coordinator"]).id));
        input.insert(delegation::DELEGATE.name().to_owned(), json!(server.person(&["staff"]).id));
    }
    if kind.name == "booking" {
        // Bookings must be in the near future.
        input.insert("start".to_owned(), json!(ahead(server, 24)));
    }
    input
}

/// Creates a PPA with a budget in force and returns its id.
fn enacted(server: &Server, number: u32) -> Id {
    let id = make(server, &PPA, number, None).id;
    let done = server.app().write(&Actor::program(), |work: &mut UnitOfWork<'_, '_>| {
        let before = work.load(&PPA, id)?;
        let mut record = before.clone();
        ppa::ENACTED_BUDGET_CENTAVOS.set(&mut record, 1_000_000);
        work.save_computed(&before, &record)
    });
    assert!(done.is_ok(), "the budget cannot be set: {done:?}");
    id
}

/// Returns the full hour so many hours from now.
pub fn ahead(server: &Server, hours: i64) -> String {
    let local =
        (server.app().now() + SignedDuration::from_hours(hours)).to_zoned(server.app().zone().clone());
    local.strftime("%Y-%m-%dT%H:00:00%:z").to_string()
}

/// Returns true if the texts of the field have a format of their own.
pub fn is_code(field: &Field) -> bool {
    [ppa::PAP_CODE.name(), tranche::UACS_CODE.name(), report_schedule::CRON.name()].contains(&field.name)
}

/// Returns a valid value of a field, and creates the target of a reference.
pub fn value(server: &Server, field: &Field, number: u32) -> Json {
    match field.data {
        FieldType::Text(_) | FieldType::Multiline(_) if field.name == "username" => {
            json!(format!("sample.{number}"))
        }
        FieldType::Text(_) if ["hearing_time", "due_time"].contains(&field.name) => json!("09:00"),
        FieldType::Text(_) if field.name == "period" => json!("2026-Q3"),
        FieldType::Text(_) if field.name == report_schedule::CRON.name() => {
            json!(format!("0 6 {} * *", number % 28 + 1))
        }
        FieldType::Text(_) if field.name == ppa::PAP_CODE.name() => json!(format!("{:015}", number + 1)),
        FieldType::Text(_) | FieldType::Multiline(_) => json!(format!("Sample {number}")),
        FieldType::Email => json!("sample@example.org"),
        FieldType::Url => json!("https://example.org"),
        FieldType::TimeZone => json!("Asia/Manila"),
        FieldType::Integer(least, _) | FieldType::Decimal(least, _) => json!(least),
        FieldType::Money => json!(100),
        FieldType::Boolean => json!(true),
        FieldType::Date => json!("2027-03-01"),
        FieldType::Instant | FieldType::Moment => json!("2027-03-01T09:00:00+08:00"),
        FieldType::Choice(choices) => json!(choices[0].value),
        FieldType::Choices(choices) => json!([choices[0].value]),
        FieldType::Reference(target) => json!(target_of(server, target, number)),
        FieldType::References(target) => json!([target_of(server, target, number)]),
        FieldType::Link(targets) => {
            json!({ "kind": targets[0], "id": target_of(server, targets[0], number) })
        }
        FieldType::Links(targets) => {
            json!([{ "kind": targets[0], "id": target_of(server, targets[0], number) }])
        }
        FieldType::Tags => json!(["sample"]),
        FieldType::Structure(_) if ["opening_hours", "working_hours"].contains(&field.name) => {
            json!({ "monday": [{ "from": "08:00", "to": "17:00" }] })
        }
        FieldType::Structure(_) if field.name == "checklist" => json!([{ "text": "Call", "state": "open" }]),
        FieldType::Structure(_) if field.name == "targets" => json!([{ "period": "2026", "target": 95 }]),
        FieldType::Structure(_) if field.name == "disaggregation" => {
            json!([{ "by": "sex", "group": "Women", "value": 12.5 }])
        }
        FieldType::Structure(_) if field.name == "blackouts" => json!([{ "start": "2027-03-01" }]),
        FieldType::Recurrence => json!("FREQ=WEEKLY"),
        FieldType::Moments => json!(["2027-03-08"]),
        // The only required structure is that of a task template.
        FieldType::Structure(_) => json!([{
            "key": "first", "title": "First", "anchor": "start", "offset_days": 0, "priority": "medium",
            "assignee": "creator",
        }]),
    }
}

fn target_of(server: &Server, kind: &str, number: u32) -> Id {
    // Places exist in every installation and cannot be created.
    let place = match kind {
        "region" => "1200000000",
        "province" => "1206500000",
        "municipality" => "1206511000",
        "barangay" => BARANGAY,
        _ => "",
    };
    match (place.parse(), kinds::by_name(kind)) {
        (Ok(place), _) => place,
        (_, Some(kind)) => make(server, kind, number, None).id,
        (_, None) => panic!("no kind {kind}"),
    }
}

/// Creates a record of the kind as the program, on behalf of `owner`.
pub fn make(server: &Server, kind: &'static Kind, number: u32, owner: Option<Id>) -> Record {
    let input = minimal(server, kind, number);
    let made = server.app().write(&Actor::program(), |work: &mut UnitOfWork<'_, '_>| {
        let before = create(work, kind, &input)?;
        let Some(owner) = owner else {
            return Ok::<_, AppError>(before);
        };
        work.tx.execute(
            &format!("UPDATE \"{}\" SET created_by = $1 WHERE id = $2", kind.table),
            &[owner.into(), before.id.into()],
        )?;
        Ok(Record { created_by: Some(owner), ..before })
    });
    match made {
        Ok(record) => record,
        Err(error) => panic!("no {} for the test: {error:?}", kind.name),
    }
}

/// Sets a field that only the program writes, as a decision or a stage does.
pub fn set(server: &Server, kind: &'static Kind, id: &str, field: &str, value: impl Into<Value>) {
    let value: Value = value.into();
    let id: Id = id.parse().unwrap_or_else(|_| panic!("{id} is no id"));
    let done = server.app().write(&Actor::program(), |work: &mut UnitOfWork<'_, '_>| {
        let before = work.load(kind, id)?;
        let mut record = before.clone();
        record.set(field, value.clone());
        work.save(&before, &mut record, "update")
    });
    assert!(done.is_ok(), "{}.{field} cannot be set: {done:?}", kind.name);
}
