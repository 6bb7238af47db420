//! Open tasks and open money of a PPA or project that is about to be completed or cancelled.

use obcms_domain::core::id::Id;
use obcms_domain::core::message::Word;
use obcms_domain::core::message::{Joining, Message};
use obcms_domain::core::money::format;
use obcms_domain::kinds::{PPA, project};
use obcms_domain::message;
use obcms_domain::registry::Record;
use obcms_store::Tx;
use obcms_store::programme::projects;
use obcms_store::tasks as of_tasks;
use serde_json::{Value as Json, json};

use crate::core::{App, AppError, UnitOfWork};
use crate::money;

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

    /// Returns the part that is money.
    #[must_use]
    pub fn only_money(self) -> Self {
        Self { tasks: 0, tasks_href: String::new(), ..self }
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
    if let Some(ppa) = ppa
        && let Some(ppa) = obcms_store::records::load(tx, &PPA, ppa)?
    {
        let totals = money::totals(tx, &ppa)?;
        open.unobligated = totals.balance();
        open.undisbursed = totals.obligated - totals.disbursed;
        open.money_href = format!("{}?tab=money", PPA.url(ppa.id));
    }
    Ok(open)
}

/// End of a PPA or project that needs consent when something is open.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// Completion, with open tasks or open money.
    Complete,
    /// Cancellation, with open money. Whether tasks are cancelled too has its own answer.
    Cancel,
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
    ending: Ending,
    consent: &Consent<'_>,
) -> Result<(), AppError> {
    let open = open_work(work.tx, record)?;
    let open = match ending {
        Ending::Complete => open,
        Ending::Cancel => open.only_money(),
    };
    if open.is_empty() {
        return Ok(());
    }
    if !consent.is_given {
        let open_parts = open.parts();
        let detail = match ending {
            Ending::Complete => message!(
                "Not completed: {open}. Close this first, or confirm with a reason.",
                open = open_parts
            ),
            Ending::Cancel => message!(
                "Not cancelled: {open}. Close this first, or confirm with a reason.",
                open = open_parts
            ),
        };
        return Err(AppError::Conflict { detail, more: vec![("open", open.json())] });
    }
    if consent.reason.trim().is_empty() {
        let message = "Enter a reason to go ahead with open tasks or money.";
        return Err(AppError::field(consent.field, "required", message));
    }
    Ok(())
}
