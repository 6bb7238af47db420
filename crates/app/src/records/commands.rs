//! Commands on records of any kind: create, update, archive, restore.

use obcms_domain::accounts::{Action, Relation, allows};
use obcms_domain::calendar::series;
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Word};
use obcms_domain::kinds;
use obcms_domain::message;
use obcms_domain::records::input;
use obcms_domain::registry::{Area, Field, FieldError, Kind, Module, Record, Source, Value};
use obcms_store::records as store;
use obcms_store::records::idempotency;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{closing, references, representation, reservation};

impl App {
    /// Creates a record.
    pub fn create(&self, actor: &Actor, kind: &'static Kind, input: &Input) -> Result<Record, AppError> {
        self.write(actor, |work| create(work, kind, input))
    }

    /// Creates a record once for an idempotency key: the same request again gets the same answer, another one is
    /// refused. `base` is the address at which the actor reaches the program, for addresses in the answer.
    pub fn create_once(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        input: &Input,
        key: &str,
        request: &str,
        base: &str,
    ) -> Result<idempotency::Answer, AppError> {
        let user = actor.id.ok_or(AppError::Unauthorized)?;
        let known = |answer: idempotency::Answer| {
            if answer.request == request {
                self.with_owner_members(actor, kind, answer, base)
            } else {
                Err(AppError::field(
                    "Idempotency-Key",
                    "reused",
                    "This key was already used for another request.",
                ))
            }
        };
        let result = self.write(actor, |work| {
            if let Some(answer) = idempotency::find(work.tx, user, key)? {
                return known(answer);
            }
            let record = create(work, kind, input)?;
            let mut shown = representation::represent_one(self.rules(), work.tx, work.today, &record)?;
            let mut answer = idempotency::Answer {
                request: request.to_owned(),
                status: 201,
                location: format!("/api/v1/{}/{}", kind.collection, record.id),
                body: json!(shown).to_string(),
            };
            // Stored without the address of a feed or a share, which is a secret.
            idempotency::keep(work.tx, user, key, &answer, work.now)?;
            shown.extend(self.owner_fields(base, work.actor, &record));
            answer.body = json!(shown).to_string();
            Ok(answer)
        });
        match result {
            // The same request was faster on another connection: return its answer.
            Err(AppError::Store(error)) if error.is_unique_violation() => {
                match self.read(|tx| Ok(idempotency::find(tx, user, key)?))? {
                    Some(answer) => known(answer),
                    None => Err(error.into()),
                }
            }
            other => other,
        }
    }

    /// Creates a record from a form that carries a key, and returns its id. The same content with the same key, as
    /// after a double click, returns the same record. Other content creates another record.
    pub fn create_from_form(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        input: &Input,
        key: &str,
    ) -> Result<Id, AppError> {
        let user = actor.id.filter(|_| !key.is_empty() && key.len() <= 100);
        let Some(user) = user else {
            return Ok(self.create(actor, kind, input)?.id);
        };
        let digest = hex(&Sha256::digest(Json::Object(input.clone()).to_string().as_bytes()));
        // The digest is part of the key: a form changed after going back is meant to create another record.
        let key = format!("form:{key}:{}", &digest[..32]);
        let made = |answer: &idempotency::Answer| answer.location.parse::<Id>().ok();
        let result = self.write(actor, |work| {
            if let Some(id) = idempotency::find(work.tx, user, &key)?.as_ref().and_then(made) {
                return Ok(id);
            }
            let id = create(work, kind, input)?.id;
            let answer = idempotency::Answer {
                request: format!("form {} {digest}", kind.collection),
                status: 201,
                location: id.to_string(),
                body: String::new(),
            };
            idempotency::keep(work.tx, user, &key, &answer, work.now)?;
            Ok(id)
        });
        match result {
            // The same form was faster on another connection.
            Err(AppError::Store(error)) if error.is_unique_violation() => self
                .read(|tx| Ok(idempotency::find(tx, user, &key)?))?
                .as_ref()
                .and_then(made)
                .ok_or_else(|| error.into()),
            other => other,
        }
    }

