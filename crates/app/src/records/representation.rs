//! Representations of records, with members calculated from other records.

use jiff::civil::Date;
use obcms_domain::registry::Record;
use obcms_domain::registry::output::Representation;
use obcms_store::Tx;

use crate::core::rules::{KindRules, Members, Rules};
use crate::core::{Actor, App, AppError};

impl App {
    /// Returns the representations of records of one kind; members from other records are loaded for all of them at
    /// once.
    pub fn represent<'a>(&self, records: &'a [Record]) -> Result<Vec<Representation<'a>>, AppError> {
        let Some(first) = records.first() else { return Ok(Vec::new()) };
        let (rules, today) = (self.rules().of(first.kind), self.today());
        match rules.related_members {
            Some(_) => self.read(|tx| represent(tx, rules, today, records)),
            // Members calculated from the record need no transaction.
            None => Ok(records.iter().map(|record| plain(rules, record, today)).collect()),
        }
    }

    /// Returns the representation of one record, with the members that only its own page shows.
    pub fn represent_one<'a>(&self, record: &'a Record) -> Result<Representation<'a>, AppError> {
        let rules = self.rules().of(record.kind);
        if rules.related_members.is_some() || rules.page_members.is_some() {
            self.read(|tx| represent_one(self.rules(), tx, self.today(), record))
        } else {
            Ok(plain(rules, record, self.today()))
        }
    }

    /// Returns the members shown only to the owner of a record, such as the address of a feed or a share. `base` is
    /// the address at which the actor reaches the program.
    #[must_use]
    pub fn owner_fields(&self, base: &str, actor: &Actor, record: &Record) -> Members {
        let address = |path: String| format!("{base}{path}");
        let owner_path = self.rules().of(record.kind).owner_path;
        owner_path.map(|path| ("url", path(actor, record).map(address).into())).into_iter().collect()
    }
}

/// Returns a record with the members calculated from it.
fn plain<'a>(rules: &KindRules, record: &'a Record, today: Date) -> Representation<'a> {
    let mut shown = Representation::of(record);
    shown.extend(rules.members.map(|members| members(record, today)).unwrap_or_default());
    shown
}

/// Returns the representations of records of one kind, within a transaction.
fn represent<'a>(
    tx: &mut Tx<'_>,
    rules: &KindRules,
    today: Date,
    records: &'a [Record],
) -> Result<Vec<Representation<'a>>, AppError> {
    let mut all: Vec<_> = records.iter().map(|record| plain(rules, record, today)).collect();
    if let Some(related_members) = rules.related_members {
        for (shown, members) in all.iter_mut().zip(related_members(tx, records, today)?) {
            shown.extend(members);
        }
    }
    Ok(all)
}

/// Returns the representation of one record with the members that only its own page shows, within a transaction.
pub(crate) fn represent_one<'a>(
    rules: &Rules,
    tx: &mut Tx<'_>,
    today: Date,
    record: &'a Record,
) -> Result<Representation<'a>, AppError> {
    let rules = rules.of(record.kind);
    let mut shown = plain(rules, record, today);
    if let Some(related_members) = rules.related_members {
        shown.extend(related_members(tx, std::slice::from_ref(record), today)?.into_iter().flatten());
    }
    if let Some(page_members) = rules.page_members {
        shown.extend(page_members(tx, record)?);
    }
    Ok(shown)
}
