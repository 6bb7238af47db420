//! Field rights: decides which fields of a record an actor may write.
//!
//! Every command that takes fields from people asks [`Actor::require_given`] with the record before and after, or
//! [`Actor::require_new`] for a new one. A field with an unchanged value does not count. Pages ask [`App::offer`] to
//! offer only the fields and choices that the command would accept.

use obcms_domain::accounts::{Action, FieldGroup, Relation, Role, allows, allows_field, who_can_write};
use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Word};
use obcms_domain::message;
use obcms_domain::records::closing::{closing_statuses, statuses_by_action};
use obcms_domain::records::input;
use obcms_domain::registry::{self, Field, FieldError, FieldType, Kind, Record, series};
use obcms_store::Tx;
use serde_json::{Map, Value as Json};

use crate::core::{Actor, App, AppError};
use crate::records::Input;

/// Fields of a record that an actor may write.
#[derive(Clone, Debug)]
pub struct Writable {
    kind: &'static Kind,
    groups: Vec<FieldGroup>,
    /// True if the field that makes a record a request may be written.
    changes_request: bool,
}

impl Writable {
    /// Returns true if the field may be written.
    #[must_use]
    pub fn allows(&self, field: &Field) -> bool {
        let decides_request = self.kind.request.is_some_and(|(name, _)| name == field.name);
        field.is_given()
            && if decides_request {
                self.changes_request
            } else {
                self.groups.contains(&self.kind.group(field))
            }
    }

    /// Returns true if the field of that name may be written.
    #[must_use]
    pub fn allows_name(&self, name: &str) -> bool {
        self.kind.field(name).is_some_and(|field| self.allows(field))
    }

    /// Returns true if the state may be changed from one value to another.
    #[must_use]
    pub fn allows_state(&self, from: &str, to: &str) -> bool {
        self.kind.field(self.kind.state).is_some_and(|field| {
            self.allows(field) && self.groups.contains(&group_of_state(self.kind, field, from, to))
        })
    }

    /// Returns true if no field may be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.kind.offered().any(|field| self.allows(field))
    }
}

/// Fields and choices that a form offers; a save accepts no others at this moment.
#[derive(Clone, Debug)]
pub struct Offer {
    writable: Writable,
    /// Refused choices: field and value.
    withheld: Vec<(&'static str, &'static str)>,
    /// Fields that the state of the record locks.
    locked: &'static [&'static str],
}

impl Offer {
    /// Returns true if the field of that name may be written.
    #[must_use]
    pub fn allows_name(&self, name: &str) -> bool {
        !self.locked.contains(&name) && self.writable.allows_name(name)
    }

    /// Returns the fields that the state of the record locks.
    #[must_use]
    pub fn locked(&self) -> &'static [&'static str] {
        self.locked
    }

    /// Returns true if the choice field may be set to the value.
    #[must_use]
    pub fn allows_choice(&self, name: &str, value: &str) -> bool {
        !self.withheld.iter().any(|(field, choice)| *field == name && *choice == value)
    }

    /// Returns true if the record may be changed to a state that closes it.
    #[must_use]
    pub fn allows_closing(&self, kind: &Kind) -> bool {
        self.allows_name("status")
            && closing_statuses(kind).iter().any(|status| self.allows_choice("status", status))
    }
}

impl App {
    /// Returns the fields and choices that a form offers to the actor, for a record or a new one.
    pub fn offer(
        &self,
        actor: &Actor,
        kind: &'static Kind,
        record: Option<&Record>,
    ) -> Result<Offer, AppError> {
        let context = self.context_of(actor);
        let before = record;
        let record = before.cloned().unwrap_or_else(|| {
            let mut new = Record::new(kind, self.new_id(), self.now(), actor.id);
            for (position, field) in kind.fields.iter().enumerate() {
                new.values[position] = input::initial_value(field, &context);
            }
            new
        });
        self.read(|tx| {
            let writable = match before {
                Some(before) => actor.writable(tx, before)?,
                None => actor.writable_new(kind),
            };
            let choices_of = self.rules().choices(tx, &record, self.now())?;
            let mut withheld = Vec::new();
            for field in kind.offered() {
                let FieldType::Choice(choices) = field.data else { continue };
                for choice in choices {
                    if before.is_some() && record.text(field.name) == choice.value {
                        continue;
                    }
                    let mut changed = record.clone();
                    changed.set(field.name, choice.value);
                    let from = before.map_or("", |before| before.text(field.name));
                    let is_refused = if field.name == kind.state {
                        // A new record cannot be on hold.
                        !writable.allows_state(from, choice.value)
                            || (before.is_none() && statuses_by_action(kind).contains(&choice.value))
                    } else if kind.request.is_some_and(|(name, _)| name == field.name) {
                        !actor.may_make(tx, &changed)? && !may_request(actor, &changed)
                    } else {
                        false
                    };
                    if is_refused || choices_of(before, &changed, context.today).is_some() {
                        withheld.push((field.name, choice.value));
                    }
                }
            }
            let locked = before.map_or(&[][..], |before| self.rules().locked_fields(before));
            Ok(Offer { writable, withheld, locked })
        })
    }
}