    /// Returns a stored answer with the members shown only to the owner of the record, which are not stored with it.
    fn with_owner_members(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        mut answer: idempotency::Answer,
        base: &str,
    ) -> Result<idempotency::Answer, AppError> {
        let id = answer.location.rsplit('/').next().and_then(|id| id.parse::<Id>().ok());
        if self.rules().of(kind).owner_path.is_none() {
            return Ok(answer);
        }
        let record = match id {
            Some(id) => self.read(|tx| Ok(store::load(tx, kind, id)?))?,
            None => None,
        };
        if let (Some(record), Ok(Json::Object(mut object))) = (record, serde_json::from_str(&answer.body)) {
            let of_owner = self.owner_fields(base, actor, &record);
            object.extend(of_owner.into_iter().map(|(name, value)| (name.to_owned(), value)));
            answer.body = Json::Object(object).to_string();
        }
        Ok(answer)
    }

    /// Updates a record; `expected` is the version that the actor saw.
    pub fn update(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        input: &Input,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| update(work, kind, id, input, expected))
    }

    /// Archives a record; there is no deletion.
    pub fn archive(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| archive(work, kind, id, expected))
    }

    /// Restores an archived record.
    pub fn restore(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        id: Id,
        expected: Option<i64>,
    ) -> Result<Record, AppError> {
        self.write(actor, |work| restore(work, kind, id, expected))
    }

    /// Returns a record that the actor may see.
    pub fn get(&self, actor: &Actor, kind: &'static Kind, id: Id) -> Result<Record, AppError> {
        self.read(|tx| {
            let mut record = store::load(tx, kind, id)?.ok_or(AppError::NotFound(kind.label))?;
            actor.require(tx, Action::View, &record)?;
            actor.conceal(std::slice::from_mut(&mut record));
            Ok(record)
        })
    }
}

fn require_writable(actor: &Actor, kind: &Kind) -> Result<(), AppError> {
    if !kind.writable {
        return Err(AppError::conflict(message!(
            "{kinds} come from {source} and cannot be changed here.",
            kinds = Word::label(kind.plural),
            source = Word::label(source_label(kind))
        )));
    }
    require_write(actor)
}

/// Returns the source of read-only records, in words.
pub(crate) fn source_label(kind: &Kind) -> &'static str {
    match kind.module {
        _ if kind.area == Area::Oversight => "the program",
        Module::External => "external calendars",
        _ => "the PSGC",
    }
}

/// Refuses a read-only token.
pub fn require_write(actor: &Actor) -> Result<(), AppError> {
    if actor.read_only {
        return Err(AppError::never_allowed("This token is read-only."));
    }
    Ok(())
}

/// Refuses actors who may create no record of the kind.
pub fn require_create(work: &UnitOfWork<'_, '_>, kind: &'static Kind) -> Result<(), AppError> {
    let possible = allows(
        &work.actor.roles,
        Action::Create,
        kind.area,
        &[Relation::None, Relation::Request, Relation::OwnRequest],
    );
    if !possible {
        return Err(AppError::forbidden(
            Action::Create,
            kind.area,
            message!("create {kinds}", kinds = Word::lower(kind.plural)),
        ));
    }
    Ok(())
}

/// Creates a record.
pub fn create(work: &mut UnitOfWork<'_, '_>, kind: &'static Kind, input: &Input) -> Result<Record, AppError> {
    // Before the input is checked.
    require_create(work, kind)?;
    require_writable(work.actor, kind)?;
    let (input, resources) = reservation::take(kind, input)?;
    let input = &input;
    let mut record = work.new_record(kind);
    input::parse(&mut record, input, true, &work.context())?;
    series::align_start_to_rule(&mut record);
    work.complete(&mut record)?;
    work.actor.require_new(work.tx, &record, &work.context())?;
    check(work, None, &record)?;
    work.before_save(None, &mut record, input)?;
    reservation::request(work, resources, None);
    work.insert(std::slice::from_ref(&record))?;
    reload(work, &record)
}

