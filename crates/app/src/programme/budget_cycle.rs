//! Budget cycle of a PPA: seven dated stages, generated once from the calendar of the fiscal year.

use obcms_domain::choices::{self, BUDGET_CYCLE_STAGES};
use obcms_domain::core::id::Id;
use obcms_domain::kinds::{BUDGET_CYCLE_STAGE, PPA, budget_cycle_stage as stage_of, ppa};
use obcms_domain::programme::budget_cycle;
use obcms_domain::registry::Record;
use obcms_store::programme::budget_cycle as store;
use obcms_store::records;

use crate::core::rules::Input;
use crate::core::{Actor, App, AppError, UnitOfWork};
use crate::records::{lists, require_live, require_write};

impl App {
    /// Returns the live stages of the budget cycle of a PPA that the actor may see, in the order of the cycle.
    pub fn budget_cycle(&self, actor: &Actor, ppa: Id) -> Result<Vec<Record>, AppError> {
        if actor.visibility(&BUDGET_CYCLE_STAGE).is_none() {
            return Ok(Vec::new());
        }
        let parameters = vec![("ppa".to_owned(), ppa.to_string()), ("limit".to_owned(), "20".to_owned())];
        let request = self.list_request(actor, &BUDGET_CYCLE_STAGE, &parameters)?;
        let mut stages = self.read(|tx| lists::list(tx, actor, &BUDGET_CYCLE_STAGE, &request))?.records;
        sort(&mut stages);
        Ok(stages)
    }

    /// Adds the stages of the budget cycle that a PPA does not have yet, with the dates of its fiscal year. Returns all
    /// of them, and the number of new ones.
    pub fn add_budget_cycle(&self, actor: &Actor, ppa: Id) -> Result<(usize, Vec<Record>), AppError> {
        self.write(actor, |work| add(work, ppa))
    }
}

fn sort(stages: &mut [Record]) {
    stages.sort_by_key(|stage| choices::position(BUDGET_CYCLE_STAGES, stage_of::STAGE.get(stage)));
}

/// Adds the missing stages of the budget cycle of a PPA.
pub fn add(work: &mut UnitOfWork<'_, '_>, id: Id) -> Result<(usize, Vec<Record>), AppError> {
    require_write(work.actor)?;
    let owner = work.load(&PPA, id)?;
    require_live(&owner)?;
    let year = ppa::FISCAL_YEAR.get(&owner).and_then(|year| i16::try_from(year).ok()).ok_or_else(|| {
        AppError::Conflict {
            detail: "Set the fiscal year of this PPA first: the dates of the budget cycle follow from it."
                .into(),
            more: vec![("missing", serde_json::json!([ppa::FISCAL_YEAR.name()]))],
        }
    })?;
    let ids = store::of_ppa(work.tx, id)?;
    let mut all = records::load_many(work.tx, &BUDGET_CYCLE_STAGE, &ids)?;
    all.retain(|stage| !stage.is_archived());
    let mut new = Vec::new();
    for (stage, day) in budget_cycle::planned(year) {
        if all.iter().any(|known| stage_of::STAGE.get(known) == stage) {
            continue;
        }
        let mut record = work.new_record(&BUDGET_CYCLE_STAGE);
        stage_of::PPA.set(&mut record, id);
        stage_of::STAGE.set(&mut record, stage);
        stage_of::STATUS.set(&mut record, "not_started");
        stage_of::DUE_DATE.set(&mut record, day);
        let title = title(&record, &owner);
        stage_of::TITLE.set(&mut record, title);
        new.push(record);
    }
    match new.first() {
        Some(first) => work.actor.require_new(work.tx, first, &work.context())?,
        None => work.actor.require_new(work.tx, &work.new_record(&BUDGET_CYCLE_STAGE), &work.context())?,
    }
    work.insert(&new)?;
    let count = new.len();
    all.extend(new);
    sort(&mut all);
    Ok((count, all))
}

fn title(record: &Record, owner: &Record) -> String {
    let label = choices::label(BUDGET_CYCLE_STAGES, stage_of::STAGE.get(record));
    format!("{label}: {}", owner.title()).chars().take(400).collect()
}

/// Sets the title and the day of completion, and refuses a second record of the same stage.
pub(crate) fn before_save(
    work: &mut UnitOfWork<'_, '_>,
    before: Option<&Record>,
    record: &mut Record,
    _: &Input,
) -> Result<(), AppError> {
    let (id, stage) = (stage_of::PPA.get(record), stage_of::STAGE.get(record).to_owned());
    let is_new =
        before.is_none_or(|before| stage_of::PPA.get(before) != id || stage_of::STAGE.get(before) != stage);
    if let Some(id) = id.filter(|_| is_new) {
        if store::live_stage(work.tx, id, &stage)?.is_some_and(|other| other != record.id) {
            let message = "This PPA already has this stage of the budget cycle.";
            return Err(AppError::field(stage_of::STAGE.name(), "unique", message));
        }
        if let Some(owner) = work.find(&PPA, id)? {
            let title = title(record, &owner);
            stage_of::TITLE.set(record, title);
        }
    }
    if stage_of::STATUS.get(record) != "completed" {
        stage_of::COMPLETED_ON.clear(record);
    } else if stage_of::COMPLETED_ON.get(record).is_none() {
        stage_of::COMPLETED_ON.set(record, work.today);
    }
    Ok(())
}

/// Updates titles to that of the PPA, and archives or restores the stages with it.
pub(super) fn follow_ppa(
    work: &mut UnitOfWork<'_, '_>,
    before: &Record,
    owner: &Record,
) -> Result<(), AppError> {
    let is_renamed = before.title() != owner.title();
    let is_moved = before.archived_at != owner.archived_at;
    if !is_renamed && !is_moved {
        return Ok(());
    }
    let ids = store::of_ppa(work.tx, owner.id)?;
    let mut stages = records::load_many(work.tx, &BUDGET_CYCLE_STAGE, &ids)?;
    if is_moved {
        stages.retain(|stage| stage.archived_at == before.archived_at);
        return work.as_effect(|work| match owner.archived_at {
            Some(_) => work.archive_many(&stages),
            None => work.restore_many(&stages),
        });
    }
    for stage in &stages {
        let mut renamed = stage.clone();
        stage_of::TITLE.set(&mut renamed, title(stage, owner));
        work.save_computed(stage, &renamed)?;
    }
    Ok(())
}
