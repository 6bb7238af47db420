//! Rules of kinds: what a kind does beyond its description, as rows of one table.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use obcms_domain::accounts::Action;
use obcms_domain::core::id::Id;
use obcms_domain::core::message::Message;
use obcms_domain::kinds;
use obcms_domain::registry::{Kind, Record};
use obcms_recur::Moment;
use obcms_store::Tx;
use obcms_store::records::Filter;
use obcms_store::records::changes::Change;
use serde_json::{Map, Value as Json};

use super::App;
use super::actor::{Actor, CACHED_ACTORS};
use super::cache::RevisionCache;
use super::error::AppError;
use super::unit_of_work::{Noted, UnitOfWork};

/// Members of an input.
pub type Input = Map<String, Json>;

/// Members that a representation adds to a record.
pub type Members = Vec<(&'static str, Json)>;

/// Refused choice: the field and the reason.
pub type Refusal = (&'static str, Message);

/// Check of the choices of a record against other records. Its arguments are the record before (nothing for a new
/// one), the record after, and the date in the zone of the office.
pub(crate) type Choices = Box<dyn Fn(Option<&Record>, &Record, Date) -> Option<Refusal>>;

/// First and last day of an origin.
pub(crate) type Anchors = (Option<Date>, Option<Date>);

type SaveRule = fn(&mut UnitOfWork<'_, '_>, Option<&Record>, &mut Record, &Input) -> Result<(), AppError>;
type CompleteRule = fn(&mut UnitOfWork<'_, '_>, &mut Record) -> Result<(), AppError>;
type SeriesRule = fn(&mut UnitOfWork<'_, '_>, Option<&Record>, &mut Record) -> Result<(), AppError>;
type UpdateRule = fn(&mut UnitOfWork<'_, '_>, &Record, &mut Record) -> Result<(), AppError>;
type RecordRule = fn(&mut UnitOfWork<'_, '_>, &Record) -> Result<(), AppError>;
type ChoicesRule = fn(&mut Tx<'_>, &Record, Timestamp) -> Result<Choices, AppError>;
type InputRule = fn(&mut UnitOfWork<'_, '_>, &mut Record, &Input) -> Result<(), AppError>;
type OccurrenceRule = fn(&mut Record, Date) -> Result<(), AppError>;
type UndoRule = fn(&mut UnitOfWork<'_, '_>, &Record, &Record, Id) -> Result<(), AppError>;
type RelatedMembersRule = fn(&mut Tx<'_>, &[Record], Date) -> Result<Vec<Members>, AppError>;
type PageMembersRule = fn(&mut Tx<'_>, &Record) -> Result<Members, AppError>;
type AttentionRule = fn(&mut Tx<'_>, &Actor, Date) -> Result<Attention, AppError>;
type ChangeRule = fn(&mut UnitOfWork<'_, '_>, &Record, &Record) -> Result<(), AppError>;

/// Shortcut filter of a list beside those of its fields, such as `open` of tasks. Its value is `true` or `false`.
#[derive(Clone, Copy)]
pub struct Shortcut {
    /// Name of the parameter.
    pub name: &'static str,
    /// Meaning of `true`.
    pub meaning: &'static str,
    /// Filters for `true`, by actor and date of the office.
    pub filters: fn(&Actor, Date) -> Vec<Filter>,
}

/// Records of a kind that wait for a decision of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    /// Heading of the queue.
    pub label: &'static str,
    /// Address of the whole queue.
    pub href: &'static str,
    /// The records, the most urgent first.
    pub records: Vec<Id>,
}

/// Rules of a kind. All are optional; they are listed in the order in which a write applies them.
#[derive(Clone, Copy)]
pub(crate) struct KindRules {
    /// Name of the kind.
    pub kind: &'static str,
    /// Policy action of an update, by its members; an edit by default.
    pub action_for_input: Option<fn(&Input) -> Action>,
    /// Completes a record with references that follow from others, before rights are asked.
    pub complete: Option<CompleteRule>,
    /// Check of choices that depend on other records.
    pub choices: Option<ChoicesRule>,
    /// Fields that the state of a record locks.
    pub locked_fields: Option<fn(&Record) -> &'static [&'static str]>,
    /// Completes and checks a record; `before` is nothing for a new one.
    pub before_save: Option<SaveRule>,
    /// Applies status and progress of an input to a series as a whole.
    pub change_whole: Option<InputRule>,
    /// Completes and checks a series after its dates were changed; `before` is nothing for the second part of a split
    /// series.
    pub before_series: Option<SeriesRule>,
    /// Refuses to archive a record that is required.
    pub before_archive: Option<RecordRule>,
    /// Refuses an undo of a change that is required.
    pub before_undo: Option<ChangeRule>,
    /// Copies the state of the shown occurrence to a series, at every write.
    pub show_occurrence: Option<OccurrenceRule>,
    /// Completes a changed record at every write, also in effects.
    pub before_update: Option<UpdateRule>,
    /// Effects of a new record.
    pub created: Option<RecordRule>,
    /// Effects of a changed record.
    pub changed: Option<ChangeRule>,
    /// True to generate tasks at each state that a record enters, not only at its creation.
    pub generates_by_state: bool,
    /// Name of the task template of a record; found by the triggers of the kind by default.
    pub template: Option<fn(&Record) -> Option<&'static str>>,
    /// First and last day, the anchors of generated tasks.
    pub anchors: Option<fn(&Record, &TimeZone) -> Anchors>,
    /// Policy action of an undo; derived from the action of the change where it returns nothing.
    pub undo_action: Option<fn(&Change) -> Option<Action>>,
    /// Effects of an undo beside those of a change; the id is that of the reverted change set.
    pub undone: Option<UndoRule>,
    /// Shortcut filters of the list.
    pub shortcuts: &'static [Shortcut],
    /// Short names of filters: the name and the field that it filters.
    pub aliases: &'static [(&'static str, &'static str)],
    /// Fields that a list replaces with another one in filters and order.
    pub list_fields: &'static [(&'static str, &'static str)],
    /// Members of the representation that are calculated from the record.
    pub members: Option<fn(&Record, Date) -> Members>,
    /// Members that are calculated from other records, for records in their order.
    pub related_members: Option<RelatedMembersRule>,
    /// Members shown only on the page of a record.
    pub page_members: Option<PageMembersRule>,
    /// Records that wait for a decision of an actor; Today and the bell show them.
    pub attention: Option<AttentionRule>,
    /// Path shown only to the owner, such as the address of a feed; nothing for others.
    pub owner_path: Option<fn(&Actor, &Record) -> Option<String>>,
}

impl KindRules {
    /// Empty rules.
    pub const NONE: Self = Self {
        kind: "",
        action_for_input: None,
        complete: None,
        choices: None,
        locked_fields: None,
        before_save: None,
        change_whole: None,
        before_series: None,
        before_archive: None,
        before_undo: None,
        show_occurrence: None,
        before_update: None,
        created: None,
        changed: None,
        generates_by_state: false,
        template: None,
        anchors: None,
        undo_action: None,
        undone: None,
        shortcuts: &[],
        aliases: &[],
        list_fields: &[],
        members: None,
        related_members: None,
        page_members: None,
        attention: None,
        owner_path: None,
    };

    /// Returns the shortcut filter of that name.
    pub fn shortcut(&self, name: &str) -> Option<&'static Shortcut> {
        self.shortcuts.iter().find(|shortcut| shortcut.name == name)
    }

    /// Returns the field that a filter of this name is about: that of an alias, or the name itself.
    pub fn filtered_field<'a>(&self, name: &'a str) -> &'a str {
        self.aliases.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, field)| *field)
    }
}

