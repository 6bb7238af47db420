//! Conversion between records and the texts of form inputs.
//!
//! A form is a [`Form`], names and texts, whether it comes from a record, the parameters of an address, or a request.
//! So no typed text is lost, even if invalid.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_app::core::from_log;
use obcms_app::records::history;
use obcms_app::{Actor, App, AppError};
use obcms_domain::core::id::Id;
use obcms_domain::records::input;
use obcms_domain::registry::shared::{ALL_DAY, START, TIMEZONE};
use obcms_domain::registry::{self, Field, FieldError, FieldType, Kind, Link, Record, Value, output};
use serde_json::{Map, Value as Json};

use super::{structure, value};
use crate::components::badges;
use crate::components::words;
use crate::core::input::Form;
use crate::core::state::blocking;

/// Name of the hidden input with the names of the shown fields. Browsers send nothing for an unchecked box, and so it
/// is distinguished from a field that the form did not have.
pub const SHOWN: &str = "shown_fields";

/// Returns the texts of a record, as its form shows them.
#[must_use]
pub fn written(record: &Record) -> Form {
    let mut form = Vec::new();
    for (position, field) in record.kind.fields.iter().enumerate() {
        if field.source == registry::Source::Input {
            write(record, field, &record.values[position], &mut form);
        }
    }
    Form(form)
}

fn write(record: &Record, field: &Field, value: &Value, form: &mut Vec<(String, String)>) {
    let mut put = |text: String| form.push((field.name.to_owned(), text));
    match value {
        Value::Null => {}
        Value::Boolean(value) => put(value.to_string()),
        Value::Integer(number) => put(match field.data {
            FieldType::Money => badges::money_text(*number).replace('₱', "").replace('−', "-"),
            FieldType::Decimal(..) => value::decimal_text(*number),
            _ => number.to_string(),
        }),
        Value::Text(text) => put(text.clone()),
        Value::Date(day) => put(day.to_string()),
        Value::Instant(instant) => {
            if matches!(field.data, FieldType::Moment) && ALL_DAY.get(record) {
                put(value::all_day(record, field, *instant).to_string());
            } else if matches!(field.data, FieldType::Moment) {
                let zone = TimeZone::get(TIMEZONE.get(record)).unwrap_or(TimeZone::UTC);
                let local = instant.to_zoned(zone);
                put(local.date().to_string());
                form.push((format!("{}.time", field.name), local.strftime("%H:%M").to_string()));
            } else {
                put(instant.to_string());
            }
        }
        Value::Id(id) => put(id.to_string()),
        Value::Ids(ids) => ids.iter().for_each(|id| put(id.to_string())),
        Value::Link(target) => put(link(target)),
        Value::Links(links) => links.iter().for_each(|target| put(link(target))),
        Value::Json(json) => structure::write(field, json, form),
    }
}

fn link(link: &Link) -> String {
    format!("{}:{}", link.kind, link.id)
}

/// Returns the texts of a new form: the initial values of a record, overridden by the address, as in
/// `/ppas/new?needs=ID&title=…`. Addresses follow the API: the end of an all-day record is exclusive.
#[must_use]
pub fn prefilled(app: &App, actor: &Actor, kind: &'static Kind, given: &[(String, String)]) -> Form {
    let mut record = Record::new(kind, app.new_id(), app.now(), actor.id);
    let mut input = Map::new();
    for field in kind.inputs() {
        let texts: Vec<String> =
            given.iter().filter(|(name, _)| name == field.name).map(|(_, text)| text.clone()).collect();
        if texts.is_empty() {
            continue;
        }
        let json = match field.data {
            FieldType::Money => texts[0].parse::<i64>().map_or(Json::Null, Json::from),
            FieldType::Link(_) | FieldType::Links(_) => {
                registry::form_to_json(field, &with_kinds(app, actor, &texts))
            }
            _ => registry::form_to_json(field, &texts),
        };
        input.insert(field.name.to_owned(), json);
    }
    let options = app.options();
    let context =
        input::Context { actor: actor.id, today: app.today(), office_timezone: &options.office_timezone };
    if actor.creates_only_own(kind) {
        fill_own(actor, kind, &mut input);
    }
    if let Some((name, value)) = kind.request.filter(|_| actor.creates_only_requests(kind)) {
        input.entry(name).or_insert_with(|| Json::from(value));
    }
    // Missing and invalid fields are for the form to correct.
    let _ = input::parse(&mut record, &input, true, &context);
    if input.contains_key("start") && START.get(&record).is_none() {
        // Moments are not parsed while another field is invalid, such as the missing title.
        let zone = TimeZone::get(TIMEZONE.get(&record)).unwrap_or(TimeZone::UTC);
        for name in ["start", "end"] {
            if let Some(text) = input.get(name).and_then(Json::as_str)
                && let Ok(instant) = registry::moment(text, ALL_DAY.get(&record), &zone)
            {
                record.set(name, instant);
            }
        }
    }
    written(&record)
}