/// Returns true if the actor may create requests for their own organization or community, and this may become one.
fn may_request(actor: &Actor, record: &Record) -> bool {
    record.is_request() && allows(&actor.roles, Action::Create, record.kind.area, &[Relation::OwnRequest])
}

impl Actor {
    /// Returns the fields of a record that the actor may write.
    pub fn writable(&self, tx: &mut Tx<'_>, record: &Record) -> Result<Writable, AppError> {
        let relations = self.relations(tx, record)?;
        Ok(self.writable_with(record.kind, Action::Edit, &relations))
    }

    /// Returns the fields that the actor may write in a new record of the kind.
    #[must_use]
    pub fn writable_new(&self, kind: &'static Kind) -> Writable {
        let mut writable = self.writable_with(
            kind,
            Action::Create,
            &[Relation::None, Relation::Request, Relation::OwnRequest, Relation::Own],
        );
        // The field that makes a record a request must be given, even if there is only one choice, and also by those who
        // may not write its group.
        writable.changes_request = !writable.groups.is_empty();
        writable
    }

    /// Returns true if the actor may create requests of this kind, and nothing else.
    #[must_use]
    pub fn creates_only_requests(&self, kind: &Kind) -> bool {
        let may = |relations: &[Relation]| allows(&self.roles, Action::Create, kind.area, relations);
        may(&[Relation::Request, Relation::OwnRequest]) && !may(&[Relation::None])
    }

    /// Returns true if the actor may create requests of this kind for their own organization or community, and nothing
    /// else.
    #[must_use]
    pub fn creates_only_own(&self, kind: &Kind) -> bool {
        self.creates_only_requests(kind)
            && !allows(&self.roles, Action::Create, kind.area, &[Relation::Request])
    }

    /// Returns the fields of a new record by which it can be for the own organization or community of the actor, with
    /// these.
    #[must_use]
    pub fn own_targets(&self, kind: &'static Kind) -> Vec<(&'static Field, Vec<Id>)> {
        let writable = self.writable_new(kind);
        let fields = kind.concerns.iter().filter_map(|concern| kind.field(concern.own_field()?));
        let own = |field: &Field| -> Vec<Id> {
            match field.target_kinds()[..] {
                ["organization"] => self.organization.into_iter().collect(),
                ["community"] => {
                    self.concerns.iter().copied().filter(|id| Some(*id) != self.organization).collect()
                }
                _ => Vec::new(),
            }
        };
        fields
            .filter(|field| writable.allows(field))
            .map(|field| (field, own(field)))
            .filter(|(_, own)| !own.is_empty())
            .collect()
    }

    /// Returns the fields of the kind that the actor may write by the action, with these relations to the record.
    #[must_use]
    pub fn writable_with(&self, kind: &'static Kind, action: Action, relations: &[Relation]) -> Writable {
        let writes = |group: &FieldGroup| allows_field(&self.roles, action, kind.area, *group, relations);
        let groups = if self.read_only || !kind.writable {
            Vec::new()
        } else {
            FieldGroup::ALL.into_iter().filter(writes).collect()
        };
        let request = kind.request.and_then(|(name, _)| kind.field(name));
        let changes_request = request.is_some_and(|field| groups.contains(&kind.group(field)))
            && allows(&self.roles, Action::Create, kind.area, &[Relation::None]);
        Writable { kind, groups, changes_request }
    }

    /// Refuses a change of fields that the actor may not write, and names them.
    pub fn require_fields(&self, tx: &mut Tx<'_>, before: &Record, after: &Record) -> Result<(), AppError> {
        self.require_touched(tx, before, after, &touched(before, after))
    }

    /// Refuses fields of an input that the actor may not write; other differences followed from them.
    pub fn require_given(
        &self,
        tx: &mut Tx<'_>,
        before: &Record,
        after: &Record,
        input: &Input,
    ) -> Result<(), AppError> {
        let mut touched = touched(before, after);
        touched.retain(|(field, _)| input.contains_key(field.name));
        self.require_touched(tx, before, after, &touched)
    }