/// Rules of all kinds that have any.
pub(crate) struct Rules(pub &'static [KindRules]);

impl Rules {
    /// Returns the rules of a kind.
    pub fn of(&self, kind: &Kind) -> &'static KindRules {
        static NONE: KindRules = KindRules::NONE;
        self.0.iter().find(|rules| rules.kind == kind.name).unwrap_or(&NONE)
    }

    /// Returns the policy action of an update with these members.
    pub fn action_for(&self, kind: &Kind, input: &Input) -> Action {
        self.of(kind).action_for_input.map_or(Action::Edit, |action_for| action_for(input))
    }

    /// Returns the check of the choices of a record, new or not.
    pub fn choices(&self, tx: &mut Tx<'_>, record: &Record, now: Timestamp) -> Result<Choices, AppError> {
        match self.of(record.kind).choices {
            Some(choices) => choices(tx, record, now),
            None => Ok(Box::new(|_, _, _| None)),
        }
    }

    /// Returns the fields that the state of a record locks.
    pub fn locked_fields(&self, record: &Record) -> &'static [&'static str] {
        self.of(record.kind).locked_fields.map_or(&[], |locked| locked(record))
    }

    /// Calculates the queues of all kinds whose records wait for a decision of the actor.
    fn attention(&self, tx: &mut Tx<'_>, actor: &Actor, today: Date) -> Result<Queues, AppError> {
        let mut queues = Vec::new();
        for rules in self.0 {
            if let (Some(attention), Some(kind)) = (rules.attention, kinds::by_name(rules.kind)) {
                queues.push((kind, attention(tx, actor, today)?));
            }
        }
        Ok(queues)
    }

    /// Returns the first and last day of an origin, the anchors of its generated tasks.
    pub fn anchors(&self, record: &Record, office: &TimeZone) -> Anchors {
        self.of(record.kind).anchors.map_or((None, None), |anchors| anchors(record, office))
    }
}