/// Names the own organization or community of a person who may request only for these, unless the address names one.
/// Of several communities the person chooses.
fn fill_own(actor: &Actor, kind: &'static Kind, input: &mut Map<String, Json>) {
    let own = actor.own_targets(kind);
    if own.iter().any(|(field, _)| input.contains_key(field.name)) {
        return;
    }
    if let Some((field, ids)) = own.iter().find(|(_, ids)| ids.len() == 1) {
        let texts: Vec<String> = ids.iter().map(Id::to_string).collect();
        input.insert(field.name.to_owned(), registry::form_to_json(field, &texts));
    }
}

/// Converts links of an address to their form in inputs: a plain id gets its kind.
fn with_kinds(app: &App, actor: &Actor, given: &[String]) -> Vec<String> {
    let items: Vec<&str> = given.iter().flat_map(|text| text.split(',')).map(str::trim).collect();
    let ids: Vec<Id> = items.iter().filter_map(|item| item.parse().ok()).collect();
    // Without a result the form has no links, to be filled in by hand.
    let known = if ids.is_empty() { None } else { blocking(|| app.directory(actor, &ids)).ok() };
    let kind = |id: Id| known.as_ref()?.get(&id).map(|reference| reference.kind.as_str());
    let written = |item: &str| {
        item.parse().ok().and_then(kind).map_or_else(|| item.to_owned(), |kind| format!("{kind}:{item}"))
    };
    items.into_iter().map(written).collect()
}

/// Parses a form of a kind: one member for each shown field.
///
/// A form lists its shown fields in the hidden input [`SHOWN`] (see [`super::controls::shown`]); without it only the
/// fields of the request are parsed, and an unchecked box counts as not shown.
#[must_use]
pub fn read_form(kind: &'static Kind, form: &Form) -> Map<String, Json> {
    let shown: Vec<&str> = form.get(SHOWN).split(',').filter(|name| !name.is_empty()).collect();
    let all_day = kind.field("all_day").is_some() && is_ticked(form, "all_day");
    let mut input = Map::new();
    for field in kind.offered() {
        // A write-only field stays when nothing was typed.
        if field.source == registry::Source::WriteOnly && form.get(field.name).is_empty() {
            continue;
        }
        let is_there = if shown.is_empty() { has(form, field) } else { shown.contains(&field.name) };
        if is_there {
            input.insert(field.name.to_owned(), read(form, field, all_day));
        }
    }
    input
}

fn has(form: &Form, field: &Field) -> bool {
    form.has(field.name) || structure::is_given(form, field)
}

fn is_ticked(form: &Form, name: &str) -> bool {
    form.get(name) == "true"
}

fn read(form: &Form, field: &Field, all_day: bool) -> Json {
    match field.data {
        FieldType::Structure(_) => structure::read(form, field),
        FieldType::Moment => moment(form, field, all_day),
        _ => registry::form_to_json(field, &form.all(field.name)),
    }
}

fn moment(form: &Form, field: &Field, all_day: bool) -> Json {
    let day = form.get(field.name).trim();
    let time = form.get(&format!("{}.time", field.name)).trim().to_owned();
    if day.is_empty() {
        return Json::Null;
    }
    if all_day {
        return match (field.name, day.parse::<Date>()) {
            // Inclusive on the screen, exclusive in the record.
            ("end", Ok(last)) => last.tomorrow().map_or_else(|_| day.into(), |end| end.to_string().into()),
            _ => day.into(),
        };
    }
    if time.is_empty() { day.into() } else { format!("{day}T{time}").into() }
}

/// Returns the changes of a form that was rendered from `base`: only the fields that differ, so that concurrent
/// changes of other fields stay.
#[must_use]
pub fn differing(base: &Record, form: &Form) -> Map<String, Json> {
    let drawn = written(base);
    let was_all_day = ALL_DAY.get(base);
    let mut input = read_form(base.kind, form);
    let mut moves = false;
    input.retain(|name, json| {
        let Some(field) = base.kind.field(name) else { return false };
        let differs = read(&drawn, field, was_all_day) != *json;
        moves |= differs && ["all_day", "timezone"].contains(&field.name);
        differs
    });
    if moves {
        // An unchanged time in the form is another instant in another zone.
        let all_day = is_ticked(form, "all_day");
        for field in base.kind.inputs().filter(|field| matches!(field.data, FieldType::Moment)) {
            input.insert(field.name.to_owned(), read(form, field, all_day));
        }
    }
    input
}

