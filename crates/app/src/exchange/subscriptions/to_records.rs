//! Conversion of parsed iCalendar events to records. A series with its overrides is one record.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use obcms_domain::calendar::series::{MAXIMUM_OVERRIDES, too_dense_from};
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{EXTERNAL_EVENT, external_event};
use obcms_domain::registry::{Record, Value, output};
use obcms_icalendar::read::{Added, Event, Moment, Skips, Status};
use obcms_recur::{Addition, Allowance, Rule, Set};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::MAXIMUM_LISTED;
use super::this_and_future::{self, MAXIMUM_RANGES, Range};
use super::written_out::{Room, written_out};

/// Remark about an event or component: skipped, imported only in part, or with something that was guessed or mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Title, or type of the component.
    pub title: String,
    /// UID, or empty.
    pub uid: String,
    /// Reason, as a sentence.
    pub reason: String,
    /// Line of the file, from 1.
    pub line: usize,
}

impl Remark {
    pub(super) fn new(event: &Event, reason: String) -> Self {
        Self { title: event.summary.clone(), uid: event.uid.clone(), reason, line: event.line }
    }
}

/// Event to save.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Identity across syncs: the UID, and the recurrence id of an occurrence without its series.
    pub key: String,
    /// Hash of the fields, to detect changes since the last sync.
    pub hash: String,
    /// Field values.
    pub fields: Vec<(&'static str, Value)>,
}

impl Draft {
    /// Sets the fields of a record.
    pub fn fill(&self, record: &mut Record) {
        for (name, value) in &self.fields {
            record.set(name, value.clone());
        }
        external_event::SOURCE_KEY.set(record, self.key.as_str());
        external_event::SOURCE_HASH.set(record, self.hash.as_str());
    }
}

/// Remarks about a calendar: the first ones, and the number of all.
#[derive(Debug, Default)]
pub struct Remarks {
    /// First remarks in the order of their lines, [`MAXIMUM_LISTED`] at most.
    pub listed: Vec<Remark>,
    /// Number of all.
    pub count: usize,
}

impl Remarks {
    fn extend(&mut self, remarks: Vec<Remark>) {
        self.count += remarks.len();
        let room = MAXIMUM_LISTED.saturating_sub(self.listed.len());
        self.listed.extend(remarks.into_iter().take(room));
    }
}

/// Conversion of the events of one calendar, which share the work that their rules may take.
pub struct Conversion<'a> {
    office: &'a TimeZone,
    room: Room,
    remarks: Remarks,
}

impl<'a> Conversion<'a> {
    /// Begins a conversion, in the zone of the office.
    pub fn new(office: &'a TimeZone) -> Self {
        Self { office, room: Room::default(), remarks: Remarks::default() }
    }

    /// Converts events to drafts. All events of a UID must be among them.
    pub fn drafts(&mut self, events: &[Event]) -> Vec<Draft> {
        let mut masters: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        let mut changes: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        for event in events {
            let of_kind = if event.recurrence_id.is_none() { &mut masters } else { &mut changes };
            of_kind.entry(event.uid.as_str()).or_default().push(event);
        }
        let mut found = BTreeMap::new();
        for (uid, events) in masters {
            let of_uid = changes.remove(uid).unwrap_or_default();
            if let [event] = events.as_slice() {
                self.add(event, &of_uid, "", &mut found);
                continue;
            }
            // Several events share the UID: each has its own occurrences, and its start as its name.
            for (event, own) in owners(&events, of_uid) {
                self.add(event, &own, &format!("start {}", event.start), &mut found);
            }
        }
        // A person invited to single occurrences receives those without the series.
        for event in changes.into_values().flatten() {
            self.add(event, &[], "", &mut found);
        }
        found.into_values().collect()
    }

    /// Adds the drafts of an event with its overrides.
    fn add(&mut self, event: &Event, changes: &[&Event], name: &str, found: &mut BTreeMap<String, Draft>) {
        let mut own: Vec<Remark> = Vec::new();
        for remark in changes.iter().chain([&event]).flat_map(|event| &event.remarks) {
            own.push(Remark { line: remark.line, ..Remark::new(event, remark.text.clone()) });
        }
        let made = event_drafts(event, changes, self.office, (&mut own, &mut self.room));
        let told = told(&own);
        self.remarks.extend(own);
        for draft in made {
            let draft = draft.finish(event, name, &told);
            found.insert(draft.key.clone(), draft);
        }
    }