/// Returns the errors of a new record whose input is incomplete, because some values of its row could not be read: those
/// of the fields in the input, with the rules over several fields. Nothing is written.
pub(crate) fn errors_of_new(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    input: &Input,
) -> Result<Vec<FieldError>, AppError> {
    let mut record = work.new_record(kind);
    let mut errors = match input::parse(&mut record, input, true, &work.context()) {
        Ok(()) => Vec::new(),
        Err(mut errors) => {
            let mut of_rules = Vec::new();
            (kind.rules)(&record, &mut of_rules);
            of_rules.retain(|error| !errors.contains(error));
            errors.extend(of_rules);
            errors
        }
    };
    check_references(work, None, &record, &mut errors)?;
    check_unique(work, None, &record, &mut errors)?;
    if errors.is_empty() {
        match work.before_save(None, &mut record, input) {
            Err(AppError::Invalid(of_rules)) => errors = of_rules,
            Err(error @ (AppError::Store(_) | AppError::Internal(_))) => return Err(error),
            _ => {}
        }
    }
    Ok(errors)
}

/// Reloads a record after the effects of its write.
pub fn reload(work: &mut UnitOfWork<'_, '_>, record: &Record) -> Result<Record, AppError> {
    work.find(record.kind, record.id)?.ok_or(AppError::NotFound(record.kind.label))
}

/// Refuses a write that did not see the present version.
pub fn require_version(record: &Record, expected: Option<i64>) -> Result<(), AppError> {
    match expected {
        Some(expected) if expected != record.version => Err(AppError::Stale { current: record.version }),
        _ => Ok(()),
    }
}

/// Refuses to act on an archived record.
///
/// # Errors
///
/// A conflict that names the way out.
pub fn require_live(record: &Record) -> Result<(), AppError> {
    if record.is_archived() {
        return Err(AppError::conflict(message!(
            "This {kind} is archived. Restore it first.",
            kind = Word::lower(record.kind.label)
        )));
    }
    Ok(())
}

/// Updates a record with a merge patch (RFC 7396).
pub fn update(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    input: &Input,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let before = work.load(kind, id)?;
    require_writable(work.actor, kind)?;
    let (input, cancels) = closing::take(kind, input)?;
    let (input, resources) = reservation::take(kind, &input)?;
    let input = &input;
    let action = work.app.rules().action_for(kind, input);
    work.actor.require_input(work.tx, action, &before, input)?;
    reservation::require_right(work, &before, resources.as_ref())?;
    require_version(&before, expected)?;
    require_live(&before)?;
    let mut record = before.clone();
    series::state::load_editable_state(&mut record);
    input::parse(&mut record, input, false, &work.context())?;
    work.complete(&mut record)?;
    work.actor.require_given(work.tx, &before, &record, input)?;
    if series::follow(&before, &mut record, input, None) {
        let mut errors = Vec::new();
        series::check(&record, &mut errors);
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
    }
    if series::starts_differently(&before, &record) {
        series::align_start_to_rule(&mut record);
    }
    check(work, Some(&before), &record)?;
    work.before_save(Some(&before), &mut record, input)?;
    reservation::request(work, resources, None);
    work.save(&before, &mut record, "update")?;
    reservation::settle(work, &record)?;
    (work.app.effects().closed)(work, &before, &record, cancels)?;
    reload(work, &record)
}

/// Loads a record for an action that the policy allows and on the version that the actor saw.
fn load_for(
    work: &mut UnitOfWork<'_, '_>,
    action: Action,
    kind: &'static Kind,
    id: Id,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let record = work.load(kind, id)?;
    require_writable(work.actor, kind)?;
    work.actor.require(work.tx, action, &record)?;
    require_version(&record, expected)?;
    Ok(record)
}

/// Archives a record.
pub fn archive(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let before = load_for(work, Action::Archive, kind, id, expected)?;
    if before.is_archived() {
        return Ok(before);
    }
    work.before_archive(&before)?;
    let mut record = before.clone();
    record.archived_at = Some(work.now);
    work.save(&before, &mut record, "archive")?;
    Ok(record)
}

/// Restores an archived record.
pub fn restore(
    work: &mut UnitOfWork<'_, '_>,
    kind: &'static Kind,
    id: Id,
    expected: Option<i64>,
) -> Result<Record, AppError> {
    let before = load_for(work, Action::Restore, kind, id, expected)?;
    if !before.is_archived() {
        return Ok(before);
    }
    let mut record = before.clone();
    record.archived_at = None;
    work.save(&before, &mut record, "restore")?;
    reload(work, &record)
}