    fn require_touched(
        &self,
        tx: &mut Tx<'_>,
        before: &Record,
        after: &Record,
        touched: &[(&'static Field, FieldGroup)],
    ) -> Result<(), AppError> {
        if touched.is_empty() {
            return Ok(());
        }
        let relations = self.relations(tx, before)?;
        let mut refused = self.refused(Action::Edit, before.kind, touched, &relations);
        // A change between request and no request needs the right to create both.
        if let Some((name, _)) = before.kind.request
            && let Some(field) = before.kind.field(name)
            && touched.iter().any(|(known, _)| known.name == name)
            && !(self.may_make(tx, before)? && self.may_make(tx, after)?)
        {
            refused.retain(|(known, _)| known.name != name);
            refused.insert(0, (field, FieldGroup::Decision));
        }
        refusal(Action::Edit, before, &refused)
    }

    /// Refuses a new record that the actor may not create, or fields of it that they may not write. A field with its
    /// initial value does not count.
    pub fn require_new(
        &self,
        tx: &mut Tx<'_>,
        record: &Record,
        context: &input::Context<'_>,
    ) -> Result<(), AppError> {
        let kind = record.kind;
        match self.require(tx, Action::Create, record) {
            Ok(()) => {}
            // An actor who may create requests learns which field makes this none.
            Err(AppError::Forbidden { .. } | AppError::NotFound(_)) => {
                let by = kind.request.and_then(|(name, _)| kind.field(name));
                if let Some(field) = by.filter(|_| !record.is_request()) {
                    refusal(Action::Create, record, &[(field, FieldGroup::Decision)])?;
                }
                // An actor who may create one for their own learns which field makes this one for others.
                let own = allows(&self.roles, Action::Create, kind.area, &[Relation::OwnRequest]);
                let by = kind.concerns.iter().find_map(|concern| kind.field(concern.own_field()?));
                if let Some(field) = by.filter(|_| own && record.is_request()) {
                    refusal(Action::Create, record, &[(field, kind.group(field))])?;
                }
                let what = message!("create this {kind}", kind = Word::lower(kind.label));
                return Err(AppError::forbidden(Action::Create, kind.area, what));
            }
            Err(other) => return Err(other),
        }
        let mut initial = record.clone();
        for (position, field) in record.kind.fields.iter().enumerate() {
            initial.values[position] = input::initial_value(field, context);
        }
        let mut relations = vec![Relation::None, Relation::Own];
        relations.extend(self.request_relations(tx, record)?);
        let mut touched = touched(&initial, record);
        // The value that makes a record a request was checked above.
        touched.retain(|(field, _)| {
            !record.is_request() || kind.request.is_none_or(|(name, _)| name != field.name)
        });
        let refused = self.refused(Action::Create, record.kind, &touched, &relations);
        refusal(Action::Create, record, &refused)
    }

    /// Refuses an action that the policy does not allow on this record, like [`Actor::require`], and names the fields
    /// of the input.
    pub fn require_input(
        &self,
        tx: &mut Tx<'_>,
        action: Action,
        record: &Record,
        input: &Input,
    ) -> Result<(), AppError> {
        self.require_names(tx, action, record, input.keys().map(String::as_str))
    }

    /// Refuses an action that the policy does not allow on this record, and names these fields.
    pub fn require_names<'a>(
        &self,
        tx: &mut Tx<'_>,
        action: Action,
        record: &Record,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<(), AppError> {
        let refused = match self.require(tx, action, record) {
            Ok(()) => return Ok(()),
            Err(error @ AppError::Forbidden { .. }) => error,
            Err(other) => return Err(other),
        };
        let kind = record.kind;
        let fields: Vec<(&'static Field, FieldGroup)> = names
            .filter_map(|name| kind.field(name))
            .filter(|field| field.is_given())
            .map(|field| (field, kind.group(field)))
            .collect();
        if fields.is_empty() { Err(refused) } else { refusal(Action::Edit, record, &fields) }
    }

    /// Refuses to write the field of that name, whatever its value.
    pub fn require_field(&self, tx: &mut Tx<'_>, record: &Record, name: &str) -> Result<(), AppError> {
        let Some(field) = record.kind.field(name) else {
            return Ok(());
        };
        let touched = [(field, record.kind.group(field))];
        let relations = self.relations(tx, record)?;
        refusal(Action::Edit, record, &self.refused(Action::Edit, record.kind, &touched, &relations))
    }

    fn refused(
        &self,
        action: Action,
        kind: &Kind,
        touched: &[(&'static Field, FieldGroup)],
        relations: &[Relation],
    ) -> Vec<(&'static Field, FieldGroup)> {
        let refused = |group| !allows_field(&self.roles, action, kind.area, group, relations);
        touched.iter().filter(|(_, group)| refused(*group)).copied().collect()
    }

    /// Returns true if the actor may create a record like this one, request or not.
    fn may_make(&self, tx: &mut Tx<'_>, record: &Record) -> Result<bool, AppError> {
        let mut relations = vec![Relation::None];
        relations.extend(self.request_relations(tx, record)?);
        Ok(allows(&self.roles, Action::Create, record.kind.area, &relations))
    }
}

/// Returns the input fields that differ between two states of a record, with the field group that decides on the
/// change. What differs on single occurrences of a series counts for the field that differs there.
fn touched(before: &Record, after: &Record) -> Vec<(&'static Field, FieldGroup)> {
    let kind = before.kind;
    let mut found: Vec<(&'static Field, FieldGroup)> = Vec::new();
    for (position, field) in kind.fields.iter().enumerate() {
        if before.values[position] == after.values[position] {
            continue;
        }
        if field.name == series::OVERRIDES.name() {
            for name in differing_on_dates(&before.values[position], &after.values[position]) {
                if let Some(field) = kind.field(&name).filter(|field| field.is_given()) {
                    found.push((field, kind.group(field)));
                }
            }
        } else if field.is_given() {
            let group = match field.name == kind.state {
                true => group_of_state(kind, field, before.text(field.name), after.text(field.name)),
                false => kind.group(field),
            };
            found.push((field, group));
        }
    }
    let mut unique: Vec<(&'static Field, FieldGroup)> = Vec::with_capacity(found.len());
    for item in found {
        if !unique.iter().any(|(field, group)| field.name == item.0.name && *group == item.1) {
            unique.push(item);
        }
    }
    unique
}

/// Returns the names of the fields in which overrides of a series differ.
fn differing_on_dates(before: &registry::Value, after: &registry::Value) -> Vec<String> {
    let dates = |value: &registry::Value| match value {
        registry::Value::Json(Json::Object(dates)) => dates.clone(),
        _ => Map::new(),
    };
    let (before, after) = (dates(before), dates(after));
    let mut names = Vec::new();
    for date in before.keys().chain(after.keys().filter(|date| !before.contains_key(*date))) {
        let of = |dates: &Map<String, Json>| {
            dates.get(date).and_then(Json::as_object).cloned().unwrap_or_default()
        };
        let (old, new) = (of(&before), of(&after));
        for name in old.keys().chain(new.keys()) {
            if old.get(name) != new.get(name) && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

/// Returns the field group of a state change: a state that only a decision sets or leaves belongs to decisions.
fn group_of_state(kind: &Kind, field: &Field, from: &str, to: &str) -> FieldGroup {
    if [from, to].into_iter().any(|state| kind.decisions.contains(&state)) {
        FieldGroup::Decision
    } else {
        kind.group(field)
    }
}

/// Returns the refusal of these fields, with the roles that may write each; `Ok` if there are none.
fn refusal(action: Action, record: &Record, fields: &[(&'static Field, FieldGroup)]) -> Result<(), AppError> {
    if fields.is_empty() {
        return Ok(());
    }
    let kind = record.kind;
    let mut who: Vec<Role> = Vec::new();
    let mut errors = Vec::with_capacity(fields.len());
    for (field, group) in fields {
        let allowed = who_can_write(action, kind.area, *group);
        for (role, _) in &allowed {
            if !who.contains(role) {
                who.push(*role);
            }
        }
        let message = message!(
            "You do not have permission to change this. Allowed: {roles}.",
            roles = roles_in_words(&allowed)
        );
        errors.push(FieldError::new(field.name, "forbidden", message));
    }
    let labels = Word::list(Joining::Comma, fields.iter().map(|(field, _)| Word::label(field.label)));
    let kind = Word::lower(kind.label);
    let what = if action == Action::Create {
        message!("set {fields} of this {kind}", fields = labels, kind)
    } else {
        message!("change {fields} of this {kind}", fields = labels, kind)
    };
    Err(AppError::ForbiddenFields { what, who, errors })
}

/// Lists roles, each with the relation it needs: `administrator, coordinator, staff (own)`.
fn roles_in_words(allowed: &[(Role, Relation)]) -> Word {
    let mut words: Vec<Word> = Vec::new();
    for role in Role::ALL {
        let relations: Vec<&str> = allowed
            .iter()
            .filter(|(known, _)| *known == role)
            .map(|(_, relation)| if *relation == Relation::None { "" } else { relation.as_str() })
            .collect();
        let role = Word::lower(role.label());
        if relations.contains(&"") {
            words.push(role);
        } else if !relations.is_empty() {
            let relations = relations.into_iter().map(Word::label);
            let relations = Word::list(Joining::Or, relations);
            words.push(message!("{role} ({relations})", role, relations).into());
        }
    }
    Word::list(Joining::Comma, words)
}