    /// Returns the remarks about the calendar, those about skipped components included.
    pub fn remarks(mut self, skips: Skips) -> Remarks {
        let skipped = skips.listed.into_iter().map(|skipped| Remark {
            title: if skipped.summary.is_empty() { skipped.component } else { skipped.summary },
            uid: skipped.uid,
            reason: skipped.reason,
            line: skipped.line,
        });
        self.remarks.listed.extend(skipped);
        self.remarks.listed.sort_by_key(|remark| remark.line);
        self.remarks.listed.truncate(MAXIMUM_LISTED);
        // The reader lists the first ones and counts the rest.
        self.remarks.count += skips.count;
        self.remarks
    }
}

/// Returns the remarks about an event as the text of its record.
fn told(remarks: &[Remark]) -> String {
    let lines: Vec<String> =
        remarks.iter().map(|remark| format!("Line {}: {}", remark.line, remark.reason)).collect();
    lines.join("\n").chars().take(4_000).collect()
}

/// Returns several events with one UID, each with its overrides: those of the series that began last before them, else of
/// the first event.
fn owners<'a>(events: &[&'a Event], changes: Vec<&'a Event>) -> Vec<(&'a Event, Vec<&'a Event>)> {
    let mut owners: Vec<(&Event, Vec<&Event>)> = events.iter().map(|event| (*event, Vec::new())).collect();
    let is_series = |event: &Event| event.rrule.is_some() || !event.rdates.is_empty();
    let mut series: Vec<usize> = (0..events.len()).filter(|place| is_series(events[*place])).collect();
    series.sort_by_key(|place| events[*place].start.date());
    for change in changes {
        let Some(date) = change.recurrence_id.as_ref().map(Moment::date) else { continue };
        let before = series.partition_point(|place| events[*place].start.date() <= date);
        let place = before.checked_sub(1).map_or(0, |last| series[last]);
        owners[place].1.push(change);
    }
    owners
}