/// Returns the concurrent changes since a version: the record as it was then, and the changes, newest first.
pub fn since(
    app: &App,
    actor: &Actor,
    record: &Record,
    version: i64,
) -> Result<(Record, Vec<history::Entry>), AppError> {
    let mut entries = app.history(actor, record.kind, record.id, None, 200)?;
    entries.retain(|entry| entry.change.version > version);
    let mut base = record.clone();
    for entry in &entries {
        for (name, pair) in &entry.change.fields {
            if let Some(position) = record.kind.position(name) {
                let old = pair.get(0).cloned().unwrap_or_default();
                base.values[position] = from_log(&record.kind.fields[position], &old)?;
            }
        }
    }
    Ok((base, entries))
}

/// Merge of a form with concurrent changes.
pub struct Merged {
    /// Fields that the person changed.
    pub input: Map<String, Json>,
    /// Of these, the fields that others changed to another value.
    pub contested: Vec<FieldError>,
}

/// Compares a form with the record of the version from which it was rendered, and with the present record.
pub fn merged(
    app: &App,
    actor: &Actor,
    record: &Record,
    form: &Form,
    version: i64,
) -> Result<Merged, AppError> {
    let (base, entries) = since(app, actor, record, version)?;
    let input = differing(&base, form);
    let wanted = differing(record, form);
    let theirs = touched(&entries);
    let contested = input
        .keys()
        .filter(|name| theirs.contains(&name.as_str()) && wanted.contains_key(*name))
        .map(|name| FieldError::new(name.clone(), "stale", words::text(STALE)))
        .collect();
    Ok(Merged { input, contested })
}

/// Error beside a field that two people changed.
pub const STALE: &str = "Someone else changed this too. Save again to overwrite it.";

/// Returns the fields of the entries that a form shows.
#[must_use]
pub fn touched(entries: &[history::Entry]) -> Vec<&'static str> {
    entries.iter().flat_map(|entry| entry.fields.iter().map(|change| change.field)).collect()
}

/// Returns the ids in the texts of a form, for the titles of pickers.
#[must_use]
pub fn ids(kind: &Kind, form: &Form) -> Vec<Id> {
    kind.inputs()
        .filter(|field| field.is_reference())
        .flat_map(|field| form.all(field.name))
        .filter_map(|text| text.rsplit(':').next().and_then(|id| id.trim().parse().ok()))
        .collect()
}

/// Returns the error of a field, if any.
#[must_use]
pub fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    let own = errors.iter().filter(|error| error.field == name);
    let messages = words::messages(own);
    (!messages.is_empty()).then_some(messages)
}

/// Returns a value as JSON without context, for comparison.
#[must_use]
pub fn plain(record: &Record, field: &Field) -> Json {
    output::plain(field, record.get(field.name))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use obcms_domain::kinds::{self, event};
    use obcms_domain::registry::shared::END;

    use super::*;

    fn event(all_day: bool) -> Record {
        let now: jiff::Timestamp = "2027-01-01T00:00:00Z".parse().expect("an instant");
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let mut event = Record::new(&kinds::EVENT, id, now, None);
        event::TITLE.set(&mut event, "Visit");
        TIMEZONE.set(&mut event, "Asia/Manila");
        ALL_DAY.set(&mut event, all_day);
        let zone = TimeZone::get("Asia/Manila").expect("a zone");
        let at = |day: Date| day.to_zoned(zone.clone()).expect("a day").timestamp();
        START.set(&mut event, at(date(2027, 1, 25)));
        END.set(&mut event, at(date(2027, 1, 27)));
        event
    }

    #[test]
    fn an_all_day_end_is_inclusive_in_the_form_and_exclusive_in_the_record() {
        let form = written(&event(true));
        assert_eq!(form.get("end"), "2027-01-26");
        assert_eq!(read_form(&kinds::EVENT, &form)["end"], "2027-01-27");
    }

    #[test]
    fn unchanged_form_changes_nothing() {
        for all_day in [true, false] {
            let event = event(all_day);
            let mut form = written(&event);
            form.0.push((
                SHOWN.to_owned(),
                form.0.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(","),
            ));
            assert_eq!(differing(&event, &form), Map::new());
        }
    }

    #[test]
    fn unchecked_box_is_read_and_changes_the_moments() {
        let event = event(true);
        let mut form = written(&event);
        form.0.retain(|(name, _)| name != "all_day");
        form.0.push((SHOWN.to_owned(), "all_day,start,end".to_owned()));
        form.0.push(("start.time".to_owned(), "09:00".to_owned()));
        let input = differing(&event, &form);
        assert_eq!(input["all_day"], false);
        assert_eq!(input["start"], "2027-01-25T09:00");
    }
}