/// Series that was split at an occurrence.
pub(crate) struct Split<'a> {
    /// Series before.
    pub before: &'a Record,
    /// Second part with unchanged times.
    pub tail: &'a Record,
    /// Second part as it was saved.
    pub new: &'a Record,
    /// Occurrence at which it was split.
    pub date: Moment,
    /// Bookings before.
    pub bookings: Vec<Record>,
}

/// Effects of writes, run in the same transaction.
pub(crate) struct Effects {
    /// Runs after a record was created.
    pub created: RecordRule,
    /// Runs after a record was changed, archived, restored or undone.
    pub changed: ChangeRule,
    /// Runs after an update of a record that may close or reopen it; true to cancel its open tasks and bookings.
    pub closed: fn(&mut UnitOfWork<'_, '_>, &Record, &Record, bool) -> Result<(), AppError>,
    /// Books the requested resources of an event that itself did not change.
    pub reserved: ChangeRule,
    /// Returns the bookings of an event whose series is about to be split.
    pub before_split: fn(&mut UnitOfWork<'_, '_>, &Record) -> Result<Vec<Record>, AppError>,
    /// Splits these bookings with the series of their event.
    pub split: fn(&mut UnitOfWork<'_, '_>, &Split<'_>) -> Result<(), AppError>,
    /// Runs once when a command is done, for the records that it noted.
    pub finished: fn(&mut UnitOfWork<'_, '_>, &Noted) -> Result<(), AppError>,
    /// Reverts a change of the files of a record.
    pub undo_attachment: fn(&mut UnitOfWork<'_, '_>, &Record, &Change) -> Result<(), AppError>,
}

/// Queues of records that wait for a decision, each with its kind.
pub(crate) type Queues = Vec<(&'static Kind, Attention)>;

/// Cache of the queues of each actor. The second part of the key is true for read-only credentials, which decide
/// nothing; the last one is the day, because delegations begin and end.
struct AttentionCache(RevisionCache<(Option<Id>, bool, Date), Queues>);

impl Default for AttentionCache {
    fn default() -> Self {
        Self(RevisionCache::with_capacity(CACHED_ACTORS))
    }
}

impl App {
    /// Returns the queues whose records wait for a decision of the actor. Every page shows their number in the bell, so
    /// they are cached by revision.
    pub(crate) fn attention(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<Arc<Queues>, AppError> {
        let today = self.today();
        let key = (actor.id, actor.read_only, today);
        self.cache::<AttentionCache>().0.get(tx, key, |tx| self.rules().attention(tx, actor, today))
    }
}

impl UnitOfWork<'_, '_> {
    /// Returns the rules of a kind.
    pub(crate) fn rules_of(&self, kind: &Kind) -> &'static KindRules {
        self.app.rules().of(kind)
    }

    /// Completes and checks a record by the rules of its kind; `before` is nothing for a new one.
    pub(crate) fn before_save(
        &mut self,
        before: Option<&Record>,
        record: &mut Record,
        input: &Input,
    ) -> Result<(), AppError> {
        match self.rules_of(record.kind).before_save {
            Some(before_save) => before_save(self, before, record, input),
            None => Ok(()),
        }
    }

    /// Completes and checks a series after its dates were changed; `before` is nothing for the second part of a split
    /// series.
    pub(crate) fn before_series(
        &mut self,
        before: Option<&Record>,
        record: &mut Record,
    ) -> Result<(), AppError> {
        match self.rules_of(record.kind).before_series {
            Some(before_series) => before_series(self, before, record),
            None => Ok(()),
        }
    }

    /// Completes a record with references that follow from others.
    pub(crate) fn complete(&mut self, record: &mut Record) -> Result<(), AppError> {
        match self.rules_of(record.kind).complete {
            Some(complete) => complete(self, record),
            None => Ok(()),
        }
    }

    /// Refuses to archive a record that is required.
    pub(crate) fn before_archive(&mut self, record: &Record) -> Result<(), AppError> {
        match self.rules_of(record.kind).before_archive {
            Some(before_archive) => before_archive(self, record),
            None => Ok(()),
        }
    }
}