/// Checks that need the database: references exist, and unique values are unique.
pub fn check(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), AppError> {
    let mut errors = Vec::new();
    check_references(work, before, record, &mut errors)?;
    check_unique(work, before, record, &mut errors)?;
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}

fn changed(before: Option<&Record>, record: &Record, position: usize) -> bool {
    before.is_none_or(|before| before.values[position] != record.values[position])
}

fn check_references(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
    errors: &mut Vec<FieldError>,
) -> Result<(), AppError> {
    let fields: Vec<usize> = (0..record.kind.fields.len())
        .filter(|position| {
            let field = &record.kind.fields[*position];
            field.is_reference() && field.source == Source::Input && changed(before, record, *position)
        })
        .collect();
    let ids: Vec<Id> = fields.iter().flat_map(|position| record.values[*position].targets()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    // Targets that the actor may not see do not exist for them.
    let mut found = store::references(work.tx, &ids)?;
    let preserved: Vec<Id> = before
        .map(|before| fields.iter().flat_map(|place| before.values[*place].targets()).collect())
        .unwrap_or_default();
    let hidden = references::hidden(work.tx, work.actor, &found)?;
    found.retain(|id, _| !hidden.contains(id) || preserved.contains(id));
    for position in fields {
        let field = &record.kind.fields[position];
        let known: Vec<Id> = before.map(|before| before.values[position].targets()).unwrap_or_default();
        let links: Vec<(Id, Option<&str>)> = match &record.values[position] {
            Value::Link(link) => vec![(link.id, Some(link.kind.as_str()))],
            Value::Links(links) => links.iter().map(|link| (link.id, Some(link.kind.as_str()))).collect(),
            other => other.targets().into_iter().map(|id| (id, None)).collect(),
        };
        for (id, kind) in links {
            let target = found.get(&id).filter(|target| {
                kind.is_none_or(|kind| kind == target.kind)
                    && field.target_kinds().contains(&target.kind.as_str())
            });
            match target {
                None => errors.push(FieldError::new(
                    field.name,
                    "unknown_reference",
                    message!("This {kinds} does not exist.", kinds = targets(field)),
                )),
                Some(target) if target.is_archived && !known.contains(&id) => errors.push(FieldError::new(
                    field.name,
                    "archived_reference",
                    message!("{title} is archived.", title = Word::text(&target.title)),
                )),
                Some(_) => {}
            }
        }
    }
    Ok(())
}

/// Lists the kinds that a field refers to.
fn targets(field: &Field) -> Word {
    let kinds = field.target_kinds();
    let labels = kinds.iter().filter_map(|name| kinds::by_name(name)).map(|kind| Word::lower(kind.label));
    Word::list(Joining::Or, labels)
}

/// Refuses values that must be unique and that another record has; for restored records, whose values are not input.
pub(crate) fn require_free(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    record: &Record,
) -> Result<(), AppError> {
    let mut errors = Vec::new();
    check_unique(work, Some(before), record, &mut errors)?;
    match errors.into_iter().next() {
        Some(error) => Err(AppError::conflict(error.message)),
        None => Ok(()),
    }
}

fn check_unique(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &Record,
    errors: &mut Vec<FieldError>,
) -> Result<(), AppError> {
    for (position, field) in record.kind.fields.iter().enumerate() {
        if !field.unique || !changed(before, record, position) || record.values[position].is_empty() {
            continue;
        }
        if let Some(other) = store::with_same_text(work.tx, record, field)? {
            let known = store::references(work.tx, &[other])?;
            let is_archived = known.get(&other).is_some_and(|other| other.is_archived);
            let (kind, label) = (Word::lower(record.kind.label), Word::lower(field.label));
            let message = if is_archived {
                message!("Another {kind} already has this {field} in the archive.", kind, field = label)
            } else {
                message!("Another {kind} already has this {field}.", kind, field = label)
            };
            errors.push(FieldError::new(field.name, "unique", message));
        }
    }
    Ok(())
}