/// Event of a file as fields, before its remarks are known.
struct Made {
    recurrence_id: String,
    fields: Vec<(&'static str, Value)>,
}

impl Made {
    /// Returns the draft; `name` tells events of one UID apart.
    fn finish(self, event: &Event, name: &str, remarks: &str) -> Draft {
        let mut fields = self.fields;
        fields.push(("uid", event.uid.chars().take(500).collect::<String>().into()));
        fields.push(("recurrence_id", some_text(&self.recurrence_id)));
        fields.push((external_event::REMARKS.name(), some_text(remarks)));
        let mut content = String::new();
        for (name, value) in &fields {
            let json = EXTERNAL_EVENT.field(name).map_or(Json::Null, |field| output::plain(field, value));
            content.push_str(&format!("{name}={json}\n"));
        }
        let text = format!("{}\n{name}{}", event.uid, self.recurrence_id);
        let hash = |text: &str| hex(&Sha256::digest(text.as_bytes()));
        Draft { key: hash(&text), hash: hash(&content), fields }
    }
}

/// Converts an occurrence without its series.
fn single(event: &Event, office: &TimeZone) -> Made {
    let recurrence_id = event.recurrence_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut fields = texts(event);
    fields.extend(times(event, &zone_of(event, office)));
    Made { recurrence_id, fields }
}

/// Returns the zone to store: the zone of the event, or that of the office for all-day events and for single times in
/// UTC. Programs write UTC when the zone does not matter.
fn zone_of(event: &Event, office: &TimeZone) -> TimeZone {
    let happens_once = event.rrule.is_none() && event.rdates.is_empty();
    match &event.start {
        Moment::Time(time) if happens_once && time.time_zone().iana_name() == Some("UTC") => office.clone(),
        Moment::Time(time) if time.time_zone().iana_name().is_some() => time.time_zone().clone(),
        _ => office.clone(),
    }
}

fn some_text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

/// Returns title, texts and status.
fn texts(event: &Event) -> Vec<(&'static str, Value)> {
    let title = if event.summary.trim().is_empty() { "Untitled" } else { event.summary.as_str() };
    let status = match event.status {
        Status::Tentative => "tentative",
        Status::Confirmed => "confirmed",
        Status::Cancelled => "cancelled",
    };
    vec![
        ("title", title.into()),
        ("location", some_text(&event.location)),
        ("status", status.into()),
        ("url", some_text(&event.url)),
        ("organizer_name", some_text(&event.organizer)),
        ("description", some_text(&event.description)),
    ]
}

fn times(event: &Event, zone: &TimeZone) -> Vec<(&'static str, Value)> {
    vec![
        ("all_day", event.start.is_day().into()),
        ("timezone", zone.iana_name().unwrap_or("UTC").into()),
        ("start", instant(&event.start, zone).into()),
        ("end", instant(&event.end, zone).into()),
    ]
}

/// Returns the instant of a moment. A day is midnight in the zone of the record.
fn instant(moment: &Moment, zone: &TimeZone) -> Option<Timestamp> {
    match moment {
        Moment::Day(day) => day.to_zoned(zone.clone()).ok().map(|midnight| midnight.timestamp()),
        Moment::Time(time) => Some(time.timestamp()),
    }
}

/// Returns the recurrence id: a day, or the local time in the zone of the series.
fn name_of(moment: &Moment, has_days: bool, zone: &TimeZone, start: Option<DateTime>) -> String {
    if has_days {
        return moment.day_in(zone).to_string();
    }
    let local = match moment {
        Moment::Day(day) => day.to_datetime(start.map_or_else(Default::default, DateTime::time)),
        Moment::Time(time) => time.with_time_zone(zone.clone()).datetime(),
    };
    local.to_string()
}

/// Rule of an imported event.
#[derive(Default)]
struct ImportedRule {
    /// Rule to store; `None` for a single event and for a rule that cannot be stored.
    rrule: Option<String>,
    /// Start, if it must be an additional date.
    with_start: Option<String>,
    /// True if only the first occurrence is imported.
    is_cut: bool,
}

/// Overrides of an imported series.
#[derive(Default)]
struct Overrides {
    /// Changed fields by recurrence id.
    patches: Map<String, Json>,
    /// Recurrence ids of cancelled occurrences.
    cancelled: Vec<String>,
    /// Overrides with RANGE=THISANDFUTURE.
    ranges: Vec<Range>,
}

/// Converts a single event, or a series with its overrides. Overrides with
/// RANGE=THISANDFUTURE yield more than one draft.
fn event_drafts(
    event: &Event,
    changes: &[&Event],
    office: &TimeZone,
    (skipped, room): (&mut Vec<Remark>, &mut Room),
) -> Vec<Made> {
    if event.recurrence_id.is_some() {
        if event.rrule.is_some() {
            let reason =
                "Its rule was not used: it is one occurrence of a series that the file does not have.";
            skipped.push(Remark::new(event, reason.to_owned()));
        }
        return vec![single(event, office)];
    }
    let written = written_out(event, skipped, room);
    let event: &Event = &written;
    let zone = zone_of(event, office);
    let has_days = event.start.is_day();
    let first = match &event.start {
        Moment::Day(_) => None,
        Moment::Time(time) => Some(time.datetime()),
    };
    let name = |moment: &Moment| name_of(moment, has_days, &zone, first);
    let ImportedRule { rrule, with_start, is_cut } =
        room.share(|steps| imported_rule(event, &zone, (skipped, steps)));
    // A period has its end after a slash.
    let added = |date: &Added| match &date.end {
        Some(end) if !has_days => format!("{}/{}", name(&date.start), name(end)),
        _ => name(&date.start),
    };
    let mut rdates = sorted(event.rdates.iter().map(added).chain(with_start).collect());
    if rrule.is_none() && rdates.is_empty() && !changes.is_empty() && !is_cut {
        // An override of a single event makes it a series of one occurrence.
        rdates.push(name(&event.start));
    }
    let is_series = rrule.is_some() || !rdates.is_empty();
    let mut overrides =
        if is_series { overrides(event, changes, &zone, &name, skipped) } else { Overrides::default() };
    let mut exdates: Vec<String> = event.exdates.iter().filter(|_| is_series).map(name).collect();
    exdates.append(&mut overrides.cancelled);
    // An exclusion that came after the change of an occurrence holds; else an overridden occurrence takes place, even if
    // it is excluded or not part of the rule.
    for change in changes.iter().filter(|change| is_newer(event, change)) {
        let date = change.recurrence_id.as_ref().map(name).unwrap_or_default();
        if exdates.contains(&date) {
            overrides.patches.remove(&date);
        }
    }
    exdates.retain(|date| !overrides.patches.contains_key(date));
    let patched = overrides.patches.keys();
    rdates.extend(room.share(|steps| beside(event, (rrule.as_deref(), &rdates), patched, (&zone, steps))));
    rdates.sort();

    let array = |names: Vec<String>| if names.is_empty() { Value::Null } else { Value::Json(json!(names)) };
    let patches = overrides.patches;
    let mut fields = texts(event);
    fields.extend(times(event, &zone));
    fields.extend([
        ("rrule", rrule.map_or(Value::Null, Value::Text)),
        ("rdates", array(rdates)),
        ("exdates", array(sorted(exdates))),
        ("overrides", if patches.is_empty() { Value::Null } else { Value::Json(Json::Object(patches)) }),
    ]);
    if overrides.ranges.is_empty() {
        return vec![Made { recurrence_id: String::new(), fields }];
    }
    let mut skip = |range: &Range, reason: String| {
        let is_it = |change: &&&Event| {
            change.recurrence_id.as_ref().map(name).is_some_and(|name| name == range.date.to_string())
        };
        skipped.push(Remark::new(changes.iter().find(is_it).unwrap_or(&event), reason));
    };
    split_drafts(&fields, overrides.ranges, &zone, &mut skip)
}

/// Returns true if the series was changed after the override.
fn is_newer(event: &Event, change: &Event) -> bool {
    event.sequence > change.sequence
        || (event.sequence == change.sequence && event.last_modified > change.last_modified)
}

/// Returns the dates in order, each once.
fn sorted(mut dates: Vec<String>) -> Vec<String> {
    dates.sort();
    dates.dedup();
    dates
}

/// Returns the rule of an event as far as it can be stored, and reports what differs.
fn imported_rule(
    event: &Event,
    zone: &TimeZone,
    (skipped, steps): (&mut Vec<Remark>, &Allowance),
) -> ImportedRule {
    let Some(rule) = event.rrule.as_deref() else { return ImportedRule::default() };
    let mut skip = |reason: String| skipped.push(Remark::new(event, reason));
    let parsed = match Rule::from_str(rule) {
        Ok(parsed) => parsed,
        Err(error) => {
            skip(format!(
                "Only its first occurrence was imported, because its rule \"{rule}\" is invalid: {error}."
            ));
            return ImportedRule { is_cut: true, ..ImportedRule::default() };
        }
    };
    if let Err(error) = parsed.check_conformance() {
        let (part, problem) = (error.part(), error.problem());
        let differs = "Imported completely, but other programs may show different occurrences";
        skip(format!("{differs}: by RFC 5545 {part} {problem} (\"{rule}\")."));
    }
    let set = set_of(event, Some(parsed), zone);
    if let Some(reason) = too_dense_from(steps, &set) {
        let reason = reason.english();
        skip(format!("Only its first occurrence was imported. {reason}"));
        return ImportedRule { is_cut: true, ..ImportedRule::default() };
    }
    // The save asks this again. Whether it fails does not matter here, only what it takes.
    let _ = set.last_from(steps);
    let mut with_start = None;
    let rrule = counted(&set, rule, steps, &mut with_start);
    if steps.is_spent() {
        skip(
            "Only its first occurrence was imported: the rules of the calendar take too much work."
                .to_owned(),
        );
        return ImportedRule { is_cut: true, ..ImportedRule::default() };
    }
    ImportedRule { rrule, with_start, is_cut: false }
}

/// Returns the overrides of a series, within the limits of a record.
fn overrides(
    event: &Event,
    changes: &[&Event],
    zone: &TimeZone,
    name: &dyn Fn(&Moment) -> String,
    skipped: &mut Vec<Remark>,
) -> Overrides {
    let mut overrides = Overrides::default();
    let has_ranges = changes.iter().any(|change| change.and_following);
    for change in changes {
        let Some(date) = change.recurrence_id.as_ref().map(name) else { continue };
        if let Some(range) = range(change, &date, zone) {
            if overrides.ranges.len() < MAXIMUM_RANGES {
                overrides.ranges.push(range);
                continue;
            }
            let reason = format!(
                "Changes all occurrences from {date} on, after {MAXIMUM_RANGES} such changes; only that occurrence was changed."
            );
            skipped.push(Remark::new(change, reason));
        }
        if change.status == Status::Cancelled {
            overrides.cancelled.push(date);
        } else if overrides.patches.len() >= MAXIMUM_OVERRIDES {
            let reason = format!("The series has more than {MAXIMUM_OVERRIDES} changed occurrences.");
            skipped.push(Remark::new(change, reason));
        } else {
            // With RANGE=THISANDFUTURE overrides, each override must contain all its texts.
            let like = if has_ranges { None } else { Some(event) };
            overrides.patches.insert(date, Json::Object(patch(like, event, change, zone)));
        }
    }
    overrides
}

/// Splits a series at its overrides with RANGE=THISANDFUTURE into one draft for each part.
fn split_drafts(
    fields: &[(&'static str, Value)],
    ranges: Vec<Range>,
    zone: &TimeZone,
    skip: &mut dyn FnMut(&Range, String),
) -> Vec<Made> {
    let mut record = Record::new(&EXTERNAL_EVENT, Id::from_parts(0, &[0; 10]), Timestamp::UNIX_EPOCH, None);
    for (name, value) in fields {
        record.set(name, value.clone());
    }
    let parts = this_and_future::parts(record, ranges, zone, skip);
    let part = |(recurrence_id, record): (String, Record)| Made {
        recurrence_id,
        fields: fields.iter().map(|(name, _)| (*name, record.get(name).clone())).collect(),
    };
    parts.into_iter().map(part).collect()
}

/// Returns the override if it has RANGE=THISANDFUTURE.
fn range(change: &Event, date: &str, zone: &TimeZone) -> Option<Range> {
    let span = (instant(&change.start, zone)?, instant(&change.end, zone)?, change.start.is_day());
    let is_cancelled = change.status == Status::Cancelled;
    let date = date.parse().ok().filter(|_| change.and_following)?;
    Some(Range { date, is_cancelled, span, texts: texts(change) })
}

/// Returns the recurrence set of a rule alone.
pub(super) fn set_of(event: &Event, rule: Option<Rule>, zone: &TimeZone) -> Set {
    let start = match &event.start {
        Moment::Day(day) => obcms_recur::Moment::Date(*day),
        Moment::Time(time) => obcms_recur::Moment::DateTime(time.with_time_zone(zone.clone()).datetime()),
    };
    Set::of_rule(start, zone.clone(), rule)
}

/// Returns the dates that neither the rule nor the additional dates contain.
fn beside<'a>(
    event: &Event,
    (rule, further): (Option<&str>, &[String]),
    dates: impl Iterator<Item = &'a String>,
    (zone, steps): (&TimeZone, &Allowance),
) -> Vec<String> {
    let rule = rule.and_then(|rule| Rule::from_str(rule).ok());
    let additions = further.iter().filter_map(|date| Addition::from_str(date).ok()).collect();
    let set = Set { additions, ..set_of(event, rule, zone) };
    let is_beside =
        |date: &&String| date.parse().is_ok_and(|date| !set.contains_from(steps, date).unwrap_or(true));
    dates.filter(is_beside).cloned().collect()
}

/// Returns the rule to store, and sets `with_start` to the start if it must be an additional date.
///
/// By RFC 5545 3.8.5.3 the start is always the first occurrence and counts for `COUNT`. In
/// obcms only dates of the rule are occurrences.
fn counted(set: &Set, text: &str, steps: &Allowance, with_start: &mut Option<String>) -> Option<String> {
    let rule = set.rule.as_ref()?;
    // A rule that is too expensive to expand is stored unchanged; the reason is reported elsewhere.
    if set.contains_from(steps, set.start).unwrap_or(true) {
        return Some(text.to_owned());
    }
    let further = match rule.count() {
        Some(count) if count <= 1 => None,
        Some(count) => Some(rule.clone().with_count(count - 1)),
        None => Some(rule.clone()),
    };
    // If the rule yields no other date, the start is an occurrence without being listed.
    let further = further.filter(|rule| {
        let set = Set { rule: Some(rule.clone()), ..set.clone() };
        !matches!(set.last_from(steps), Ok(obcms_recur::Last::Empty))
    })?;
    *with_start = Some(set.start.to_string());
    Some(if rule.count().is_some() { further.to_string() } else { text.to_owned() })
}

/// Returns the override of one occurrence. It always contains the times, because they are
/// absolute, and texts that differ from `like`.
fn patch(like: Option<&Event>, event: &Event, change: &Event, zone: &TimeZone) -> Map<String, Json> {
    let mut patch = Map::new();
    let of_series: HashMap<&str, Value> = like.into_iter().flat_map(texts).collect();
    let mut put = |name: &'static str, value: &Value| {
        if let Some(field) = EXTERNAL_EVENT.field(name) {
            patch.insert(name.to_owned(), output::plain(field, value));
        }
    };
    for (name, value) in texts(change) {
        if of_series.get(name) != Some(&value) {
            put(name, &value);
        }
    }
    if change.start.is_day() != event.start.is_day() {
        put("all_day", &change.start.is_day().into());
    }
    for (name, moment) in [("start", &change.start), ("end", &change.end)] {
        put(name, &instant(moment, zone).into());
    }
    patch
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use obcms_icalendar::read::{File, ReadError};

    use super::super::written_out::OWN_STEPS;
    use super::*;

    /// Returns a calendar of series with the same rule.
    fn calendar(count: usize, rule: &str) -> Vec<Event> {
        let events: String = (0..count)
            .map(|number| {
                format!(
                    "BEGIN:VEVENT\r\nUID:{number:04}\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270201T090000Z\r\nRRULE:{rule}\r\nEND:VEVENT\r\n"
                )
            })
            .collect();
        let text =
            format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n{events}END:VCALENDAR\r\n");
        obcms_icalendar::read::read(text.as_bytes(), &TimeZone::UTC).unwrap().events
    }

    /// Returns the number of drafts with a rule of a frequency.
    fn rules(drafts: &[Draft], frequency: &str) -> usize {
        let is_it = |(name, value): &(&str, Value)| *name == "rrule" && value.as_text().contains(frequency);
        drafts.iter().filter(|draft| draft.fields.iter().any(is_it)).count()
    }

    #[test]
    fn costly_rules_of_a_file_share_an_allowance() {
        let costly = "FREQ=MINUTELY;INTERVAL=7;BYMONTH=1;BYHOUR=3;COUNT=100000";
        let mut both = calendar(900, costly);
        both.extend(calendar(901, "FREQ=WEEKLY;COUNT=10").pop());
        let office = TimeZone::UTC;
        let mut conversion = Conversion::new(&office);
        let drafts: Vec<Draft> = both.chunks(1).flat_map(|event| conversion.drafts(event)).collect();
        let remarks = conversion.remarks(Skips::default());
        assert_eq!(drafts.len(), 901);
        let kept = rules(&drafts, "MINUTELY");
        assert!(kept > 0 && kept < 900, "{kept} rules were kept");
        assert_eq!(rules(&drafts, "WEEKLY"), 1, "a usual series keeps its rule, even after them");
        let told =
            remarks.listed.iter().filter(|remark| remark.reason.contains("take too much work")).count();
        assert_eq!(told, (900 - kept).min(MAXIMUM_LISTED));
    }

    #[test]
    fn remarks_are_in_the_order_of_the_file() {
        let event = |uid: &str, rule: &str| {
            format!("BEGIN:VEVENT\nUID:{uid}\nDTSTART:20270201T090000Z\n{rule}END:VEVENT\n")
        };
        let text = [
            "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:b\nEND:VTODO\n".to_owned(),
            event("z", "RRULE:FREQ=DAILY;COUNT=-1\n"),
            "BEGIN:VJOURNAL\nUID:c\nEND:VJOURNAL\n".to_owned(),
            event("a", "RRULE:FREQ=DAILY;COUNT=-1\n"),
            "END:VCALENDAR\n".to_owned(),
        ];
        let (text, office) = (text.concat(), TimeZone::UTC);
        let file = File::open(Cursor::new(text), &office, obcms_icalendar::Limits::default()).unwrap();
        let mut conversion = Conversion::new(&office);
        let read = file.each(|events| {
            conversion.drafts(&events);
            Ok::<_, ReadError>(())
        });
        let remarks = conversion.remarks(read.unwrap());
        let uids: Vec<&str> = remarks.listed.iter().map(|remark| remark.uid.as_str()).collect();
        assert_eq!((uids.as_slice(), remarks.count), (["b", "z", "c", "a"].as_slice(), 4));
    }

    #[test]
    fn usual_series_take_half_of_their_allowance() {
        for rule in [
            "DAILY",
            "WEEKLY;BYDAY=MO,WE,FR",
            "MONTHLY;BYDAY=-1FR",
            "YEARLY",
            "DAILY;COUNT=2000",
            "WEEKLY;UNTIL=20371231T000000Z",
        ] {
            let read = calendar(1, &format!("FREQ={rule}"));
            let steps = Allowance::new(OWN_STEPS);
            let imported = imported_rule(&read[0], &TimeZone::UTC, (&mut Vec::new(), &steps));
            assert!(
                !imported.is_cut && steps.left() >= OWN_STEPS / 2,
                "{rule} leaves {} steps",
                steps.left()
            );
        }
    }
}
