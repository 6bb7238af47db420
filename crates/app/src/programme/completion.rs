//! Open tasks and open money of a PPA or project that is about to be completed or cancelled.

use obcms_domain::core::id::Id;
use obcms_domain::core::message::{Joining, Message, Word};
use obcms_domain::core::money::format;
use obcms_domain::kinds::{PPA, project};
use obcms_domain::message;
use obcms_domain::programme::following::StatusAction;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::money::totals;
use obcms_store::programme::projects;
use obcms_store::tasks as of_tasks;
use serde_json::{Value as Json, json};

use crate::core::{App, AppError, UnitOfWork};

/// Open tasks and open money of a PPA or a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenWork {
    /// Number of open tasks.
    pub tasks: usize,
    /// Allotted money that is not obligated, in centavos.
    pub unobligated: i64,
    /// Obligated money that is not disbursed, in centavos.
    pub undisbursed: i64,
    /// Address of the open tasks.
    pub tasks_href: String,
    /// Address of the ledger; empty without a PPA.
    pub money_href: String,
}

impl OpenWork {
    /// Returns true if nothing is open.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tasks == 0 && self.unobligated == 0 && self.undisbursed == 0
    }

    /// Returns the representation for programs.
    #[must_use]
    pub fn json(&self) -> Json {
        json!({
            "tasks": self.tasks, "unobligated_centavos": self.unobligated, "undisbursed_centavos": self.undisbursed,
            "tasks_href": self.tasks_href, "money_href": self.money_href,
        })
    }

    /// Returns the part that an action needs consent for: completion for all, cancellation for open money. Whether
    /// tasks are cancelled too has its own answer.
    #[must_use]
    pub fn of_action(&self, action: StatusAction) -> Self {
        match action {
            StatusAction::Complete => self.clone(),
            StatusAction::Cancel => Self { tasks: 0, tasks_href: String::new(), ..self.clone() },
            StatusAction::Hold | StatusAction::Resume => Self::default(),
        }
    }

    fn parts(&self) -> Word {
        let mut parts: Vec<Message> = Vec::new();
        match self.tasks {
            0 => {}
            1 => parts.push("1 open task".into()),
            count => parts.push(message!("{count} open tasks", count)),
        }
        if self.unobligated > 0 {
            parts.push(message!(
                "{amount} allotted but not obligated",
                amount = Word::text(format(self.unobligated))
            ));
        }
        if self.undisbursed > 0 {
            parts.push(message!(
                "{amount} obligated but not disbursed",
                amount = Word::text(format(self.undisbursed))
            ));
        }
        Word::list(Joining::Comma, parts)
    }
}

impl App {
    /// Returns what is open of a PPA or a project.
    pub fn open_work(&self, record: &Record) -> Result<OpenWork, AppError> {
        self.read(|tx| open_work(tx, record))
    }
}

/// Returns what is open of a PPA with its projects, or of a project with its PPA.
fn open_work(tx: &mut Tx<'_>, record: &Record) -> Result<OpenWork, AppError> {
    let (ppa, mut origins) = if *record.kind == PPA {
        (Some(record.id), projects::of_ppa(tx, record.id)?)
    } else {
        (project::PPA.get(record), vec![record.id])
    };
    origins.extend(ppa);
    let ids: Vec<String> = origins.iter().map(Id::to_string).collect();
    let mut open = OpenWork {
        tasks: of_tasks::open_of_origins(tx, &origins)?.len(),
        tasks_href: format!("/tasks?origin={}&open=true", ids.join(",")),
        ..OpenWork::default()
    };
    if let Some(ppa) = ppa {
        let totals = totals(tx, ppa)?;
        open.unobligated = totals.balance();
        open.undisbursed = totals.obligated - totals.disbursed;
        open.money_href = format!("{}?tab=money", PPA.url(ppa));
    }
    Ok(open)
}

/// Consent to end a PPA or project with something open.
pub(super) struct Consent<'a> {
    /// True if it was given.
    pub is_given: bool,
    /// Its reason.
    pub reason: &'a str,
    /// Field of the reason.
    pub field: &'static str,
}

/// Refuses to end a PPA or project with something open without consent and a reason.
pub(super) fn require(
    work: &mut UnitOfWork<'_, '_>,
    record: &Record,
    action: StatusAction,
    consent: &Consent<'_>,
) -> Result<(), AppError> {
    if !action.ends() {
        return Ok(());
    }
    let open = open_work(work.tx, record)?.of_action(action);
    if open.is_empty() {
        return Ok(());
    }
    if !consent.is_given {
        let parts = open.parts();
        let detail = if action == StatusAction::Cancel {
            message!("Not cancelled: {parts}. Close this first, or confirm with a reason.", parts)
        } else {
            message!("Not completed: {parts}. Close this first, or confirm with a reason.", parts)
        };
        return Err(AppError::Conflict { detail, more: vec![("open", open.json())] });
    }
    if consent.reason.trim().is_empty() {
        let message = "Enter a reason to go ahead with open tasks or money.";
        return Err(AppError::field(consent.field, "required", message));
    }
    Ok(())
}
